//! Which process of Flink a container runs, by its command.

use super::node::Word;

/// The process that a container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A `JobManager`.
    JobManager,
    /// A `TaskManager`.
    TaskManager,
    /// A client, a gateway, the history server: nothing that executes a job.
    Other,
    /// Nobody can tell, or both.
    Unknown,
}

impl Role {
    /// The role that the words of a command name.
    pub(super) fn of(words: &[Word]) -> Role {
        let names = || words.iter().map(|word| basename(word.text));
        let any = |list: &[&str]| names().any(|name| list.contains(&name));
        if any(&[
            "flink",
            "history-server",
            "historyserver.sh",
            "sql-client",
            "sql-gateway",
        ]) || any(&[
            "sql-client.sh",
            "sql-gateway.sh",
            "flink.sh",
            "pyflink-shell.sh",
        ]) {
            return Role::Other;
        }
        let worker = any(&["taskmanager", "taskmanager.sh"]);
        let master = any(&[
            "jobmanager",
            "jobmanager.sh",
            "standalone-job",
            "standalone-job.sh",
        ]);
        match (master, worker) {
            (true, false) => Role::JobManager,
            (false, true) => Role::TaskManager,
            _ => Role::Unknown,
        }
    }

    /// The role that a name says where a command says none.
    pub(super) fn is_client_name(name: &str) -> bool {
        ["client", "gateway", "history", "sql", "submit"]
            .iter()
            .any(|word| name.contains(word))
    }
}

/// Scripts that are Flink's or its image's own, and such that only wait.
const KNOWN: [&str; 14] = [
    "docker-entrypoint.sh",
    "jobmanager.sh",
    "taskmanager.sh",
    "standalone-job.sh",
    "start-cluster.sh",
    "sql-client.sh",
    "sql-gateway.sh",
    "historyserver.sh",
    "kubernetes-jobmanager.sh",
    "kubernetes-taskmanager.sh",
    "kubernetes-session.sh",
    "wait-for-it.sh",
    "wait-for.sh",
    "wait.sh",
];

/// The first script among the words that may write any configuration before Flink starts.
pub(super) fn own_script<'a>(words: &[Word<'a>]) -> Option<Word<'a>> {
    words.iter().copied().find(|word| {
        let name = basename(word.text);
        [".sh", ".bash", ".py"]
            .iter()
            .any(|end| name.ends_with(end))
            && !KNOWN.contains(&name)
    })
}

fn basename(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}
