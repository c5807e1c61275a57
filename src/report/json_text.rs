//! JSON as it is written everywhere: indented, and with nothing in it that acts on a terminal.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::terminal::{is_hidden, is_plain};

/// Writes a document and the end of its last line.
pub(super) fn write(out: &mut impl io::Write, document: &impl Serialize) -> io::Result<()> {
    let formatter = Visible(PrettyFormatter::new());
    document.serialize(&mut Serializer::with_formatter(&mut *out, formatter))?;
    out.write_all(b"\n")
}

/// A document with the end of its last line.
pub(super) fn text(document: &impl Serialize) -> String {
    let mut out = Vec::new();
    write(&mut out, document).expect("keys are texts, and memory takes everything");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// Escapes what JSON allows to stand in a text as it is but nobody would see: DEL and the controls of ISO 6429,
/// of which U+009B begins a command to a terminal, and marks that turn the direction of text.
struct Visible(PrettyFormatter<'static>);

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if is_plain(fragment.as_bytes()) {
            return out.write_all(fragment.as_bytes());
        }
        let mut shown = 0;
        for (at, hidden) in fragment.match_indices(is_hidden) {
            out.write_all(&fragment.as_bytes()[shown..at])?;
            for unit in hidden.encode_utf16() {
                write!(out, "\\u{unit:04x}")?;
            }
            shown = at + hidden.len();
        }
        out.write_all(&fragment.as_bytes()[shown..])
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_acts_on_a_terminal_is_escaped_and_reads_the_same() {
        let wild = "a\u{1b}[2Jb\u{7f}\u{85}\u{9b}31m\u{202e}\u{feff}\u{e0041}é日\n";
        let document = json!({ wild: [wild, {}, []], "plain": 1 });
        let written = text(&document);
        let is_wild = |c: char| is_hidden(c) && c != '\n';
        assert!(!written.contains(is_wild), "{written:?}");
        assert!(written.contains("\\u009b31m\\u202e\\ufeff\\udb40\\udc41é日\\n"));
        assert_eq!(
            serde_json::from_str::<Value>(&written).expect("JSON"),
            document
        );
    }

    #[test]
    fn plain_documents_look_as_serde_writes_them() {
        let document = json!({ "a": [1, { "b": "c é" }], "d": {}, "e": [] });
        assert_eq!(text(&document), format!("{document:#}\n"));
    }
}
