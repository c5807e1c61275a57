//! What a call is made on, where the text of the file leaves no doubt.

use super::{Job, LONGEST};
use crate::syntax::code::{Call, Expr, Receiver};
use crate::text::Span;

/// A class of Flink whose methods are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Owner {
    /// `StreamExecutionEnvironment`
    Environment,
    /// `CheckpointConfig`
    Checkpoints,
    /// `ExecutionConfig`
    Config,
    /// `DataStream` and what is made of it.
    Stream,
    /// `StreamTableEnvironment` and `TableEnvironment`
    Tables,
}

const ENVIRONMENT: &str = "org.apache.flink.streaming.api.environment.StreamExecutionEnvironment";
const SCALA_ENVIRONMENT: &str = "org.apache.flink.streaming.api.scala.StreamExecutionEnvironment";
const CHECKPOINTS: &str = "org.apache.flink.streaming.api.environment.CheckpointConfig";
const CONFIG: &str = "org.apache.flink.api.common.ExecutionConfig";
const KEYED: &str = "org.apache.flink.streaming.api.datastream.KeyedStream";
const TABLES: &str = "org.apache.flink.table.api.bridge.java.StreamTableEnvironment";
const PLAIN_TABLES: &str = "org.apache.flink.table.api.TableEnvironment";

/// The classes that a variable may be declared with, and what they are.
const DECLARED: [(&str, Owner); 11] = [
    (ENVIRONMENT, Owner::Environment),
    (SCALA_ENVIRONMENT, Owner::Environment),
    (CHECKPOINTS, Owner::Checkpoints),
    (CONFIG, Owner::Config),
    (KEYED, Owner::Stream),
    (
        "org.apache.flink.streaming.api.datastream.DataStream",
        Owner::Stream,
    ),
    (
        "org.apache.flink.streaming.api.datastream.DataStreamSource",
        Owner::Stream,
    ),
    (
        "org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator",
        Owner::Stream,
    ),
    (TABLES, Owner::Tables),
    (PLAIN_TABLES, Owner::Tables),
    (
        "org.apache.flink.table.api.bridge.scala.StreamTableEnvironment",
        Owner::Tables,
    ),
];

/// Methods of an environment that give a stream.
const SOURCES: [&str; 13] = [
    "addSource",
    "fromSource",
    "fromElements",
    "fromCollection",
    "fromData",
    "fromSequence",
    "generateSequence",
    "readTextFile",
    "readFile",
    "socketTextStream",
    "fromParallelCollection",
    "createInput",
    "fromDataStream",
];

/// Methods of a stream that give one.
const STREAMS: [&str; 27] = [
    "map",
    "flatMap",
    "filter",
    "keyBy",
    "process",
    "union",
    "name",
    "uid",
    "setParallelism",
    "setMaxParallelism",
    "returns",
    "rebalance",
    "shuffle",
    "rescale",
    "global",
    "forward",
    "broadcast",
    "assignTimestampsAndWatermarks",
    "sum",
    "min",
    "max",
    "minBy",
    "maxBy",
    "reduce",
    "disableChaining",
    "startNewChain",
    "slotSharingGroup",
];

impl Owner {
    /// The class by which the table of methods knows it.
    pub(in crate::rules) fn class(self) -> &'static str {
        match self {
            Owner::Environment => ENVIRONMENT,
            Owner::Checkpoints => CHECKPOINTS,
            Owner::Config => CONFIG,
            Owner::Stream => KEYED,
            Owner::Tables => TABLES,
        }
    }
}

/// What a call is made on.
pub(in crate::rules) fn owner(job: &Job, call: &Call) -> Option<Owner> {
    match &call.receiver {
        Receiver::Name(name) => of_name(job, name, call.name_at, 6),
        Receiver::Call(before) => of_call(job, *before, 6),
        _ => None,
    }
}

/// What a name holds: its declarations in sight must agree.
fn of_name(job: &Job, name: &str, at: Span, depth: usize) -> Option<Owner> {
    if depth == 0 {
        return None;
    }
    // `env.getConfig` of Scala
    if let Some((before, last)) = name.rsplit_once('.')
        && let Some(step) = step(last)
        && of_name(job, before, at, depth - 1) == Some(Owner::Environment)
    {
        return Some(step);
    }
    let bare = name.strip_prefix("this.").unwrap_or(name);
    // A name that is given a value this often is written by a program.
    if job.code.given(bare).len() > LONGEST {
        return None;
    }
    let mut found = None;
    let with_this = job.code.given(name).filter(|_| bare != name);
    for variable in job.code.given(bare).chain(with_this) {
        if !variable.scope.contains(at) {
            continue;
        }
        let own = match &variable.ty {
            Some(ty) => of_type(job, ty),
            None => of_value(job, &variable.value, variable.at, depth - 1),
        }?;
        if found.is_some_and(|found| found != own) {
            return None;
        }
        found = Some(own);
    }
    let field = || {
        let fields = job.code.classes.iter().flat_map(|class| &class.fields);
        let mut own = fields.filter(|field| field.name == bare);
        let first = own.next()?;
        let is_only = own.next().is_none();
        is_only.then(|| of_type(job, &first.ty)).flatten()
    };
    found.or_else(field)
}

fn of_type(job: &Job, ty: &str) -> Option<Owner> {
    let bare = ty.split(['<', '[']).next().unwrap_or(ty);
    let found = DECLARED.iter().find(|(class, _)| job.means(bare, &[class]));
    found.map(|(_, owner)| *owner)
}

fn of_value(job: &Job, value: &Expr, at: Span, depth: usize) -> Option<Owner> {
    match value {
        Expr::Call(call) => of_call(job, *call, depth),
        Expr::Name(name) if name.ends_with(".getExecutionEnvironment") => {
            let class = name.strip_suffix(".getExecutionEnvironment")?;
            job.means(class, &[ENVIRONMENT, SCALA_ENVIRONMENT])
                .then_some(Owner::Environment)
        }
        Expr::Name(name) => of_name(job, name, at, depth),
        _ => None,
    }
}

/// What a method of an environment gives without arguments.
fn step(method: &str) -> Option<Owner> {
    match method {
        "getCheckpointConfig" | "checkpointConfig" => Some(Owner::Checkpoints),
        "getConfig" | "config" => Some(Owner::Config),
        _ => None,
    }
}

/// What a call gives: the root of its chain first, then call after call.
fn of_call(job: &Job, number: usize, depth: usize) -> Option<Owner> {
    let mut chain = vec![job.code.calls.get(number)?];
    while let Some(Receiver::Call(before)) = chain.last().map(|call| &call.receiver) {
        chain.push(job.code.calls.get(*before)?);
        if chain.len() > LONGEST {
            return None;
        }
    }
    let depth = depth.checked_sub(usize::from(chain.len() == 1 || depth == 6))?;
    let root = chain.pop()?;
    let Receiver::Name(name) = &root.receiver else {
        return None;
    };
    let mut own = match made(job, root, name) {
        Some(made) => made,
        None => next(of_name(job, name, root.name_at, depth)?, &root.name)?,
    };
    for call in chain.iter().rev() {
        own = next(own, &call.name)?;
    }
    Some(own)
}

/// What a method of a class makes.
fn made(job: &Job, call: &Call, class: &str) -> Option<Owner> {
    let makes_environment = matches!(
        call.name.as_str(),
        "getExecutionEnvironment"
            | "createLocalEnvironment"
            | "createLocalEnvironmentWithWebUI"
            | "createRemoteEnvironment"
    );
    if makes_environment && job.means(class, &[ENVIRONMENT, SCALA_ENVIRONMENT]) {
        return Some(Owner::Environment);
    }
    let is_tables = call.name == "create" && of_type(job, class) == Some(Owner::Tables);
    is_tables.then_some(Owner::Tables)
}

/// What a method gives.
fn next(own: Owner, method: &str) -> Option<Owner> {
    match own {
        Owner::Environment if SOURCES.contains(&method) => Some(Owner::Stream),
        Owner::Environment if matches!(method, "setParallelism" | "enableCheckpointing") => {
            Some(Owner::Environment)
        }
        Owner::Environment => step(method),
        Owner::Stream if STREAMS.contains(&method) => Some(Owner::Stream),
        _ => None,
    }
}
