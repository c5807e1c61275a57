//! Profiles of tuned: the kernel parameters in `tuned.conf`, and in the `data` of `OpenShift`'s `Tuned`.
//!
//! tuned reads a profile with Python's `ConfigParser`: `=` between key and value, `#` behind a blank starts a
//! comment, a line that stands deeper than its key goes on with the value (`tuned/profiles/loader.py`).
//! Of a value it takes one pair of double quotes away, fills in `${variables}`, and with `>` or `<` in front
//! only raises or lowers what the kernel has (`plugin_sysctl.py`, `base.py`). A section is one of parameters
//! by its name, or by its `type`.

use std::collections::HashMap;

use super::embed::line_end;
use super::{Comment, Document, Format, Kind, Layer, Setting, Space, has_marker, is_placeholder};
use crate::text::{Source, Span};

/// The name and the type of a section with kernel parameters.
pub const SECTION: &str = "sysctl";

/// Reads a file that is a profile; nothing where it sets no parameters.
pub fn parse_file(source: &Source) -> Vec<Document> {
    let mut document = parse(source);
    let places = document.settings.iter().map(|setting| setting.whole);
    // Parts are no files of the loaders, which come and go together.
    document.held_at = places.reduce(Span::join);
    document.name = Some(format!("[{SECTION}]"));
    let sets_any = document.held_at.is_some();
    sets_any.then_some(document).into_iter().collect()
}

/// Reads the parameters of a profile.
pub fn parse(source: &Source) -> Document {
    let mut document = Document::new(source, Format::Tuned, Space::Sysctl, Layer::Host);
    let Ok(text) = std::str::from_utf8(&source.bytes) else {
        return document;
    };
    let mut profile = Profile::default();
    let mut at = source.bom();
    while at < text.len() {
        let end = line_end(text.as_bytes(), at, text.len());
        profile.line(at, &text[at..end]);
        at = end;
    }
    document.comments = profile.comments;
    let mut count: HashMap<String, usize> = HashMap::new();
    let sections: Vec<Section> = profile.sections;
    let of_parameters = sections.iter().filter(|section| section.is_of_parameters());
    let all: Vec<(&Section, &Setting)> = of_parameters
        .flat_map(|section| {
            section
                .settings
                .iter()
                .map(move |setting| (section, setting))
        })
        .filter(|(_, setting)| setting.key.contains(['.', '/']))
        .collect();
    for (_, setting) in &all {
        *count.entry(setting.key.clone()).or_default() += 1;
    }
    let several = sections.iter().filter(|section| section.is_of_parameters());
    let several = several.count() > 1;
    document.settings = all
        .into_iter()
        .map(|(section, setting)| {
            let mut setting = setting.clone();
            // Which of several sections count, the machine says.
            let open = section.is_conditional() || several && count[&setting.key] > 1;
            setting.known &= !open;
            setting
        })
        .collect();
    document
}

/// One section as far as it is read.
struct Section {
    name: String,
    settings: Vec<Setting>,
}

impl Section {
    fn get(&self, key: &str) -> Option<&str> {
        let mut own = self.settings.iter().rev();
        let found = own.find(|setting| setting.key == key)?;
        Some(&found.value)
    }

    fn is_of_parameters(&self) -> bool {
        self.get("type").unwrap_or(&self.name) == SECTION
    }

    /// Whether it counts on some machines only.
    fn is_conditional(&self) -> bool {
        ["uname_regex", "cpuinfo_regex", "enabled"]
            .iter()
            .any(|key| self.get(key).is_some())
    }
}

#[derive(Default)]
struct Profile {
    sections: Vec<Section>,
    comments: Vec<Comment>,
    /// How deep the last key stands.
    depth: Option<usize>,
}

impl Profile {
    /// Reads a line, which begins at a place.
    fn line(&mut self, start: usize, line: &str) {
        let line = line.trim_end();
        let content = line.trim_start();
        let depth = line.len() - content.len();
        if content.starts_with(['#', ';']) {
            self.comment(start + depth, content, true);
            return;
        }
        let code = match comment_start(line) {
            Some(mark) => {
                self.comment(start + mark, &line[mark..], false);
                line[..mark].trim_end()
            }
            None => line,
        };
        let content = code.trim_start();
        if content.is_empty() {
            return;
        }
        let goes_on = self.depth.is_some_and(|key| depth > key);
        let Some(last) = self.sections.last_mut().filter(|_| goes_on) else {
            self.entry(start + depth, content, depth);
            return;
        };
        // A value of several lines, which no parameter has.
        if let Some(setting) = last.settings.last_mut() {
            setting.known = false;
        }
    }

    /// A section, or a key with its value.
    fn entry(&mut self, start: usize, content: &str, depth: usize) {
        let header = content.strip_prefix('[');
        if let Some(end) = header.and_then(|rest| rest.rfind(']')) {
            self.depth = None;
            self.sections.push(Section {
                name: content[1..=end].to_owned(),
                settings: Vec::new(),
            });
            return;
        }
        self.depth = Some(depth);
        let (Some(section), Some(equals)) = (self.sections.last_mut(), content.find('=')) else {
            return;
        };
        let key = content[..equals].trim_end();
        let written = content[equals + 1..].trim();
        let begin = content.len() - content[equals + 1..].trim_start().len();
        let (quotes, unquoted) = match written
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
        {
            Some(inner) => (1, inner),
            None => (0, written),
        };
        let bounded = unquoted.len() > 1 && unquoted.starts_with(['>', '<']);
        let bound = &unquoted[usize::from(bounded)..];
        let value = bound.trim();
        let blanks = bound.len() - bound.trim_start().len();
        let from = start + begin + quotes + usize::from(bounded) + blanks;
        section.settings.push(Setting {
            key: key.to_owned(),
            value: value.to_owned(),
            kind: Kind::Text,
            known: !bounded && !is_placeholder(value),
            key_at: Span::new(start, start + key.len()),
            value_at: Span::new(from, from + value.len()),
            whole: Span::new(start, start + begin + written.len()),
            written: None,
        });
    }

    fn comment(&mut self, at: usize, text: &str, own_line: bool) {
        if has_marker(text.as_bytes()) {
            self.comments.push(Comment {
                at: Span::new(at, at + text.len()),
                own_line,
                legal: true,
            });
        }
    }
}

/// Where a comment behind other things starts.
fn comment_start(line: &str) -> Option<usize> {
    let mut marks = line.match_indices('#');
    let mark = marks.find(|(at, _)| line[..*at].ends_with(char::is_whitespace));
    mark.map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceId;

    fn settings(text: &str) -> Vec<(String, String, bool)> {
        let source = Source::new(SourceId(0), "tuned.conf", text);
        let document = parse(&source);
        let settings = document.settings.iter();
        settings
            .map(|setting| {
                assert_eq!(source.text(setting.key_at), setting.key);
                assert_eq!(source.text(setting.value_at), setting.value);
                (setting.key.clone(), setting.value.clone(), setting.known)
            })
            .collect()
    }

    fn own(key: &str, value: &str, known: bool) -> (String, String, bool) {
        (key.to_owned(), value.to_owned(), known)
    }

    #[test]
    fn only_sections_of_parameters_set_any() {
        let text = "#\n# x\n[main]\nsummary=a.b\n\n[sysctl]\nvm.swappiness = 10\n  # c\nnet.ipv4.tcp_rmem=\"4096 131072 16777216\" # d\n[vm]\ntransparent_hugepages=never\nvm.x=1\n";
        let expected = [
            own("vm.swappiness", "10", true),
            own("net.ipv4.tcp_rmem", "4096 131072 16777216", true),
        ];
        for breaks in ["\n", "\r\n", "\r"] {
            assert_eq!(settings(&text.replace('\n', breaks)), expected);
        }
    }

    #[test]
    fn bounds_and_variables_are_unknown() {
        let text = "[sysctl]\nnet.core.somaxconn=>2048\nvm.max_map_count => \" 800000\"\nvm.dirty_ratio = ${ratio}\nkernel.x=<5\nvm.a=1#2\n";
        let expected = [
            own("net.core.somaxconn", "2048", false),
            own("vm.max_map_count", "\" 800000\"", false),
            own("vm.dirty_ratio", "${ratio}", false),
            own("kernel.x", "5", false),
            own("vm.a", "1#2", true),
        ];
        assert_eq!(settings(text), expected);
    }

    #[test]
    fn sections_that_count_on_some_machines_are_unknown() {
        let text = "[sysctl]\nvm.a.x=1\nvm.b.x=1\n[sysctl.arm]\ntype=sysctl\nuname_regex=aarch64\nvm.b.x=2\nvm.c.x=3\n[sysctl.other]\nvm.d.x=1\n";
        let expected = [
            own("vm.a.x", "1", true),
            own("vm.b.x", "1", false),
            own("vm.b.x", "2", false),
            own("vm.c.x", "3", false),
        ];
        assert_eq!(settings(text), expected);
    }

    #[test]
    fn a_value_of_several_lines_is_unknown() {
        let text = "[sysctl]\nvm.a=1\n  2\nvm.b=1\n\n[x]\nsysctl\n";
        assert_eq!(
            settings(text),
            [own("vm.a", "1", false), own("vm.b", "1", true)]
        );
    }
}
