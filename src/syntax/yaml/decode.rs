//! Bytes to the text that a YAML reader sees, with the way back from its offsets to the bytes.
//! Encodings as in snakeyaml-engine's `YamlUnicodeReader`, characters as in its `StreamReader`.

use std::borrow::Cow;

use crate::text::Span;

/// How many faults of the encoding are told one by one.
const FAULTS: usize = 20;

/// What the bytes say.
pub(crate) struct Decoded<'s> {
    /// The text; bytes and characters that YAML does not allow are replaced by letters.
    pub(crate) text: Cow<'s, str>,
    /// For a transcoded text the offsets of each character in text and bytes, in order.
    map: Vec<(u32, u32)>,
    /// Places in the text (not in the bytes) that no YAML reader accepts, each with the reason.
    pub(crate) faults: Vec<(Span, String)>,
}

impl Decoded<'_> {
    /// Whether the bytes are UTF-8, so that offsets of the text are offsets of the bytes.
    pub(crate) fn is_utf8(&self) -> bool {
        self.map.is_empty()
    }

    /// The bytes of a span of the text.
    pub(crate) fn bytes_of(&self, span: Span) -> Span {
        if self.is_utf8() {
            return span;
        }
        let place = |offset: u32| {
            let at = self.map.partition_point(|&(text, _)| text <= offset);
            self.map[at.saturating_sub(1)].1
        };
        Span {
            start: place(span.start),
            end: place(span.end),
        }
    }
}

/// Reads bytes as UTF-8, or as UTF-16 or UTF-32 where a byte order mark says so.
pub(crate) fn decode(bytes: &[u8]) -> Decoded<'_> {
    let (width, little) = match bytes {
        [0, 0, 0xFE, 0xFF, ..] => (4, false),
        [0xFF, 0xFE, 0, 0, ..] => (4, true),
        [0xFE, 0xFF, ..] => (2, false),
        [0xFF, 0xFE, ..] => (2, true),
        _ => return utf8(bytes),
    };
    wide(bytes, width, little)
}

fn utf8(bytes: &[u8]) -> Decoded<'_> {
    let mut faults = Vec::new();
    let mut text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(masked(bytes, &mut faults)),
    };
    let suspects = forbidden(&text);
    if !suspects.is_empty() {
        for span in &suspects {
            let code = text[span.range()].chars().next().map_or(0, u32::from);
            fault(&mut faults, *span, || {
                format!("the character U+{code:04X} is not allowed in YAML")
            });
        }
        let mut raw = text.into_owned().into_bytes();
        for span in &suspects {
            raw[span.range()].fill(b'x');
        }
        text = Cow::Owned(String::from_utf8_lossy(&raw).into_owned());
    }
    faults.sort_by_key(|(span, _)| *span);
    Decoded {
        text,
        map: Vec::new(),
        faults,
    }
}

/// Lists are cut, so that a binary file gives no thousands of problems.
fn fault(faults: &mut Vec<(Span, String)>, span: Span, reason: impl FnOnce() -> String) {
    if let Some((last, _)) = faults.last_mut()
        && last.end == span.start
    {
        last.end = span.end;
    } else if faults.len() < FAULTS {
        faults.push((span, reason()));
    }
}

/// The text with a letter in place of each byte that is not UTF-8.
fn masked(bytes: &[u8], faults: &mut Vec<(Span, String)>) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let bad = chunk.invalid();
        if !bad.is_empty() {
            let span = Span::new(text.len(), text.len() + bad.len());
            fault(faults, span, || {
                format!("the byte 0x{:02X} is not UTF-8 here", bad[0])
            });
            text.extend(std::iter::repeat_n('x', bad.len()));
        }
    }
    text
}

/// The characters outside of YAML's printable set (YAML 1.2, 5.1).
fn forbidden(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for (at, &byte) in bytes.iter().enumerate() {
        let next = || bytes.get(at + 1).copied().unwrap_or(0);
        let length = match byte {
            b'\t' | b'\n' | b'\r' => continue,
            0..0x20 | 0x7F => 1,
            0xC2 if (0x80..0xA0).contains(&next()) && next() != 0x85 => 2,
            0xEF if next() == 0xBF && bytes.get(at + 2).is_some_and(|last| *last >= 0xBE) => 3,
            _ => continue,
        };
        found.push(Span::new(at, at + length));
    }
    found
}

fn wide(bytes: &[u8], width: usize, little: bool) -> Decoded<'static> {
    let unit = |at: usize| {
        let mut code = 0u32;
        for index in 0..width {
            let byte = bytes.get(if little {
                at + width - 1 - index
            } else {
                at + index
            });
            code = code << 8 | u32::from(byte.copied().unwrap_or(0));
        }
        code
    };
    let mut text = String::with_capacity(bytes.len() / width);
    let mut map = Vec::with_capacity(bytes.len() / width);
    let mut faults = Vec::new();
    let mut at = width;
    while at < bytes.len() {
        let first = unit(at);
        let mut length = width;
        let mut code = first;
        if width == 2 && (0xD800..0xDC00).contains(&first) && at + 4 <= bytes.len() {
            let second = unit(at + 2);
            if (0xDC00..0xE000).contains(&second) {
                code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                length = 4;
            }
        }
        let whole = at + width <= bytes.len();
        let character = char::from_u32(code).filter(|_| whole);
        map.push((Span::at(text.len()).start, Span::at(at).start));
        match character {
            Some(good) if printable(good) => text.push(good),
            _ => {
                let span = Span::new(text.len(), text.len() + 1);
                fault(&mut faults, span, || {
                    format!("the code unit 0x{code:04X} is not allowed in YAML")
                });
                text.push('x');
            }
        }
        at += length;
    }
    map.push((Span::at(text.len()).start, Span::at(bytes.len()).start));
    Decoded {
        text: Cow::Owned(text),
        map,
        faults,
    }
}

/// YAML's printable set, which `StreamReader.isPrintable` checks before anything is scanned.
pub(crate) fn printable(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{FFFD}')
        || character >= '\u{10000}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_utf8_keep_their_place() {
        let decoded = decode(b"a: \xFF\xFEb\nc: \x07\n");
        assert_eq!(decoded.text, "a: xxb\nc: x\n");
        let places: Vec<Span> = decoded.faults.iter().map(|(span, _)| *span).collect();
        assert_eq!(places, [Span::new(3, 5), Span::new(10, 11)]);
    }

    #[test]
    fn utf16_offsets_lead_back_to_the_bytes() {
        let mut bytes = vec![0xFF, 0xFE];
        for unit in "a: \u{1F600}b".encode_utf16() {
            bytes.extend(unit.to_le_bytes());
        }
        let decoded = decode(&bytes);
        assert_eq!(decoded.text, "a: \u{1F600}b");
        assert_eq!(decoded.bytes_of(Span::new(3, 7)), Span::new(8, 12));
        assert_eq!(decoded.bytes_of(Span::new(7, 8)), Span::new(12, 14));
        assert!(!decoded.is_utf8());
    }
}
