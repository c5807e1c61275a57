//! The fix of `old-state-backend`: the state backend and the checkpoint storage that the old class was.
//!
//! The old class is both, and as storage it wins over any other (`CheckpointStorageLoader`), so only a
//! source that names one backend and no storage certainly means the same afterwards. The old constructor
//! of `RocksDB` throws `IOException`, and to catch what nothing throws does not compile.

use crate::finding::Fix;
use crate::flink::version::Versions;
use crate::syntax::code::{Call, Expr, Kind, Language, Receiver};
use crate::text::{Edit, Span};

use super::Job;
use super::assigners::words;
use super::edits::risky;
use super::receiver::{self, Owner};
use crate::rules::claim;

const HASH_MAP: &str = "org.apache.flink.runtime.state.hashmap.HashMapStateBackend";
const ROCKS_DB: &str = "org.apache.flink.contrib.streaming.state.EmbeddedRocksDBStateBackend";
const JOB_MANAGER: &str = "org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage";

/// What a constructor of an old class says: the expression of the new backend, the argument of
/// `setCheckpointStorage`, and the classes that they need.
struct Pair {
    backend: String,
    storage: String,
    classes: Vec<&'static str>,
}

/// Replaces an old backend, given by its class with its package, by the pair; only where all versions
/// have both and the statement stands by itself.
pub(super) fn split(job: &Job, class: &str, versions: Versions) -> Option<Fix> {
    if job.code.language != Language::Java || !versions.within(Versions::LEGACY) {
        return None;
    }
    let calls = &job.code.calls;
    let storage = |call: &Call| call.name == "setCheckpointStorage";
    let mut setters = calls.iter().enumerate();
    let (number, setter) = setters.find(|(_, call)| call.name == "setStateBackend")?;
    let more = setters.any(|(_, call)| call.name == "setStateBackend");
    if more || calls.iter().any(storage) {
        return None;
    }
    let Receiver::Name(environment) = &setter.receiver else {
        return None;
    };
    if receiver::owner(job, setter) != Some(Owner::Environment) {
        return None;
    }
    let [argument] = setter.args.as_slice() else {
        return None;
    };
    let Expr::Call(made) = argument.expr else {
        return None;
    };
    let pair = pair(job, calls.get(made)?, argument.at, class)?;
    let is_value = setter.inside.is_some() || job.code.after(number).next().is_some();
    if is_value || !stands_alone(job, setter.whole) {
        return None;
    }
    let lines = job.statement_lines(setter.whole)?;
    let first = job.source.full_line(setter.whole.start);
    let blank = job.written(Span {
        start: first.start,
        end: setter.whole.start,
    });
    let whole = job.written(lines);
    let end = &whole[whole.trim_end_matches(['\r', '\n']).len()..];
    if end.is_empty() || !whole.trim_end().ends_with(';') {
        return None;
    }
    let statement = format!(
        "{blank}{environment}.getCheckpointConfig().setCheckpointStorage({});{end}",
        pair.storage
    );
    let mut edits = imports(job, class, &pair.classes)?;
    edits.push(job.edit(argument.at, pair.backend));
    edits.push(job.edit(Span::at(lines.end as usize), statement));
    edits.sort();
    // Two edits at one place have no order.
    if edits.windows(2).any(|two| two[0].span.touches(two[1].span)) {
        return None;
    }
    let mut fix = risky(
        "use a state backend and a checkpoint storage",
        edits,
        "a checkpoint storage that code outside this file sets counts afterwards; the old class won over it",
    );
    // What nobody can tell stands there in the words of the source.
    let words = job.written(argument.at);
    let set = job.document.settings.iter();
    let unknown = set.filter(|setting| setting.key_at == setter.name_at && setting.value == words);
    fix.claims = unknown
        .map(|setting| claim(job.document, &setting.key, Some(&pair.storage)))
        .collect();
    Some(fix)
}

fn pair(job: &Job, made: &Call, at: Span, class: &str) -> Option<Pair> {
    let own = class.rsplit('.').next()?;
    if made.kind != Kind::New || made.name != own || !job.means(own, &[class]) {
        return None;
    }
    let written: Vec<&str> = made.args.iter().map(|arg| job.written(arg.at)).collect();
    // Nothing else stands there, such as a comment, a cast or a package.
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    if plain(job.written(at)) != plain(&format!("new {own}({})", written.join(","))) {
        return None;
    }
    let is_text = |expr: &Expr, at: Span| match expr {
        Expr::Text(_) => true,
        Expr::Name(name) => {
            let held = job.code.value_of(name, at);
            held.is_some_and(|held| matches!(held.value, Expr::Text(_)))
        }
        _ => false,
    };
    let mut args = made.args.iter();
    let dir = args.next();
    let flag = args.next().map(|flag| &flag.expr);
    if args.next().is_some()
        || dir.is_some_and(|dir| !is_text(&dir.expr, dir.at))
        || flag.is_some_and(|flag| !matches!(flag, Expr::Boolean(_)))
    {
        return None;
    }
    match (own, written.as_slice()) {
        ("MemoryStateBackend", []) => Some(Pair {
            backend: "new HashMapStateBackend()".to_owned(),
            storage: "new JobManagerCheckpointStorage()".to_owned(),
            classes: vec![HASH_MAP, JOB_MANAGER],
        }),
        // Snapshots are asynchronous whatever the second argument is.
        ("FsStateBackend", [dir, ..]) => Some(Pair {
            backend: "new HashMapStateBackend()".to_owned(),
            storage: (*dir).to_owned(),
            classes: vec![HASH_MAP],
        }),
        ("RocksDBStateBackend", [dir, flag @ ..]) if !catches_more(job) => Some(Pair {
            backend: format!("new EmbeddedRocksDBStateBackend({})", flag.concat()),
            storage: (*dir).to_owned(),
            classes: vec![ROCKS_DB],
        }),
        _ => None,
    }
}

/// Imports the new classes; the old import goes where nothing else uses the name.
fn imports(job: &Job, old: &str, new: &[&'static str]) -> Option<Vec<Edit>> {
    let own = old.rsplit('.').next()?;
    let mut edits = Vec::new();
    for class in new {
        edits.extend(job.import(class)?);
    }
    let import = job.code.imports.iter().find(|import| import.path == old);
    if let Some(import) = import
        && words(&blank_out(job)?, own) == 2
        && let Some(line) = job.import_line(import.at)
    {
        // Imports that are put in beside it take its place.
        edits.sort();
        let beside = |edit: &Edit| edit.span.is_empty() && edit.span.touches(line);
        let taken: String = edits
            .iter()
            .filter(|edit| beside(edit))
            .map(|edit| &*edit.text)
            .collect();
        edits.retain(|edit| !beside(edit));
        edits.push(job.edit(line, taken));
    }
    Some(edits)
}

/// Whether a statement stands between others, in braces: below an `if` without them a second one would
/// not belong to it.
fn stands_alone(job: &Job, whole: Span) -> bool {
    let Some(text) = blank_out(job) else {
        return false;
    };
    let before = text.get(..whole.start as usize).unwrap_or_default();
    before.trim_end().ends_with([';', '{', '}'])
}

/// Whether a `catch` names more than what anything may throw.
fn catches_more(job: &Job) -> bool {
    let Some(text) = blank_out(job) else {
        return true;
    };
    let mut rest = text.as_str();
    while let Some(at) = rest.find("catch") {
        rest = &rest[at + "catch".len()..];
        let Some(inner) = rest.trim_start().strip_prefix('(') else {
            continue;
        };
        let inner = inner.split(')').next().unwrap_or_default();
        let types = inner.trim_start().trim_start_matches("final ").trim_end();
        let types = types.rsplit_once(char::is_whitespace);
        let all = ["Exception", "Throwable", "RuntimeException"];
        if !types.is_some_and(|(types, _)| all.contains(&types.trim())) {
            return true;
        }
    }
    false
}

/// The text of a source of Java with blanks for what comments and texts hold, each byte in its place.
fn blank_out(job: &Job) -> Option<String> {
    let mut bytes = job.source.bytes.clone();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (open, close): (usize, &[u8]) = match rest {
            [b'/', b'/', ..] => (2, b"\n"),
            [b'/', b'*', ..] => (2, b"*/"),
            [b'"', b'"', b'"', ..] => (3, b"\"\"\""),
            [b'"', ..] => (1, b"\""),
            [b'\'', ..] => (1, b"'"),
            _ => {
                at += 1;
                continue;
            }
        };
        let is_comment = rest[0] == b'/';
        let mut end = open;
        while end < rest.len() && !rest[end..].starts_with(close) {
            let escapes = !is_comment && rest[end] == b'\\';
            end += 1 + usize::from(escapes);
        }
        let end = (at + end + close.len()).min(bytes.len());
        for byte in &mut bytes[at..end] {
            if !byte.is_ascii_whitespace() {
                *byte = b' ';
            }
        }
        at = end;
    }
    String::from_utf8(bytes).ok()
}
