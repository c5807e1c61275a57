//! `sysctl.conf` and `sysctl.d/*.conf`. Knows the grammar and no kernel parameter.
//!
//! The grammar is that of procps 4.x (`sysctl.c`, sysctl.conf(5)): comments only on lines of their
//! own, split at the first `=`, no quotes, no escapes, no continuation. Where systemd-sysctl and
//! other releases of procps read a file differently, [`crate::linux::loaders`] says how.

use std::ops::Range;

use super::lines::{self, BOM, InForce};
use super::{
    Comment, Document, Format, Kind, Layer, MAX_PROBLEMS, Setting, Space, has_marker,
    is_placeholder,
};
use crate::linux::loaders::lines::{Line, Said, trim};
use crate::text::{Source, Span};

pub use crate::linux::loaders::keys::{dotted, path};

mod commands;
mod flaws;
mod invisible;
#[cfg(test)]
mod tests;
mod unassigned;

use flaws::{Flaw, What};

/// Reads a source.
pub fn parse(source: &Source) -> Document {
    read(source, lines::is_template(&source.bytes))
}

/// Reads a source that is a template by its name, whatever marks its engine has.
pub fn parse_template(source: &Source) -> Document {
    read(source, true)
}

fn read(source: &Source, template: bool) -> Document {
    let mut document = Document::new(source, Format::Sysctl, Space::Sysctl, Layer::Host);
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
            let setting = line.setting().filter(|_| is_setting);
            let number = setting.is_some().then_some(document.settings.len());
            let what = match (&setting, what) {
                (None, None) => Some(What::NoAssignment),
                (_, what) => what,
            };
            document.settings.extend(setting);
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
        // The marks of Puppet's and Chef's engine.
        for setting in &mut document.settings {
            setting.known &= !(setting.value.contains("<%") || setting.key.contains("<%"));
        }
    }
    document
}

/// Key and value of one line, if it assigns.
pub(super) fn read_line(text: &[u8]) -> Option<(String, String)> {
    let line = Line::new(0, text);
    let is_setting = What::of(&line, || None).is_none_or(|what| what.leaves_a_setting());
    let setting = line.setting().filter(|_| is_setting)?;
    Some((setting.key, setting.value))
}

/// How keys begin that only a BSD or macOS has.
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

/// Whether only a BSD or macOS has such a key.
pub fn is_bsd_key(key: &str) -> bool {
    BSD.iter().any(|start| key.starts_with(start))
}

/// Whether a file of this name belongs to a BSD or to macOS: it has keys that only those know and
/// none that only Linux knows. Lines may end as they did on old Macs.
pub fn is_bsd(bytes: &[u8]) -> bool {
    const LINUX: [&str; 16] = [
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
        "proc.sys.",
    ];
    let (mut bsd, mut linux) = (false, false);
    for line in Line::all(bytes) {
        for piece in flaws::pieces(&line) {
            let (Said::Assignment { key, .. } | Said::Exclusion { key }) = &piece.said else {
                continue;
            };
            let key = dotted(&piece.lossy(key));
            bsd |= is_bsd_key(&key);
            linux |= LINUX.iter().any(|start| key.starts_with(start));
        }
    }
    bsd && !linux
}

/// What a document makes of a line.
trait InDocument {
    fn span(&self, range: &Range<usize>) -> Span;
    /// Whether nothing or a comment follows a byte order mark: then the mark is what is wrong.
    fn is_marked_blank(&self) -> bool;
    /// A comment that begins with the older of the two marks.
    fn is_semicolon_comment(&self) -> bool;
    /// Whether a line can be the rest of the one above: it assigns nothing and names no parameter.
    fn is_rest(&self) -> bool;
    fn setting(&self) -> Option<Setting>;
    fn comment(&self) -> Option<Comment>;
}

impl InDocument for Line<'_> {
    fn span(&self, range: &Range<usize>) -> Span {
        let range = self.in_file(range);
        Span::new(range.start, range.end)
    }

    fn is_marked_blank(&self) -> bool {
        let rest = self.text.strip_prefix(BOM).filter(|_| self.start == 0);
        rest.is_some_and(|rest| matches!(Line::new(0, rest).said, Said::Nothing))
    }

    fn is_semicolon_comment(&self) -> bool {
        matches!(self.said, Said::Nothing) && self.text[self.content.clone()].starts_with(b";")
    }

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
