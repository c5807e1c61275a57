//! What an argument is as the value of an option.

use super::super::names::camel;
use crate::syntax::code::{Call, Code, Expr, Receiver};
use crate::text::Span;

/// How often a name may stand for another.
const DEPTH: usize = 4;

/// What an expression is, names of variables replaced by what they are given.
pub fn resolved<'c>(code: &'c Code, expr: &'c Expr, at: Span) -> &'c Expr {
    let mut expr = expr;
    for _ in 0..DEPTH {
        let Expr::Name(name) = expr else { break };
        match code.value_of(name, at) {
            Some(variable) => expr = &variable.value,
            None => break,
        }
    }
    expr
}

/// The value as a configuration file would say it; nothing where the text does not tell.
pub(super) fn text(code: &Code, expr: &Expr, at: Span) -> Option<String> {
    match resolved(code, expr, at) {
        Expr::Text(text) => Some(text.clone()),
        Expr::Integer(number) => Some(number.to_string()),
        Expr::Boolean(truth) => Some(truth.to_string()),
        Expr::Name(name) => constant(name).map(str::to_owned),
        Expr::Call(number) => amount(code, code.calls.get(*number)?, at),
        Expr::Lambda | Expr::Other => None,
    }
}

/// A number of milliseconds, or a duration.
pub(super) fn milliseconds(code: &Code, expr: &Expr, at: Span) -> Option<String> {
    match resolved(code, expr, at) {
        Expr::Integer(number) => Some(format!("{number} ms")),
        Expr::Call(number) => amount(code, code.calls.get(*number)?, at),
        _ => None,
    }
}

/// The last part of the name of a constant of an enumeration: `CheckpointingMode.EXACTLY_ONCE`.
fn constant(name: &str) -> Option<&str> {
    let (class, last) = name.rsplit_once('.')?;
    let class = class.rsplit('.').next().unwrap_or(class);
    let is_constant = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let of_class = class.starts_with(|first: char| first.is_ascii_uppercase());
    (of_class && last.bytes().all(is_constant)).then_some(last)
}

/// `Duration.ofSeconds(10)`, `Time.minutes(1)`, `MemorySize.parse("64mb")`.
fn amount(code: &Code, call: &Call, at: Span) -> Option<String> {
    const UNITS: [(&str, &str); 14] = [
        ("ofMillis", "ms"),
        ("ofSeconds", "s"),
        ("ofMinutes", "min"),
        ("ofHours", "h"),
        ("ofDays", "d"),
        ("milliseconds", "ms"),
        ("seconds", "s"),
        ("minutes", "min"),
        ("hours", "h"),
        ("days", "d"),
        ("millis", "ms"),
        ("ofMebiBytes", "mb"),
        ("parse", ""),
        ("ofMilliseconds", "ms"),
    ];
    let Receiver::Name(class) = &call.receiver else {
        return None;
    };
    let class = class.rsplit('.').next().unwrap_or(class);
    if !matches!(class, "Duration" | "Time" | "MemorySize") {
        return None;
    }
    let [argument] = call.args.as_slice() else {
        return None;
    };
    let name = camel(&call.name);
    let (_, unit) = UNITS.iter().find(|(own, _)| *own == name)?;
    match (resolved(code, &argument.expr, at), *unit) {
        (Expr::Text(text), "") if class == "MemorySize" => Some(text.clone()),
        (Expr::Integer(number), unit) if !unit.is_empty() => Some(format!("{number} {unit}")),
        _ => None,
    }
}
