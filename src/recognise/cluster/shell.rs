//! Commands of a shell that write Flink's configuration file before Flink reads it.

use super::sets::{Sets, keys_of};
use crate::text::Span;

/// Programs that put the file in place, or look at it, and change no option in it.
const HARMLESS: [&str; 14] = [
    "cp", "mv", "chown", "chmod", "rm", "ln", "mkdir", "touch", "ls", "test", "[", "grep",
    "dos2unix", "unlink",
];

/// The options that a text of commands writes.
pub(super) fn read(text: &str, at: Span, owner: &str, sets: &mut Sets) {
    if !names_conf(text) {
        return;
    }
    let what = format!("a command of {owner}");
    let commands = commands(text);
    for command in &commands {
        if !names_conf(command) {
            continue;
        }
        let mut words = command.split_whitespace().skip_while(|word| {
            matches!(
                *word,
                "{" | "(" | "sudo" | "if" | "then" | "-c" | "bash" | "sh" | "/bin/sh" | "/bin/bash"
            )
        });
        let program = words.next().unwrap_or("");
        let program = program.trim_start_matches(['"', '\'', '(']);
        let program = program.rsplit('/').next().unwrap_or(program);
        let writes = command.contains('>') || command.contains("tee ");
        let keys = match program {
            "echo" | "printf" if writes => keys_of(&command.replace("\\n", " ")),
            // What a group of commands wrote, or lines up to a mark.
            "}" | ")" if writes => keys_of(&text.replace("\\n", " ")),
            "cat" if writes && text.contains("<<") => keys_of(text),
            "cat" if !writes => continue,
            program if HARMLESS.contains(&program) && !writes => continue,
            // A word of a file's name, no command.
            program if names_conf(program) => continue,
            _ => Vec::new(),
        };
        if keys.is_empty() {
            sets.opaque(at, what.as_str());
        } else {
            sets.written(keys, at, &what);
        }
    }
}

/// Whether a text names the file that Flink reads.
fn names_conf(text: &str) -> bool {
    text.contains("flink-conf.yaml")
        || text.contains("conf/config.yaml")
        || text.contains("CONF_DIR/config.yaml")
        || text.contains("CONF_DIR}/config.yaml")
}

/// The commands of a text, which `&&`, `||`, `;` and line breaks outside of quotes part.
fn commands(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut quote = None;
    while at < bytes.len() {
        let byte = bytes[at];
        let pair = bytes.get(at + 1) == Some(&byte);
        let mut length = 0;
        match quote {
            Some(open) if open == byte => quote = None,
            None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None if pair && matches!(byte, b'&' | b'|') => length = 2,
            None if matches!(byte, b';' | b'\n') => length = 1,
            _ => {}
        }
        if length > 0 {
            out.push(&text[start..at]);
            start = at + length;
        }
        at += length.max(1);
    }
    out.push(&text[start..]);
    out
}
