//! Objects that stand for options: state backends, where checkpoints are kept, restart strategies.

use super::super::names::camel;
use super::table::{BACKEND, DIR, INCREMENTAL, RESTARTS, STORAGE, Value};
use super::values::{resolved, text};
use crate::syntax::code::{Call, Code, Expr, Kind, Receiver};
use crate::text::Span;

/// Options by all their names, each with its value; `None` where nobody can tell.
pub(super) type Given = Vec<(&'static [&'static str], Option<String>)>;

/// The options that an object stands for.
pub(super) fn given(code: &Code, value: Value, expr: &Expr, at: Span) -> Given {
    match value {
        Value::Backend => backend(code, expr, at),
        Value::Storage => storage(code, expr, at),
        _ => restarts(code, expr, at),
    }
}

/// The call that makes an object. Python makes one by calling its class.
fn made<'c>(code: &'c Code, expr: &'c Expr, at: Span) -> Option<&'c Call> {
    let Expr::Call(number) = resolved(code, expr, at) else {
        return None;
    };
    let call = code.calls.get(*number)?;
    let is_class = call
        .name
        .starts_with(|first: char| first.is_ascii_uppercase());
    (call.kind == Kind::New || is_class && call.receiver == Receiver::None).then_some(call)
}

fn backend(code: &Code, expr: &Expr, at: Span) -> Given {
    let Some(call) = made(code, expr, at) else {
        return vec![
            (BACKEND, None),
            (INCREMENTAL, None),
            (DIR, None),
            (STORAGE, None),
        ];
    };
    let value = |index: usize| {
        call.args
            .get(index)
            .map(|own| text(code, &own.expr, own.at))
    };
    let name = |name: &str| Some(name.to_owned());
    match call.name.as_str() {
        "EmbeddedRocksDBStateBackend" => {
            let mut given: Given = vec![(BACKEND, name("rocksdb"))];
            given.extend(value(0).map(|incremental| (INCREMENTAL, incremental)));
            given
        }
        "HashMapStateBackend" => vec![(BACKEND, name("hashmap"))],
        // The old ones say where checkpoints are kept, too.
        "RocksDBStateBackend" => {
            let mut given: Given = vec![(BACKEND, name("rocksdb")), (STORAGE, name("filesystem"))];
            given.extend(value(0).map(|dir| (DIR, dir)));
            given.extend(value(1).map(|incremental| (INCREMENTAL, incremental)));
            given
        }
        "FsStateBackend" => {
            let mut given: Given = vec![(BACKEND, name("hashmap")), (STORAGE, name("filesystem"))];
            given.extend(value(0).map(|dir| (DIR, dir)));
            given
        }
        "MemoryStateBackend" => vec![
            (BACKEND, name("hashmap")),
            (STORAGE, name("jobmanager")),
            (DIR, None),
        ],
        _ => vec![
            (BACKEND, None),
            (INCREMENTAL, None),
            (DIR, None),
            (STORAGE, None),
        ],
    }
}

fn storage(code: &Code, expr: &Expr, at: Span) -> Given {
    let filesystem = || Some("filesystem".to_owned());
    if let Expr::Text(dir) = resolved(code, expr, at) {
        return vec![(STORAGE, filesystem()), (DIR, Some(dir.clone()))];
    }
    let call = made(code, expr, at);
    match call.map(|call| (call.name.as_str(), call.args.first())) {
        Some(("FileSystemCheckpointStorage", Some(first))) => {
            let dir = text(code, &first.expr, first.at);
            vec![(STORAGE, filesystem()), (DIR, dir)]
        }
        Some(("JobManagerCheckpointStorage", _)) => {
            vec![(STORAGE, Some("jobmanager".to_owned())), (DIR, None)]
        }
        _ => vec![(STORAGE, None), (DIR, None)],
    }
}

/// The strategies of `RestartStrategies` and of its counterpart in Python.
fn restarts(code: &Code, expr: &Expr, at: Span) -> Given {
    const STRATEGIES: [(&str, &str); 5] = [
        ("noRestart", "none"),
        ("fixedDelayRestart", "fixed-delay"),
        ("failureRateRestart", "failure-rate"),
        ("exponentialDelayRestart", "exponential-delay"),
        ("fallBackRestart", ""),
    ];
    const ATTEMPTS: &[&str] = &["restart-strategy.fixed-delay.attempts"];
    const DELAY: &[&str] = &["restart-strategy.fixed-delay.delay"];
    let call = match resolved(code, expr, at) {
        Expr::Call(number) => code.calls.get(*number),
        _ => None,
    };
    let on_class = |call: &&Call| match &call.receiver {
        Receiver::Name(class) => class.ends_with("RestartStrategies"),
        _ => false,
    };
    let Some(call) = call.filter(on_class) else {
        return vec![(RESTARTS, None)];
    };
    let name = camel(&call.name);
    let strategy = STRATEGIES.iter().find(|(own, _)| *own == name);
    match strategy {
        // What the cluster says counts.
        Some((_, "")) => Vec::new(),
        Some((_, "fixed-delay")) => {
            let value = |index: usize| {
                let argument = call.args.get(index)?;
                text(code, &argument.expr, argument.at)
            };
            let delay = call.args.get(1);
            let delay = delay.and_then(|own| super::values::milliseconds(code, &own.expr, own.at));
            vec![
                (RESTARTS, Some("fixed-delay".to_owned())),
                (ATTEMPTS, value(0)),
                (DELAY, delay),
            ]
        }
        Some((_, strategy)) => vec![(RESTARTS, Some((*strategy).to_owned()))],
        None => vec![(RESTARTS, None)],
    }
}
