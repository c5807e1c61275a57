//! Reads a rule page: front matter for the machine, text for people, examples that are the tests. The
//! pages of `rules/` and those of an organisation's own policies have one format and one reader.

use crate::text::Span;
use crate::words;

mod data;
mod front;
mod judge;
mod matter;
mod policy;

pub use data::{
    Check, Condition, DeclaredFix, DefaultValue, Fixes, FrontMatter, Group, OptionValue, Pattern,
    Space, Test,
};
pub use front::{
    CHECK_WORDS, CONDITION_WORDS, CheckText, FIX_WORDS, FixText, Front, REQUIREMENTS, TestText,
    WORDS,
};
pub(crate) use judge::{kernel_order, kind};
pub use matter::Text;
pub use policy::{DEPLOYMENT, Policy};

/// A page that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct PageError {
    /// Line of the page, from 1.
    pub line: usize,
    /// Column in code points, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl PageError {
    /// At a place of a page.
    fn at(page: &str, at: Span, message: impl Into<String>) -> Self {
        let mut start = (at.start as usize).min(page.len());
        while !page.is_char_boundary(start) {
            start -= 1;
        }
        let before = &page[..start];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        PageError {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        }
    }

    /// At the beginning of a line.
    fn in_line(line: usize, message: impl Into<String>) -> Self {
        PageError {
            line,
            column: 1,
            message: message.into(),
        }
    }
}

/// One page.
#[derive(Clone, Debug)]
pub struct Page {
    /// What the front matter says.
    pub front: Front,
    /// The name in the title.
    pub name: String,
    /// The line of the title, from 1.
    pub name_line: usize,
    /// The first paragraph.
    pub summary: String,
    /// The first paragraph below `## Why`, as one line; empty where there is none.
    pub why: String,
    /// The names of the `##` headings in their order.
    pub headings: Vec<String>,
    /// The examples in their order.
    pub examples: Vec<Example>,
}

/// Files that show a rule, with what it says about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Whether the rule fires.
    pub bad: bool,
    /// `version=` of the first fence.
    pub version: Option<String>,
    /// Path and text of each file.
    pub files: Vec<(String, String)>,
    /// Path and text of the files before a change, for rules that speak of changes.
    pub before: Vec<(String, String)>,
    /// The recorded output, for bad examples.
    pub output: Option<String>,
    /// The recorded patch, where a fix exists.
    pub diff: Option<String>,
    /// Line of its first fence, from 1.
    pub line: usize,
    /// Line (from 0) after the example's last fence: where new recordings go.
    pub end: usize,
}

/// The page without its front matter: what people read.
pub fn body(text: &str) -> &str {
    text.strip_prefix("---\n")
        .and_then(|rest| rest.find("\n---\n").map(|end| &rest[end + 5..]))
        .unwrap_or(text)
        .trim_start()
}

impl Page {
    /// Reads a page whose lines end with a line feed.
    pub fn parse(text: &str) -> Result<Self, PageError> {
        let front_text = text
            .strip_prefix("---\n")
            .and_then(|rest| rest.split("\n---\n").next().filter(|own| *own != rest))
            .ok_or_else(|| {
                PageError::in_line(1, "a page starts with front matter between `---` lines")
            })?;
        let mut page = Page {
            front: Front::read(text, 4..4 + front_text.len())?,
            name: String::new(),
            name_line: 1,
            summary: String::new(),
            why: String::new(),
            headings: Vec::new(),
            examples: Vec::new(),
        };
        let lines: Vec<&str> = text.lines().collect();
        let mut at = front_text.lines().count() + 2;
        let (mut in_summary, mut in_why) = (false, false);
        while at < lines.len() {
            let line = lines[at];
            // The summary is a paragraph: what wraps its lines does not cut it.
            let goes_on = in_summary && !line.trim().is_empty() && !line.starts_with(['#', '`']);
            in_summary = goes_on;
            if goes_on {
                page.summary.push(' ');
                page.summary.push_str(line.trim());
            } else if let Some(title) = line.strip_prefix("# ").filter(|_| page.name.is_empty()) {
                page.name_line = at + 1;
                page.name = title.trim().to_owned();
            } else if let Some(heading) = line.strip_prefix("## ") {
                page.headings.push(heading.trim().to_owned());
                in_why = heading.trim() == "Why" && page.why.is_empty();
            } else if let Some(info) = line.strip_prefix("```") {
                let end = (at + 1..lines.len())
                    .find(|&index| lines[index].trim_end() == "```")
                    .ok_or_else(|| PageError::in_line(at + 1, "this fence has no end"))?;
                let mut text = lines[at + 1..end].join("\n");
                if end > at + 1 {
                    text.push('\n');
                }
                page.fence(info, text, at + 1, end + 1)?;
                at = end;
                in_why = false;
            } else if page.summary.is_empty() && !page.name.is_empty() && !line.trim().is_empty() {
                page.summary = line.trim().to_owned();
                in_summary = true;
            } else if in_why && line.trim().is_empty() {
                in_why = page.why.is_empty();
            } else if in_why {
                let space = if page.why.is_empty() { "" } else { " " };
                page.why.push_str(space);
                page.why.push_str(line.trim());
            }
            at += 1;
        }
        if page.name.is_empty() || page.summary.is_empty() {
            let message = "a page has a title `# name` and a summary below it";
            return Err(PageError::in_line(1, message));
        }
        Ok(page)
    }

    /// One fenced block: `PATH bad [version=V]`, `PATH good`, `PATH also`, `PATH before`, `text output`, `diff fix`.
    fn fence(
        &mut self,
        info: &str,
        text: String,
        line: usize,
        end: usize,
    ) -> Result<(), PageError> {
        let mut said = info.split_whitespace();
        let (path, mark) = (said.next().unwrap_or(""), said.next().unwrap_or(""));
        let mut version = None;
        for word in said.filter(|_| matches!(mark, "bad" | "good")) {
            version = word.strip_prefix("version=");
            if version.is_none() {
                let message = format!("unknown word `{word}`; write `version=1.20`, or nothing");
                return Err(PageError::in_line(line, message));
            }
        }
        match mark {
            "bad" | "good" => self.examples.push(Example {
                bad: mark == "bad",
                version: version.map(str::to_owned),
                files: vec![(path.to_owned(), text)],
                before: Vec::new(),
                output: None,
                diff: None,
                line,
                end,
            }),
            "also" | "before" | "output" | "fix" => {
                let Some(example) = self.examples.last_mut() else {
                    return Err(PageError::in_line(line, "this block follows no example"));
                };
                match mark {
                    "also" => example.files.push((path.to_owned(), text)),
                    "before" => example.before.push((path.to_owned(), text)),
                    "output" => example.output = Some(text),
                    _ => example.diff = Some(text),
                }
                example.end = end;
            }
            "" if matches!(path, "bad" | "good") => {
                let message = format!("name a file before `{path}`: ```flink-conf.yaml {path}");
                return Err(PageError::in_line(line, message));
            }
            // Blocks of other languages may say what they like, but no example goes unseen.
            _ => {
                let known = ["bad", "good", "also", "output", "fix"];
                if let Some(near) = words::nearest(mark, known.into_iter()) {
                    let message = format!("unknown mark `{mark}`; did you mean `{near}`?");
                    return Err(PageError::in_line(line, message));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "---\nseverity: warning\ngroup: performance\nversions: all\nfix: safe\n---\n# a-rule\n\nSays it.\n\n## Example\n\n```flink-conf.yaml bad version=1.20\na: 1\n```\n\n```text output\nx\n```\n";

    #[test]
    fn examples_keep_their_files_and_recordings() {
        let page = Page::parse(PAGE).expect("a valid page");
        assert_eq!(page.name, "a-rule");
        assert_eq!(page.summary, "Says it.");
        assert_eq!(page.examples.len(), 1);
        let example = &page.examples[0];
        assert_eq!(example.version.as_deref(), Some("1.20"));
        assert_eq!(
            example.files,
            [("flink-conf.yaml".to_owned(), "a: 1\n".to_owned())]
        );
        assert_eq!(example.output.as_deref(), Some("x\n"));
        assert!(body(PAGE).starts_with("# a-rule"));
    }

    #[test]
    fn mistakes_in_a_page_have_a_line() {
        let unknown = PAGE.replace("fix: safe", "fux: safe");
        assert_eq!(
            Page::parse(&unknown).map_err(|error| error.line).err(),
            Some(5)
        );
        let open = PAGE.replace("x\n```\n", "x\n");
        assert!(Page::parse(&open).is_err());
    }
}
