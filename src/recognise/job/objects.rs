//! What the names of a source stand for, as far as options go: the environment, and what is got from it.

use super::names::camel;
use crate::syntax::code::{Call, Code, Expr, Receiver};
use crate::text::Span;

/// How often a name may stand for another.
const DEPTH: usize = 6;

/// What a name or the result of a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// `StreamExecutionEnvironment`.
    Environment,
    /// `ExecutionConfig`.
    Execution,
    /// `CheckpointConfig`.
    Checkpoints,
    /// `TableEnvironment` and what extends it.
    Tables,
    /// `TableConfig`.
    TableConfig,
    /// The `Configuration` of one of these.
    Options,
    /// A new `Configuration`, which nothing reads by itself.
    NewOptions,
}

/// The object that a method is called on.
pub fn receiver(code: &Code, call: &Call) -> Option<Object> {
    of_receiver(code, &call.receiver, call.name_at, DEPTH)
}

/// The object that an expression is.
pub fn of(code: &Code, expr: &Expr, at: Span) -> Option<Object> {
    of_expr(code, expr, at, DEPTH)
}

fn of_expr(code: &Code, expr: &Expr, at: Span, depth: usize) -> Option<Object> {
    match expr {
        Expr::Name(name) => of_name(code, name, at, depth),
        Expr::Call(number) => of_call(code, code.calls.get(*number)?, depth),
        _ => None,
    }
}

fn of_receiver(code: &Code, receiver: &Receiver, at: Span, depth: usize) -> Option<Object> {
    match receiver {
        Receiver::Name(name) => of_name(code, name, at, depth),
        Receiver::Call(number) => of_call(code, code.calls.get(*number)?, depth),
        Receiver::None | Receiver::Other => None,
    }
}

fn of_name(code: &Code, name: &str, at: Span, depth: usize) -> Option<Object> {
    let depth = depth.checked_sub(1)?;
    if let Some(variable) = code.value_of(name, at) {
        let made = of_expr(code, &variable.value, variable.at, depth);
        return made.or_else(|| of_type(code, variable.ty.as_deref()?));
    }
    // Scala calls a method without parentheses, Kotlin gets a property.
    let (on, last) = name.rsplit_once('.')?;
    if creates(code, on, last) {
        return Some(Object::Environment);
    }
    let mut letters = last.chars();
    let first = letters.next()?.to_ascii_uppercase();
    let getter = if last.starts_with("get") {
        last.to_owned()
    } else {
        format!("get{first}{}", letters.as_str())
    };
    got(of_name(code, on, at, depth)?, &getter)
}

fn of_call(code: &Code, call: &Call, depth: usize) -> Option<Object> {
    let depth = depth.checked_sub(1)?;
    let name = camel(&call.name);
    if let Receiver::Name(class) = &call.receiver {
        if creates(code, class, &name) {
            return Some(Object::Environment);
        }
        let class = class.rsplit('.').next().unwrap_or(class);
        if name == "create" && class.ends_with("TableEnvironment") && is_flinks(code, class) {
            return Some(Object::Tables);
        }
    }
    if call.name == "Configuration" && is_flinks(code, "Configuration") {
        return Some(Object::NewOptions);
    }
    let on = of_receiver(code, &call.receiver, call.name_at, depth)?;
    got(on, &name).or_else(|| {
        // Setters give back what they are called on.
        let starts = ["set", "enable", "disable"];
        let sets = starts.iter().any(|start| name.starts_with(start));
        (sets && matches!(on, Object::Environment | Object::TableConfig)).then_some(on)
    })
}

/// What a method without arguments of an object gives.
fn got(on: Object, method: &str) -> Option<Object> {
    match (on, method) {
        (Object::Environment, "getConfig") => Some(Object::Execution),
        (Object::Environment, "getCheckpointConfig") => Some(Object::Checkpoints),
        (Object::Tables, "getConfig") => Some(Object::TableConfig),
        (Object::Environment | Object::TableConfig, "getConfiguration") => Some(Object::Options),
        _ => None,
    }
}

/// Whether a method of a class makes an environment that runs where the job is submitted.
pub fn creates(code: &Code, class: &str, method: &str) -> bool {
    let class = class.rsplit('.').next().unwrap_or(class);
    class == "StreamExecutionEnvironment"
        && camel(method) == "getExecutionEnvironment"
        && is_flinks(code, class)
}

fn of_type(code: &Code, ty: &str) -> Option<Object> {
    let class = ty.rsplit('.').next().unwrap_or(ty);
    let object = match class {
        "StreamExecutionEnvironment" => Object::Environment,
        "StreamTableEnvironment" | "TableEnvironment" => Object::Tables,
        "CheckpointConfig" => Object::Checkpoints,
        "ExecutionConfig" => Object::Execution,
        "TableConfig" => Object::TableConfig,
        _ => return None,
    };
    is_flinks(code, class).then_some(object)
}

/// Whether a class of this name is imported from Flink, and none of this name from elsewhere.
pub fn is_flinks(code: &Code, class: &str) -> bool {
    let package = super::super::source::package(code.language);
    let of_flink = |path: &str| path.starts_with(package);
    let own = code.imports.iter().filter(|import| import.name == class);
    let mut named = own.peekable();
    if named.peek().is_some() {
        return named.all(|import| of_flink(&import.path));
    }
    let mut all = code.imports.iter();
    all.any(|import| import.name == "*" && of_flink(&import.path))
}
