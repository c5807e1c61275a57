//! Parts of a source that are YAML or JSON of their own: each is read as if nothing else were there, so that
//! every place is one of the source.

use super::{Document, manifest};
use crate::text::{Source, Span};

/// How many bytes are read for the parts of one source, each of which costs its place in it. No file that
/// somebody wrote comes near: this is 300 parts of one of 100 KiB.
const READ: usize = 32 << 20;

/// Every configuration that some parts of a source hold.
pub(super) fn parse(source: &Source, text: &str, parts: &[Span]) -> Vec<Document> {
    let mut documents: Vec<Document> = Vec::new();
    let mut left = READ;
    for part in parts {
        let Some(rest) = left.checked_sub(part.range().end) else {
            break;
        };
        left = rest;
        let before = Span::at(documents.len()).start;
        for mut document in manifest::parse_within(source, &alone(text, *part)) {
            document.ordinal += before;
            document.fields_of = document.fields_of.map(|fields| fields + before);
            documents.push(document);
        }
    }
    number(&mut documents);
    documents
}

/// Tells parts that have one name apart.
fn number(documents: &mut [Document]) {
    for index in 1..documents.len() {
        let (before, own) = documents.split_at_mut(index);
        let Some(name) = &mut own[0].name else {
            continue;
        };
        let is_same = |other: &&Document| {
            let other = other.name.as_deref().unwrap_or_default();
            let rest = other.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(", "))
        };
        let same = before.iter().filter(is_same).count();
        if same > 0 {
            *name = format!("{name}, {}", same + 1);
        }
    }
}

/// A text to the end of a part, with blanks for all before it, so that every place stays.
fn alone(text: &str, part: Span) -> String {
    let blank = |text: &str| -> String {
        let keep = |byte: u8| {
            if matches!(byte, b'\n' | b'\r') {
                byte
            } else {
                b' '
            }
        };
        text.bytes().map(|byte| char::from(keep(byte))).collect()
    };
    let range = part.range();
    format!("{}{}", blank(&text[..range.start]), &text[range])
}
