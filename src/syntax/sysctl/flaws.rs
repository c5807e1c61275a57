//! Lines that do not say what they seem to, each with the one way to write it right.

use std::ops::Range;

use super::{
    BOM, InDocument, InForce, Line, Said, invisible, is_placeholder, lines, read_line, trim,
    unassigned,
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
            // The mark is what is wrong with the key until it is gone.
            Said::Assignment { .. } if line.start == 0 && line.text.starts_with(BOM) => None,
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
                let name = text.trim_ascii_start();
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
            What::NoAssignment | What::NoKey => unassigned::problem(&self.line, in_force),
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
            let is_setting = What::of(&line, || None).is_none_or(|own| own.leaves_a_setting());
            let own = line.setting().filter(|_| is_setting)?;
            Some((at, own.key, own.value))
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
pub(super) fn pieces<'l>(line: &'l Line<'l>) -> impl Iterator<Item = Line<'l>> {
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
pub(super) fn is_name(key: &str) -> bool {
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
    let after = read_line(Line::all(rest).next()?.text);
    let come: Vec<lines::Come> = after.map(|(k, v)| (0, k, v)).into_iter().collect();
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
