//! Lists and maps in Flink's own form: `a;b;'c;d'` and `k:v,k2:v2` (`StructuredOptionsSplitter`).
//!
//! This is the only form in flink-conf.yaml. In config.yaml Flink first reads the text as YAML and
//! comes here when that fails.

use super::{ValueError, trim};

/// A list: items between `;`, trimmed; quotes around a whole item protect it, and a doubled quote
/// inside stands for one. An empty item counts only between two `;`.
pub fn parse_list_legacy(text: &str) -> Result<Vec<String>, ValueError> {
    split(text, ';')
}

/// A map: items between `,`, each of exactly two parts around `:`; both levels take quotes.
/// Pairs in the order of the text.
pub fn parse_map_legacy(text: &str) -> Result<Vec<(String, String)>, ValueError> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for item in split(text, ',')? {
        let mut parts = split(&item, ':')?.into_iter();
        let (Some(key), Some(value), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(ValueError::NoPair { item });
        };
        if pairs.iter().any(|(known, _)| *known == key) {
            return Err(ValueError::DuplicateKey { key });
        }
        pairs.push((key, value));
    }
    Ok(pairs)
}

/// `StructuredOptionsSplitter.splitEscaped`.
fn split(text: &str, delimiter: char) -> Result<Vec<String>, ValueError> {
    let mut items = Vec::new();
    // What came last: nothing or a delimiter lets an item begin.
    let mut item_open = false;
    let mut after_delimiter = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == delimiter {
            if after_delimiter {
                items.push(String::new());
            }
            (item_open, after_delimiter) = (false, true);
            rest = &rest[c.len_utf8()..];
        } else if is_java_whitespace(c) {
            rest = &rest[c.len_utf8()..];
        } else if item_open {
            let at = text.chars().count() - rest.chars().count() + 1;
            // Flink reads the whole text into parts before it looks at their order.
            check_quotes(rest, delimiter, text)?;
            return Err(ValueError::TextAfterQuote {
                text: text.to_owned(),
                at,
            });
        } else {
            let (item, behind) = one_item(rest, delimiter).ok_or_else(|| open_quote(text))?;
            items.push(item);
            (item_open, after_delimiter) = (true, false);
            rest = behind;
        }
    }
    Ok(items)
}

fn open_quote(text: &str) -> ValueError {
    ValueError::OpenQuote {
        text: text.to_owned(),
    }
}

/// Refuses a text that leaves a quote open.
fn check_quotes(mut rest: &str, delimiter: char, text: &str) -> Result<(), ValueError> {
    while let Some(c) = rest.chars().next() {
        rest = if c == delimiter || is_java_whitespace(c) {
            &rest[c.len_utf8()..]
        } else {
            one_item(rest, delimiter).ok_or_else(|| open_quote(text))?.1
        };
    }
    Ok(())
}

/// The item at the start of a text, and what follows it. `None` for a quote that is not closed.
fn one_item(text: &str, delimiter: char) -> Option<(String, &str)> {
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
        let end = text.find(delimiter).unwrap_or(text.len());
        return Some((trim(&text[..end]).to_owned(), &text[end..]));
    };
    let mut item = String::new();
    let mut rest = &text[1..];
    loop {
        let end = rest.find(quote)?;
        item.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix(quote) {
            Some(behind) => {
                item.push(quote);
                rest = behind;
            }
            None => return Some((item, rest)),
        }
    }
}

/// Java's `Character.isWhitespace`: no no-break spaces, but the four separators of ASCII.
fn is_java_whitespace(c: char) -> bool {
    match c {
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{85}' => false,
        '\u{1c}'..='\u{1f}' => true,
        _ => c.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_place() {
        assert_eq!(
            parse_list_legacy("é;'a'b").unwrap_err().to_string(),
            "text follows a closing quote in `é;'a'b`, at character 6; \
             quote the whole item, or none of it"
        );
        assert!(matches!(
            parse_list_legacy("'a' 'b"),
            Err(ValueError::OpenQuote { .. })
        ));
        assert_eq!(
            parse_map_legacy("a:b,c").unwrap_err().to_string(),
            "`c` is no `key:value` pair; quote values that hold `:` or `,`"
        );
        assert_eq!(
            parse_map_legacy("a:b,a:c").unwrap_err(),
            ValueError::DuplicateKey { key: "a".into() }
        );
    }

    #[test]
    fn blanks_are_those_of_java() {
        let list = |text: &str| parse_list_legacy(text).unwrap();
        assert_eq!(list("\u{2003}'a'\u{1f};b"), ["a", "b"]);
        assert_eq!(list("\u{a0}"), ["\u{a0}"]);
    }

    #[test]
    fn any_text_is_answered() {
        // Every text of up to five of the characters that matter.
        let letters = ['a', ';', ':', ',', '\'', '"', ' ', 'é'];
        for number in 0..8_usize.pow(5) {
            for length in 1..=5 {
                let text: String = (0..length)
                    .map(|at| letters[number >> (3 * at) & 7])
                    .collect();
                if let Ok(items) = parse_list_legacy(&text) {
                    assert!(items.len() <= length, "{text}");
                }
                if let Ok(pairs) = parse_map_legacy(&text) {
                    assert!(pairs.len() <= length, "{text}");
                }
            }
        }
    }
}
