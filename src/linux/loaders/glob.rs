//! Patterns in keys and in names of files: glob(7), without braces unless said.

/// Whether a loader expands it.
pub fn is_glob(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// Longer names no directory holds (`NAME_MAX`).
const LONGEST_NAME: usize = 255;

/// glob(7) without braces: no mark matches a slash.
pub fn matches(pattern: &str, path: &str) -> bool {
    let (mut patterns, mut parts) = (pattern.split('/'), path.split('/'));
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part))
                if part.len() <= LONGEST_NAME
                    && matches_part(pattern.as_bytes(), part.as_bytes()) => {}
            _ => return false,
        }
    }
}

fn matches_part(pattern: &[u8], text: &[u8]) -> bool {
    // The last `*` and the text it has swallowed so far: the only place worth going back to.
    let (mut at, mut done) = (0, 0);
    // Behind the last `]` no bracket closes: without this each of a million is searched for its end.
    let closed = memchr::memrchr(b']', pattern).unwrap_or(0);
    let mut star: Option<(usize, usize)> = None;
    while done < text.len() {
        let step = match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, done));
                at += 1;
                continue;
            }
            Some(b'?') => Some(1),
            Some(b'[') if at < closed => class(&pattern[at..=closed], text[done]),
            Some(byte) => (*byte == text[done]).then_some(1),
            None => None,
        };
        if let Some(length) = step {
            at += length;
            done += 1;
        } else if let Some((after, swallowed)) = star {
            star = Some((after, swallowed + 1));
            (at, done) = (after, swallowed + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// Length of the bracket expression at the start of `pattern`, if `byte` is in it. Without a closing
/// bracket the opening one stands for itself.
fn class(pattern: &[u8], byte: u8) -> Option<usize> {
    let negated = matches!(pattern.get(1), Some(b'!' | b'^'));
    let first = 1 + usize::from(negated);
    let close = pattern.iter().skip(first + 1).position(|b| *b == b']');
    let Some(close) = close.map(|at| at + first + 1) else {
        return (byte == b'[').then_some(1);
    };
    let set = &pattern[first..close];
    let mut found = false;
    let mut at = 0;
    while at < set.len() {
        if at + 2 < set.len() && set[at + 1] == b'-' {
            found |= (set[at]..=set[at + 2]).contains(&byte);
            at += 3;
        } else {
            found |= set[at] == byte;
            at += 1;
        }
    }
    (found != negated).then_some(close + 1)
}

/// So many patterns are made of one at most; a name that stands for more is no file's.
const MOST: usize = 1024;

/// What `GLOB_BRACE` makes of a pattern: `a{b,c}` is `ab` and `ac`. Braces that don't close, and
/// `{}`, stand for themselves. Of a name that stands for more than 1024 only some.
pub fn braces(pattern: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(pattern) = open.pop() {
        let Some((start, end)) = outer_braces(&pattern).filter(|_| open.len() < MOST) else {
            found.push(pattern);
            if found.len() == MOST {
                break;
            }
            continue;
        };
        let (before, after) = (&pattern[..start], &pattern[end + 1..]);
        let parts = alternatives(&pattern[start + 1..end]);
        let whole = parts
            .into_iter()
            .rev()
            .map(|part| format!("{before}{part}{after}"));
        open.extend(whole);
    }
    found
}

/// The parts between the commas that are in no inner braces.
fn alternatives(inside: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_usize, 0);
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(&inside[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[from..]);
    parts
}

/// The first braces that hold something and close.
fn outer_braces(pattern: &str) -> Option<(usize, usize)> {
    let start = pattern
        .match_indices('{')
        .map(|(at, _)| at)
        .find(|at| !pattern[*at..].starts_with("{}"))?;
    let mut depth = 0_usize;
    for (at, byte) in pattern.bytes().enumerate().skip(start) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some((start, at)),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{braces, matches};

    #[test]
    fn braces_stand_for_each_of_their_parts() {
        assert_eq!(
            braces("50-{a,b{c,d}}.conf"),
            ["50-a.conf", "50-bc.conf", "50-bd.conf"]
        );
        assert_eq!(braces("a{}b"), ["a{}b"]);
        assert_eq!(braces("a{b"), ["a{b"]);
    }

    #[test]
    fn braces_that_multiply_end() {
        let name = "{a,b}".repeat(50);
        assert_eq!(braces(&name).len(), super::MOST);
        assert_eq!(braces(&name)[0], "a".repeat(50));
    }

    #[test]
    fn a_million_brackets_are_searched_for_their_end_once() {
        let open = "[".repeat(1 << 20);
        assert!(!matches(&open, &open));
        assert!(matches(&open[..255], &open[..255]));
        assert!(!matches(&format!("*{open}"), &open[..255]));
    }

    #[test]
    fn globs_match_within_one_part_of_a_path() {
        for (pattern, path) in [
            ("net/*/conf", "net/ipv4/conf"),
            ("a/?th0", "a/eth0"),
            ("a/[el]*", "a/lo"),
            ("a/[!x-z]b", "a/ab"),
            ("a/*b*c", "a/xbyc"),
            ("a/[b", "a/[b"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("net/*", "net/ipv4/conf"),
            ("a/[!x-z]b", "a/yb"),
            ("a/{b,c}", "a/b"),
            ("a/b*", "a/ab"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }
}
