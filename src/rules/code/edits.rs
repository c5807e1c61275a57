//! Edits to sources that certainly compile: a call put into a chain, an import beside the others.

use crate::finding::Fix;
use crate::flink::version::Versions;
use crate::syntax::code::{Expr, Language};
use crate::text::{Edit, Span};

use super::super::safe;
use super::Job;

const DURATION: &str = "java.time.Duration";
const WINDOW_TIME: &str = "org.apache.flink.streaming.api.windowing.time.Time";

/// Versions whose windows take a `Duration`.
const BY_DURATION: Versions = Versions::YAML;
/// Versions that have the class `Time` of windows.
const BY_TIME: Versions = Versions::LEGACY;

impl Job<'_> {
    fn text(&self, span: Span) -> &str {
        let bytes = self.source.bytes.get(span.range());
        std::str::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }

    /// The bytes of the source as text.
    pub(super) fn written(&self, span: Span) -> &str {
        self.text(span)
    }

    pub(super) fn edit(&self, span: Span, text: impl Into<String>) -> Edit {
        Edit {
            source: self.source.id,
            span,
            text: text.into(),
        }
    }

    /// Puts a call behind another one of a chain: on a line of its own where that one has its own.
    pub(super) fn chained(&self, call: usize, text: &str) -> Edit {
        let call = &self.code.calls[call];
        let line = self.source.line_index(call.name_at.start);
        let start = self.source.line_span(line).start;
        let before = self.text(Span {
            start,
            end: call.name_at.start,
        });
        let indent = before.trim_start().len();
        let own_line = &before[indent..] == "." || before.trim_start() == ".";
        let at = Span::at(call.args_at.end as usize);
        // In Python a line that goes on with a backslash ends where none stands.
        let goes_on = line > 0 && {
            let above = self.source.line_span(line - 1);
            self.text(above).trim_end().ends_with('\\')
        };
        if own_line && line > 0 && !goes_on {
            let blank = &before[..before.len() - before.trim_start().len()];
            let end = self.line_break(line - 1);
            return self.edit(at, format!("{end}{blank}.{text}"));
        }
        self.edit(at, format!(".{text}"))
    }

    /// The line break that ends a line.
    fn line_break(&self, line: usize) -> &str {
        let span = self.source.line_span(line);
        let whole = self.source.full_line(span.start);
        self.text(Span {
            start: span.end,
            end: whole.end,
        })
    }

    /// The statement that ends with a call, its line with it; `None` where the line holds more.
    pub(super) fn statement_lines(&self, whole: Span) -> Option<Span> {
        let first = self.source.full_line(whole.start);
        let last = self.source.full_line(whole.end.saturating_sub(1));
        let before = self.text(Span {
            start: first.start,
            end: whole.start,
        });
        let after = self.text(Span {
            start: whole.end,
            end: last.end,
        });
        let ends = matches!(after.trim(), "" | ";");
        let above = self.text(Span {
            start: 0,
            end: first.start,
        });
        let goes_on = self.code_above(above).is_some_and(|line| needs_next(&line));
        (before.trim().is_empty() && ends && !goes_on).then_some(Span {
            start: first.start,
            end: last.end,
        })
    }

    fn is_in_text(&self, at: Span) -> bool {
        let texts = &self.code.texts;
        let after = texts.partition_point(|text| text.at.start <= at.start);
        let mut before = texts[..after].iter().rev().take(4);
        before.any(|text| text.at.contains(at) && text.at.start != at.start)
    }

    /// The last line of the source's beginning that holds more than a comment, without the comment behind it.
    fn code_above(&self, above: &str) -> Option<String> {
        let mark = match self.code.language {
            Language::Python => "#",
            _ => "//",
        };
        let mut lines = above.lines().rev().map(|line| {
            let start = line.as_ptr().addr() - above.as_ptr().addr();
            let mut marks = line.match_indices(mark).map(|(at, _)| at);
            let comment = marks.find(|at| !self.is_in_text(Span::at(start + at)));
            let code = line[..comment.unwrap_or(line.len())].trim();
            let is_comment = ["/*", "*"].iter().any(|mark| code.starts_with(mark));
            if is_comment { "" } else { code }
        });
        let line = lines.find(|line| !line.is_empty())?;
        // Java ends each statement with a mark; what ends with a parenthesis may be `if (...)`.
        let open = self.code.language == Language::Java && line.ends_with(')');
        Some(if open {
            format!("{line}:")
        } else {
            line.to_owned()
        })
    }

    /// The line of an import, where it holds nothing else.
    pub(super) fn import_line(&self, at: Span) -> Option<Span> {
        let line = self.source.full_line(at.start);
        let text = self.text(line).trim();
        let path = self.text(at);
        let alone = text
            .strip_prefix("import ")?
            .trim()
            .trim_end_matches(';')
            .trim();
        (alone == path).then_some(line)
    }

    /// What imports a class: nothing where it is already, `None` where no edit certainly does it.
    pub(super) fn import(&self, path: &str) -> Option<Vec<Edit>> {
        let own = path.rsplit('.').next()?;
        if self.means(own, &[path]) {
            return Some(Vec::new());
        }
        let code = self.code;
        let taken = code.imports.iter().any(|import| import.name == own)
            || code.classes.iter().any(|class| class.name == own);
        if taken || code.language == Language::Python {
            return None;
        }
        let lines: Vec<(&str, Span)> = code
            .imports
            .iter()
            .filter(|import| import.path.ends_with(&import.name) || import.name == "*")
            .filter_map(|import| Some((import.path.as_str(), self.import_line(import.at)?)))
            .filter(|(_, line)| self.text(*line).starts_with("import "))
            .collect();
        let root = path.split('.').next()?;
        let mut family = lines
            .iter()
            .filter(|(other, _)| other.split('.').next() == Some(root))
            .collect::<Vec<_>>();
        family.sort_by_key(|(_, line)| line.start);
        let above = family.iter().rev().find(|(other, _)| *other < path);
        let (at, like) = match (above, family.first(), lines.last()) {
            (None, Some((_, line)), _) => (line.start, *line),
            (Some((_, line)), ..) | (None, None, Some((_, line))) => (line.end, *line),
            _ => return None,
        };
        let like_text = self.text(like);
        if !like_text.ends_with('\n') {
            return None;
        }
        let old = code
            .imports
            .iter()
            .find(|import| like.contains(import.at))?;
        let text = like_text.replacen(self.text(old.at), path, 1);
        Some(vec![self.edit(Span::at(at as usize), text)])
    }

    /// The versions with which the source compiles at all, as far as what it uses of windows tells.
    pub(super) fn compiles_with(&self, versions: Versions) -> Versions {
        let code = self.code;
        let exact = |path: &str| code.imports.iter().any(|import| import.path == path);
        let scala = code.imports.iter().any(|import| {
            import
                .path
                .starts_with("org.apache.flink.streaming.api.scala")
        });
        let mut left = versions;
        if exact(WINDOW_TIME) || scala {
            left = left.and(BY_TIME);
        }
        let by_duration = self.windows().iter().any(|window| {
            let call = &code.calls[window.call];
            let maker = call
                .args
                .first()
                .and_then(|arg| self.call_of(&arg.expr, arg.at));
            maker.is_some_and(|(_, maker)| {
                maker
                    .args
                    .iter()
                    .any(|arg| self.is_duration(&arg.expr, arg.at))
            })
        });
        if by_duration {
            left = left.and(BY_DURATION);
        }
        left
    }

    fn is_duration(&self, expr: &Expr, at: Span) -> bool {
        match self.call_of(expr, at) {
            Some((_, call)) => self.is_on(call, &[DURATION]),
            None => false,
        }
    }

    /// An amount as windows of all these versions take it, with the import it needs.
    pub(super) fn amount(&self, millis: i128, versions: Versions) -> Option<(String, Vec<Edit>)> {
        let versions = self.compiles_with(versions);
        if versions.is_empty() {
            return None;
        }
        if self.code.language == Language::Python {
            return Some((millis.to_string(), Vec::new()));
        }
        let scala = self.code.imports.iter().any(|import| {
            import
                .path
                .starts_with("org.apache.flink.streaming.api.scala")
        });
        // Of the Scala API only the form that it always had is certain.
        if versions.within(BY_DURATION) && !scala {
            let import = self.import(DURATION)?;
            return Some((format!("Duration.{}", units(millis, DURATIONS)), import));
        }
        if versions.within(BY_TIME) {
            let import = self.import(WINDOW_TIME)?;
            return Some((format!("Time.{}", units(millis, TIMES)), import));
        }
        None
    }
}

const DURATIONS: [&str; 4] = ["ofMillis", "ofSeconds", "ofMinutes", "ofHours"];
const TIMES: [&str; 4] = ["milliseconds", "seconds", "minutes", "hours"];

/// The largest unit that holds an amount, short of reading `ofMinutes(1)` for half a minute.
fn units(millis: i128, names: [&str; 4]) -> String {
    let units = [(3_600_000, names[3]), (60_000, names[2]), (1000, names[1])];
    for (unit, name) in units {
        if millis != 0 && millis % unit == 0 {
            return format!("{name}({})", millis / unit);
        }
    }
    format!("{}({millis})", names[0])
}

/// Whether a line is no statement without the next: it goes on there, or governs it without a brace.
fn needs_next(line: &str) -> bool {
    let open = line.ends_with(['=', '(', ',', '.', '+', '\\', ':', '>', '?', '&', '|']);
    let governs = ["if", "while", "for", "else", "} else"].iter().any(|word| {
        let rest = line.strip_prefix(word);
        rest.is_some_and(|rest| rest.trim_start().is_empty() || rest.starts_with([' ', '(']))
    });
    let closed = line.ends_with(['{', ';', '}']);
    open || line.ends_with("return") || line.ends_with("else") || governs && !closed
}

/// An unsafe fix.
pub(super) fn risky(title: impl Into<String>, edits: Vec<Edit>, risk: &str) -> Fix {
    safe(title, edits).risky(risk)
}

#[cfg(test)]
mod tests {
    use super::needs_next;

    #[test]
    fn what_a_line_without_a_brace_governs_is_no_statement_of_its_own() {
        for line in [
            "if (local)",
            "} else if (x)",
            "while (x)",
            "else",
            "x =",
            "return",
            "if x:",
        ] {
            assert!(needs_next(line), "{line}");
        }
        for line in [
            "if (local) {",
            "}",
            "val env = get()",
            "format(x)",
            "a();",
            "if (x) a();",
        ] {
            assert!(!needs_next(line), "{line}");
        }
    }
}
