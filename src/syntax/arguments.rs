//! `-Dkey=value` among the words of a command that starts a process of Flink. Knows nothing of the file
//! that holds the command; its words come with the places of their characters.
//!
//! What takes such definitions are Flink's scripts, and the words that the entrypoint of its image hands to
//! them (`ConfigurationParserUtils`, `CommandLineOptions.DYNAMIC_PROPERTY_OPTION`, `GenericCLI`). A system
//! property of Java looks the same, so a key must be an option of Flink or nearly one.

use super::{Kind, Setting, is_placeholder};
use crate::flink::options::{self, nearest};
use crate::flink::version::Versions;
use crate::text::{Edit, Source, Span};

/// One word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Without quotes.
    pub(super) text: String,
    /// Where each byte of the text stands; empty where it does not stand in the source byte for byte.
    places: Vec<u32>,
    /// All its bytes, quotes included.
    pub(super) at: Span,
    /// Whether a command ends behind it.
    pub(super) ends: bool,
}

impl Word {
    /// A word that stands at a place as it is.
    pub(super) fn written(text: &str, start: usize, at: Span) -> Self {
        let first = Span::at(start).start;
        let places = (first..).take(text.len()).collect();
        Word {
            text: text.to_owned(),
            places,
            at,
            ends: false,
        }
    }

    /// A word of which only the place of the whole is known.
    pub(super) fn somewhere(text: &str, at: Span) -> Self {
        Word {
            text: text.to_owned(),
            places: Vec::new(),
            at,
            ends: false,
        }
    }

    /// Moves it: the text that it was read from starts at a place.
    pub(super) fn shift(&mut self, start: usize) {
        let by = Span::at(start).start;
        self.at.start += by;
        self.at.end += by;
        self.places.iter_mut().for_each(|place| *place += by);
    }

    /// Where a part of the text stands.
    pub(super) fn place(&self, from: usize, to: usize) -> Span {
        match (self.places.get(from), self.places.get(from..to)) {
            (Some(&start), Some(part)) => Span {
                start,
                end: part.last().map_or(start, |last| last + 1),
            },
            // Nothing behind the last byte.
            (None, Some(_)) if !self.places.is_empty() => {
                let end = self.places[self.places.len() - 1] + 1;
                Span { start: end, end }
            }
            _ => self.at,
        }
    }

    /// What it calls, if it is a command: the last part of its path.
    pub(super) fn name(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or(&self.text)
    }
}

/// How the lines of a text part its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breaks {
    /// A line break is a blank.
    Blank,
    /// A line break ends a command.
    Command,
}

/// The words of a part of a text as a shell parts them.
pub(super) fn split(text: &str, span: Span, breaks: Breaks) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote = None;
    let end = span.range().end.min(text.len());
    let Some(part) = text.get(span.range().start..end) else {
        return words;
    };
    let mut chars = part.char_indices().peekable();
    let close = |word: &mut Option<Word>, at: usize, words: &mut Vec<Word>| {
        if let Some(mut done) = word.take() {
            done.at.end = Span::at(at).start;
            words.push(done);
        }
    };
    while let Some((at, c)) = chars.next() {
        let at = span.range().start + at;
        let open = Word::somewhere("", Span::at(at));
        match (quote, c) {
            (Some(own), c) if own == c => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert(open);
            }
            (None | Some('"'), '\\') => {
                let next = chars.next().map(|(_, next)| next);
                match next {
                    Some('\n') | None => {}
                    Some('\r') => {
                        chars.next_if(|(_, next)| *next == '\n');
                    }
                    Some(next) => push(word.get_or_insert(open), next, at + 1),
                }
            }
            (None, c) if c.is_whitespace() => {
                close(&mut word, at, &mut words);
                if matches!(c, '\n' | '\r') && breaks == Breaks::Command {
                    end_command(&mut words);
                }
            }
            (None, ';' | '&' | '|') => {
                close(&mut word, at, &mut words);
                end_command(&mut words);
            }
            (_, c) => push(word.get_or_insert(open), c, at),
        }
    }
    close(&mut word, end, &mut words);
    words
}

fn push(word: &mut Word, c: char, at: usize) {
    word.text.push(c);
    let start = Span::at(at).start;
    word.places.extend((start..).take(c.len_utf8()));
}

fn end_command(words: &mut [Word]) {
    if let Some(last) = words.last_mut() {
        last.ends = true;
    }
}

/// How far a row of words has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Command {
    /// Nothing of Flink so far.
    #[default]
    Other,
    /// `flink`, whose next word says what it does.
    Client,
    /// What takes definitions of options.
    Takes,
    /// The arguments of the job itself.
    Job,
}

/// Scripts of Flink, and words of the entrypoint of its image, that take definitions of options.
const TAKES: [&str; 13] = [
    "jobmanager",
    "taskmanager",
    "standalone-job",
    "history-server",
    "jobmanager.sh",
    "taskmanager.sh",
    "standalone-job.sh",
    "historyserver.sh",
    "sql-client.sh",
    "sql-gateway.sh",
    "yarn-session.sh",
    "kubernetes-session.sh",
    "kubernetes-jobmanager.sh",
];

/// What of the client takes them.
const ACTIONS: [&str; 2] = ["run", "run-application"];

/// The settings that words define, and how far they come.
pub(super) fn settings(words: &[Word], mut command: Command) -> (Vec<Setting>, Command) {
    let mut settings = Vec::new();
    let mut before: Option<&Word> = None;
    for word in words {
        let previous = before.map_or("", |word| word.text.as_str());
        let name = word.name();
        command = match command {
            Command::Other if name == "flink" => Command::Client,
            Command::Client if ACTIONS.contains(&name) => Command::Takes,
            Command::Client => Command::Other,
            Command::Other if TAKES.contains(&name) => Command::Takes,
            Command::Takes if is_jar(name) && !is_class_path(previous) => Command::Job,
            other => other,
        };
        if command == Command::Takes {
            let is_open = matches!(previous, "-D" | "-yD");
            let first = before.filter(|_| is_open).unwrap_or(word);
            let skip = if is_open {
                Some(0)
            } else {
                let starts = ["-D", "-yD"].into_iter();
                let mut starts = starts.filter(|start| word.text.starts_with(start));
                starts.next().map(str::len)
            };
            settings.extend(skip.and_then(|skip| definition(word, first, skip)));
        }
        before = (!word.ends).then_some(word);
        if word.ends {
            command = Command::Other;
        }
    }
    (settings, command)
}

fn is_jar(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| end == "jar")
}

fn is_class_path(word: &str) -> bool {
    matches!(word, "-C" | "--classpath" | "-j" | "--jars" | "-l")
}

/// `key=value` behind the first bytes of a word. `first` is the word that begins the definition.
fn definition(word: &Word, first: &Word, skip: usize) -> Option<Setting> {
    let text = &word.text;
    let equals = skip + text.get(skip..)?.find('=')?;
    let (key, value) = (&text[skip..equals], &text[equals + 1..]);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_key = key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.bytes().all(is_name);
    let is_flinks = || {
        options::is_option(key)
            || options::in_open_family(key)
            || nearest(key, Versions::ALL).is_some()
    };
    if !is_key || !is_flinks() {
        return None;
    }
    // Whether a list in brackets is one depends on the file in the image.
    let is_filled_in = is_placeholder(value) || value.contains(['$', '`', '[', '{']);
    Some(Setting {
        key: key.to_owned(),
        value: value.to_owned(),
        kind: Kind::Text,
        known: !is_filled_in,
        key_at: word.place(skip, equals),
        value_at: word.place(equals + 1, text.len()),
        whole: first.at.join(word.at),
        written: None,
    })
}

/// Replaces a value that stands in its word as it is by one that needs no quotes anywhere.
pub(super) fn set(source: &Source, setting: &Setting, value: &str) -> Option<Edit> {
    replace(source, setting.value_at, &setting.value, value)
}

/// Replaces a key.
pub(super) fn rename(source: &Source, setting: &Setting, key: &str) -> Option<Edit> {
    replace(source, setting.key_at, &setting.key, key)
}

fn replace(source: &Source, span: Span, old: &str, new: &str) -> Option<Edit> {
    // Where blanks stand already, others may: quotes hold them, or an item of a list.
    let has_blanks = old.contains(' ');
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || has_blanks && byte == b' '
            || matches!(
                byte,
                b'.' | b'-' | b'_' | b'/' | b':' | b'=' | b'+' | b'@' | b'%'
            )
    };
    let reads_on = new.trim() != new || new.ends_with(':') || new.contains(": ");
    let fits = !new.is_empty() && new.bytes().all(is_plain) && !reads_on;
    let stands = source.bytes.get(span.range()) == Some(old.as_bytes()) && !old.is_empty();
    (stands && (fits || new == old)).then(|| Edit {
        source: source.id,
        span,
        text: new.to_owned(),
    })
}

/// Takes out a definition that has its lines of a list for itself.
pub(super) fn remove(source: &Source, setting: &Setting) -> Option<Edit> {
    let first = source.full_line(setting.whole.start);
    let last = source.full_line(setting.whole.end.max(setting.whole.start + 1) - 1);
    let before = &source.bytes[first.range().start..setting.whole.range().start];
    let after = &source.bytes[setting.whole.range().end..last.range().end];
    let (before, after) = (before.trim_ascii(), after.trim_ascii());
    let alone = before == b"-" && (after.is_empty() || after.starts_with(b"#"));
    alone.then(|| super::lines::remove(source, setting.whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, breaks: Breaks) -> Vec<(String, String, bool)> {
        let words = split(text, Span::new(0, text.len()), breaks);
        let (settings, _) = settings(&words, Command::Other);
        for setting in &settings {
            let at = |span: Span| text[span.range()].replace('\\', "");
            assert_eq!(at(setting.key_at), setting.key);
            assert_eq!(at(setting.value_at), setting.value);
        }
        let settings = settings.into_iter();
        settings
            .map(|setting| (setting.key, setting.value, setting.known))
            .collect()
    }

    fn said(key: &str, value: &str) -> (String, String, bool) {
        (key.to_owned(), value.to_owned(), true)
    }

    #[test]
    fn definitions_of_flinks_scripts_are_read() {
        let slots = [said("taskmanager.numberOfTaskSlots", "4")];
        for text in [
            "taskmanager -Dtaskmanager.numberOfTaskSlots=4",
            "taskmanager -D taskmanager.numberOfTaskSlots=4",
            "taskmanager \"-Dtaskmanager.numberOfTaskSlots=4\"",
            "taskmanager -Dtaskmanager.numberOfTaskSlots='4'",
            "/docker-entrypoint.sh taskmanager.sh start-foreground -D taskmanager.numberOfTaskSlots=4;",
            "sleep 1 && flink run -d -yDtaskmanager.numberOfTaskSlots=4 -C file:///x.jar a.jar",
            "flink run -C file:///x.jar -Dtaskmanager.numberOfTaskSlots=4 a.jar",
        ] {
            assert_eq!(read(text, Breaks::Blank), slots, "{text}");
        }
    }

    #[test]
    fn other_definitions_are_none() {
        for text in [
            "java -Dparallelism.default=4 -jar a.jar",
            "taskmanager -Dlog4j.configurationFile=a -Dfile.encoding=UTF-8 -Duser.timezone=UTC",
            "flink run a.jar -Dparallelism.default=4",
            "flink list -Dparallelism.default=4",
            "taskmanager && echo -Dparallelism.default=4",
            "taskmanager -Dparallelism.default",
            "-Dparallelism.default=4",
        ] {
            assert_eq!(read(text, Breaks::Blank), [], "{text}");
        }
        let lines = "taskmanager\nx -Dparallelism.default=4";
        assert_eq!(read(lines, Breaks::Command), []);
        let joined = "taskmanager \\\n  -Dparallelism.default=4";
        let four = said("parallelism.default", "4");
        assert_eq!(read(joined, Breaks::Command), [four]);
    }

    #[test]
    fn a_value_that_is_filled_in_is_unknown() {
        let read = read("taskmanager -Dparallelism.default=$N", Breaks::Blank);
        assert_eq!(read, [("parallelism.default".into(), "$N".into(), false)]);
    }
}
