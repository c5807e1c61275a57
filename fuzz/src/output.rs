//! What must hold for every output, whatever the files say that it is about.

use flint::report::{OutputFormat, Report, Style, render};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

/// A report as text.
pub fn rendered(format: OutputFormat, report: &Report<'_>, style: &Style) -> String {
    let mut out = Vec::new();
    render(format, report, style, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// Renders a report in every format, for every kind of terminal, and holds it against what its readers expect.
pub fn assert_reports(report: &Report<'_>) {
    for format in OutputFormat::ALL {
        let text = rendered(format, report, &Style::default());
        assert_tame(&text, format.name());
        match format {
            OutputFormat::Json
            | OutputFormat::Sarif
            | OutputFormat::Gitlab
            | OutputFormat::Rdjson => assert_json(&text, format.name()),
            OutputFormat::Junit => assert_xml(&text),
            OutputFormat::Github => assert_commands(&text),
            OutputFormat::Full | OutputFormat::Concise | OutputFormat::Markdown => {}
        }
    }
    let style = Style {
        color: true,
        width: 40,
        ascii: true,
        quiet: false,
    };
    for format in [OutputFormat::Full, OutputFormat::Concise] {
        assert_tame(
            &without_colours(&rendered(format, report, &style)),
            format.name(),
        );
    }
}

/// A text has no characters that act on a terminal.
pub fn assert_tame(text: &str, what: &str) {
    let wild = text
        .char_indices()
        .find(|(_, c)| c.is_control() && *c != '\n');
    // Tables and lines of a patch may hold a tab.
    let wild = wild.filter(|(_, c)| *c != '\t');
    assert_eq!(wild, None, "{what} has a control character");
    let turned = text
        .chars()
        .find(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    assert_eq!(turned, None, "{what} turns the direction of text");
}

/// Takes out the sequences that colours consist of, and nothing else.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';');
        match end {
            Some(end) if part[end..].starts_with('m') => plain.push_str(&part[end + 1..]),
            _ => {
                plain.push('\u{1b}');
                plain.push_str(part);
            }
        }
    }
    plain
}

/// A text is one JSON document.
pub fn assert_json(text: &str, what: &str) {
    if let Err(error) = serde_json::from_str::<Value>(text) {
        panic!("{what} is no JSON: {error}");
    }
}

fn assert_xml(text: &str) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut open = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(Event::Start(start)) => {
                open += 1;
                assert_attributes(&start);
            }
            Ok(Event::Empty(start)) => assert_attributes(&start),
            Ok(Event::End(_)) => open -= 1,
            Ok(Event::GeneralRef(reference)) => {
                let name = reference.decode().expect("UTF-8");
                let predefined = ["lt", "gt", "amp", "quot", "apos"];
                let number = reference.resolve_char_ref().ok().flatten();
                let known = predefined.contains(&name.as_ref()) || number.is_some();
                assert!(known, "&{name}; is no entity");
            }
            Ok(_) => {}
            Err(error) => panic!("junit is no XML: {error}\n{text}"),
        }
    }
    assert_eq!(open, 0, "junit has open elements");
    // https://www.w3.org/TR/xml/#charsets
    let illegal = text.chars().find(|c| {
        !matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    });
    assert_eq!(illegal, None, "junit has a character that XML has not");
}

fn assert_attributes(start: &quick_xml::events::BytesStart<'_>) {
    for attribute in start.attributes() {
        let attribute = attribute.expect("an attribute");
        attribute.unescape_value().expect("its value");
    }
}

/// Every line of a log for GitHub is a whole command.
fn assert_commands(text: &str) {
    for line in text.lines() {
        let command = line.strip_prefix("::").expect("a line is a command");
        let (head, message) = command.split_once("::").expect("a command has a message");
        let name = head.split(' ').next().unwrap_or_default();
        assert!(["error", "warning", "notice"].contains(&name), "{line}");
        assert!(!message.is_empty(), "an empty message: {line}");
    }
}
