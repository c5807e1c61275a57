//! Lines that assign nothing, and the assignment that some of them were meant to be.

use std::ops::Range;

use super::flaws::is_name;
use super::{InDocument, InForce, Line, Said, commands, dotted, trim};
use crate::syntax::{Problem, ProblemKind, Repair};
use crate::text::Span;

/// The problem of a line that assigns nothing, with the one way to write it right.
pub(super) fn problem(line: &Line, in_force: &InForce) -> Problem {
    let text = line.lossy(&line.content);
    let (message, meant) = if text.starts_with('=') {
        ("nothing stands before the `=`", None)
    } else if text.starts_with("<<<<<<<") || text.starts_with(">>>>>>>") {
        (
            "a merge conflict was left in the file: the settings of both sides are applied",
            None,
        )
    } else if commands::is_command(&text) {
        (
            "this is a command of a shell, and no loader runs one",
            command(line, &text),
        )
    } else if text.starts_with('[') && text.ends_with(']') {
        ("a sysctl file has no sections", None)
    } else if text.starts_with("//") || text.starts_with('!') {
        ("a comment begins with `#`", None)
    } else if matches!(line.said, Said::Assignment { .. }) {
        ("no parameter has a key like this", odd_key(line))
    } else {
        let meant = without_equals(line);
        let colon = meant.as_ref().is_some_and(|meant| meant.colon);
        if colon {
            ("`=` stands between key and value, not `:`", meant)
        } else {
            ("there is no `=`", meant)
        }
    };
    let key = meant.as_ref().map(|meant| meant.key.clone());
    let repair = meant.and_then(|meant| {
        let value = meant.value?;
        let place = (Span::at(line.start).start, meant.key, value);
        Some(Repair {
            edits: meant.edits,
            changes: in_force.changes(&[], &[place]),
        })
    });
    Problem {
        key,
        repair,
        ..Problem::new(
            ProblemKind::MissingEquals,
            line.span(&line.content),
            message,
        )
    }
}

/// What a line was meant to assign.
struct Meant {
    key: String,
    /// `None` where it has no single reading.
    value: Option<String>,
    colon: bool,
    edits: Vec<(Span, String)>,
}

/// The assignment inside of a command: what stands around it goes.
fn command(line: &Line, text: &str) -> Option<Meant> {
    // Lossy text has the places of the bytes only where it is the text.
    if text.as_bytes() != &line.text[line.content.clone()] {
        return None;
    }
    let found = commands::assignment(text)?;
    let start = line.content.start;
    let place = |range: Range<usize>| line.span(&(start + range.start..start + range.end));
    let (key, value) = (
        text[found.key.clone()].to_owned(),
        &text[found.value.clone()],
    );
    let edits = if found.key.start > found.value.start {
        vec![(place(0..text.len()), format!("{key} = {value}"))]
    } else {
        let parts = [
            (0..found.key.start, ""),
            (found.key.end..found.value.start, "="),
            (found.value.end..text.len(), ""),
        ];
        let parts = parts
            .into_iter()
            .filter(|(range, new)| text[range.clone()] != **new);
        parts
            .map(|(range, new)| (place(range), new.to_owned()))
            .collect()
    };
    Some(Meant {
        key: dotted(&key),
        value: Some(value.trim().to_owned()),
        colon: false,
        edits,
    })
}

/// `"key" = value` and `key := value`.
fn odd_key(line: &Line) -> Option<Meant> {
    let Said::Assignment { key, value } = &line.said else {
        return None;
    };
    let text = &line.text[key.clone()];
    let quoted = text.len() > 2 && matches!(text[0], b'"' | b'\'') && text.ends_with(&text[..1]);
    let (name, edits) = if quoted {
        let name = key.start + 1..key.end - 1;
        let marks = [key.start..name.start, name.end..key.end];
        (
            name,
            marks.map(|mark| (line.span(&mark), String::new())).to_vec(),
        )
    } else if text.ends_with(b":") {
        let name = trim(line.text, key.start..key.end - 1);
        let gap = line.span(&(name.end..value.start));
        (name, vec![(gap, " = ".to_owned())])
    } else {
        return None;
    };
    let written = line.lossy(&name);
    (is_name(&written) && written.contains(['.', '/'])).then(|| Meant {
        key: dotted(&written),
        value: (!value.is_empty()).then(|| line.lossy(value)),
        colon: false,
        edits,
    })
}

/// A key and what follows it, behind a colon or a blank.
fn without_equals(line: &Line) -> Option<Meant> {
    let text = &line.text[line.content.clone()];
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-/*".contains(byte);
    let key = line.content.start..line.content.start + text.iter().take_while(|b| name(b)).count();
    let mut rest = trim(line.text, key.end..line.content.end);
    let colon = line.text[rest.clone()].starts_with(b":");
    if colon {
        rest = trim(line.text, rest.start + 1..rest.end);
    }
    let written = line.lossy(&key);
    let dotted = dotted(&written);
    // A sentence that ends, a path, an address: no key.
    let is_key = written.contains(['.', '/'])
        && !written.ends_with('.')
        && dotted.contains('.')
        && written.starts_with(|c: char| c.is_ascii_alphabetic());
    if !is_key {
        return None;
    }
    let inner = unquoted(line.text, &rest);
    let reads = rest.start > key.end && has_one_reading(&line.text[inner.clone()], colon);
    let mut edits = vec![(line.span(&(key.end..inner.start)), " = ".to_owned())];
    if inner.end < rest.end {
        edits.push((line.span(&(inner.end..rest.end)), String::new()));
    }
    Some(Meant {
        key: dotted,
        value: reads.then(|| line.lossy(&inner)),
        colon,
        edits,
    })
}

/// Numbers without the quotes around them; any other text as it is.
fn unquoted(text: &[u8], range: &Range<usize>) -> Range<usize> {
    let own = &text[range.clone()];
    let [first @ (b'"' | b'\''), inner @ .., last] = own else {
        return range.clone();
    };
    let numbers = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'\t');
    if first == last && !inner.is_empty() && inner.iter().all(numbers) {
        trim(text, range.start + 1..range.end - 1)
    } else {
        range.clone()
    }
}

/// Whether a text after a key is surely its value: behind a colon any without quotes, behind a
/// blank one word or numbers only, since more words can be prose.
fn has_one_reading(value: &[u8], colon: bool) -> bool {
    let mut words = value.split(u8::is_ascii_whitespace);
    let number = |word: &[u8]| word.iter().all(u8::is_ascii_digit);
    let quoted = value.starts_with(b"\"") || value.starts_with(b"'");
    let comment = value.contains(&b'#');
    let plain = !(value.is_empty() || quoted || comment);
    plain && (colon || words.clone().count() == 1 || words.all(number))
}
