//! Changes to a document, each as one [`Edit`] by the writer of its format.

use super::yaml::Dialect;
use super::{Document, Format, Setting, Space, arguments, lines, properties, sql, toml, yaml};
use crate::text::{Edit, Source};

impl Document {
    /// Replaces a setting's value, keeping its quotes where the new value allows it.
    /// `None` where that can't be done by changing the value's bytes alone.
    pub fn set(&self, source: &Source, setting: &Setting, value: &str) -> Option<Edit> {
        let writer = self.writer()?;
        let field = self.field(source, setting)?;
        let setting = field.as_ref().unwrap_or(setting);
        self.write(source, setting, |source, setting| match writer {
            Writer::Lines => lines::set(source, self.format, setting, value),
            Writer::Properties => properties::set(source, setting, value),
            Writer::Toml => toml::set(source, setting, value),
            Writer::Yaml(dialect) => yaml::set(source, dialect, setting, value),
            Writer::Arguments => arguments::set(source, setting, value),
            Writer::Sql => sql::set(source, setting, value),
        })
    }

    /// Puts an unquoted YAML value into quotes, so that it is a text whatever it looks like.
    pub fn quote(&self, source: &Source, setting: &Setting) -> Option<Edit> {
        let writer = self.writer()?;
        self.write(source, setting, |source, setting| match writer {
            Writer::Yaml(_) => yaml::quote(source, setting),
            _ => None,
        })
    }

    /// Gives a setting another key in place. In nested formats only the part that its own entry
    /// writes can change, so `None` where `key` has other parents than the setting.
    pub fn rename(&self, source: &Source, setting: &Setting, key: &str) -> Option<Edit> {
        let writer = self.writer().filter(|_| self.fields_of.is_none())?;
        self.write(source, setting, |source, setting| match writer {
            Writer::Lines => lines::rename(source, self.format, setting, key),
            Writer::Properties => properties::rename(source, setting, key),
            Writer::Toml => toml::rename(source, setting, key),
            Writer::Yaml(dialect) => yaml::rename(source, dialect, setting, key),
            Writer::Arguments => arguments::rename(source, setting, key),
            Writer::Sql => sql::rename(source, setting, key),
        })
    }

    /// Adds a setting at the end of the document, at its top level.
    pub fn insert(&self, source: &Source, key: &str, value: &str) -> Option<Edit> {
        // A field of an object has its place below others.
        let is_options = self.space != Space::Resource && self.fields_of.is_none();
        let writer = self.writer().filter(|_| is_options)?;
        let insert = |source: &Source| match writer {
            Writer::Lines => lines::insert(source, self.format, key, value),
            Writer::Properties => properties::insert(source, key, value),
            Writer::Toml => toml::insert(source, self, key, value),
            Writer::Yaml(dialect) => yaml::insert(source, dialect, key, value),
            Writer::Sql => sql::insert(source, self, key, value),
            Writer::Arguments => None,
        };
        match &self.embedding {
            None => insert(source),
            Some(embedding) => embedding.insert(insert),
        }
    }

    /// Adds several settings at the end of the document, one below the other, as one edit.
    pub fn insert_all(&self, source: &Source, settings: &[(&str, String)]) -> Option<Edit> {
        let (first, rest) = settings.split_first()?;
        let mut edit = self.insert(source, first.0, &first.1)?;
        for (key, value) in rest {
            let next = self.insert(source, key, value)?;
            // Each starts with the line break that only the first needs.
            edit.text
                .push_str(next.text.trim_start_matches(['\n', '\r']));
        }
        Some(edit)
    }

    /// Adds a setting directly after another, as its sibling: same indentation, same style.
    /// `key` is the full dotted key and must share the sibling's parents.
    pub fn insert_after(
        &self,
        source: &Source,
        sibling: &Setting,
        key: &str,
        value: &str,
    ) -> Option<Edit> {
        let writer = self.writer().filter(|_| self.fields_of.is_none())?;
        self.write(source, sibling, |source, sibling| match writer {
            Writer::Lines => lines::insert_after(source, self.format, sibling, key, value),
            Writer::Properties => properties::insert_after(source, sibling, key, value),
            Writer::Toml => toml::insert_after(source, sibling, key, value),
            Writer::Yaml(dialect) => yaml::insert_after(source, dialect, sibling, key, value),
            Writer::Sql => sql::insert_after(source, sibling, key, value),
            Writer::Arguments => None,
        })
    }

    /// Puts a comment on a line of its own above a setting of a sysctl file.
    pub fn comment_above(&self, source: &Source, setting: &Setting, comment: &str) -> Option<Edit> {
        let is_lines = self.editable && self.format == Format::Sysctl;
        let write =
            |source: &Source, setting: &Setting| lines::above(source, setting.whole, comment);
        is_lines.then(|| self.write(source, setting, write))?
    }

    /// Removes a setting with its line; comments on lines of their own stay.
    pub fn remove(&self, source: &Source, setting: &Setting) -> Option<Edit> {
        let writer = self.writer()?;
        let field = self.field(source, setting)?;
        let setting = field.as_ref().unwrap_or(setting);
        self.write(source, setting, |source, setting| match writer {
            Writer::Lines | Writer::Properties => Some(lines::remove(source, setting.whole)),
            Writer::Toml => toml::remove(source, setting),
            Writer::Yaml(_) => yaml::remove(source, setting),
            Writer::Arguments if self.format == Format::Tuned => {
                Some(lines::remove(source, setting.whole))
            }
            Writer::Arguments => arguments::remove(source, setting),
            Writer::Sql => sql::remove(source, setting),
        })
    }

    /// The field that a setting is, where it is one. `None` for a field whose text is not the value.
    #[expect(
        clippy::option_option,
        reason = "no field, or one that can't be written"
    )]
    fn field(&self, source: &Source, setting: &Setting) -> Option<Option<Setting>> {
        let (Some(_), Some(key)) = (self.fields_of, &setting.written) else {
            return Some(None);
        };
        let text = source.bytes.get(setting.value_at.range())?;
        let text = std::str::from_utf8(text).ok()?;
        let field = Setting {
            key: key.clone(),
            written: None,
            ..setting.clone()
        };
        (text.trim_matches(['"', '\'']) == setting.value).then_some(Some(field))
    }

    /// Makes an edit in the text that the document is.
    fn write(
        &self,
        source: &Source,
        setting: &Setting,
        write: impl FnOnce(&Source, &Setting) -> Option<Edit>,
    ) -> Option<Edit> {
        match &self.embedding {
            None => write(source, setting),
            Some(embedding) => embedding.write(setting, write),
        }
    }

    /// Who writes this document; nobody where its bytes can't be edited with certainty.
    fn writer(&self) -> Option<Writer> {
        let writer = match self.format {
            Format::FlinkConf | Format::Sysctl => Writer::Lines,
            Format::Properties => Writer::Properties,
            Format::Toml => Writer::Toml,
            Format::Json => Writer::Yaml(Dialect::Json),
            Format::ConfigYaml | Format::Yaml => Writer::Yaml(Dialect::Yaml),
            Format::Arguments | Format::Tuned => Writer::Arguments,
            Format::Sql => Writer::Sql,
            Format::Code(_) => return None,
        };
        self.editable.then_some(writer)
    }
}

/// The formats by who writes them.
enum Writer {
    Lines,
    Properties,
    Toml,
    Yaml(Dialect),
    Arguments,
    Sql,
}
