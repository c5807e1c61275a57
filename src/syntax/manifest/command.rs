//! The words of the commands of services and containers, where they stand.

use std::ops::Range;

use super::child;
use crate::syntax::arguments::{self, Breaks, Command, Word};
use crate::syntax::yaml::Outer;
use crate::syntax::yaml::tree::{Node, NodeId, Shape, Tree};
use crate::syntax::{Document, Format, Layer, Space};
use crate::text::{Source, Span};

/// The keys of a service of compose, or of a container of Kubernetes, that make its command, in their order.
pub(super) const KEYS: [&str; 3] = ["entrypoint", "command", "args"];

/// The command of a mapping as far as the one of `key`; `None` where that defines no option.
pub(super) fn before(tree: &Tree, read: &str, map: NodeId, key: &str) -> Option<Command> {
    let mut command = Command::default();
    for own in KEYS {
        let value = child(tree, map, own);
        if own == key {
            let (settings, _) = arguments::settings(&words(tree, read, value?), command);
            return (!settings.is_empty()).then_some(command);
        }
        if let Some(value) = value {
            command = arguments::settings(&words(tree, read, value), command).1;
        }
    }
    None
}

/// The options that a command defines.
pub(super) fn parse(source: &Source, outer: &Outer, node: NodeId, before: Command) -> Document {
    let words = words(outer.tree, outer.read, node);
    let (settings, _) = arguments::settings(&words, before);
    let mut document = Document::new(source, Format::Arguments, Space::Flink, Layer::Arguments);
    document.settings = settings;
    outer.filled(document)
}

/// The words of a command: those of one text, or of all items of a list.
fn words(tree: &Tree, read: &str, id: NodeId) -> Vec<Word> {
    let node = tree.node(id);
    if node.is_scalar() {
        return script(read, node, Breaks::Blank);
    }
    let mut all = Vec::new();
    if !matches!(node.shape, Shape::List { .. }) {
        return all;
    }
    for item in tree.children(id).filter_map(|item| tree.resolve(item)) {
        let item = tree.node(item);
        if item.is_scalar()
            && item.value.contains(char::is_whitespace)
            && !item.value.starts_with('-')
        {
            all.extend(script(read, item, Breaks::Command));
        } else if item.is_scalar() {
            all.push(word(read, item));
        }
    }
    all
}

/// An item of a list is one word, whatever it holds.
pub(super) fn word(read: &str, node: &Node) -> Word {
    let quotes = usize::from(matches!(node.shape, Shape::Single | Shape::Double));
    let range = node.span.range();
    let start = range.start + quotes;
    let written = read.get(start..range.end.saturating_sub(quotes));
    if written == Some(&*node.value) {
        Word::written(&node.value, start, node.span)
    } else {
        Word::somewhere(&node.value, node.span)
    }
}

/// The words of a text for a shell, and of the text that it hands to another.
fn script(read: &str, node: &Node, breaks: Breaks) -> Vec<Word> {
    let Some(inner) = inside(read, node) else {
        return Vec::new();
    };
    let text = read.get(inner.clone()).unwrap_or_default();
    words_of(text, inner.start, is_folded(read, node), breaks)
}

/// The bytes of a text without its quotes or its header; nothing where YAML writes it otherwise than it means.
pub(super) fn inside(read: &str, node: &Node) -> Option<Range<usize>> {
    let range = node.span.range();
    let inner = match node.shape {
        Shape::Plain => range.clone(),
        Shape::Single | Shape::Double => range.start + 1..range.end.saturating_sub(1),
        Shape::Block => {
            let header = read.get(range.clone())?.find('\n')?;
            range.start + header + 1..range.end
        }
        _ => return None,
    };
    let escaped = match node.shape {
        Shape::Single => "''",
        Shape::Double => "\\",
        _ => "",
    };
    let text = read.get(inner.clone()).unwrap_or_default();
    (escaped.is_empty() || !text.contains(escaped)).then_some(inner)
}

/// Whether the lines of a text are joined into one.
pub(super) fn is_folded(read: &str, node: &Node) -> bool {
    let first = read.as_bytes().get(node.span.range().start);
    node.shape != Shape::Block || first == Some(&b'>')
}

/// The words of a text that starts at a place.
pub(super) fn words_of(text: &str, start: usize, folded: bool, breaks: Breaks) -> Vec<Word> {
    let own = if folded { Breaks::Blank } else { breaks };
    let mut words = Vec::new();
    for word in arguments::split(text, Span::new(0, text.len()), own) {
        let is_script = words.last().is_some_and(|last: &Word| is_flag(&last.text));
        let range = word.at.range();
        let quotes = text.as_bytes().get(range.start);
        if is_script && matches!(quotes, Some(b'"' | b'\'')) && range.len() > 2 {
            let inside = Span::new(range.start + 1, range.end - 1);
            let breaks = if folded {
                Breaks::Blank
            } else {
                Breaks::Command
            };
            words.extend(arguments::split(text, inside, breaks));
        } else {
            words.push(word);
        }
    }
    for word in &mut words {
        word.shift(start);
    }
    words
}

/// Behind which a shell takes a text as commands.
fn is_flag(word: &str) -> bool {
    matches!(word, "-c" | "-lc" | "-ec" | "-xc" | "-cx")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Setting, manifest};
    use crate::text::{SourceId, apply};

    fn read(text: &str) -> (Source, Vec<Document>) {
        let source = Source::new(SourceId(0), "compose.yaml", text);
        let documents = manifest::parse(&source);
        (source, documents)
    }

    fn settings(text: &str) -> Vec<(String, String)> {
        let (source, documents) = read(text);
        let of = |setting: &Setting| {
            let at = |span: Span| String::from_utf8_lossy(&source.bytes[span.range()]).into_owned();
            assert_eq!(at(setting.key_at), setting.key, "{text}");
            assert_eq!(at(setting.value_at), setting.value, "{text}");
            (setting.key.clone(), setting.value.clone())
        };
        let settings = documents.iter().flat_map(|document| &document.settings);
        settings.map(of).collect()
    }

    #[test]
    fn a_command_is_one_document_however_it_is_written() {
        for command in [
            "command: taskmanager -Dparallelism.default=4 -Drest.port=80\n",
            "command: 'taskmanager -Dparallelism.default=4 -Drest.port=80'\n",
            "command: \"taskmanager -Dparallelism.default=4 -Drest.port=80\"\n",
            "command: >-\n      taskmanager\n      -Dparallelism.default=4\n      -Drest.port=80\n",
            "command: |\n      taskmanager\n      -Dparallelism.default=4 -Drest.port=80\n",
            "command: taskmanager -Dparallelism.default=4\n      -Drest.port=80\n",
            "command: [taskmanager, -Dparallelism.default=4, '-Drest.port=80']\n",
            "command:\n      - taskmanager\n      - -D\n      - parallelism.default=4\n      - \"-Drest.port=80\"\n",
            "entrypoint: /docker-entrypoint.sh taskmanager\n    command: -Dparallelism.default=4 -Drest.port=80\n",
            "command: bash -c \"sleep 5 && flink run -Dparallelism.default=4 -Drest.port=80 a.jar\"\n",
            "command:\n      - bash\n      - -c\n      - |\n        sleep 1\n        flink run -Dparallelism.default=4 -Drest.port=80 a.jar -Dblob.server.port=1\n",
            "command: [taskmanager]\n    args: [-Dparallelism.default=4, -Drest.port=80]\n",
        ] {
            for breaks in ["\n", "\r\n"] {
                let text = format!("services:\n  x:\n    {command}").replace('\n', breaks);
                let expected = [("parallelism.default", "4"), ("rest.port", "80")];
                let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
                assert_eq!(settings(&text), expected, "{text}");
                assert_eq!(read(&text).1.len(), 1);
            }
        }
    }

    #[test]
    fn a_commands_document_says_who_holds_it() {
        let (_, documents) = read(
            "services:\n  tm:\n    image: flink\n    command:\n      - taskmanager\n      - -Drest.port=80\n",
        );
        let [document] = &documents[..] else {
            panic!("{documents:#?}")
        };
        assert_eq!(document.layer, Layer::Arguments);
        assert_eq!(document.name.as_deref(), Some("command of tm"));
        let holder = document.holder.as_deref().expect("a holder");
        assert_eq!(holder.keys, ["services", "tm", "command"]);
    }

    #[test]
    fn a_definition_is_edited_in_its_word() {
        let text = "services:\n  tm:\n    command:\n      - taskmanager\n      - '-Drest.port=80'\n      - -D\n      - parallelism.default=4\n      - -Dblob.server.port=\"1\"\n";
        let (source, documents) = read(text);
        let document = &documents[0];
        let after = |edit: Option<crate::text::Edit>| {
            String::from_utf8(apply(&source.bytes, &[&edit.expect("an edit")])).expect("text")
        };
        let [port, parallelism, _] = &document.settings[..] else {
            panic!("{document:#?}")
        };
        assert_eq!(
            after(document.set(&source, port, "81")),
            text.replace("=80", "=81")
        );
        assert_eq!(
            after(document.rename(&source, parallelism, "table.x")),
            text.replace("parallelism.default", "table.x")
        );
        assert_eq!(
            after(document.remove(&source, port)),
            text.replace("      - '-Drest.port=80'\n", "")
        );
        assert_eq!(
            after(document.remove(&source, parallelism)),
            text.replace("      - -D\n      - parallelism.default=4\n", "")
        );
        for value in ["a b", "a'", "$X", "", "a,b", "a;b"] {
            assert_eq!(document.set(&source, port, value), None, "{value}");
        }
    }
}
