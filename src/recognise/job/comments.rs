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
        _ => &[b"//", b"/**", b"/*"],
    };
    let known = opener.iter().find(|own| before.ends_with(own));
    let closes = memchr::memmem::find(&bytes[marker..end], b"*/");
    // A line of a comment that began above and goes on below stands for itself.
    let is_inside = || {
        let blank = before.trim_ascii_start();
        let begun = memchr::memmem::rfind(&bytes[..marker], b"/*");
        let within =
            begun.is_some_and(|at| memchr::memmem::find(&bytes[at..marker], b"*/").is_none());
        code.language != Language::Python
            && matches!(blank, b"" | b"*")
            && within
            && closes.is_none()
    };
    let length = match known {
        Some(known) => known.len(),
        None if is_inside() => before.trim_ascii_start().len(),
        None => return None,
    };
    let opens = match length {
        0 => marker,
        length => start + before.len() - length,
    };
    let upto = match closes {
        Some(at) if known.is_some_and(|own| own.starts_with(b"/*")) => marker + at + 2,
        _ => end,
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
