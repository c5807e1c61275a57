//! Files that another tool fills in first (Helm, Jinja): what stands in `{{ }}` and `{% %}` is
//! replaced by letters of the same length, so that the rest reads as YAML with its true offsets.

use super::tree::{Shape, Tree};
use crate::text::Span;

/// A template with its actions masked.
pub(crate) struct Masked {
    /// The text; as long as the original.
    pub(crate) text: String,
    /// The actions that stand for a value, or a part of one.
    pub(crate) holes: Vec<Span>,
}

/// Whether an action stands outside of quotes, comments and block scalars.
pub(crate) fn is_template(text: &str, tree: &Tree) -> bool {
    let quoted: Vec<Span> = tree
        .nodes()
        .filter(|(_, node)| matches!(node.shape, Shape::Single | Shape::Double | Shape::Block))
        .map(|(_, node)| node.span)
        .collect();
    // Below a failure there are no nodes to ask.
    let told = tree
        .failures
        .first()
        .map_or(text.len(), |failure| failure.token_end);
    bare_actions(text).any(|at| {
        let next = quoted.partition_point(|span| (span.end as usize) <= at);
        let inside = quoted
            .get(next)
            .is_some_and(|span| (span.start as usize) < at);
        at >= told || !inside
    })
}

/// The actions that neither quotes nor a comment opened earlier on the line reach to.
fn bare_actions(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut comment = false;
    let mut before = b' ';
    bytes.iter().enumerate().filter_map(move |(at, &byte)| {
        let mut found = false;
        match quote {
            _ if matches!(byte, b'\n' | b'\r') => (quote, comment) = (None, false),
            _ if comment => {}
            Some(open) if open == byte && before != b'\\' => quote = None,
            None if matches!(byte, b'"' | b'\'') && !before.is_ascii_alphanumeric() => {
                quote = Some(byte);
            }
            None if byte == b'#' && before.is_ascii_whitespace() => comment = true,
            None if byte == b'{' => found = matches!(bytes.get(at + 1), Some(b'{' | b'%')),
            _ => {}
        }
        before = byte;
        found.then_some(at)
    })
}

/// Masks every action. A line of nothing but actions becomes a comment.
pub(crate) fn mask(text: &str) -> Masked {
    let mut bytes = text.as_bytes().to_vec();
    let mut holes: Vec<Span> = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'{', &bytes[at..]) {
        let start = at + found;
        let close: &[u8] = match bytes.get(start + 1) {
            Some(b'{') => b"}}",
            Some(b'%') => b"%}",
            Some(b'#') if bytes[start..].starts_with(b"{# ") => b"#}",
            _ => {
                at = start + 1;
                continue;
            }
        };
        let Some(length) = memchr::memmem::find(&bytes[start + 2..], close) else {
            break;
        };
        let mut end = start + 2 + length + 2;
        while close == b"}}" && bytes.get(end) == Some(&b'}') {
            end += 1;
        }
        bytes[start..end].fill(b'x');
        holes.push(Span::new(start, end));
        at = end;
    }
    let mut kept = Vec::with_capacity(holes.len());
    let mut alone = Vec::new();
    let mut index = 0;
    while index < holes.len() {
        // Actions that follow each other with nothing but blanks between them go together.
        let mut last = index;
        while let Some(next) = holes.get(last + 1)
            && blank(&bytes[holes[last].end as usize..next.start as usize])
        {
            last += 1;
        }
        let (start, end) = (holes[index].start as usize, holes[last].end as usize);
        let line = memchr::memrchr2(b'\n', b'\r', &bytes[..start]).map_or(0, |at| at + 1);
        let rest = memchr::memchr2(b'\n', b'\r', &bytes[end..]).map_or(bytes.len(), |n| end + n);
        if blank(&bytes[line..start]) && blank(&bytes[end..rest]) {
            alone.push((line, start..end));
        } else {
            kept.extend_from_slice(&holes[index..=last]);
        }
        index = last + 1;
    }
    // From below, so that a line of actions stands as deep as the text that follows it and its like:
    // within a block of text it would else be the block's end.
    for (line, action) in alone.into_iter().rev() {
        let (start, end) = (action.start, action.end);
        bytes[action].fill(b' ');
        let deep = (line + depth(&bytes[end..])).max(start);
        bytes[if deep < end { deep } else { start }] = b'#';
    }
    Masked {
        text: String::from_utf8_lossy(&bytes).into_owned(),
        holes: kept,
    }
}

/// The indentation of the first line below that is not blank.
fn depth(rest: &[u8]) -> usize {
    let mut below = rest.split(|byte| matches!(byte, b'\n' | b'\r')).skip(1);
    let next = below.find(|line| !blank(line));
    next.map_or(0, |line| line.len() - line.trim_ascii_start().len())
}

fn blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_become_letters_and_lines_of_actions_become_comments() {
        let text = "{{- if .a }}\na: {{ .b }}:80\n  {% x %} {% y %}\nb: \"{{ c }}\"\n";
        let masked = mask(text);
        assert_eq!(masked.text.len(), text.len());
        assert_eq!(
            masked.text,
            "#           \na: xxxxxxxx:80\n  #              \nb: \"xxxxxxx\"\n"
        );
        assert_eq!(masked.holes, [Span::new(16, 24), Span::new(50, 57)]);
    }

    #[test]
    fn lines_of_actions_stay_within_the_block_that_they_stand_in() {
        let text = "a: |\n{{- if .a }}\n{{- with .b }}\n    b: 1\n{{- end }}\nc: 2\n";
        let masked = "a: |\n    #       \n    #         \n    b: 1\n#         \nc: 2\n";
        assert_eq!(mask(text).text, masked);
    }

    #[test]
    fn quotes_comments_and_block_scalars_do_not_make_a_template() {
        let is_template = |text: &str| is_template(text, &Tree::parse(text, 1024));
        assert!(!is_template("a: \"{{ x }}\"\nb: '{{ y }}' # {{ z }}\n"));
        assert!(!is_template("a: |\n  {{ x }}\nb: \"c\n  {{ d }}\"\n"));
        assert!(!is_template("a: {b: 1}\n"));
        assert!(is_template("a: 'x' {{ y }}\n"));
        assert!(is_template("a: don't {{ y }}\n"));
        assert!(is_template("{{- if x }}\na: 1\n"));
    }
}
