//! Characters that no editor shows and that no loader takes for a blank.

/// What a character is called and what it stands for: a blank or nothing.
struct Invisible {
    first: char,
    last: char,
    name: &'static str,
    meant: &'static str,
}

const fn one(c: char, name: &'static str, meant: &'static str) -> Invisible {
    many(c, c, name, meant)
}

const fn many(first: char, last: char, name: &'static str, meant: &'static str) -> Invisible {
    Invisible {
        first,
        last,
        name,
        meant,
    }
}

const INVISIBLE: [Invisible; 13] = [
    one('\u{a0}', "a no-break space", " "),
    one('\u{ad}', "a soft hyphen", ""),
    many('\u{2000}', '\u{200a}', "a typographic space", " "),
    one('\u{200b}', "a zero-width space", ""),
    many('\u{200c}', '\u{200d}', "a joiner", ""),
    many('\u{200e}', '\u{200f}', "a mark of direction", ""),
    many('\u{2028}', '\u{2029}', "a separator of lines", " "),
    many('\u{202a}', '\u{202e}', "a mark of direction", ""),
    one('\u{202f}', "a narrow no-break space", " "),
    one('\u{205f}', "a mathematical space", " "),
    one('\u{2060}', "a word joiner", ""),
    one('\u{3000}', "an ideographic space", " "),
    one('\u{feff}', "a byte order mark", ""),
];

/// One of them in a text.
pub(super) struct Found {
    /// Its first byte.
    pub(super) at: usize,
    /// How many bytes it has.
    pub(super) length: usize,
    /// What it is called: `a no-break space`.
    pub(super) name: &'static str,
    /// What it stands for: a blank or nothing.
    pub(super) meant: &'static str,
}

/// All of them in a text, but for a byte order mark at the start of a file.
pub(super) fn all(text: &[u8], starts_file: bool) -> Vec<Found> {
    if text.is_ascii() {
        return Vec::new();
    }
    let Ok(text) = std::str::from_utf8(text) else {
        return Vec::new();
    };
    text.char_indices()
        .filter(|(at, c)| !(starts_file && *at == 0 && *c == '\u{feff}'))
        .filter_map(|(at, c)| {
            let found = INVISIBLE
                .iter()
                .find(|known| (known.first..=known.last).contains(&c))?;
            Some(Found {
                at,
                length: c.len_utf8(),
                name: found.name,
                meant: found.meant,
            })
        })
        .collect()
}
