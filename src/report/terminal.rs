//! Text made fit for a terminal: nothing hidden, nothing that acts on it. Knows no findings.

use std::borrow::Cow;

/// Whether a character would act on the terminal or would not be seen: controls, marks of text
/// direction, separators of lines, blanks and tags without width.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Whether a text is printable ASCII, as nearly every text is: nothing hidden, one column a byte.
pub(super) fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|byte| (b' '..=b'~').contains(byte))
}

/// Appends a character, as an escape where it is hidden.
pub(super) fn push_visible(text: &mut String, c: char) {
    match c {
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        _ if is_hidden(c) => text.extend(c.escape_unicode()),
        _ => text.push(c),
    }
}

/// The text on one line, with escapes for what is hidden.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if is_plain(text.as_bytes()) || !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_visible(&mut shown, c);
    }
    Cow::Owned(shown)
}

/// The text with its lines and tabs, and with escapes for what else is hidden.
pub(super) fn visible_lines(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => shown.push(c),
            _ => push_visible(&mut shown, c),
        }
    }
    shown
}

/// Columns of a character: 2 for the East Asian wide ranges and emoji of Unicode's UAX 11, else 1.
/// Only lines are broken and cut by it; the marks under them are placed by miette's own count.
pub(super) fn char_width(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Columns of a text without hidden characters.
pub(super) fn width(text: &str) -> usize {
    if is_plain(text.as_bytes()) {
        return text.len();
    }
    text.chars().map(char_width).sum()
}

/// Breaks a text at blanks into lines of at most `limit` columns; line breaks of the text stay.
/// A word is never broken: it may be a key or a path that someone copies.
pub(super) fn wrap(text: &str, limit: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split_whitespace() {
            let word = visible(word);
            let columns = width(&word);
            if used > 0 && used + 1 + columns > limit {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(&word);
            used += columns;
        }
        lines.push(line);
    }
    lines
}

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    pub(super) on: bool,
}

/// ANSI codes of what a report colours.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tone {
    Error,
    Warning,
    Note,
    Strong,
    Quiet,
    Mark,
    Good,
}

impl Paint {
    /// The text in a colour that stands for something other than a tone, by its ANSI code.
    pub(super) fn code<'t>(self, code: &str, text: &'t str) -> Cow<'t, str> {
        if !self.on || text.is_empty() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(format!("\u{1b}[{code}m{text}\u{1b}[0m"))
    }

    /// The text with a tone around it.
    pub(super) fn tone(self, tone: Tone, text: &str) -> Cow<'_, str> {
        let code = match tone {
            Tone::Error => "1;31",
            Tone::Warning => "1;33",
            Tone::Note => "1;36",
            Tone::Strong => "1",
            Tone::Quiet => "2",
            Tone::Mark => "36",
            Tone::Good => "32",
        };
        self.code(code, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_stays_hidden() {
        assert_eq!(visible("plain ü 日本"), "plain ü 日本");
        assert_eq!(visible("a\u{1b}[31mb\n\t\r"), "a\\u{1b}[31mb\\n\\t\\r");
        assert_eq!(
            visible("\u{9b}\u{202e}\u{feff}"),
            "\\u{9b}\\u{202e}\\u{feff}"
        );
    }

    #[test]
    fn lines_break_at_blanks_and_words_stay_whole() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(
            wrap("a taskmanager.memory b", 5),
            ["a", "taskmanager.memory", "b"]
        );
        assert_eq!(wrap("one\n\ntwo", 20), ["one", "", "two"]);
        assert_eq!(wrap("日本 日本", 7), ["日本", "日本"]);
        assert!(wrap("", 5).is_empty());
    }

    #[test]
    fn colours_are_written_only_when_asked_for() {
        assert_eq!(Paint { on: false }.tone(Tone::Error, "x"), "x");
        assert_eq!(
            Paint { on: true }.tone(Tone::Error, "x"),
            "\u{1b}[1;31mx\u{1b}[0m"
        );
    }
}
