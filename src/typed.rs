//! The value of a setting as the type of its option, as the file that holds it is read.
//!
//! Scalars are `flink::value`'s business. Lists and maps differ by file: config.yaml (1.19 and
//! later) takes their text as YAML first and as Flink's own form when that fails, flink-conf.yaml
//! knows Flink's own form only (`ConfigurationUtils.convertToList`, `convertToProperties`).

use std::time::Duration;

use crate::flink::options::ValueKind;
use crate::flink::value::{self, ValueError};
use crate::flink::version::Versions;
use crate::syntax::yaml::{Items, parse_items};
use crate::syntax::{Document, Format, Kind, Setting};

/// How a file's lists and maps are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// flink-conf.yaml: `a;b` and `k:v,k:v` only.
    Legacy,
    /// config.yaml: YAML, then as in flink-conf.yaml.
    YamlFirst,
}

impl Form {
    /// The form of a document's file.
    pub fn of(document: &Document) -> Self {
        match document.format {
            Format::ConfigYaml => Form::YamlFirst,
            _ => Form::Legacy,
        }
    }
}

/// A value as its file gives it to an option.
#[derive(Clone, Copy, Debug)]
pub struct Given<'t> {
    /// The text that Flink's `Configuration` holds.
    pub text: &'t str,
    /// The type that the file's own grammar gave it.
    pub kind: Kind,
    /// How the file's lists and maps are read.
    pub form: Form,
}

impl<'t> Given<'t> {
    /// What a setting of a document says.
    pub fn of(document: &Document, setting: &'t Setting) -> Self {
        Given {
            text: &setting.value,
            kind: setting.kind,
            form: Form::of(document),
        }
    }
}

/// A value as the type of its option.
#[derive(Clone, Debug, PartialEq)]
pub enum Typed {
    /// `booleanType()`.
    Boolean(bool),
    /// `intType()`.
    Integer(i32),
    /// `longType()`.
    Long(i64),
    /// `floatType()`.
    Float(f32),
    /// `doubleType()`.
    Double(f64),
    /// `memoryType()`, in bytes.
    MemorySize(u64),
    /// `durationType()`.
    Duration(Duration),
    /// `enumType(...)`: the name as Flink writes it.
    Name(String),
    /// `stringType()`.
    Text(String),
    /// `mapType()`, in the order of the text.
    Map(Vec<(String, String)>),
    /// A list of any of these.
    List(Vec<Typed>),
}

/// Reads a value as an option's type in one version. `names` are the names of an enum, or of the
/// items of a list of enums.
pub fn read(
    kind: ValueKind,
    names: &[&str],
    given: Given,
    version: Versions,
) -> Result<Typed, ValueError> {
    let text = given.text;
    let name = |text: &str| {
        let read = value::parse_enum(text, names.iter().copied());
        read.map(|name| Typed::Name(name.to_owned()))
    };
    match kind {
        ValueKind::Boolean => value::parse_boolean(text).map(Typed::Boolean),
        ValueKind::Integer => value::parse_integer(text).map(Typed::Integer),
        ValueKind::Long => value::parse_long(text).map(Typed::Long),
        ValueKind::Float => float(given).map(Typed::Float),
        ValueKind::Double => value::parse_double(text).map(Typed::Double),
        ValueKind::MemorySize => value::parse_memory(text).map(Typed::MemorySize),
        ValueKind::Duration => value::parse_duration(text, version).map(Typed::Duration),
        ValueKind::Enum => name(text),
        ValueKind::String => Ok(Typed::Text(text.to_owned())),
        ValueKind::Map => map(text, given.form).map(Typed::Map),
        ValueKind::StringList => list(text, given.form, |item| Ok(Typed::Text(item.to_owned()))),
        ValueKind::EnumList => list(text, given.form, name),
        ValueKind::MapList => maps(text, given.form, version).map(Typed::List),
    }
}

/// A `float`. In YAML a number is a double first, which Flink refuses where a float can't hold it
/// (`ConfigurationUtils.convertToFloat`).
fn float(given: Given) -> Result<f32, ValueError> {
    let number = value::parse_float(given.text)?;
    if given.kind == Kind::Float {
        let double = value::parse_double(given.text)?;
        let fits = double == 0.0
            || (f64::from(f32::MIN_POSITIVE) * f64::from(f32::EPSILON)..=f64::from(f32::MAX))
                .contains(&double.abs());
        if !fits {
            return Err(ValueError::Decimal {
                text: given.text.to_owned(),
                instead: None,
            });
        }
    }
    Ok(number)
}

/// Reads a list; `item` reads the text of each item. YAML of which one item is refused is read in
/// Flink's own form, too.
pub fn list(
    text: &str,
    form: Form,
    item: impl Fn(&str) -> Result<Typed, ValueError>,
) -> Result<Typed, ValueError> {
    if form == Form::YamlFirst
        && let Some(Items::List(items)) = parse_items(text)
    {
        let read: Result<Vec<Typed>, _> = items.iter().map(|own| item(&own.text)).collect();
        if let Ok(read) = read {
            return Ok(Typed::List(read));
        }
    }
    let items = value::parse_list_legacy(text)?;
    let read: Result<Vec<Typed>, _> = items.iter().map(|own| item(own)).collect();
    read.map(Typed::List)
}

/// Reads a map of texts.
fn map(text: &str, form: Form) -> Result<Vec<(String, String)>, ValueError> {
    if form == Form::YamlFirst
        && let Some(Items::Map(pairs)) = parse_items(text)
    {
        return Ok(pairs);
    }
    value::parse_map_legacy(text)
}

/// Reads a list of maps.
fn maps(text: &str, form: Form, version: Versions) -> Result<Vec<Typed>, ValueError> {
    if form == Form::YamlFirst
        && let Some(Items::List(items)) = parse_items(text)
        && items.iter().all(|item| item.pairs.is_some())
    {
        let pairs = items.into_iter().filter_map(|item| item.pairs);
        return Ok(pairs.map(Typed::Map).collect());
    }
    // 1.19 and 1.20 hand down that YAML has failed; 2.0 begins anew with each item.
    let inner = if version.within(Versions::V2) {
        form
    } else {
        Form::Legacy
    };
    let items = value::parse_list_legacy(text)?;
    let read = items.iter().map(|item| map(item, inner).map(Typed::Map));
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maps_of(text: &str, version: &str) -> Option<usize> {
        let given = Given {
            text,
            kind: Kind::Text,
            form: Form::YamlFirst,
        };
        let version = Versions::parse(version).unwrap();
        match read(ValueKind::MapList, &[], given, version) {
            Ok(Typed::List(items)) => Some(items.len()),
            _ => None,
        }
    }

    #[test]
    fn yaml_comes_before_the_form_of_flink() {
        assert_eq!(maps_of("[{a: b}, {c: d}]", "1.20"), Some(2));
        assert_eq!(maps_of("a:b;c:d", "2.1"), Some(2));
        assert_eq!(maps_of("[a, b]", "2.1"), None);
    }
}
