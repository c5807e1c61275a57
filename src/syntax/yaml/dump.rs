//! Lists as the text in which Flink stores them: what snakeyaml-engine's `Emitter` writes in flow
//! style with the core schema and unbounded lines (`YamlParserUtils.toYAMLString`).

use std::borrow::Cow;
use std::collections::HashMap;

use super::decode::printable;
use super::scalar::{CORE, Typed, plain, typed};
use super::tree::{NodeId, Shape, Tree};

/// `Emitter.MAX_SIMPLE_KEY_LENGTH`; longer keys are written with `?`.
const SIMPLE_KEY: usize = 128;

/// Column from which the value of such a key goes to a line of its own.
const WIDTH: usize = 80;

/// What a node costs that is written again because of an alias.
const NODE: usize = 32;

/// Deepest nesting that is followed, aliases included; the parser allows half of it.
const DEPTH: usize = 1000;

/// Text of the lists of one document. Anchors are numbered through, as the dumper does.
pub(crate) struct Dumper {
    last_anchor: usize,
    /// Bytes that aliased scalars may still take; each stands in the file only once.
    budget: usize,
}

impl Dumper {
    /// A dumper for a file of that many bytes.
    pub(crate) fn new(size: usize) -> Self {
        Dumper {
            last_anchor: 0,
            budget: (1 << 20) + size,
        }
    }

    /// The text of a collection. A collection that appears twice gets an anchor, so that the
    /// text is never longer than the file, whatever its aliases say.
    pub(crate) fn text(&mut self, tree: &Tree, id: NodeId) -> String {
        let mut anchors = HashMap::new();
        self.number(tree, id, &mut anchors, (0, false));
        let mut out = Out {
            tree,
            budget: &mut self.budget,
            anchors,
            text: String::new(),
            column: 0,
            indent: 0,
            blank: true,
        };
        out.node(id);
        out.text
    }

    /// Gives numbers to the collections that are met a second time, in that order.
    fn number(
        &mut self,
        tree: &Tree,
        id: NodeId,
        anchors: &mut HashMap<NodeId, Anchor>,
        (depth, aliased): (usize, bool),
    ) {
        let link = id;
        let Some(id) = tree.resolve(id) else { return };
        let aliased = aliased || link != id;
        if aliased {
            // What stands elsewhere may be asked for by every list of the file.
            self.budget = self.budget.saturating_sub(NODE);
        }
        if tree.node(id).is_scalar() || depth > DEPTH || aliased && self.budget == 0 {
            return;
        }
        if let Some(anchor) = anchors.get_mut(&id) {
            if anchor.number.is_none() {
                self.last_anchor += 1;
                anchor.number = Some(self.last_anchor);
            }
            return;
        }
        anchors.insert(id, Anchor::default());
        let set = is_set(tree, id);
        for (index, child) in tree.children(id).enumerate() {
            // A set's values are nulls whatever the file says.
            if !set || index % 2 == 0 {
                self.number(tree, child, anchors, (depth + 1, aliased));
            }
        }
    }
}

/// A collection that has been met.
#[derive(Default)]
struct Anchor {
    number: Option<usize>,
    written: bool,
}

/// Whether the node is constructed as a `java.util.Set`.
pub(crate) fn is_set(tree: &Tree, id: NodeId) -> bool {
    let tag = tree.node(id).tag.as_deref();
    tag.is_some_and(|tag| tag.name.strip_prefix(CORE) == Some("set"))
}

struct Out<'a, 't> {
    tree: &'a Tree<'t>,
    budget: &'a mut usize,
    anchors: HashMap<NodeId, Anchor>,
    text: String,
    column: usize,
    indent: usize,
    /// Whether the last thing written counts as white space: then no blank comes before the next.
    blank: bool,
}

impl Out<'_, '_> {
    fn put(&mut self, text: &str, spaced: bool, blank: bool) {
        if spaced && !self.blank {
            self.text.push(' ');
            self.column += 1;
        }
        self.text.push_str(text);
        self.column += text.encode_utf16().count();
        self.blank = blank;
    }

    fn node(&mut self, id: NodeId) {
        let link = id;
        let Some(id) = self.tree.resolve(id) else {
            self.put("null", true, false);
            return;
        };
        let node = self.tree.node(id);
        if node.is_scalar() {
            let cost = if link == id { 0 } else { node.value.len() };
            if cost <= *self.budget {
                *self.budget -= cost;
                self.scalar(id);
            } else {
                self.put("null", true, false);
            }
            return;
        }
        if let Some(anchor) = self.anchors.get_mut(&id) {
            let again = std::mem::replace(&mut anchor.written, true);
            if let Some(number) = anchor.number {
                let mark = if again { '*' } else { '&' };
                self.put(&format!("{mark}id{number:03}"), true, false);
            }
            if again {
                return;
            }
        } else {
            // Too deep to have been numbered.
            self.put("null", true, false);
            return;
        }
        self.indent += 2;
        match node.shape {
            Shape::List { .. } => self.list(id),
            Shape::Map { .. } => self.map(id),
            _ => self.put("null", true, false),
        }
        self.indent -= 2;
    }

    fn list(&mut self, id: NodeId) {
        self.put("[", true, true);
        for (index, item) in self.tree.children(id).enumerate() {
            if index > 0 {
                self.put(",", false, false);
            }
            self.node(item);
        }
        self.put("]", false, false);
    }

    fn map(&mut self, id: NodeId) {
        let set = is_set(self.tree, id);
        if set {
            self.put("!!set", true, false);
        }
        self.put("{", true, true);
        for (index, (key, value)) in self.tree.pairs(id).enumerate() {
            if index > 0 {
                self.put(",", false, false);
            }
            if self.is_simple(key) {
                self.node(key);
            } else {
                self.put("?", true, false);
                self.node(key);
                if self.column > WIDTH {
                    self.text.push('\n');
                    self.text.push_str(&" ".repeat(self.indent));
                    self.column = self.indent;
                    self.blank = true;
                }
                self.put("", true, false);
            }
            self.put(":", false, false);
            if set {
                self.put("null", true, false);
            } else {
                self.node(value);
            }
        }
        self.put("}", false, false);
    }

    /// `Emitter.checkSimpleKey`; the length counts the tag that is not written, too.
    fn is_simple(&self, key: NodeId) -> bool {
        let Some(id) = self.tree.resolve(key) else {
            return true;
        };
        let node = self.tree.node(id);
        if !node.is_scalar() {
            let again = self.anchors.get(&id).is_some_and(|anchor| anchor.written);
            return again || self.tree.children(id).next().is_none();
        }
        let (text, tag) = match typed(node) {
            Ok(Typed::Text(text)) => (text, "!!str"),
            Ok(Typed::Float(number)) => (Cow::Owned(float(number)), "!!float"),
            Ok(Typed::Integer(text)) => (text, "!!int"),
            Ok(Typed::Binary(text)) => (Cow::Owned(text), "!!binary"),
            Ok(Typed::Null) => (Cow::Borrowed("null"), "!!null"),
            _ => (Cow::Borrowed("false"), "!!bool"),
        };
        let length = text.encode_utf16().count() + tag.len();
        length < SIMPLE_KEY && !text.is_empty() && !text.contains('\n')
    }

    fn scalar(&mut self, id: NodeId) {
        match typed(self.tree.node(id)) {
            Ok(Typed::Text(text)) => {
                let spelled = spell(&text);
                self.put(&spelled, true, false);
            }
            Ok(Typed::Float(number)) => self.put(&float(number), true, false),
            Ok(Typed::Binary(text)) => self.put(&format!("!!binary \"{text}\""), true, false),
            Ok(other) => {
                let text = other.java_text();
                self.put(&text, true, false);
            }
            Err(_) => self.put("null", true, false),
        }
    }
}

/// `StandardRepresenter.RepresentNumber`: the special numbers in YAML's own spelling.
pub(super) fn float(number: f64) -> String {
    if number.is_nan() {
        ".nan".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { ".inf" } else { "-.inf" }.to_owned()
    } else {
        super::scalar::java_double(number)
    }
}

/// Text in the lightest quotes that keep it text inside of brackets (`Emitter.chooseScalarStyle`).
fn spell(text: &str) -> Cow<'_, str> {
    let is_text = matches!(plain(&Cow::Borrowed(text)), Some(Typed::Text(_)));
    // `RepresentString`: text of several lines asks for a block scalar, which brackets don't hold.
    let lines = text.contains(['\n', '\u{85}', '\u{2028}', '\u{2029}']);
    if !lines && is_text && fits_plain(text) {
        return Cow::Borrowed(text);
    }
    let special = text.chars().any(is_special);
    if !special && !lines {
        return Cow::Owned(format!("'{}'", text.replace('\'', "''")));
    }
    Cow::Owned(double_quoted(text))
}

fn is_special(character: char) -> bool {
    !(matches!(character, '\n' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{FFFD}')
        || character >= '\u{10000}')
}

/// `Emitter.analyzeScalar` for flow context.
fn fits_plain(text: &str) -> bool {
    if text.is_empty() || text.starts_with(' ') || text.ends_with(' ') {
        return false;
    }
    if text.starts_with("---") || text.starts_with("...") || text.contains(is_special) {
        return false;
    }
    let first = text.chars().next().unwrap_or(' ');
    if "#,[]{}&*!|>'\"%@`?:".contains(first) {
        return false;
    }
    let second = text[first.len_utf8()..].chars().next();
    if first == '-' && second.is_none_or(|c| matches!(c, '\0' | ' ' | '\t' | '\r' | '\n')) {
        return false;
    }
    let rest = &text[first.len_utf8()..];
    if rest.contains([',', '?', '[', ']', '{', '}', ':']) {
        return false;
    }
    let mut before = first;
    rest.chars().all(|character| {
        let comment = character == '#' && matches!(before, '\0' | ' ' | '\t' | '\n');
        before = character;
        !comment
    })
}

/// Text in double quotes as `Emitter.writeDoubleQuoted` escapes it.
pub(crate) fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        let short = match character {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{B}' => 'v',
            '\u{C}' => 'f',
            '\r' => 'r',
            '\u{1B}' => 'e',
            '"' => '"',
            '\\' => '\\',
            '\u{85}' => 'N',
            '\u{A0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            other if printable(other) => {
                out.push(other);
                continue;
            }
            other => {
                let code = u32::from(other);
                out.push_str(&match code {
                    0..=0xFF => format!("\\x{code:02x}"),
                    0x100..=0xFFFF => format!("\\u{code:04x}"),
                    _ => format!("\\U{code:08x}"),
                });
                continue;
            }
        };
        out.push('\\');
        out.push(short);
    }
    out.push('"');
    out
}
