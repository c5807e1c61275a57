//! Whether a call certainly happens when its method runs.

use crate::syntax::code::{Call, Code, Language};
use crate::text::Source;

/// How deep each byte of a source stands in blocks.
pub(super) struct Conditions {
    /// The first byte of each line, with its depth in braces or, in Python, its indentation.
    lines: Vec<(usize, usize)>,
    /// For each line, whether it only begins what stands on the next: `if (a)`, `else`.
    opens: Vec<bool>,
}

impl Conditions {
    pub(super) fn of(code: &Code, source: &Source) -> Self {
        let bytes = &source.bytes;
        let mut texts = code.texts.iter().peekable();
        let (mut lines, mut opens) = (Vec::new(), Vec::new());
        let mut depth = 0_usize;
        let mut at = 0;
        let mut in_comment = false;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let indent = line.len() - line.trim_ascii_start().len();
            lines.push((
                at,
                if code.language == Language::Python {
                    indent
                } else {
                    depth
                },
            ));
            let text = line.trim_ascii();
            let words: &[&[u8]] = &[
                b"if", b"else", b"for", b"while", b"} else", b"when", b"case", b"elif",
            ];
            let begins = words.iter().any(|word| {
                let rest = text.strip_prefix(*word);
                rest.is_some_and(|rest| {
                    rest.first()
                        .is_none_or(|next| !next.is_ascii_alphanumeric())
                })
            });
            opens.push(begins);
            let mut index = 0;
            while index < line.len() {
                while texts
                    .peek()
                    .is_some_and(|text| (text.at.end as usize) <= at + index)
                {
                    texts.next();
                }
                let in_text = texts
                    .peek()
                    .is_some_and(|text| (text.at.start as usize) <= at + index);
                let rest = &line[index..];
                if in_comment {
                    in_comment = !rest.starts_with(b"*/");
                } else if !in_text {
                    match rest {
                        [b'/', b'/', ..] => break,
                        [b'/', b'*', ..] => in_comment = true,
                        [b'{', ..] => depth += 1,
                        [b'}', ..] => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                }
                index += 1;
            }
            at += line.len();
        }
        Conditions { lines, opens }
    }

    /// Whether nothing but its method stands around a call, and no condition before it. The line that
    /// opens the block around must not be one of a condition or a loop.
    pub(super) fn is_certain(&self, call: &Call) -> bool {
        let start = call.whole.start as usize;
        let line = self.lines.partition_point(|(first, _)| *first <= start) - 1;
        let mut depth = self.lines[line].1;
        if self.opens[line] {
            return false;
        }
        let mut is_next = true;
        for above in (0..line).rev() {
            let (_, own) = self.lines[above];
            // A condition without a block holds for the next line alone.
            if is_next && own == depth && self.opens[above] {
                return false;
            }
            is_next = false;
            if own < depth {
                if self.opens[above] {
                    return false;
                }
                depth = own;
            }
        }
        true
    }
}
