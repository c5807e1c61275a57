//! Kernel parameters that containers of pods set with `sysctl -w`, or by writing to /proc/sys: init containers that may do what root of
//! the node may, and what a `DaemonSet` runs on every node.
//!
//! Without `privileged` /proc/sys can't be written, so such a command sets nothing. In a network of its own a
//! pod sets the parameters of that, and all others for the whole node.

use super::{Collected, PROC, scripts, setting};
use crate::syntax::arguments::Word;
use crate::syntax::manifest::{child, command};
use crate::syntax::yaml::tree::{NodeId, Shape, Tree};
use crate::syntax::{Scope, Setting};

/// What to call such a command.
const NAME: &str = "sysctl";

/// Words that may stand before a command in its place.
const BEFORE: [&str; 10] = [
    "sudo", "exec", "then", "do", "else", "if", "!", "{", "(", "time",
];

/// Commands that run another one in the namespaces of something else.
const ENTER: [&str; 2] = ["nsenter", "chroot"];

/// What the privileged containers of a pod set, apart for its own network and for the node.
pub(in crate::syntax::manifest) fn of_pod(tree: &Tree, read: &str, pod: NodeId) -> Vec<Collected> {
    let lists = ["initContainers", "containers"].map(|key| child(tree, pod, key));
    let host_network = child(tree, pod, "hostNetwork").map(|value| tree.node(value));
    let own_network = host_network.is_none_or(|value| value.value == "false");
    let (mut of_pod, mut of_node) = (Vec::new(), Vec::new());
    for list in lists.into_iter().flatten() {
        if !matches!(tree.node(list).shape, Shape::List { .. }) {
            continue;
        }
        for container in tree.children(list).filter_map(|item| tree.resolve(item)) {
            if !is_privileged(tree, container) {
                continue;
            }
            for (setting, is_entered) in settings(read, &words(tree, read, container)) {
                let of_network = setting.key.starts_with("net.");
                if of_network && own_network && !is_entered {
                    of_pod.push(setting);
                } else {
                    of_node.push(setting);
                }
            }
        }
    }
    let collected = [(of_pod, Scope::Pod), (of_node, Scope::Machine)].into_iter();
    let collected = collected.filter(|(settings, _)| !settings.is_empty());
    let collected = collected.map(|(mut settings, scope)| {
        super::without_doubles(&mut settings);
        Collected {
            node: pod,
            settings,
            scope,
            key: NAME,
        }
    });
    collected.collect()
}

/// Whether a container may do what the root of its node may.
fn is_privileged(tree: &Tree, container: NodeId) -> bool {
    let context = child(tree, container, "securityContext");
    let privileged = context.and_then(|context| child(tree, context, "privileged"));
    privileged.is_some_and(|value| tree.node(value).value == "true")
}

/// The words of a container: an item of a list is one, and behind the `-c` of a shell a script.
fn words(tree: &Tree, read: &str, container: NodeId) -> Vec<Word> {
    let mut all: Vec<Word> = Vec::new();
    for key in ["command", "args"] {
        let Some(list) = child(tree, container, key) else {
            continue;
        };
        if !matches!(tree.node(list).shape, Shape::List { .. }) {
            continue;
        }
        for item in tree.children(list).filter_map(|item| tree.resolve(item)) {
            let item = tree.node(item);
            let is_script = all.last().is_some_and(|last| is_flag(&last.text));
            if is_script && item.is_scalar() {
                if let Some(last) = all.last_mut() {
                    last.ends = true;
                }
                all.extend(scripts::parse(read, item).words);
            } else if item.is_scalar() {
                all.push(command::word(read, item));
            }
        }
    }
    all
}

/// Whether a shell takes its next word as a script: `-c`, `-exc`.
fn is_flag(word: &str) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    letters.contains('c') && letters.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// What the commands among some words set, each with whether it does so in another namespace.
pub(super) fn settings(read: &str, words: &[Word]) -> Vec<(Setting, bool)> {
    let mut out = Vec::new();
    for command in words.split_inclusive(|word| word.ends) {
        let skipped = command
            .iter()
            .take_while(|word| BEFORE.contains(&word.name()));
        let command = &command[skipped.count()..];
        let Some(first) = command.first() else {
            continue;
        };
        if first.name() == "echo" {
            out.extend(written(read, command).map(|setting| (setting, false)));
            continue;
        }
        let is_entered = ENTER.contains(&first.name());
        let start = command.iter().position(|word| word.name() == NAME);
        let Some(start) = start.filter(|start| *start == 0 || is_entered) else {
            continue;
        };
        // The values of a file are out of sight.
        let arguments = &command[start + 1..];
        let options = arguments
            .iter()
            .take_while(|word| word.text.starts_with('-'));
        if options
            .clone()
            .any(|word| word.text.contains('p') || word.text == "--system")
        {
            continue;
        }
        let assigned = arguments.iter().filter(|word| !word.text.starts_with('-'));
        out.extend(assigned.filter_map(|word| Some((assignment(read, word)?, is_entered))));
    }
    out
}

/// `echo value > /proc/sys/key`.
fn written(read: &str, command: &[Word]) -> Option<Setting> {
    let (value, rest) = command.get(1..)?.split_first()?;
    let (arrow, rest) = rest.split_first()?;
    let bare = arrow.text.trim_start_matches('>');
    let length = arrow.text.len() - bare.len();
    let (path, rest) = match (length, bare) {
        (0, _) => return None,
        (_, "") => rest.split_first()?,
        _ => (arrow, rest),
    };
    let key = path.text.trim_start_matches('>').strip_prefix(PROC)?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    let is_else = rest.iter().any(|word| !word.text.starts_with("2>"));
    if is_else || !key.contains('/') || !key.bytes().all(is_name) {
        return None;
    }
    let key_at = path.place(path.text.len() - key.len(), path.text.len());
    let value_at = value.place(0, value.text.len());
    let mut setting = setting(key, &value.text, key_at, value_at, value.at.join(path.at));
    let is_as_written = read.get(value_at.range()) == Some(value.text.as_str());
    setting.known &= is_as_written && !value.text.contains(['$', '`']);
    Some(setting)
}

/// `key=value` in a word.
pub(super) fn assignment(read: &str, word: &Word) -> Option<Setting> {
    let (key, value) = word.text.split_once('=')?;
    let key = key.trim_end();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/*".contains(&byte);
    let group = key.starts_with(|c: char| c.is_ascii_lowercase()) && key.contains(['.', '/']);
    if !group || !key.bytes().all(is_name) {
        return None;
    }
    let after = value.trim_start();
    let from = word.text.len() - after.len();
    let value = after.trim_end();
    let (key_at, value_at) = (
        word.place(0, key.len()),
        word.place(from, from + value.len()),
    );
    let mut setting = setting(key, value, key_at, value_at, word.at);
    // What the shell fills in, or puts together of parts.
    let written = read.get(value_at.range()) == Some(value);
    setting.known &= written && !value.contains(['$', '`']);
    Some(setting)
}

#[cfg(test)]
mod tests {
    use crate::syntax::{Document, Scope, Space, manifest};
    use crate::text::{Source, SourceId, apply};

    fn read(text: &str) -> (Source, Vec<Document>) {
        let source = Source::new(SourceId(0), "pods.yaml", text);
        let documents = manifest::parse(&source);
        (source, documents)
    }

    /// A pod of Flink whose init container runs a command, with more fields of the pod.
    fn pod(command: &str, fields: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: tm\nspec:\n{fields}  initContainers:\n  - name: tune\n    image: busybox\n    securityContext: {{privileged: true}}\n{command}  containers:\n  - image: flink:1.20\n"
        )
    }

    /// What is set, by whose it is.
    fn set(text: &str) -> Vec<(Scope, String, String, bool)> {
        let (source, documents) = read(text);
        let own = documents.iter().filter(|own| own.space == Space::Sysctl);
        let mut said = Vec::new();
        for document in own {
            for setting in &document.settings {
                assert_eq!(
                    source.text(setting.key_at).replace('/', "."),
                    setting.key,
                    "{text}"
                );
                if setting.known {
                    assert_eq!(source.text(setting.value_at), setting.value, "{text}");
                }
                let (key, value) = (setting.key.clone(), setting.value.clone());
                said.push((document.scope, key, value, setting.known));
            }
        }
        said
    }

    fn own(scope: Scope, key: &str, value: &str) -> (Scope, String, String, bool) {
        (scope, key.to_owned(), value.to_owned(), true)
    }

    #[test]
    fn what_privileged_containers_set_is_read_however_it_is_written() {
        for command in [
            "    command: [sysctl, -w, vm.swappiness=1, 'net.ipv4.tcp_rmem=4096 87380 212992']\n",
            "    command: ['sh', '-c', 'sysctl -w vm.swappiness=1 && sysctl -w net.ipv4.tcp_rmem=\"4096 87380 212992\"']\n",
            "    command: [/bin/sh]\n    args:\n    - -c\n    - |\n      set -e\n      # sysctl -w vm.swappiness=60; sysctl -w vm.swappiness=61\n      sysctl -w vm.swappiness=1 # low\n      sysctl -w 'net.ipv4.tcp_rmem=4096 87380 212992' || true\n",
            "    command: [sh, -c, \"echo 1 >/proc/sys/vm/swappiness; echo '4096 87380 212992' > /proc/sys/net/ipv4/tcp_rmem 2>/dev/null || true\"]\n",
            "    command: [sh, -c, \"sudo sysctl -q -w vm/swappiness=1; /sbin/sysctl net.ipv4.tcp_rmem='4096 87380 212992'\"]\n",
            "    command:\n    - bash\n    - -exc\n    - >-\n      if true; then sysctl -w vm.swappiness=1; fi;\n      sysctl -w net.ipv4.tcp_rmem='4096 87380 212992'\n",
        ] {
            for breaks in ["\n", "\r\n"] {
                let own_network = pod(command, "").replace('\n', breaks);
                let swap = own(Scope::Machine, "vm.swappiness", "1");
                let rmem = |scope| own(scope, "net.ipv4.tcp_rmem", "4096 87380 212992");
                assert_eq!(
                    set(&own_network),
                    [rmem(Scope::Pod), swap.clone()],
                    "{own_network}"
                );
                let hosts = pod(command, "  hostNetwork: true\n").replace('\n', breaks);
                assert_eq!(set(&hosts), [swap, rmem(Scope::Machine)], "{hosts}");
            }
        }
    }

    #[test]
    fn what_is_filled_in_or_said_twice_is_unknown() {
        let command = "    command: [sh, -c, 'sysctl -w vm.swappiness=$X; sysctl -w vm.dirty_ratio=1; sysctl -w vm.dirty_ratio=2; sysctl -w $K=1']\n";
        let known: Vec<bool> = set(&pod(command, ""))
            .into_iter()
            .map(|own| own.3)
            .collect();
        assert_eq!(known, [false, false, false]);
    }

    #[test]
    fn what_sets_nothing_is_left_alone() {
        let command = "    command: [sh, -c, 'sysctl -w vm.swappiness=1']\n";
        for text in [
            pod(command, "").replace("privileged: true", "privileged: false"),
            pod(command, "").replace("flink", "redis"),
            pod(command, "").replace("sysctl -w", "echo sysctl -w"),
            pod(command, "").replace("sysctl -w", "sysctl -p"),
            pod(command, "").replace("-w vm.swappiness=1", "-a"),
            pod(command, "").replace("'sysctl", "'# sysctl"),
            pod(command, "").replace(
                "sysctl -w vm.swappiness=1",
                "echo 1 > /tmp/proc/sys/vm/swappiness",
            ),
            pod(command, "").replace("sysctl -w vm.swappiness=1", "echo /proc/sys/vm/swappiness"),
        ] {
            assert_eq!(set(&text), [], "{text}");
        }
        let nodes = pod(command, "")
            .replace("flink", "redis")
            .replace("kind: Pod", "kind: DaemonSet");
        assert_eq!(set(&nodes).len(), 1);
    }

    #[test]
    fn a_namespace_that_is_entered_is_the_nodes() {
        let command =
            "    command: [sh, -c, 'nsenter -t 1 -m -n -- sysctl -w net.core.somaxconn=9']\n";
        assert_eq!(
            set(&pod(command, "")),
            [own(Scope::Machine, "net.core.somaxconn", "9")]
        );
    }

    #[test]
    fn a_value_is_edited_in_its_word() {
        let command = "    command: [sh, -c, 'sysctl -w net.ipv4.tcp_rmem=\"4096 87380 212992\" vm.swappiness=60']\n";
        for breaks in ["\n", "\r\n"] {
            let text = pod(command, "").replace('\n', breaks);
            let (source, documents) = read(&text);
            let changes = [
                (
                    "net.ipv4.tcp_rmem",
                    "4096 87380 212992",
                    "4096 131072 16777216",
                ),
                ("vm.swappiness", "60", "1"),
            ];
            for (key, old, new) in changes {
                let mut holding = documents
                    .iter()
                    .filter_map(|own| Some((own, own.get(key)?)));
                let (document, setting) = holding.next().expect("a setting");
                let edit = document.set(&source, setting, new).expect("an edit");
                let after = apply(&source.bytes, &[&edit]);
                assert_eq!(after, text.replace(old, new).as_bytes());
            }
        }
    }
}
