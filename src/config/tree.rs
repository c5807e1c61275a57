//! A flint.toml as a tree of values, each with its place: checked against the table of keys, and not yet
//! understood.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use toml_edit::{Document, Item, TableLike};

use super::keys::{KEYS, Key, Kind, SEVERITIES};
use super::{Base, ConfigError, required};
use crate::text::{Source, SourceId, Span};
use crate::words::nearest;

/// Who says something: a file or a flag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The path of the file as reports call it, or the flag.
    pub path: String,
    /// The folder that its patterns are relative to.
    pub base: Base,
    /// Whether it is a flag.
    pub is_flag: bool,
}

/// Where something is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// Who says it.
    pub origin: Arc<Origin>,
    /// Line, from 1; 0 for a flag.
    pub line: usize,
    /// Column in code points, from 1; 0 for a flag.
    pub column: usize,
}

impl Spot {
    /// An error at this place.
    pub fn error(&self, message: impl Into<String>) -> ConfigError {
        ConfigError {
            path: self.origin.path.clone(),
            line: self.line,
            column: self.column,
            message: message.into(),
        }
    }
}

/// A value of flint.toml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
    /// A list of texts, each with its place.
    Texts(Vec<(String, Spot)>),
    /// A table.
    Table(Tree),
    /// A list of tables, each with its place.
    Tables(Vec<(Tree, Spot)>),
}

impl fmt::Display for Value {
    /// As TOML, on one line.
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let text = |text: &str| toml_edit::Value::from(text).to_string();
        match self {
            Value::Boolean(value) => write!(out, "{value}"),
            Value::Integer(value) => write!(out, "{value}"),
            Value::Text(value) => out.write_str(&text(value)),
            Value::Texts(values) => {
                let all: Vec<String> = values.iter().map(|(value, _)| text(value)).collect();
                write!(out, "[{}]", all.join(", "))
            }
            Value::Table(tree) => show(tree, out),
            Value::Tables(tables) => {
                out.write_str("[")?;
                for (number, (tree, _)) in tables.iter().enumerate() {
                    out.write_str(if number == 0 { "" } else { ", " })?;
                    show(tree, out)?;
                }
                out.write_str("]")
            }
        }
    }
}

fn show(tree: &Tree, out: &mut fmt::Formatter) -> fmt::Result {
    let pairs = tree
        .iter()
        .map(|(key, entry)| format!("{key} = {}", entry.value));
    let pairs: Vec<String> = pairs.collect();
    write!(out, "{{ {} }}", pairs.join(", "))
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The value.
    pub value: Value,
    /// The place of the value.
    pub at: Spot,
    /// The place of its key.
    pub key_at: Spot,
}

/// Values by key.
pub type Tree = BTreeMap<String, Entry>;

/// One file.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The file.
    pub origin: Arc<Origin>,
    /// What it says.
    pub tree: Tree,
}

impl Layer {
    /// Reads the text of a file.
    pub fn parse(origin: Origin, text: &str) -> Result<Self, ConfigError> {
        let origin = Arc::new(origin);
        let reader = Reader {
            source: &Source::new(SourceId(0), origin.path.clone(), text),
            origin: &origin,
        };
        let document = Document::parse(text).map_err(|error| {
            let at = error.span().and_then(|span| text.get(span));
            let message = match (error.message(), at) {
                ("duplicate key", Some(key)) => {
                    format!("`{key}` stands here a second time; keep one of the two")
                }
                (message, _) => message.lines().collect::<Vec<_>>().join(", "),
            };
            reader.spot(error.span()).error(message)
        })?;
        let table = document.as_table();
        if table.contains_key("settings") && table.contains_key("checks") {
            let message = "this looks like a flint.toml of grafana/flint, another tool; \
                           pass this project's own file with --config FILE";
            return Err(reader.spot(Some(0..0)).error(message));
        }
        // A key of another release is no mistake where that release is asked for.
        if let Some(item) = table.get("required-version")
            && let Some(wanted) = item.as_str()
        {
            required::check(wanted).map_err(|message| reader.spot(item.span()).error(message))?;
        }
        let tree = reader.tree(table, KEYS, None)?;
        Ok(Layer { origin, tree })
    }

    /// The file that this one extends, as it is written.
    pub fn extends(&self) -> Option<(&str, &Spot)> {
        let entry = self.tree.get("extend")?;
        match &entry.value {
            Value::Text(path) => Some((path, &entry.at)),
            _ => None,
        }
    }
}

/// Lays a tree over another: tables are joined, all else is replaced.
pub(super) fn lay(below: &mut Tree, above: Tree) {
    for (key, entry) in above {
        match (below.get_mut(&key).map(|own| &mut own.value), entry.value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay(below, above),
            (_, value) => {
                below.insert(key, Entry { value, ..entry });
            }
        }
    }
}

/// Reads one file.
struct Reader<'s> {
    source: &'s Source,
    origin: &'s Arc<Origin>,
}

type Range = Option<std::ops::Range<usize>>;
type Read<T> = Result<T, ConfigError>;

impl Reader<'_> {
    fn spot(&self, at: Range) -> Spot {
        let offset = at.map_or(0, |range| range.start.min(self.source.bytes.len()));
        let place = self.source.place(Span::at(offset).start);
        Spot {
            origin: Arc::clone(self.origin),
            line: place.line,
            column: place.column,
        }
    }

    /// A table with these keys; `rule` is the rule whose own options may stand in it, too.
    fn tree(&self, table: &dyn TableLike, keys: &[Key], rule: Option<&str>) -> Read<Tree> {
        let mut tree = Tree::new();
        for (name, item) in table.iter() {
            let span = table.key(name).and_then(toml_edit::Key::span);
            let key_at = self.spot(span.or(item.span()));
            let value = match (keys.iter().find(|key| key.name == name), rule) {
                (Some(key), _) => self.value(key, item)?,
                (None, Some(_)) => self.option(name, item)?,
                (None, None) => return Err(key_at.error(unknown(name, keys))),
            };
            let at = self.spot(item.span());
            tree.insert(name.to_owned(), Entry { value, at, key_at });
        }
        Ok(tree)
    }

    fn value(&self, key: &Key, item: &Item) -> Read<Value> {
        let wrong = || {
            let found = found(item);
            let (name, words, example) = (key.name, key.kind.words(), key.example);
            let example = example.lines().next().unwrap_or_default();
            let message = format!("`{name}` takes {words}, such as {example}; this is {found}");
            self.spot(item.span()).error(message)
        };
        Ok(match key.kind {
            Kind::Boolean => Value::Boolean(item.as_bool().ok_or_else(wrong)?),
            Kind::Text | Kind::File => Value::Text(item.as_str().ok_or_else(wrong)?.to_owned()),
            Kind::OneOf(words) => {
                let text = item.as_str().ok_or_else(wrong)?;
                if !words.contains(&text) {
                    let all = words.join(", ");
                    // Other tools say `warn`.
                    let longer = |word: &&&str| text.len() > 2 && word.starts_with(text);
                    let longer = words.iter().find(longer).copied();
                    let near = longer.or_else(|| nearest(text, words.iter().copied()));
                    let hint = near.map(|near| format!("; did you mean `{near}`?"));
                    let message = format!("`{text}` is none of {all}{}", hint.unwrap_or_default());
                    return Err(self.spot(item.span()).error(message));
                }
                Value::Text(text.to_owned())
            }
            Kind::Texts | Kind::Patterns | Kind::Folders | Kind::Names => {
                let list = item.as_array().ok_or_else(wrong)?;
                let texts = list.iter().map(|value| {
                    let spot = self.spot(value.span());
                    match value.as_str() {
                        Some(text) => Ok((text.to_owned(), spot)),
                        None => Err(spot.error(format!(
                            "`{}` takes {}; this is {}",
                            key.name,
                            key.kind.words(),
                            found(&Item::Value(value.clone()))
                        ))),
                    }
                });
                Value::Texts(texts.collect::<Read<_>>()?)
            }
            Kind::Table(keys) => {
                let table = item.as_table_like().ok_or_else(wrong)?;
                Value::Table(self.tree(table, keys, None)?)
            }
            Kind::Tables(keys) => Value::Tables(self.tables(key.name, keys, item, &wrong)?),
            Kind::Rules(keys) => {
                let mut rules = Tree::new();
                let table = item.as_table_like().ok_or_else(wrong)?;
                for (name, item) in table.iter() {
                    let at = self.spot(item.span());
                    let span = table.key(name).and_then(toml_edit::Key::span);
                    let key_at = self.spot(span.or(item.span()));
                    let own = item.as_table_like().ok_or_else(|| {
                        let found = found(item);
                        let hint = item.as_str().filter(|word| SEVERITIES.contains(word));
                        let hint = hint.map_or_else(String::new, |word| {
                            format!("; write `{name}.severity = \"{word}\"`")
                        });
                        let message = format!(
                            "`[rules.{name}]` is a table of options; this is {found}{hint}"
                        );
                        at.error(message)
                    })?;
                    let value = Value::Table(self.tree(own, keys, Some(name))?);
                    rules.insert(name.to_owned(), Entry { value, at, key_at });
                }
                Value::Table(rules)
            }
        })
    }

    fn tables(
        &self,
        name: &str,
        keys: &[Key],
        item: &Item,
        wrong: &dyn Fn() -> ConfigError,
    ) -> Read<Vec<(Tree, Spot)>> {
        let tables: Vec<(&dyn TableLike, Range)> = if let Some(list) = item.as_array_of_tables() {
            let each = list.iter().map(|own| (own as &dyn TableLike, own.span()));
            each.collect()
        } else {
            // The same as a list of inline tables.
            let list = item.as_array().ok_or_else(wrong)?;
            let each = list.iter().map(|value| {
                let own = value.as_inline_table().ok_or_else(wrong)?;
                Ok((own as &dyn TableLike, value.span()))
            });
            each.collect::<Read<_>>()?
        };
        let mut all = Vec::new();
        for (table, span) in tables {
            let (tree, at) = (self.tree(table, keys, None)?, self.spot(span));
            let needed = keys.iter().take(1).find(|key| !tree.contains_key(key.name));
            if let Some(needed) = needed {
                let (own, example) = (needed.name, needed.example);
                return Err(at.error(format!(
                    "`[[{name}]]` needs `{own}`, such as {own} = {example}"
                )));
            }
            all.push((tree, at));
        }
        Ok(all)
    }

    /// The value of a rule's own option, whose kind only the rule knows.
    fn option(&self, name: &str, item: &Item) -> Read<Value> {
        if let Some(number) = item.as_integer() {
            return Ok(Value::Integer(number));
        }
        if let Some(text) = item.as_str() {
            return Ok(Value::Text(text.to_owned()));
        }
        let list = item.as_array().map(|list| {
            let texts = list.iter().map(|value| {
                let text = value.as_str()?.to_owned();
                Some((text, self.spot(value.span())))
            });
            texts.collect::<Option<Vec<_>>>()
        });
        list.flatten().map(Value::Texts).ok_or_else(|| {
            let message = format!(
                "`{name}` takes a whole number, a text or a list of texts in quotes; this is {}",
                found(item)
            );
            self.spot(item.span()).error(message)
        })
    }
}

/// The message for a key that is none.
fn unknown(name: &str, keys: &[Key]) -> String {
    let names = || keys.iter().map(|key| key.name);
    if let Some(near) = nearest(name, names()) {
        return format!("unknown key `{name}`; did you mean `{near}`?");
    }
    let all: Vec<&str> = names().collect();
    format!("unknown key `{name}`; there are {}", all.join(", "))
}

/// What somebody wrote, in words.
fn found(item: &Item) -> &'static str {
    match item.type_name() {
        "string" => "a text",
        "integer" => "a whole number",
        "float" => "a decimal number",
        "boolean" => "true or false without quotes",
        "datetime" => "a date",
        "array" => "a list",
        "array of tables" => "a list of tables",
        _ => "a table",
    }
}
