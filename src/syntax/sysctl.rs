//! `sysctl.conf` and `sysctl.d/*.conf`. Knows the grammar and no kernel parameter.
//!
//! The grammar is that of procps 4.x (`sysctl.c`, sysctl.conf(5)): comments only on lines of their
//! own, split at the first `=`, no quotes, no escapes, no continuation. Where systemd-sysctl and
//! other releases of procps read a file differently, [`loaders`] says how.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

use super::lines::{self, BOM, InForce};
use super::{
    Comment, Document, Format, Kind, Layer, MAX_PROBLEMS, Setting, Space, has_marker,
    is_placeholder,
};
use crate::text::{Source, Span};

mod commands;
mod flaws;
mod invisible;
pub mod loaders;
#[cfg(test)]
mod tests;

use flaws::{Flaw, What};

/// Reads a source.
pub fn parse(source: &Source) -> Document {
    let mut document = Document::new(source, Format::Sysctl, Space::Sysctl, Layer::Host);
    let template = lines::is_template(&source.bytes);
    document.complete = !template;
    document.editable = !template;
    let mut actions = lines::Actions::default();
    let mut flaws = Vec::new();
    let mut semicolons = Vec::new();
    let mut lines = Line::all(&source.bytes).peekable();
    while let Some(line) = lines.next() {
        let held = template && actions.next_line(line.text);
        document.comments.extend(line.comment());
        if line.is_semicolon_comment() {
            semicolons.push(line.span(&(line.content.start..line.content.start + 1)));
        }
        if held && matches!(line.said, Said::NoEquals) || line.is_marked_blank() {
            continue;
        }
        let what = What::of(&line, || {
            // A line that goes on is told once, with the one that it goes on in.
            lines.next_if(|next| !template && next.is_rest())
        });
        if let Said::Assignment { key, .. } = &line.said {
            // A key that a template renders is no key yet.
            if held && is_placeholder(&line.lossy(key)) {
                continue;
            }
            let is_setting = what.as_ref().is_none_or(What::leaves_a_setting);
            match line.setting().filter(|_| is_setting) {
                Some(setting) => document.settings.push(setting),
                None if what.is_none() => {
                    flaws.push(Flaw::new(line, What::NoAssignment, None));
                    continue;
                }
                None => {}
            }
            let number = is_setting.then(|| document.settings.len() - 1);
            flaws.extend(what.map(|what| Flaw::new(line, what, number)));
        } else {
            flaws.extend(what.map(|what| Flaw::new(line, what, None)));
        }
    }
    let in_force = InForce::new(&document.settings);
    document
        .problems
        .extend(flaws::byte_order_mark(source, &in_force));
    for flaw in flaws.into_iter().take(MAX_PROBLEMS) {
        document.problems.push(flaw.problem(&in_force));
    }
    document.problems.extend(flaws::semicolons(&semicolons));
    if template {
        for problem in &mut document.problems {
            problem.repair = None;
        }
    }
    document
}

/// Key and value of one line, if it assigns.
pub(super) fn read_line(text: &[u8]) -> Option<(String, String)> {
    let setting = Line::new(0, text).setting()?;
    Some((setting.key, setting.value))
}

/// Whether a file of this name belongs to a BSD or to macOS: it has keys that only those know and
/// none that only Linux knows.
pub fn is_bsd(bytes: &[u8]) -> bool {
    const BSD: [&str; 14] = [
        "kern.",
        "hw.",
        "net.inet.",
        "net.inet6.",
        "net.link.",
        "net.local.",
        "net.isr.",
        "net.route.",
        "net.pf.",
        "vfs.",
        "security.",
        "machdep.",
        "ddb.",
        "proc.",
    ];
    const LINUX: [&str; 15] = [
        "net.ipv4.",
        "net.ipv6.",
        "net.core.",
        "net.netfilter.",
        "net.nf_conntrack_max",
        "net.bridge.",
        "net.unix.",
        "kernel.",
        "fs.",
        "vm.swappiness",
        "vm.dirty_",
        "vm.max_map_count",
        "vm.overcommit_memory",
        "vm.nr_hugepages",
        "user.max_",
    ];
    let (mut bsd, mut linux) = (false, false);
    for line in Line::all(bytes) {
        let (Said::Assignment { key, .. } | Said::Exclusion { key }) = &line.said else {
            continue;
        };
        let key = dotted(&line.lossy(key));
        bsd |= BSD.iter().any(|start| key.starts_with(start));
        linux |= LINUX.iter().any(|start| key.starts_with(start));
    }
    bsd && !linux
}

/// The path below `/proc/sys` that a key names: if its first separator is a dot, dots and slashes
/// change places (`slashdot` of procps, `sysctl_normalize` of systemd).
pub fn path(key: &str) -> String {
    let swap = key
        .find(['.', '/'])
        .is_some_and(|at| key[at..].starts_with('.'));
    if swap { swapped(key) } else { key.to_owned() }
}

/// A key in the spelling of the manuals: dots between parts, a slash for a dot inside of one, no
/// part empty.
pub fn dotted(key: &str) -> String {
    let path = path(key);
    let parts: Vec<String> = without_empty_parts(&path).map(swapped).collect();
    parts.join(".")
}

/// The parts of a path that name a file: `a//b` and `a/./b` are `a/b`.
fn without_empty_parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !matches!(*part, "" | "."))
}

fn swapped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '.' => '/',
            '/' => '.',
            other => other,
        })
        .collect()
}

/// One line as procps sees it; all ranges are within `text`.
struct Line<'s> {
    start: usize,
    /// Up to the line feed or the first NUL.
    text: &'s [u8],
    /// Without outer blanks.
    content: Range<usize>,
    said: Said,
}

enum Said {
    /// Blank or a comment.
    Nothing,
    /// `-key`: globs leave the key alone.
    Exclusion {
        key: Range<usize>,
    },
    Assignment {
        key: Range<usize>,
        value: Range<usize>,
    },
    NoEquals,
}

impl<'s> Line<'s> {
    fn all(bytes: &'s [u8]) -> impl Iterator<Item = Line<'s>> {
        let ends = memchr_iter(b'\n', bytes).chain([bytes.len()]);
        ends.scan(0, |start, end| {
            let line = Line::new(*start, &bytes[*start..end]);
            *start = end + 1;
            Some(line)
        })
    }

    fn new(start: usize, text: &'s [u8]) -> Self {
        let text = &text[..memchr(0, text).unwrap_or(text.len())];
        let content = trim(text, 0..text.len());
        let bytes = &text[content.clone()];
        let dash = usize::from(bytes.starts_with(b"-"));
        let said = if bytes.is_empty() || bytes.starts_with(b"#") || bytes.starts_with(b";") {
            Said::Nothing
        } else if let Some(at) = memchr(b'=', bytes) {
            let equals = content.start + at;
            // The second dash is dropped where the path is made, blanks after a dash are not.
            let dashes = dash + usize::from(bytes.starts_with(b"--"));
            let key = (content.start + dashes).min(equals);
            let key = key..trim(text, key..equals).end;
            let mut value = trim(text, equals + 1..content.end.max(equals + 1));
            if value.is_empty() {
                let blank = usize::from(text.get(equals + 1) == Some(&b' '));
                value = equals + 1 + blank..equals + 1 + blank;
            }
            Said::Assignment { key, value }
        } else if dash == 1 {
            Said::Exclusion {
                key: content.start + 1..content.end,
            }
        } else {
            Said::NoEquals
        };
        Line {
            start,
            text,
            content,
            said,
        }
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.start + range.start, self.start + range.end)
    }

    fn lossy(&self, range: &Range<usize>) -> String {
        String::from_utf8_lossy(&self.text[range.clone()]).into_owned()
    }

    /// Whether nothing or a comment follows a byte order mark: then the mark is what is wrong.
    fn is_marked_blank(&self) -> bool {
        let rest = self.text.strip_prefix(BOM).filter(|_| self.start == 0);
        rest.is_some_and(|rest| matches!(Line::new(0, rest).said, Said::Nothing))
    }

    /// A comment that begins with the older of the two marks.
    fn is_semicolon_comment(&self) -> bool {
        matches!(self.said, Said::Nothing) && self.text[self.content.clone()].starts_with(b";")
    }

    /// Whether a line can be the rest of the one above: it assigns nothing and names no parameter.
    fn is_rest(&self) -> bool {
        let text = &self.text[self.content.clone()];
        matches!(self.said, Said::NoEquals) && text[0].is_ascii_digit()
    }

    fn setting(&self) -> Option<Setting> {
        let Said::Assignment { key, value } = &self.said else {
            return None;
        };
        let written = self.lossy(key);
        let dotted = dotted(&written);
        if dotted.is_empty() {
            return None;
        }
        let value_text = self.lossy(value);
        Some(Setting {
            written: (written != dotted).then_some(written),
            key: dotted,
            kind: Kind::Text,
            known: !is_placeholder(&value_text),
            value: value_text,
            key_at: self.span(key),
            value_at: self.span(value),
            whole: self.span(&(self.content.start..value.end)),
        })
    }

    /// A comment that speaks to flint. After a value there is none: the text is written to the
    /// kernel with the value.
    fn comment(&self) -> Option<Comment> {
        let after_value = match &self.said {
            Said::Assignment { value, .. } => value.clone(),
            Said::Exclusion { key } => key.clone(),
            Said::NoEquals if !self.is_marked_blank() => self.content.clone(),
            Said::Nothing | Said::NoEquals => {
                if !has_marker(&self.text[self.content.clone()]) {
                    return None;
                }
                let bom = if self.is_marked_blank() { BOM.len() } else { 0 };
                let at = trim(self.text, self.content.start + bom..self.content.end);
                return Some(Comment {
                    at: self.span(&at),
                    own_line: true,
                    legal: true,
                });
            }
        };
        let mark = lines::misplaced_comment(&self.text[after_value.clone()], b"#;")?;
        Some(Comment {
            at: self.span(&(after_value.start + mark..after_value.end)),
            own_line: false,
            legal: false,
        })
    }
}

/// Without outer blanks as `isspace` of C knows them.
fn trim(text: &[u8], range: Range<usize>) -> Range<usize> {
    lines::trimmed(text, range, |byte| matches!(byte, b'\t'..=b'\r' | b' '))
}
