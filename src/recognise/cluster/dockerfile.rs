//! What a Dockerfile puts into an image of Flink: variables, and lines of its configuration.

use super::node::Word;
use super::roles::own_script;
use super::{Facts, Kind, Role, is_certain_target, is_conf_target, shell};
use crate::recognise::evidence;
use crate::text::Span;

/// What starts the processes in Flink's image.
pub(super) const ENTRYPOINT: &str = "docker-entrypoint.sh";

pub(super) fn read(path: &str, text: &str) -> Facts {
    let mut facts = Facts::new(Kind::Image);
    let owner = "the image";
    let is_flink = !evidence::read(path, text.as_bytes()).is_empty();
    facts.is_stock = is_flink;
    let mut start_script = None;
    let (mut entry, mut command) = (Role::Unknown, Role::Unknown);
    for (line, at) in instructions(text) {
        let line = line.trim();
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match name.to_ascii_uppercase().as_str() {
            "ENV" => {
                for (name, value) in variables(rest.trim()) {
                    facts.sets.variable(name, Some(&value), at, owner);
                }
            }
            "RUN" => shell::read(rest, at, owner, &mut facts.sets),
            "CMD" => {
                command = Role::of(&words(rest, at));
                shell::read(rest, at, owner, &mut facts.sets);
            }
            // The last one counts.
            "ENTRYPOINT" if is_flink => {
                let words = words(rest, at);
                entry = Role::of(&words);
                if let Some(word) = own_script(&words) {
                    start_script = Some((word.text.to_owned(), at));
                }
                shell::read(rest, at, owner, &mut facts.sets);
            }
            // The image's own start script, replaced.
            "COPY" | "ADD" if is_flink && rest.contains(ENTRYPOINT) => {
                start_script = Some((ENTRYPOINT.to_owned(), at));
            }
            "COPY" | "ADD" => facts.copies.extend(copied(rest, is_flink)),
            _ => {}
        }
    }
    facts.role = match entry {
        Role::Unknown => command,
        entry => entry,
    };
    let mut names = path.rsplit('/').take(2);
    if facts.role == Role::Unknown && names.any(Role::is_client_name) {
        facts.role = Role::Other;
    }
    if let Some((script, at)) = start_script {
        facts
            .sets
            .opaque(at, format!("{script}, which starts {owner}"));
    }
    facts
}

/// The words of a command, in either form.
fn words(text: &str, at: Span) -> Vec<Word<'_>> {
    let other = |c: char| c.is_whitespace() || "[],\"'".contains(c);
    text.split(other).map(|text| Word { text, at }).collect()
}

/// What a `COPY` puts where Flink looks for its configuration; nothing where it comes out of another image.
fn copied(arguments: &str, is_flink: bool) -> Vec<String> {
    let quotes = |c: char| "[],\"'".contains(c);
    let words = arguments
        .split_whitespace()
        .map(|word| word.trim_matches(quotes));
    let mut words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let Some(target) = words.pop() else {
        return Vec::new();
    };
    let target = target.replace('"', "");
    let is_variable = ["$FLINK_CONF_DIR", "${FLINK_CONF_DIR}"]
        .iter()
        .any(|own| target.starts_with(own));
    let full = if target.starts_with(['/', '$']) {
        target
    } else {
        // Another instruction names the folder that it lies in.
        format!("./{target}")
    };
    let is_own = is_certain_target(&full) || is_flink && is_conf_target(&full);
    if !(is_own || is_variable) || words.iter().any(|word| word.starts_with("--from")) {
        return Vec::new();
    }
    let sources = words.into_iter().filter(|word| !word.starts_with("--"));
    sources.map(str::to_owned).collect()
}

/// The instructions with their places: lines that a `\` continues are one, comments are left out, and
/// what stands between `<<MARK` and `MARK` belongs to its instruction.
fn instructions(text: &str) -> Vec<(String, Span)> {
    let mut out = Vec::new();
    let mut open: Option<(String, Span)> = None;
    let mut mark: Option<String> = None;
    let mut offset = 0;
    for raw in text.split_inclusive('\n') {
        let start = offset;
        offset += raw.len();
        let line = raw.trim_end();
        let at = Span::new(start, start + line.len());
        if let Some(end) = &mark {
            let done = line.trim() == end;
            if let Some((all, whole)) = &mut open {
                all.push('\n');
                all.push_str(line);
                *whole = whole.join(at);
            }
            if done {
                mark = None;
                out.extend(open.take());
            }
            continue;
        }
        if line.trim_start().starts_with('#') || line.is_empty() && open.is_some() {
            continue;
        }
        let continued = line.ends_with('\\');
        let part = line.strip_suffix('\\').unwrap_or(line);
        match &mut open {
            Some((all, whole)) => {
                // A line break inside of quotes is part of a value.
                all.push('\n');
                all.push_str(part);
                *whole = whole.join(at);
            }
            None => open = Some((part.to_owned(), at)),
        }
        mark = heredoc(part);
        if !continued && mark.is_none() {
            out.extend(open.take());
        }
    }
    out.extend(open);
    out
}

fn heredoc(line: &str) -> Option<String> {
    let (_, after) = line.split_once("<<")?;
    let after = after.trim_start_matches(['-', '"', '\'']);
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let name = &after[..end.unwrap_or(after.len())];
    (!name.is_empty()).then(|| name.to_owned())
}

/// `A=b C="d e"`, or `A b c`, the older form.
fn variables(text: &str) -> Vec<(&str, String)> {
    let first = text.split_whitespace().next().unwrap_or("");
    if !first.contains('=') {
        let (name, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        return vec![(name, value.trim().to_owned())];
    }
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, next) = if let Some(quote) = quote {
            let inner = &after[1..];
            inner.split_once(quote).unwrap_or((inner, ""))
        } else {
            after.split_at(unescaped_blank(after))
        };
        out.push((name.trim(), value.replace("\\ ", " ")));
        rest = next;
    }
    out
}

/// The first blank that no backslash stands before.
fn unescaped_blank(text: &str) -> usize {
    let bytes = text.as_bytes();
    (0..bytes.len())
        .find(|&at| bytes[at].is_ascii_whitespace() && (at == 0 || bytes[at - 1] != b'\\'))
        .unwrap_or(bytes.len())
}
