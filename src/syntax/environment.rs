//! `FLINK_PROPERTIES` outside of YAML: in `ENV` of a Dockerfile, and in files of variables such as `.env`.
//! The entrypoint of Flink's image appends what it holds to the configuration file.

use super::embed::{Embedding, Holds, somewhere};
use super::{Comment, Document, Holder, Layer, MARKER, flink_conf};
use crate::text::{Source, Span};

/// The variable.
pub const PROPERTIES: &str = "FLINK_PROPERTIES";

/// A value of the variable.
struct Value {
    /// As a shell gets it.
    text: String,
    /// Where it stands, without quotes.
    at: Span,
    /// What it can hold, where it stands there as it is.
    holds: Option<Holds>,
    /// From its name to its end.
    whole: Span,
}

/// The values that a Dockerfile gives (the parser of Docker's `ENV`: escapes and continued lines are
/// taken out, and a backslash before any other letter stays).
pub fn parse_image(source: &Source) -> Vec<Document> {
    let Ok(text) = std::str::from_utf8(&source.bytes) else {
        return Vec::new();
    };
    let mut values = Vec::new();
    let mut lines = Lines::new(text, source.bom());
    let mut comments = Vec::new();
    while let Some(instruction) = lines.instruction(&mut comments) {
        let word: String = instruction
            .iter()
            .map(|(c, _)| *c)
            .take_while(|c| !c.is_whitespace())
            .collect();
        if word.eq_ignore_ascii_case("ENV") {
            values.extend(variables(&instruction[3..]));
        }
    }
    documents(source, values, &comments, "ENV")
}

/// The values that a file of variables gives (the format of compose's `.env` and `env_file`).
pub fn parse_file(source: &Source) -> Vec<Document> {
    let Ok(text) = std::str::from_utf8(&source.bytes) else {
        return Vec::new();
    };
    let mut values = Vec::new();
    let mut comments = Vec::new();
    let mut at = source.bom();
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
        let line = text[at..end].trim_end_matches('\r');
        let blanks = line.len() - line.trim_start().len();
        let start = at + blanks;
        let bare = line.trim_start();
        if bare.starts_with('#') && bare.contains(MARKER) {
            comments.push(Span::new(start, at + line.len()));
        }
        let name = bare.strip_prefix("export ").unwrap_or(bare).trim_start();
        let value = name
            .strip_prefix(PROPERTIES)
            .and_then(|rest| rest.trim_start().strip_prefix('='));
        at = end + 1;
        if let Some(value) = value {
            let from = start + bare.len() - value.trim_start().len();
            let key = start + bare.len() - name.len();
            let value = of_file(text, key, from, start + bare.len());
            at = at.max(value.whole.range().end);
            values.push(value);
        }
    }
    documents(source, values, &comments, PROPERTIES)
}

/// The value that starts at a place of a file of variables, on a line that ends at another.
fn of_file(text: &str, key: usize, from: usize, end: usize) -> Value {
    let quote = text[from..]
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let inside = &text[from + 1..];
        let close = |(at, _): &(usize, &str)| quote == '\'' || !inside[..*at].ends_with('\\');
        if let Some((length, _)) = inside.match_indices(quote).find(close) {
            let written = &inside[..length];
            let escaped = quote == '"' && written.contains('\\');
            let text = if escaped {
                written
                    .replace("\\n", "\n")
                    .replace("\\r", "")
                    .replace("\\\"", "\"")
                    .replace("\\\\", "\\")
            } else {
                written.to_owned()
            };
            return Value {
                text,
                at: Span::new(from + 1, from + 1 + length),
                holds: (!escaped).then_some(Holds::Quoted(quote)),
                whole: Span::new(key, from + length + 2),
            };
        }
    }
    let written = &text[from..end];
    let cut = written.find(" #").unwrap_or(written.len());
    let written = written[..cut].trim_end();
    let at = Span::new(from, from + written.len());
    Value {
        text: written.to_owned(),
        at,
        holds: quote.is_none().then_some(Holds::Quoted('#')),
        whole: Span::new(key, at.range().end),
    }
}

fn documents(source: &Source, values: Vec<Value>, comments: &[Span], owner: &str) -> Vec<Document> {
    let mut documents: Vec<Document> = Vec::new();
    for value in values {
        let mut document = if let Some(holds) = value.holds {
            Embedding::new(source, value.at, 0, holds).read(source, flink_conf::parse)
        } else {
            let inner = Source::new(source.id, source.path.as_str(), value.text);
            somewhere(flink_conf::parse(&inner), value.at)
        };
        // What a backslash means there, the shell in the image says.
        for setting in &mut document.settings {
            setting.known &= !setting.value.contains('\\');
        }
        document.ordinal = Span::at(documents.len()).start;
        document.layer = Layer::Environment;
        document.held_at = Some(value.whole);
        document.name = Some(match documents.len() {
            0 => PROPERTIES.to_owned(),
            before => format!("{PROPERTIES}, {}", before + 1),
        });
        let mut keys = vec![owner.to_owned(), PROPERTIES.to_owned()];
        keys.dedup();
        document.holder = Some(Box::new(Holder {
            keys,
            ..Holder::default()
        }));
        documents.push(document);
    }
    for &at in comments {
        let ends = |document: &Document| document.held_at.unwrap_or_default().end;
        let next = documents.partition_point(|document| ends(document) <= at.start);
        if let Some(document) = documents.get_mut(next) {
            document.comments.push(Comment {
                at,
                own_line: true,
                legal: true,
            });
            document.comments.sort_by_key(|comment| comment.at);
        }
    }
    documents
}

/// The characters of one instruction with their places.
pub(super) type Instruction = Vec<(char, usize)>;

/// The lines of a Dockerfile.
pub(super) struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        Lines { text, at }
    }

    /// The next instruction: lines that a `\` continues are one, and comments are left out.
    pub(super) fn instruction(&mut self, comments: &mut Vec<Span>) -> Option<Instruction> {
        let mut all = Instruction::new();
        let mut open = false;
        loop {
            let Some((start, line)) = self.line() else {
                return (!all.is_empty()).then_some(all);
            };
            let bare = line.trim();
            if bare.is_empty() {
                continue;
            }
            if bare.starts_with('#') {
                if bare.contains(MARKER) {
                    let from = start + line.len() - line.trim_start().len();
                    comments.push(Span::new(from, start + line.trim_end().len()));
                }
                continue;
            }
            let kept = line.trim_end();
            let continued = kept.strip_suffix('\\');
            let part = continued.unwrap_or(kept);
            let part = if open { part } else { part.trim_start() };
            let from = start + (line.len() - line.trim_start().len()) * usize::from(!open);
            all.extend(part.char_indices().map(|(at, c)| (c, from + at)));
            open = true;
            if let Some(mark) = heredoc(part) {
                while let Some((_, line)) = self.line() {
                    if line.trim() == mark {
                        break;
                    }
                }
                return Some(all);
            }
            if continued.is_none() {
                return Some(all);
            }
        }
    }

    /// Where the next instruction begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn line(&mut self) -> Option<(usize, &'t str)> {
        let start = self.at;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').map_or(rest.len(), |found| found + 1);
        self.at += length;
        Some((start, &rest[..length]))
    }
}

/// The mark that ends a text which begins behind this line.
fn heredoc(line: &str) -> Option<&str> {
    let is_command = ["RUN", "COPY", "ADD"];
    let name = line.split_whitespace().next()?;
    let (_, after) = line.split_once("<<")?;
    let after = after.trim_start_matches(['-', '"', '\'']);
    let length = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let mark = &after[..length.unwrap_or(after.len())];
    let is_one = !mark.is_empty() && is_command.iter().any(|own| name.eq_ignore_ascii_case(own));
    is_one.then_some(mark)
}

/// The values of the variable behind `ENV`, in either form: `name=value ...`, and `name value`.
fn variables(rest: &[(char, usize)]) -> Vec<Value> {
    let is_blank = |(c, _): &(char, usize)| c.is_whitespace();
    let skip = |from: usize| from + rest[from..].iter().take_while(|c| is_blank(c)).count();
    let mut values = Vec::new();
    let mut at = skip(0);
    let mut first = true;
    while at < rest.len() {
        let length = rest[at..]
            .iter()
            .take_while(|pair| !is_blank(pair) && pair.0 != '=')
            .count();
        let name: String = rest[at..at + length].iter().map(|(c, _)| *c).collect();
        let key = rest[at].1;
        let is_pair = rest.get(at + length).is_some_and(|(c, _)| *c == '=');
        if !is_pair && first {
            let value = &rest[skip(at + length)..];
            values.extend((name == PROPERTIES).then(|| value_of(key, value)).flatten());
            break;
        }
        first = false;
        let from = at + length + usize::from(is_pair);
        let end = from + word(&rest[from..]);
        if name == PROPERTIES && is_pair {
            values.extend(value_of(key, &rest[from..end]));
        }
        at = skip(end.max(at + 1));
    }
    values
}

/// The length of a word that may be quoted.
fn word(chars: &[(char, usize)]) -> usize {
    let mut quote = None;
    let mut escaped = false;
    for (index, (c, _)) in chars.iter().enumerate() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (None | Some('"'), '\\') => escaped = true,
            (Some(open), c) if open == *c => quote = None,
            (None, '"' | '\'') => quote = Some(*c),
            (None, c) if c.is_whitespace() => return index,
            _ => {}
        }
    }
    chars.len()
}

/// A value without its quotes.
fn value_of(key: usize, chars: &[(char, usize)]) -> Option<Value> {
    let (&(first, start), &(last, end)) = (chars.first()?, chars.last()?);
    let quoted = chars.len() > 1 && first == last && matches!(first, '"' | '\'');
    let inner = if quoted {
        &chars[1..chars.len() - 1]
    } else {
        chars
    };
    let whole = Span::new(key, end + last.len_utf8());
    let at = match (inner.first(), inner.last()) {
        (Some((_, from)), Some((c, to))) => Span::new(*from, to + c.len_utf8()),
        _ => Span::at(start + 1),
    };
    let length: usize = inner.iter().map(|(c, _)| c.len_utf8()).sum();
    let raw: String = inner.iter().map(|(c, _)| *c).collect();
    let has_quotes =
        inner.iter().any(|(c, _)| *c == first) && quoted || !quoted && raw.contains(['"', '\'']);
    let as_it_is = length == at.range().len() && !raw.contains('\\') && !has_quotes;
    // Quotes in the middle: whoever writes so knows what comes of it.
    if has_quotes && !raw.contains('\\') {
        return None;
    }
    let holds = Holds::Quoted(if quoted { first } else { '"' });
    Some(Value {
        text: raw.replace("\\\"", "\""),
        at,
        holds: as_it_is.then_some(holds),
        whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{SourceId, apply};

    /// What each document says: key, value, whether it is known.
    fn said(source: &Source, documents: &[Document]) -> Vec<(String, String, bool)> {
        let settings = documents.iter().flat_map(|document| {
            document.settings.iter().inspect(|setting| {
                let at = |span: Span| source.bytes[span.range()].to_vec();
                if document.embedding.is_some() {
                    assert_eq!(at(setting.key_at), setting.key.as_bytes());
                    assert_eq!(at(setting.value_at), setting.value.as_bytes());
                }
            })
        });
        settings
            .map(|setting| (setting.key.clone(), setting.value.clone(), setting.known))
            .collect()
    }

    fn image(text: &str) -> (Source, Vec<Document>) {
        let source = Source::new(SourceId(0), "Dockerfile", text);
        let documents = parse_image(&source);
        (source, documents)
    }

    fn file(text: &str) -> (Source, Vec<Document>) {
        let source = Source::new(SourceId(0), ".env", text);
        let documents = parse_file(&source);
        (source, documents)
    }

    fn port(known: bool) -> [(String, String, bool); 1] {
        [("rest.port".to_owned(), "8081".to_owned(), known)]
    }

    #[test]
    fn both_forms_of_env_are_read() {
        for text in [
            "FROM flink\nENV FLINK_PROPERTIES=\"rest.port: 8081\"\n",
            "env FLINK_PROPERTIES='rest.port: 8081' B=2",
            "ENV A=\"x y\" \\\n    # why\n    FLINK_PROPERTIES=\"rest.port: 8081\" \\\n    B=2\n",
            "ENV FLINK_PROPERTIES rest.port: 8081\n",
            "RUN cat <<EOF > x\nENV FLINK_PROPERTIES=\"a: b\"\nEOF\nENV FLINK_PROPERTIES \"rest.port: 8081\"\r\nRUN x",
        ] {
            for text in [
                text.to_owned(),
                text.replace("\r\n", "\n").replace('\n', "\r\n"),
            ] {
                let (source, documents) = image(&text);
                assert_eq!(said(&source, &documents), port(true), "{text}");
                let document = &documents[0];
                let edit = document
                    .set(&source, &document.settings[0], "80")
                    .expect("an edit");
                let after = apply(&source.bytes, &[&edit]);
                assert_eq!(after, text.replace("8081", "80").into_bytes());
                assert_eq!(document.set(&source, &document.settings[0], "\\"), None);
                assert_eq!(document.insert(&source, "a", "b"), None);
            }
        }
    }

    #[test]
    fn what_docker_joins_stands_nowhere() {
        let text = "ENV FLINK_PROPERTIES=\"rest.port: 80\\\n81\"\n";
        let (source, documents) = image(text);
        assert_eq!(said(&source, &documents), port(true));
        assert!(!documents[0].editable);
        let (source, documents) = image("ENV FLINK_PROPERTIES=\"a.b: 1\\nc: 2\"\n");
        let expected = [("a.b".to_owned(), "1\\nc: 2".to_owned(), false)];
        assert_eq!(said(&source, &documents), expected);
        for text in [
            "ENV FLINK_PROPERTIES=",
            "ENV FLINK_PROPERTIES",
            "ENV",
            "# ENV FLINK_PROPERTIES=a",
        ] {
            assert_eq!(image(text).1, [], "{text}");
        }
    }

    #[test]
    fn files_of_variables_are_read() {
        for text in [
            "A=1\nFLINK_PROPERTIES=rest.port: 8081 # why\nB=2\n",
            "export FLINK_PROPERTIES = \"rest.port: 8081\"\n",
            "FLINK_PROPERTIES='\nrest.port: 8081\n'\nB=2",
        ] {
            let (source, documents) = file(text);
            assert_eq!(said(&source, &documents), port(true), "{text}");
            let document = &documents[0];
            let edit = document
                .set(&source, &document.settings[0], "80")
                .expect("an edit");
            let after = apply(&source.bytes, &[&edit]);
            assert_eq!(after, text.replace("8081", "80").into_bytes());
        }
        let (source, documents) = file("FLINK_PROPERTIES=\"a.b: 1\\nrest.port: 8081\"\nX=\"");
        let said = said(&source, &documents);
        assert_eq!(said[1..], port(true));
        assert!(!documents[0].editable);
        assert_eq!(
            file("# FLINK_PROPERTIES=a: b\nMY_FLINK_PROPERTIES=a: b\n").1,
            []
        );
    }

    #[test]
    fn texts_cut_off_anywhere_are_read_without_a_panic() {
        let text = "ENV A=\"ü\" FLINK_PROPERTIES=\"a: ü\\\n b\" C\nENV FLINK_PROPERTIES 'x: y'\nFLINK_PROPERTIES=\"a: b\nc: ü\"\n";
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            for (source, documents) in [image(&text[..end]), file(&text[..end])] {
                said(&source, &documents);
            }
        }
    }
}
