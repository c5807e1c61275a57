//! Commands of a shell in a sysctl file: which parameter they were meant to set.

use std::ops::Range;

/// First words of lines that are commands.
const COMMANDS: [&str; 10] = [
    "sysctl", "sudo", "export", "echo", "setenv", "modprobe", "cat", "$", "if", "fi",
];

/// The assignment inside of a command: where its key and its value stand in the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meant {
    /// From here to its end it is the assignment.
    pub(super) key: Range<usize>,
    /// Without quotes.
    pub(super) value: Range<usize>,
}

/// Whether a line is a command.
pub(super) fn is_command(line: &str) -> bool {
    let first = line.split_ascii_whitespace().next().unwrap_or_default();
    COMMANDS.contains(&name(first))
}

/// The one assignment of `sysctl -w key=value`, `export key=value` or `echo value > /proc/sys/key`, where
/// a shell would do nothing else.
pub(super) fn assignment(line: &str) -> Option<Meant> {
    let mut words = words(line)?.into_iter().peekable();
    while words
        .next_if(|word| matches!(&line[word.clone()], "$" | "sudo" | "-E"))
        .is_some()
    {}
    let command = words.next()?;
    match name(&line[command]) {
        "sysctl" | "export" | "setenv" => {
            while words
                .next_if(|word| line[word.clone()].starts_with('-'))
                .is_some()
            {}
            let argument = words.next().filter(|_| words.next().is_none())?;
            pair(line, argument)
        }
        "echo" => {
            while words
                .next_if(|word| line[word.clone()].starts_with('-'))
                .is_some()
            {}
            let value = words.next()?;
            let value = unquoted(line, value);
            let arrow = words.next()?;
            let path = match &line[arrow.clone()] {
                ">" | ">>" => words.next()?,
                glued => {
                    let length = glued.len() - glued.trim_start_matches('>').len();
                    (length > 0).then_some(arrow.start + length..arrow.end)?
                }
            };
            let path = unquoted(line, path);
            line[path.clone()].strip_prefix("/proc/sys/")?;
            let key = path.start + "/proc/sys/".len()..path.end;
            let plain = words.next().is_none() && is_plain(&line[value.clone()]);
            (plain && is_key(&line[key.clone()])).then_some(Meant { key, value })
        }
        _ => None,
    }
}

/// `key=value`, either or both in quotes.
fn pair(line: &str, argument: Range<usize>) -> Option<Meant> {
    let argument = unquoted(line, argument);
    let equals = argument.start + line[argument.clone()].find('=')?;
    let key = argument.start..equals;
    let value = unquoted(line, equals + 1..argument.end);
    let plain = is_plain(&line[value.clone()]) && is_key(&line[key.clone()]);
    plain.then_some(Meant { key, value })
}

/// The words as a shell divides them; `None` where quotes do not close.
fn words(line: &str) -> Option<Vec<Range<usize>>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote: Option<char> = None;
    for (at, c) in line.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                start = start.or(Some(at));
            }
            None if c.is_ascii_whitespace() => words.extend(start.take().map(|start| start..at)),
            None => start = start.or(Some(at)),
        }
    }
    words.extend(start.map(|start| start..line.len()));
    quote.is_none().then_some(words)
}

/// What stands between quotes that hold all of a text.
fn unquoted(line: &str, range: Range<usize>) -> Range<usize> {
    let text = &line[range.clone()];
    let inner = ['"', '\''].into_iter().find_map(|quote| {
        let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then_some(range.start + 1..range.end - 1)
    });
    inner.unwrap_or(range)
}

/// The last part of a command's path.
fn name(command: &str) -> &str {
    command.rsplit('/').next().unwrap_or(command)
}

fn is_key(text: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || "._-/*".contains(c);
    text.contains(['.', '/']) && text.chars().all(name)
}

/// Whether a shell hands a text on as it is.
fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-+,:/ \t%".contains(c);
    !text.trim().is_empty() && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_with_one_assignment_are_read() {
        for (line, key, value) in [
            ("sysctl -w vm.swappiness=1", "vm.swappiness", "1"),
            ("sudo sysctl vm.swappiness=1", "vm.swappiness", "1"),
            (
                "/sbin/sysctl -q -w 'net.ipv4.tcp_rmem=1 2 3'",
                "net.ipv4.tcp_rmem",
                "1 2 3",
            ),
            (
                "sysctl -w net.ipv4.tcp_rmem=\"1 2 3\"",
                "net.ipv4.tcp_rmem",
                "1 2 3",
            ),
            (
                "export net.core.rmem_max=1310720",
                "net.core.rmem_max",
                "1310720",
            ),
            (
                "echo 1 > /proc/sys/net/ipv4/ip_forward",
                "net/ipv4/ip_forward",
                "1",
            ),
            ("echo \"1 2\" >/proc/sys/net/ipv4/x", "net/ipv4/x", "1 2"),
        ] {
            let found = assignment(line).expect(line);
            assert_eq!(
                (&line[found.key], &line[found.value]),
                (key, value),
                "{line}"
            );
            assert!(is_command(line), "{line}");
        }
    }

    #[test]
    fn what_a_shell_would_do_more_than_assign_is_left_alone() {
        for line in [
            "sysctl -p",
            "sysctl -w vm.a=1 vm.b=2",
            "sysctl -w vm.a=1 > /dev/null",
            "sysctl -w vm.a=$X",
            "sysctl -w vm.a=\"1",
            "export FOO=1",
            "echo 1 > /tmp/x",
            "echo hello",
            "vm.swappiness=1",
            "",
        ] {
            assert_eq!(assignment(line), None, "{line}");
        }
    }
}
