//! Comments in sources that speak to flint.

use crate::syntax::code::{Code, Language};
use crate::syntax::{Comment, MARKER};
use crate::text::{Source, Span};

/// Every comment that holds the marker and nothing before it. What stands in a text is none.
pub(super) fn read(source: &Source, code: &Code) -> Vec<Comment> {
    let all = memchr::memmem::find_iter(&source.bytes, MARKER.as_bytes());
    all.filter_map(|at| comment(source, code, at)).collect()
}

fn comment(source: &Source, code: &Code, marker: usize) -> Option<Comment> {
    let bytes = &source.bytes;
    let line = source.line_span(source.line_index(Span::at(marker).start));
    let (start, end) = (line.start as usize, line.end as usize);
    let before = bytes.get(start..marker)?.trim_ascii_end();
    let opener: &[&[u8]] = match code.language {
        Language::Python => &[b"#"],
        _ => &[b"//", b"/*"],
    };
    let length = opener.iter().find(|own| before.ends_with(own))?.len();
    let opens = start + before.len() - length;
    let upto = if before.ends_with(b"/*") {
        memchr::memmem::find(&bytes[marker..end], b"*/").map_or(end, |at| marker + at + 2)
    } else {
        end
    };
    let upto = opens + bytes[opens..upto].trim_ascii_end().len();
    let at = Span::new(opens, upto);
    let marker = Span::at(marker);
    let in_text = code.texts.iter().any(|text| text.at.contains(marker));
    (!in_text).then(|| Comment {
        at,
        own_line: bytes[start..opens].trim_ascii().is_empty(),
        legal: true,
    })
}
