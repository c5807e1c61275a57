//! What the parser's failures mean to a person, and where to look.

use granit_parser::ErrorKind;

use super::tree::Failure;
use crate::text::Span;

/// The bytes to look at and what is wrong there.
pub(crate) fn explain(text: &str, failure: &Failure) -> (Span, String) {
    let offset = failure.offset.min(text.len());
    let (start, end) = line_of(text, offset);
    let line = &text[start..end];
    let here = one_character(text, offset);
    let rest = Span::new(offset, end.max(here.end as usize));
    match &failure.kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => tab(text, offset),
        ErrorKind::UnclosedQuotedScalar => (rest, "this quote is never closed".into()),
        ErrorKind::InvalidQuotedScalarIndent => {
            let found = text[failure.token_end..].find(['"', '\'']);
            let open = found.map_or(offset, |found| failure.token_end + found);
            let said = "this quote is not closed on its line, nor is the line below indented";
            (Span::new(open, line_of(text, open).1), said.into())
        }
        ErrorKind::DocumentIndicatorInQuotedScalar => {
            (here, "a document marker stands inside of quotes".into())
        }
        ErrorKind::UnclosedFlowCollection { open } => (rest, format!("`{open}` is never closed")),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            (rest, format!("`{open}` is closed by `{close}`"))
        }
        ErrorKind::MisplacedFlowCollectionEnd => (
            here,
            "this bracket closes nothing; a value that holds one needs quotes".into(),
        ),
        ErrorKind::MappingValueNotAllowed => colon(text, offset, line, start),
        ErrorKind::InvalidColonPlacement => (
            here,
            "no key can stand here inside of brackets; is a bracket never closed?".into(),
        ),
        ErrorKind::FlowMappingValueAdjacentCollection => (
            here,
            "a bracket needs a blank between the colon and itself".into(),
        ),
        ErrorKind::BomInsideDocument => {
            (here, "a byte order mark stands inside of the text".into())
        }
        ErrorKind::UnexpectedCharacter { character } => (
            here,
            format!(
                "a value can't start with `{}` unless it is quoted",
                character.escape_debug()
            ),
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            content(text, start, end),
            "this line is no `key: value` pair: it has no colon followed by a blank".into(),
        ),
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::BlockEntryInFlowCollection => (
            here,
            "a list can't start here: put the `-` on a line of its own, or quote the value".into(),
        ),
        ErrorKind::ExpectedBlockMappingKey => (
            content(text, start, end),
            "a key was expected here; its indentation must match the keys above".into(),
        ),
        ErrorKind::ExpectedBlockSequenceEntry => (
            content(text, start, end),
            "a list item was expected here; its indentation must match the items above".into(),
        ),
        ErrorKind::ExpectedFlowMappingSeparator => (
            here,
            "`,` or `}` was expected here; is a bracket never closed?".into(),
        ),
        ErrorKind::ExpectedFlowSequenceSeparator => (
            here,
            "`,` or `]` was expected here; is a bracket never closed?".into(),
        ),
        ErrorKind::InvalidIndentation | ErrorKind::InvalidBlockScalarIndent => (
            content(text, start, end),
            "this line's indentation fits none of the lines above".into(),
        ),
        ErrorKind::ExpectedDocumentStart => (
            content(text, start, end),
            "this stands outside of the mapping that ends above it".into(),
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            (rest, "text follows the closing quote".into())
        }
        ErrorKind::UnknownQuotedScalarEscape | ErrorKind::InvalidQuotedScalarHexEscape => (
            rest,
            "double quotes hold an escape that YAML does not know; single quotes have none".into(),
        ),
        ErrorKind::MissingAnchorOrAliasName => (
            here,
            "`*` and `&` start a reference: a value that starts with one needs quotes".into(),
        ),
        ErrorKind::UnsupportedYamlMajorVersion => (
            content(text, start, end),
            "only YAML 1.x is supported".into(),
        ),
        ErrorKind::UndeclaredTagHandle => (here, "this tag's handle is not declared".into()),
        ErrorKind::RecursionLimitExceeded => (
            here,
            "this is nested more than 255 levels deep; nothing below is read".into(),
        ),
        ErrorKind::CommentNotSeparated => (here, "a comment needs a blank before its `#`".into()),
        ErrorKind::CommentInterceptedScalar => (
            content(text, start, end),
            "this line is no `key: value` pair, and a comment above ends the text before it".into(),
        ),
        _ => (content(text, start, end), "this does not parse".into()),
    }
}

/// The first tab at or after the place where the parser noticed it.
fn tab(text: &str, offset: usize) -> (Span, String) {
    let bytes = text.as_bytes();
    let back = bytes[..offset]
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let from = offset - back;
    let at = memchr::memchr(b'\t', &bytes[from..]).map_or(offset, |found| from + found);
    let run = bytes[at..]
        .iter()
        .take_while(|byte| **byte == b'\t')
        .count();
    (
        Span::new(at, at + run.max(1).min(bytes.len() - at)),
        "a tab indents this line; YAML allows only spaces there".into(),
    )
}

/// A colon where none can be: a second one on the line, or a line that is indented too deep.
fn colon(text: &str, offset: usize, line: &str, start: usize) -> (Span, String) {
    let before = &text[start..offset];
    let second = before.contains(": ") || before.contains(":\t") || line.starts_with(['{', '[']);
    let said = if second {
        "a value that holds `: ` or ends with `:` needs quotes"
    } else if before.starts_with(' ') {
        "this line is indented deeper than the pair above it, which has a value already"
    } else {
        "no key can stand here: the line above is no `key: value` pair"
    };
    (one_character(text, offset), said.into())
}

fn one_character(text: &str, offset: usize) -> Span {
    let length = text[offset..].chars().next().map_or(0, |first| {
        if matches!(first, '\n' | '\r') {
            0
        } else {
            first.len_utf8()
        }
    });
    Span::new(offset, offset + length)
}

fn line_of(text: &str, offset: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let start = memchr::memrchr2(b'\n', b'\r', &bytes[..offset]).map_or(0, |at| at + 1);
    let end = memchr::memchr2(b'\n', b'\r', &bytes[offset..]).map_or(text.len(), |at| offset + at);
    (start, end)
}

/// A line without its outer blanks.
fn content(text: &str, start: usize, end: usize) -> Span {
    let line = &text[start..end];
    let lead = line.len() - line.trim_start().len();
    Span::new(start + lead, start + lead + line.trim().len())
}
