//! The settings of Bottlerocket, an operating system for containers: the kernel parameters of its user data.

use super::{Document, Format, Layer, Setting, Space, toml};
use crate::text::{Source, Span};

/// The table of the parameters.
const TABLE: &str = "settings.kernel.sysctl";

/// Whether a text may have that table.
pub fn may_set_parameters(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"kernel.sysctl").is_some()
}

/// Reads the parameters of user data; nothing where it has none.
pub fn parse(source: &Source) -> Vec<Document> {
    let data = toml::parse(source);
    let own = data.settings.iter().filter_map(|setting| {
        let key = setting.key.strip_prefix(TABLE)?.strip_prefix('.')?;
        let is_text = key.contains(['.', '/']) && !key.contains('[');
        is_text.then(|| Setting {
            key: super::sysctl::dotted(key),
            key_at: unquoted(source, setting.key_at),
            value_at: unquoted(source, setting.value_at),
            ..setting.clone()
        })
    });
    let mut document = Document::new(source, Format::Arguments, Space::Sysctl, Layer::Host);
    document.settings = own.collect();
    document.complete = data.editable;
    document.editable = data.editable;
    document.comments = data.comments;
    document.name = Some(format!("[{TABLE}]"));
    let places = document.settings.iter().map(|setting| setting.whole);
    document.held_at = places.reduce(Span::join);
    let sets_any = document.held_at.is_some();
    sets_any.then_some(document).into_iter().collect()
}

/// A place without the quotes at its ends.
fn unquoted(source: &Source, span: Span) -> Span {
    let range = span.range();
    let text = &source.bytes[range.clone()];
    let in_quotes =
        text.len() > 1 && matches!(text.first(), Some(b'"' | b'\'')) && text.first() == text.last();
    let quotes = usize::from(in_quotes);
    Span::new(range.start + quotes, range.end - quotes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceId;

    fn set(text: &str) -> Vec<(String, String)> {
        let source = Source::new(SourceId(0), "userdata.toml", text);
        let documents = parse(&source);
        let settings = documents.iter().flat_map(|document| &document.settings);
        settings
            .map(|setting| {
                assert_eq!(source.text(setting.key_at), setting.key);
                assert_eq!(source.text(setting.value_at), setting.value);
                (setting.key.clone(), setting.value.clone())
            })
            .collect()
    }

    #[test]
    fn parameters_of_user_data_are_read() {
        let text = "[settings.kubernetes]\nmax-pods = 5\n[settings.kernel.sysctl]\n\"vm.swappiness\" = \"1\" # low\n'vm.x' = '2'\n";
        let both = [("vm.swappiness", "1"), ("vm.x", "2")];
        assert_eq!(
            set(text),
            both.map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
        assert!(set("[kernel.sysctl]\n\"vm.x\" = \"1\"\n").is_empty());
        assert!(set("[settings.kernel.sysctl\n").is_empty());
    }
}
