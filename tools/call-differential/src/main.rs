//! Compares the calls that flint reads in job sources with those of tree-sitter's grammars.
//!
//!     cargo run -- FOLDER...                   every source below that imports Flink
//!     cargo run -- --all FOLDER...             every source below
//!     cargo run -- --golden FILE...            shapes: each text between `=== java: name` and `---`
//!
//! Compared are the calls with arguments in parentheses: where the name stands, and how many arguments
//! there are. Where tree-sitter itself has an error, nothing is compared. Exits with 1 where a difference
//! is left.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use flint::syntax::code::{self, Language};
use flint::text::{Source, SourceId};

mod grammar;

use grammar::Theirs;

/// Calls by the place of their name, with the number of their arguments.
type Calls = BTreeMap<usize, usize>;

/// What is counted of one language.
#[derive(Default)]
struct Count {
    files: usize,
    broken: usize,
    skipped: usize,
    same: usize,
    ours: usize,
    theirs: usize,
    args: usize,
}

fn main() -> ExitCode {
    let mut counts: BTreeMap<&'static str, Count> = BTreeMap::new();
    let (mut all, mut golden) = (false, false);
    let mut paths = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--all" => all = true,
            "--golden" => golden = true,
            path => paths.push(PathBuf::from(path)),
        }
    }
    let mut files = Vec::new();
    for path in paths {
        walk(&path, &mut files);
    }
    files.sort();
    for path in files {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let shown = path.display().to_string();
        if golden {
            for (line, language, text) in shapes(&text) {
                compare(&format!("{shown} {line}"), text, language, &mut counts);
            }
        } else if let Some(language) = Language::of_path(&shown)
            && (all || text.contains("org.apache.flink") || text.contains("pyflink"))
        {
            compare(&shown, &text, language, &mut counts);
        }
    }
    let mut left = 0;
    for (language, count) in &counts {
        println!(
            "{language}: {} files ({} with errors of the grammar, {} calls there not compared), {} calls the same; \
             {} only flint's, {} only tree-sitter's, {} with another number of arguments",
            count.files,
            count.broken,
            count.skipped,
            count.same,
            count.ours,
            count.theirs,
            count.args
        );
        left += count.ours + count.theirs + count.args;
    }
    ExitCode::from(u8::from(left > 0))
}

fn walk(path: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(path) else {
        out.push(path.to_owned());
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_link = path.is_symlink();
        if path.is_dir() && !is_link {
            walk(&path, out);
        } else if !is_link {
            out.push(path);
        }
    }
}

/// The sources in a file of shapes.
fn shapes(text: &str) -> Vec<(&str, Language, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("=== ") {
        let (line, after) = rest[start..]
            .split_once('\n')
            .unwrap_or((&rest[start..], ""));
        let end = after.find("\n---\n").map_or(after.len(), |end| end + 1);
        let extension = line[4..].split(':').next().unwrap_or_default();
        let language = [
            Language::Java,
            Language::Scala,
            Language::Kotlin,
            Language::Python,
        ]
        .into_iter()
        .find(|language| language.name() == extension);
        found.extend(language.map(|language| (line, language, &after[..end])));
        rest = &after[end..];
    }
    found
}

fn compare(path: &str, text: &str, language: Language, counts: &mut BTreeMap<&'static str, Count>) {
    let source = Source::new(SourceId(0), path, text);
    let read = code::read(&source, language);
    let mut ours = Calls::new();
    for call in &read.calls {
        let at = call.args_at;
        if text.as_bytes().get(at.start as usize) == Some(&b'(') {
            let inside = call.args.iter().filter(|arg| at.contains(arg.at));
            ours.insert(call.name_at.start as usize, inside.count());
        }
    }
    let theirs = Theirs::read(text, language);
    let count = counts.entry(language.name()).or_default();
    count.files += 1;
    count.broken += usize::from(!theirs.errors.is_empty());
    let in_error = |at: usize| theirs.errors.iter().any(|range| range.contains(&at));
    let show = |at: usize, what: &str| {
        let line = text[..at].matches('\n').count() + 1;
        let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let shown = text[start..].lines().next().unwrap_or_default().trim();
        let name: String = text[at..].chars().take(24).collect();
        println!(
            "{path}:{line}: {what} [{}]  {shown}",
            name.lines().next().unwrap_or_default()
        );
    };
    for (&at, &args) in &ours {
        if in_error(at) {
            count.skipped += 1;
            continue;
        }
        match theirs.calls.get(&at) {
            Some(&other) if other == args => count.same += 1,
            Some(&other) => {
                count.args += 1;
                show(
                    at,
                    &format!("{} {args} arguments, not {other}", language.name()),
                );
            }
            None => {
                count.ours += 1;
                show(at, &format!("{} only flint", language.name()));
            }
        }
    }
    for &at in theirs.calls.keys() {
        if !ours.contains_key(&at) && !in_error(at) {
            count.theirs += 1;
            show(at, &format!("{} only tree-sitter", language.name()));
        }
    }
}
