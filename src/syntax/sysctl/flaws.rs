//! Lines that do not say what they seem to, each with the one way to write it right.

use std::ops::Range;

use super::{
    BOM, InDocument, InForce, Line, Said, commands, dotted, invisible, is_placeholder, lines, trim,
};
use crate::syntax::{Problem, ProblemKind, Repair};
use crate::text::{Source, Span};

/// What is wrong with a line.
pub(super) enum What<'s> {
    /// Nothing stands before a `=`, or there is none.
    NoAssignment,
    /// The key is none that a parameter can have.
    NoKey,
    /// A blank between the dash and the key.
    DetachedDash,
    /// An invisible character before the value.
    InvisibleKey,
    /// An invisible character in the value.
    InvisibleValue,
    /// A backslash at its end, and the lines that were meant to go on.
    Continued(Vec<Line<'s>>),
    /// A carriage return within it; whether in the key.
    Return { in_key: bool },
}

impl<'s> What<'s> {
    /// What is wrong, if anything. `rest` takes the line below where that can be the rest of this one.
    pub(super) fn of(line: &Line<'s>, mut rest: impl FnMut() -> Option<Line<'s>>) -> Option<Self> {
        let has_return = line.text[line.content.clone()].contains(&b'\r');
        match &line.said {
            Said::Exclusion { .. } => None,
            Said::Nothing => (has_return && pieces(line).any(|piece| says_something(&piece)))
                .then_some(What::Return { in_key: false }),
            Said::NoEquals => {
                let cleaned = cleaned(line);
                let hidden = !matches!(Line::new(0, &cleaned).said, Said::NoEquals);
                Some(if hidden {
                    What::InvisibleKey
                } else {
                    What::NoAssignment
                })
            }
            Said::Assignment { key, value } => {
                let (key, value) = (key.clone(), value.clone());
                if has_return {
                    let in_key = line.text[key].contains(&b'\r');
                    return Some(What::Return { in_key });
                }
                let found = invisible::all(line.text, line.start == 0);
                if let Some(first) = found.iter().find(|found| found.at >= line.content.start) {
                    return Some(if first.at < value.start {
                        What::InvisibleKey
                    } else {
                        What::InvisibleValue
                    });
                }
                let text = line.lossy(&key);
                if is_placeholder(&text) || text.is_empty() {
                    return None;
                }
                let name = text.trim_start();
                if !is_name(name) {
                    return Some(What::NoKey);
                }
                if name.len() < text.len() {
                    return Some(What::DetachedDash);
                }
                let ends_open = |range: &Range<usize>| line.text[range.clone()].ends_with(b"\\");
                if !ends_open(&value) {
                    return None;
                }
                let mut lines: Vec<Line<'s>> = Vec::new();
                while lines.last().is_none_or(Line::ends_open)
                    && let Some(next) = rest()
                {
                    lines.push(next);
                }
                Some(What::Continued(lines))
            }
        }
    }

    /// Whether the line is a setting all the same.
    pub(super) fn leaves_a_setting(&self) -> bool {
        match self {
            What::NoAssignment | What::NoKey | What::DetachedDash | What::InvisibleKey => false,
            What::InvisibleValue | What::Continued(_) => true,
            What::Return { in_key } => !in_key,
        }
    }
}

impl Line<'_> {
    fn ends_open(&self) -> bool {
        self.text[self.content.clone()].ends_with(b"\\")
    }
}

/// A line with what is wrong with it.
pub(super) struct Flaw<'s> {
    line: Line<'s>,
    what: What<'s>,
    /// The number of the setting that it is, if it is one.
    setting: Option<usize>,
}

impl<'s> Flaw<'s> {
    pub(super) fn new(line: Line<'s>, what: What<'s>, setting: Option<usize>) -> Self {
        Flaw {
            line,
            what,
            setting,
        }
    }

    pub(super) fn problem(&self, in_force: &InForce) -> Problem {
        match &self.what {
            What::NoAssignment | What::NoKey => no_assignment(&self.line, in_force),
            What::DetachedDash => self.detached_dash(in_force),
            What::InvisibleKey | What::InvisibleValue => self.invisible(in_force),
            What::Continued(rest) => self.continued(rest, in_force),
            What::Return { .. } => self.lone_return(in_force),
        }
    }

    /// What reads differently once the line says this.
    fn changes(&self, in_force: &InForce, come: Vec<Line>) -> Vec<(String, Option<String>)> {
        let gone: Vec<usize> = self.setting.into_iter().collect();
        let come = come.into_iter().filter_map(|line| {
            let at = Span::at(line.start).start;
            line.setting().map(|own| (at, own.key, own.value))
        });
        let come: Vec<lines::Come> = come.collect();
        in_force.changes(&gone, &come)
    }

    fn detached_dash(&self, in_force: &InForce) -> Problem {
        let line = &self.line;
        let text = &line.text[line.content.clone()];
        let blanks = text[1..].iter().take_while(|b| b.is_ascii_whitespace());
        let gap = line.content.start + 1..line.content.start + 1 + blanks.count();
        let joined = [&b"-"[..], &line.text[gap.end..]].concat();
        let come = Line::new(0, &joined);
        let key = come.setting().map(|setting| setting.key);
        let come = Line {
            start: line.start,
            ..come
        };
        Problem {
            key,
            repair: Some(Repair {
                edits: vec![(line.span(&gap), String::new())],
                changes: self.changes(in_force, vec![come]),
            }),
            ..Problem::new(
                ProblemKind::DetachedDash,
                line.span(&(line.content.start..gap.end)),
                "only systemd-sysctl takes a blank between `-` and the key; procps and busybox \
                 look for a key that begins with the blank",
            )
        }
    }

    fn invisible(&self, in_force: &InForce) -> Problem {
        let line = &self.line;
        let found = invisible::all(line.text, line.start == 0);
        let edits = found.iter().map(|found| {
            let range = found.at..found.at + found.length;
            (line.span(&range), found.meant.to_owned())
        });
        let cleaned = cleaned(line);
        let come = Line {
            start: line.start,
            ..Line::new(0, &cleaned)
        };
        let (name, at) = found.first().map_or(("a character", 0..0), |found| {
            (found.name, found.at..found.at + found.length)
        });
        let part = match (&self.what, &come.said) {
            (_, Said::Nothing | Said::Exclusion { .. } | Said::NoEquals) => "line",
            (What::InvisibleValue, _) => "value",
            _ => "key",
        };
        Problem {
            key: come.setting().map(|setting| setting.key),
            repair: Some(Repair {
                edits: edits.collect(),
                changes: self.changes(in_force, vec![come]),
            }),
            ..Problem::new(
                ProblemKind::InvisibleCharacter,
                line.span(&at),
                format!("{name}, which nobody sees, is a part of the {part}"),
            )
        }
    }

    fn continued(&self, rest: &[Line], in_force: &InForce) -> Problem {
        let line = &self.line;
        let mark = line.content.end - 1..line.content.end;
        let head = trim(line.text, line.content.start..mark.start);
        let mut text = line.text[..head.end].to_vec();
        let mut edits = Vec::new();
        let mut open = line.span(&(head.end..mark.end));
        for next in rest {
            let end = next.content.end - usize::from(next.ends_open());
            let own = trim(next.text, next.content.start..end);
            text.push(b' ');
            text.extend_from_slice(&next.text[own.clone()]);
            let upto = next.span(&own);
            let gap = Span {
                start: open.start,
                end: upto.start,
            };
            edits.push((gap, " ".to_owned()));
            open = next.span(&(own.end..next.content.end));
        }
        if !open.is_empty() {
            edits.push((open, String::new()));
        }
        let come = Line {
            start: line.start,
            ..Line::new(0, &text)
        };
        let related = rest.first().map(|next| {
            let what = "a line of its own to procps and systemd-sysctl";
            (next.span(&next.content), what.to_owned())
        });
        Problem {
            key: come.setting().map(|setting| setting.key),
            related: related.into_iter().collect(),
            repair: Some(Repair {
                edits,
                changes: self.changes(in_force, vec![come]),
            }),
            ..Problem::new(
                ProblemKind::LineContinuation,
                line.span(&mark),
                "a backslash continues no line: it is a part of the value",
            )
        }
    }

    fn lone_return(&self, in_force: &InForce) -> Problem {
        let line = &self.line;
        let returns = line
            .content
            .clone()
            .filter(|at| line.text[*at] == b'\r')
            .collect::<Vec<_>>();
        let first = returns.first().copied().unwrap_or(line.content.start);
        let edits = returns
            .iter()
            .map(|at| (line.span(&(*at..at + 1)), "\n".to_owned()));
        Problem {
            repair: Some(Repair {
                edits: edits.collect(),
                changes: self.changes(in_force, pieces(line).collect()),
            }),
            ..Problem::new(
                ProblemKind::LoneReturn,
                line.span(&(first + 1..line.content.end)),
                "a carriage return alone ends no line for procps and busybox: this is a part of \
                 the line above",
            )
        }
    }
}

/// What a reader sees that takes a lone carriage return for the end of a line.
fn pieces<'l>(line: &'l Line<'l>) -> impl Iterator<Item = Line<'l>> {
    let mut start = 0;
    line.text.split(|byte| *byte == b'\r').map(move |text| {
        let piece = Line {
            start: line.start + start,
            ..Line::new(0, text)
        };
        start += text.len() + 1;
        piece
    })
}

fn says_something(line: &Line) -> bool {
    !matches!(line.said, Said::Nothing)
}

/// The line with what its invisible characters stand for.
fn cleaned(line: &Line) -> Vec<u8> {
    let mut text = Vec::with_capacity(line.text.len());
    let mut upto = 0;
    for found in invisible::all(line.text, line.start == 0) {
        text.extend_from_slice(&line.text[upto..found.at]);
        text.extend_from_slice(found.meant.as_bytes());
        upto = found.at + found.length;
    }
    text.extend_from_slice(&line.text[upto..]);
    text
}

/// Whether a parameter can have this name: names of the kernel are words, and a name of a network
/// interface has neither blank, slash nor colon (`dev_valid_name`).
fn is_name(key: &str) -> bool {
    !key.contains(|c: char| c.is_ascii_whitespace() || c == ':')
        && !key.starts_with(['"', '\'', '+', '!', '#', '<', '>', '|', '$'])
        && !key.ends_with(['"', '\'', '+', '?'])
        && !key.starts_with("//")
}

/// The mark is a character like any other to the loaders, so the first key is another one.
pub(super) fn byte_order_mark(source: &Source, in_force: &InForce) -> Option<Problem> {
    let rest = source.bytes.strip_prefix(BOM)?;
    let mark = Span::new(0, BOM.len());
    // A template may have made no setting of the first line.
    let first = in_force
        .settings()
        .first()
        .filter(|first| first.whole.start == 0);
    let after = Line::all(rest).next()?.setting();
    let come: Vec<lines::Come> = after.map(|s| (0, s.key, s.value)).into_iter().collect();
    let gone: &[usize] = if first.is_some() { &[0] } else { &[] };
    Some(Problem {
        key: first.map(|setting| setting.key.clone()),
        repair: Some(Repair {
            edits: vec![(mark, String::new())],
            changes: in_force.changes(gone, &come),
        }),
        ..Problem::new(
            ProblemKind::ByteOrderMark,
            mark,
            "the byte order mark becomes part of the first key, which the kernel does not have",
        )
    })
}

/// Comments that systemd-sysctl 262 takes for assignments: one problem for all of a file.
pub(super) fn semicolons(marks: &[Span]) -> Option<Problem> {
    let first = marks.first()?;
    let edits = marks.iter().map(|mark| (*mark, "#".to_owned()));
    Some(Problem {
        repair: Some(Repair {
            edits: edits.collect(),
            changes: Vec::new(),
        }),
        ..Problem::new(
            ProblemKind::SemicolonComment,
            *first,
            "systemd-sysctl 262 takes no line with `;` for a comment",
        )
    })
}

/// The problem of a line that assigns nothing, with the one way to write it right.
fn no_assignment(line: &Line, in_force: &InForce) -> Problem {
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
