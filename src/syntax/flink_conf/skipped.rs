//! Why Flink skips a line of `flink-conf.yaml`, and how to write what its author meant.

use std::ops::Range;

use super::{Line, looks_like_key, trim};
use crate::syntax::lines::InForce;
use crate::syntax::{Problem, ProblemKind, Repair};

/// First parts of keys that belong to a log4j file.
const LOG4J: [&[u8]; 9] = [
    b"log4j.",
    b"log4j2.",
    b"logger.",
    b"loggers",
    b"rootLogger",
    b"appender.",
    b"appenders",
    b"monitorInterval",
    b"logback.",
];

/// What is wrong with a line, and the one way to write it right.
struct Diagnosis {
    message: &'static str,
    key: Option<Range<usize>>,
    mend: Option<Mend>,
}

/// The bytes between key and value, what belongs there, and the value.
struct Mend {
    at: Range<usize>,
    text: &'static str,
    value: Range<usize>,
}

/// The problem of a line that is no pair.
pub(super) fn problem(line: &Line, in_force: &InForce) -> Problem {
    let diagnosis = diagnose(line);
    let key = diagnosis.key.map(|range| line.lossy(&range));
    // With the mark still there, the key would not be the one that is meant.
    let mend = diagnosis.mend.filter(|_| line.bom() == 0);
    let repair = key.clone().zip(mend).map(|(key, mend)| {
        let at = line.span(&mend.at);
        Repair {
            edits: vec![(at, mend.text.to_owned())],
            changes: in_force.changes(&[], &[(at.start, key, line.lossy(&mend.value))]),
        }
    });
    Problem {
        key,
        repair,
        ..Problem::new(
            ProblemKind::NotAPair,
            line.span(&line.content),
            diagnosis.message,
        )
    }
}

fn diagnose(line: &Line) -> Diagnosis {
    let content = line.content.start + line.bom()..line.content.end;
    let text = &line.text[content.clone()];
    let only = |message| Diagnosis {
        message,
        key: None,
        mend: None,
    };
    if is_merge_marker(text) {
        return only(
            "a merge conflict was left in the file: Flink reads the settings of both sides",
        );
    }
    if is_document_mark(text) {
        return only("flink-conf.yaml is not YAML: Flink skips this mark");
    }
    if is_program_output(text) {
        return only("this is output of a program, no setting: Flink skips it");
    }
    let Some(at) = text.iter().position(|byte| matches!(byte, b':' | b'=')) else {
        return only("there is no colon with a blank after it, so Flink skips this line");
    };
    let separator = content.start + at;
    let left = trim(line.text, content.start..separator);
    let right = trim(line.text, separator + 1..content.end);
    let is_key = looks_like_key(&line.text[left.clone()]);
    let key = is_key.then(|| left.clone());
    if line.text[separator] == b'=' {
        return equals_sign(line, left, right, key);
    }
    if line.text[right.clone()].starts_with(b"//") {
        return only("there is no colon with a blank after it, so Flink skips this line");
    }
    if right.is_empty() {
        return Diagnosis {
            message: "no value follows the colon, so Flink skips this line",
            key,
            mend: None,
        };
    }
    let message = match line.text[separator + 1] {
        b'\t' => "a tab follows the colon, and Flink wants a blank there: it skips this line",
        0..=b' ' => "no blank follows the colon directly, so Flink skips this line",
        _ => "no blank follows the colon, so Flink skips this line",
    };
    Diagnosis {
        message,
        mend: is_key.then_some(Mend {
            at: separator + 1..right.start,
            text: " ",
            value: right,
        }),
        key,
    }
}

fn equals_sign(
    line: &Line,
    left: Range<usize>,
    right: Range<usize>,
    key: Option<Range<usize>>,
) -> Diagnosis {
    let name = &line.text[left.clone()];
    if key.is_some() && LOG4J.iter().any(|start| name.starts_with(start)) {
        return Diagnosis {
            message: "this belongs into a log4j properties file: Flink skips it here",
            key,
            mend: None,
        };
    }
    let mend = Mend {
        at: left.end..right.start,
        text: ": ",
        value: right.clone(),
    };
    Diagnosis {
        message: "Flink wants `: ` between key and value, not `=`: it skips this line",
        mend: (key.is_some() && !right.is_empty()).then_some(mend),
        key,
    }
}

/// `<<<<<<<`, `|||||||`, `=======` or `>>>>>>>`, alone or followed by a blank.
fn is_merge_marker(text: &[u8]) -> bool {
    let Some(&mark) = text.first() else {
        return false;
    };
    let length = text.iter().take_while(|byte| **byte == mark).count();
    matches!(mark, b'<' | b'|' | b'=' | b'>')
        && length == 7
        && text.get(7).is_none_or(|byte| *byte == b' ')
}

/// What marks documents and directives in YAML.
fn is_document_mark(text: &[u8]) -> bool {
    let word = text.split(|byte| *byte <= b' ').next().unwrap_or_default();
    matches!(word, b"---" | b"..." | b"%YAML" | b"%TAG")
}

/// A frame of a stack trace, or a log line that starts with a date.
fn is_program_output(text: &[u8]) -> bool {
    let date: Vec<bool> = text.iter().take(10).map(u8::is_ascii_digit).collect();
    let is_date = date == [true, true, true, true, false, true, true, false, true, true];
    let is_frame = text.starts_with(b"at ") && text.ends_with(b")") && text.contains(&b'(');
    is_frame || is_date || text.starts_with(b"Exception in thread ")
}
