//! Which settings meet: those on the one environment that a source makes, and on the parameters of its own
//! methods that are certainly given it. Of the others nobody can tell beside which they take effect.

use super::super::objects;
use super::conditions::Conditions;
use crate::syntax::code::{Call, Code, Expr, Kind, Receiver, Variable};
use crate::text::{Source, Span};

/// How many methods may lie between.
const DEPTH: usize = 4;

pub(super) struct Reach<'c> {
    code: &'c Code,
    source: &'c Source,
    conditions: Conditions,
    /// The variables that hold an environment made by the source.
    made: Vec<&'c Variable>,
    /// The one variable on which everything is set, where the source makes no environment.
    only: Option<&'c Variable>,
}

impl<'c> Reach<'c> {
    pub(super) fn of(code: &'c Code, source: &'c Source) -> Self {
        let mut reach = Reach {
            code,
            source,
            conditions: Conditions::of(code, source),
            made: Vec::new(),
            only: None,
        };
        let variables = code.variables.iter();
        reach.made = variables
            .filter(|variable| reach.holds_made(variable))
            .collect();
        let calls = code.calls.iter();
        let set = calls.filter(|call| objects::receiver(code, call).is_some());
        let mut roots: Vec<&Variable> = set.filter_map(|call| reach.root(call)).collect();
        roots.dedup();
        if let ([one], []) = (roots.as_slice(), reach.made.as_slice()) {
            reach.only = Some(one);
        }
        reach
    }

    /// Whether what a call sets certainly takes effect, together with all else of which this holds.
    pub(super) fn is_certain(&self, call: &Call) -> bool {
        if objects::receiver(self.code, call) == Some(objects::Object::NewOptions) {
            // Who is given it, the reader of settings has seen.
            return self.conditions.is_certain(call) && self.made.len() == 1;
        }
        self.conditions.is_certain(call) && self.root(call).is_none_or(|root| self.is_reached(root))
    }

    /// Whether a call gives something to a method of the same source.
    pub(super) fn is_own(&self, call: &Call) -> bool {
        let is_plain = match &call.receiver {
            Receiver::None => call.kind == Kind::Method,
            Receiver::Name(on) => on == "this" || on == "self",
            _ => false,
        };
        let mut variables = self.code.variables.iter();
        is_plain && variables.any(|variable| self.method(variable) == Some(&call.name))
    }

    /// The method that a variable is a parameter of.
    fn method(&self, variable: &Variable) -> Option<&'c str> {
        if variable.value != Expr::Other || variable.at.start <= variable.scope.start {
            return None;
        }
        let rest = self.source.bytes.get(variable.scope.start as usize..)?;
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let end = rest.iter().position(|byte| !is_part(byte))?;
        let name = std::str::from_utf8(&rest[..end]).ok()?;
        (!name.is_empty() && rest[end..].trim_ascii_start().starts_with(b"(")).then_some(name)
    }

    fn is_reached(&self, root: &Variable) -> bool {
        match self.made.as_slice() {
            [] => self.only == Some(root),
            [made] => self.is_given(root, made, DEPTH),
            _ => false,
        }
    }

    /// Whether a variable is the one of the environment, or a parameter that is certainly given it.
    fn is_given(&self, variable: &Variable, made: &Variable, depth: usize) -> bool {
        if variable == made {
            return true;
        }
        let (Some(method), Some(depth)) = (self.method(variable), depth.checked_sub(1)) else {
            return false;
        };
        let calls = self.code.calls.iter();
        let mut callers = calls.filter(|call| call.name == method && self.is_own(call));
        let gives = |call: &Call| {
            let arguments = call.args.iter();
            let mut names = arguments.filter_map(|own| match &own.expr {
                Expr::Name(name) => self.code.value_of(name, own.at),
                _ => None,
            });
            names.any(|given| self.is_given(given, made, depth))
        };
        let first = callers.next();
        first.is_some_and(|call| {
            callers.next().is_none() && self.conditions.is_certain(call) && gives(call)
        })
    }

    /// The variable that what a call is made on begins with, objects made of an environment followed to it.
    fn root(&self, call: &Call) -> Option<&'c Variable> {
        self.root_of(&call.receiver, call.name_at, 2 * DEPTH)
    }

    fn root_of(&self, receiver: &Receiver, at: Span, depth: usize) -> Option<&'c Variable> {
        let depth = depth.checked_sub(1)?;
        match receiver {
            Receiver::Call(number) => {
                let call = self.code.calls.get(*number)?;
                self.root_of(&call.receiver, call.name_at, depth)
            }
            Receiver::Name(name) => {
                let variable = self.variable(name, at)?;
                let Expr::Call(number) = variable.value else {
                    return Some(variable);
                };
                let call = self.code.calls.get(number)?;
                let above = self.root_of(&call.receiver, call.name_at, depth);
                // An environment for tables is made of one for streams.
                let given = call.args.first().and_then(|own| match &own.expr {
                    Expr::Name(name) if call.name == "create" => self.variable(name, own.at),
                    _ => None,
                });
                above.or(given).or(Some(variable))
            }
            Receiver::None | Receiver::Other => None,
        }
    }

    /// The variable that a name stands for, or begins with.
    fn variable(&self, name: &str, at: Span) -> Option<&'c Variable> {
        let found = self.code.value_of(name, at);
        found.or_else(|| self.variable(name.rsplit_once('.')?.0, at))
    }

    fn holds_made(&self, variable: &Variable) -> bool {
        match &variable.value {
            Expr::Call(number) => self.code.calls.get(*number).is_some_and(|call| {
                let Receiver::Name(on) = &call.receiver else {
                    return false;
                };
                let tables = call.name == "create"
                    && call.args.first().is_none_or(|own| {
                        objects::of(self.code, &own.expr, own.at)
                            != Some(objects::Object::Environment)
                    });
                objects::creates(self.code, on, &call.name)
                    || tables
                        && objects::of(self.code, &variable.value, variable.at)
                            == Some(objects::Object::Tables)
            }),
            Expr::Name(name) => name
                .rsplit_once('.')
                .is_some_and(|(on, last)| objects::creates(self.code, on, last)),
            _ => false,
        }
    }
}
