//! Recognises files that a template engine renders first (Helm, Go templates, Jinja).

use memchr::memmem;

/// Opening and closing marks of template actions. The comment of Jinja comes last: a `{#` alone
/// does not make a file a template.
const MARKS: [(&[u8], &[u8]); 3] = [(b"{{", b"}}"), (b"{%", b"%}"), (b"{#", b"#}")];

/// Whether the text holds a template action.
pub(in crate::syntax) fn is_template(bytes: &[u8]) -> bool {
    MARKS[..2]
        .iter()
        .any(|(open, _)| memmem::find(bytes, open).is_some())
}

/// Follows template actions from line to line; one may span several.
#[derive(Default)]
pub(in crate::syntax) struct Actions {
    open: Option<&'static [u8]>,
}

impl Actions {
    /// Whether the next line holds an action or a part of one.
    pub(in crate::syntax) fn next_line(&mut self, text: &[u8]) -> bool {
        let mut held = self.open.is_some();
        let mut at = 0;
        loop {
            let rest = &text[at..];
            if let Some(close) = self.open {
                let Some(found) = memmem::find(rest, close) else {
                    return true;
                };
                at += found + close.len();
                self.open = None;
            } else {
                let mut braces = memchr::memchr_iter(b'{', rest);
                let next = braces.find_map(|found| {
                    let here = &rest[found..];
                    let mark = MARKS.iter().find(|(open, _)| here.starts_with(open))?;
                    Some((found, mark.1))
                });
                let Some((found, close)) = next else {
                    return held;
                };
                at += found + 2;
                held = true;
                self.open = Some(close);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_followed_across_lines() {
        let mut actions = Actions::default();
        let held: Vec<bool> = [
            "a: 1",
            "b: {{ .x }}",
            "{{- /* c",
            "d: 1",
            "*/}}",
            "{% if x %}",
            "e: 2",
        ]
        .iter()
        .map(|line| actions.next_line(line.as_bytes()))
        .collect();
        assert_eq!(held, [false, true, true, true, true, true, false]);
    }

    #[test]
    fn a_brace_alone_makes_no_template() {
        assert!(!is_template(b"a: {b: {c: d}}\nx: {#"));
        assert!(is_template(b"a: {{ b }}"));
        assert!(is_template(b"{% for x in y %}"));
    }
}
