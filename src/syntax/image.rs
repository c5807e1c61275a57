//! Steps of a Dockerfile that try to set kernel parameters. An image has none: `sysctl` in a `RUN` speaks of
//! the machine that builds it, and a file of sysctl is read by who starts a machine, not by who starts a
//! container.

use super::arguments::{self, Breaks, Word};
use super::environment::{Instruction, Lines};
use super::{Comment, Document, Format, Layer, Problem, ProblemKind, Space};
use crate::text::{Source, Span};

/// What a step of a build does in vain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Calls `sysctl`.
    Calls,
    /// Writes to the kernel itself.
    Pokes,
    /// Writes a file that the loaders read.
    Writes,
}

/// What starts in the image may read such a file after all: another init, or a script of the image's own.
/// `is_stock` says that it is built on an image that has neither. Nothing where no step is in vain.
pub fn parse(source: &Source, is_stock: bool) -> Vec<Document> {
    let Ok(text) = std::str::from_utf8(&source.bytes) else {
        return Vec::new();
    };
    if is_of_machines(text) {
        return Vec::new();
    }
    let mut lines = Lines::new(text, source.bom());
    let mut comments = Vec::new();
    let mut steps: Vec<(Step, Span, Vec<Span>)> = Vec::new();
    let mut is_stock = is_stock;
    while let Some(instruction) = lines.instruction(&mut comments) {
        let (joined, at) = joined(&instruction);
        let (name, _) = joined
            .split_once(char::is_whitespace)
            .unwrap_or((&joined, ""));
        let words = arguments::split(&joined, Span::new(name.len(), joined.len()), Breaks::Blank);
        let place = |span: Span| Span::new(at[span.range().start], at[span.range().end - 1] + 1);
        let whole = place(Span::new(0, joined.trim_end().len()));
        match name.to_ascii_uppercase().as_str() {
            "RUN" => {
                let script = script(text, lines.at(), &words, whole);
                let found: Vec<(Step, Span)> = match listed(&joined) {
                    Some(list) => list.into_iter().map(|step| (step, whole)).collect(),
                    None => of_commands(&words)
                        .into_iter()
                        .map(|(step, span)| (step, place(span)))
                        .chain(of_commands(&script))
                        .collect(),
                };
                let mut kinds = found.iter().map(|(step, _)| *step);
                let calls = kinds.clone().find(|step| *step != Step::Writes);
                let step = calls.or_else(|| kinds.next());
                let places = found.iter().map(|(_, span)| *span).collect();
                steps.extend(step.map(|step| (step, whole, places)));
            }
            "COPY" | "ADD" if puts_file(&words) => steps.push((Step::Writes, whole, vec![whole])),
            // Whoever replaces it may read such a file.
            "COPY" | "ADD" if joined.contains("entrypoint") => is_stock = false,
            "ENTRYPOINT" => is_stock = false,
            "CMD" => is_stock &= starts_flink(&joined),
            _ => {}
        }
    }
    steps.retain(|(step, ..)| *step != Step::Writes || is_stock);
    document(source, steps, comments)
}

fn document(
    source: &Source,
    steps: Vec<(Step, Span, Vec<Span>)>,
    comments: Vec<Span>,
) -> Vec<Document> {
    let mut document = Document::new(source, Format::Arguments, Space::Sysctl, Layer::Host);
    document.held_at = steps.iter().map(|(_, whole, _)| *whole).reduce(Span::join);
    document.name = Some("RUN".to_owned());
    document.editable = false;
    document.comments = comments
        .into_iter()
        .map(|at| Comment {
            at,
            own_line: true,
            legal: true,
        })
        .collect();
    for (step, whole, places) in steps {
        let message = match step {
            Step::Calls => {
                "`sysctl` in the build of an image sets nothing where a container of it runs"
            }
            Step::Pokes => {
                "a write to /proc/sys in the build of an image sets nothing where a container of it runs"
            }
            Step::Writes => {
                "nothing reads a sysctl file in a container: what the image has there is not set"
            }
        };
        let (first, rest) = match places.split_first() {
            Some((first, rest)) => (*first, rest),
            None => (whole, &[][..]),
        };
        let related = rest.iter().map(|at| (*at, "this, too".to_owned()));
        document.problems.push(Problem {
            related: related.collect(),
            ..Problem::new(ProblemKind::SetInBuild, first, message)
        });
    }
    let tries_any = document.held_at.is_some();
    tries_any.then_some(document).into_iter().collect()
}

/// Whether images of this kind are made into machines, or start an init that reads the files of one.
fn is_of_machines(text: &str) -> bool {
    const WORDS: [&str; 9] = [
        "bootc",
        "ostree",
        "coreos",
        "kairos",
        "elemental",
        "linuxkit",
        "systemd",
        "/sbin/init",
        "-init",
    ];
    let text = text.to_ascii_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

/// Whether a `CMD` is an argument for the entrypoint of Flink's image, which reads no such file.
fn starts_flink(command: &str) -> bool {
    const PROCESSES: [&str; 5] = [
        "jobmanager",
        "taskmanager",
        "standalone-job",
        "history-server",
        "help",
    ];
    let other = |c: char| c.is_whitespace() || "[],\"'".contains(c);
    let mut words = command.split(other).filter(|word| !word.is_empty()).skip(1);
    words.next().is_some_and(|word| PROCESSES.contains(&word))
}

/// The text of an instruction, and where each of its bytes stands.
fn joined(instruction: &Instruction) -> (String, Vec<usize>) {
    let mut text = String::new();
    let mut places = Vec::new();
    for (c, at) in instruction {
        text.push(*c);
        places.extend((*at..).take(c.len_utf8()));
    }
    (text, places)
}

/// What a `RUN` with a list of words does in vain; `None` where a shell reads it.
fn listed(joined: &str) -> Option<Vec<Step>> {
    let mut rest = joined.split_once(char::is_whitespace)?.1.trim();
    while rest.starts_with("--") {
        rest = rest.split_once(char::is_whitespace)?.1.trim_start();
    }
    let list: Vec<String> = serde_json::from_str(rest).ok()?;
    let words: Vec<Word> = match list.as_slice() {
        [shell, flag, script] if is_shell(shell) && flag.starts_with('-') => {
            arguments::split(script, Span::new(0, script.len()), Breaks::Command)
        }
        list => {
            let whole = Span::new(0, rest.len());
            let words = list.iter().map(|text| Word::somewhere(text, whole));
            words.collect()
        }
    };
    let found = of_commands(&words).into_iter();
    Some(found.map(|(step, _)| step).take(1).collect())
}

/// The words of a here-document that a shell runs: `RUN <<EOF`, `RUN bash <<EOF`.
fn script(text: &str, end: usize, words: &[Word], first: Span) -> Vec<Word> {
    let mut words = words.iter().filter(|word| !word.text.starts_with("--"));
    let mut is_run = false;
    if let Some(word) = words.next() {
        let next = words.next().map_or("", |word| word.text.as_str());
        is_run = word.text.starts_with("<<") || is_shell(&word.text) && next.starts_with("<<");
    }
    let start = first.range().end;
    let body = text.get(start..end).filter(|_| is_run).unwrap_or_default();
    let top = body.trim_start().lines().next().unwrap_or_default();
    if top.starts_with("#!") && !top.trim_end().ends_with("sh") {
        return Vec::new();
    }
    let lines = body.split_inclusive('\n').map(|line| {
        let is_comment = line.trim_start().starts_with('#');
        let blank = |c: char| {
            if c == '\n' {
                "\n".to_owned()
            } else {
                " ".repeat(c.len_utf8())
            }
        };
        if is_comment {
            line.chars().map(blank).collect()
        } else {
            line.to_owned()
        }
    });
    let script: String = lines.collect();
    let mut words = arguments::split(&script, Span::new(0, script.len()), Breaks::Command);
    for word in &mut words {
        word.shift(start);
    }
    words
}

fn is_shell(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    matches!(name, "sh" | "bash" | "ash" | "dash")
}

/// What the commands of a `RUN` do in vain, each with its place in the joined text.
fn of_commands(words: &[Word]) -> Vec<(Step, Span)> {
    let mut found = Vec::new();
    for command in words.split_inclusive(|word| word.ends) {
        let skipped = command.iter().take_while(|word| {
            word.text.starts_with("--")
                || matches!(word.text.as_str(), "sudo" | "then" | "do" | "{")
        });
        let command = &command[skipped.count()..];
        let (Some(first), Some(last)) = (command.first(), command.last()) else {
            continue;
        };
        let step = if first.name() == "sysctl" {
            let is_write = |word: &Word| {
                matches!(
                    word.text.as_str(),
                    "-w" | "-p" | "--load" | "--system" | "--write"
                ) || word.text.starts_with("-p/")
                    || !word.text.starts_with('-') && word.text.contains('=')
            };
            command.iter().any(is_write).then_some(Step::Calls)
        } else if writes(command, is_kernels) {
            Some(Step::Pokes)
        } else {
            writes(command, is_file).then_some(Step::Writes)
        };
        found.extend(step.map(|step| (step, first.at.join(last.at))));
    }
    found
}

/// Whether a command writes a file of some kind.
fn writes(command: &[Word], is_file: fn(&str) -> bool) -> bool {
    let name = command.first().map_or("", Word::name);
    let by_name = match name {
        "tee" => command.iter().skip(1).any(|word| is_file(&word.text)),
        "cp" | "mv" | "install" => command.last().is_some_and(|word| is_file(&word.text)),
        _ => false,
    };
    let mut before = "";
    by_name
        || command.iter().any(|word| {
            let text = word.text.as_str();
            let redirected = text.rfind('>').map_or("", |at| &text[at + 1..]);
            let found = is_file(redirected) || matches!(before, ">" | ">>") && is_file(text);
            before = text;
            found
        })
}

/// Whether a `COPY` puts a file where the loaders read it.
fn puts_file(words: &[Word]) -> bool {
    let quotes = |c: char| "[],\"'".contains(c);
    let mut words = words.iter().map(|word| word.text.trim_matches(quotes));
    let Some(target) = words.next_back() else {
        return false;
    };
    let has_file = || {
        let mut names = words.map(|word| word.rsplit('/').next().unwrap_or(word));
        names.any(|name| name == "sysctl.conf")
    };
    is_file(target) || target == "/etc/" && has_file()
}

fn is_kernels(path: &str) -> bool {
    path.starts_with("/proc/sys/")
}

fn is_file(path: &str) -> bool {
    path == "/etc/sysctl.conf" || path.contains("/sysctl.d/") || path.ends_with("/etc/sysctl.d")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceId;

    fn told(text: &str, is_stock: bool) -> Vec<String> {
        let source = Source::new(SourceId(0), "Dockerfile", text);
        let documents = parse(&source, is_stock);
        let problems = documents.iter().flat_map(|document| &document.problems);
        problems
            .map(|problem| source.text(problem.at).into_owned())
            .collect()
    }

    #[test]
    fn steps_that_set_nothing_are_told() {
        for (step, said) in [
            (
                "RUN sysctl -w vm.max_map_count=1 || true",
                "sysctl -w vm.max_map_count=1 ",
            ),
            (
                "RUN apt-get update && \\\n    # x\n    sysctl -p",
                "sysctl -p",
            ),
            (
                "run echo 'vm.x=1' >> /etc/sysctl.conf",
                "echo 'vm.x=1' >> /etc/sysctl.conf",
            ),
            (
                "RUN echo vm.x=1 | tee -a /etc/sysctl.d/99-x.conf",
                "tee -a /etc/sysctl.d/99-x.conf",
            ),
            (
                "COPY sysctl.conf /etc/sysctl.d/",
                "COPY sysctl.conf /etc/sysctl.d/",
            ),
            ("ADD conf/sysctl.conf /etc/", "ADD conf/sysctl.conf /etc/"),
            (
                "RUN [\"sysctl\", \"-w\", \"vm.x=1\"]",
                "RUN [\"sysctl\", \"-w\", \"vm.x=1\"]",
            ),
            (
                "RUN --network=none [\"/bin/sh\",\"-c\",\"true; sysctl -p\"]",
                "RUN --network=none [\"/bin/sh\",\"-c\",\"true; sysctl -p\"]",
            ),
            (
                "RUN <<EOF\nset -e\n# ä; sysctl -p\nsysctl -w vm.x=1\nEOF",
                "sysctl -w vm.x=1",
            ),
            ("RUN bash <<'EOF'\nsysctl -p\nEOF", "sysctl -p"),
            (
                "RUN echo 1 > /proc/sys/vm/swappiness",
                "echo 1 > /proc/sys/vm/swappiness",
            ),
            (
                "RUN echo 1 | tee /proc/sys/vm/swappiness",
                "tee /proc/sys/vm/swappiness",
            ),
        ] {
            let text = format!("FROM flink:1.20\n{step}\nCMD [\"taskmanager\"]\n");
            let own = told(&text, true);
            assert_eq!(own.len(), 1, "{text}: {own:?}");
            assert_eq!(own[0].trim(), said.trim(), "{text}");
            let again = told(&text.replace('\n', "\r\n"), true);
            assert_eq!(again.len(), 1, "{text}");
        }
    }

    #[test]
    fn one_step_is_told_once() {
        let text = "FROM flink\nRUN echo a.b=1 >> /etc/sysctl.conf && sysctl -p\n";
        let source = Source::new(SourceId(0), "Dockerfile", text);
        let documents = parse(&source, true);
        let [problem] = &documents[0].problems[..] else {
            panic!("{documents:#?}")
        };
        assert_eq!(problem.related.len(), 1);
    }

    #[test]
    fn what_may_set_something_is_not_told() {
        for text in [
            "FROM flink\nRUN cat /proc/sys/vm/swappiness\nRUN [\"sysctl\", \"-a\"]\n",
            "FROM flink\nRUN python3 <<EOF\nsysctl -p\nEOF\nRUN <<EOF\n#!/usr/bin/env python3\nsysctl -p\nEOF\n",
            "FROM flink\nRUN cat <<EOF > /start\nsysctl -p\nEOF\nRUN [\"echo\", \"sysctl -p\"]\n",
            "FROM flink\nRUN sysctl -a\nRUN apt-get install sysctl\nRUN echo 'sysctl -w a=b' > /start.sh\n",
            "FROM quay.io/fedora/fedora-bootc:42\nRUN echo vm.x=1 > /etc/sysctl.d/99-x.conf\n",
            "FROM flink\nRUN echo vm.x=1 > /etc/sysctl.conf\nENTRYPOINT [\"/start.sh\"]\n",
            "FROM flink\nRUN echo vm.x=1 > /etc/sysctl.conf\nCMD /start.sh\n",
            "FROM flink\nCOPY docker-entrypoint.sh /\nRUN echo vm.x=1 > /etc/sysctl.conf\n",
        ] {
            assert_eq!(told(text, true), [""; 0], "{text}");
        }
        let other = "FROM debian\nRUN echo vm.x=1 > /etc/sysctl.conf\nRUN sysctl -w vm.x=1\n";
        assert_eq!(told(other, false), ["sysctl -w vm.x=1"]);
    }
}
