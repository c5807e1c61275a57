//! Rules about what the sources of jobs say.

use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::recognise;
use crate::syntax::Document;
use crate::syntax::code::{Call, Code, Expr, Receiver};
use crate::text::{Source, Span};

use super::Rule;

pub(super) mod api;
pub(super) mod assigners;
mod backends;
pub(super) mod characteristic;
mod edits;
pub(super) mod kafka;
pub(super) mod lateness;
mod origin;
pub(super) mod parallelism;
mod receiver;
pub(super) mod reliability;
mod replaced;
pub(super) mod serialization;
pub(super) mod state;
mod time;
mod types;
pub(super) mod watermarks;
pub(super) mod windows;

/// The most calls that are followed in a chain, through variables or not: far more than anybody writes,
/// and few enough that each call of a generated file may be asked for.
const LONGEST: usize = 1000;

/// One source of a job.
pub(super) struct Job<'p> {
    pub(super) document: &'p Document,
    pub(super) code: &'p Code,
    pub(super) source: &'p Source,
}

/// The sources of a deployment's job.
pub(super) fn jobs<'p>(deployment: &Deployment<'p>) -> impl Iterator<Item = Job<'p>> {
    let of = deployment.codes().map(|(document, code)| Job {
        document,
        code,
        source: deployment.source(document),
    });
    of.collect::<Vec<_>>().into_iter()
}

/// Whether a release before all that flint knows is named: what the next ones call old, and what
/// takes its place, is no advice there.
pub(super) fn is_older(deployment: &Deployment) -> bool {
    deployment.version_before_all.is_some()
}

impl Job<'_> {
    /// Whether it is a test: what is right for a job may be wrong for its test, and the reverse.
    pub(super) fn is_test(&self) -> bool {
        recognise::source::is_test(&self.source.path)
    }

    /// Whether a name of the source means one of these classes, which are given with their packages.
    pub(super) fn means(&self, name: &str, classes: &[&str]) -> bool {
        let first = name.split('.').next().unwrap_or(name);
        classes.iter().any(|class| {
            let own = class.rsplit('.').next().unwrap_or(class);
            let renamed = self
                .code
                .imports
                .iter()
                .any(|import| import.path == *class && import.name == first);
            renamed || name == *class || own == first && self.code.imports(class)
        })
    }

    /// Whether a call is made on one of these classes, or makes an object of one.
    pub(super) fn is_on(&self, call: &Call, classes: &[&str]) -> bool {
        match (&call.receiver, call.kind) {
            (Receiver::None, crate::syntax::code::Kind::New) => self.means(&call.name, classes),
            (Receiver::Name(name), crate::syntax::code::Kind::Method) => self.means(name, classes),
            _ => false,
        }
    }

    /// The call that an expression is, variables of one value followed.
    pub(super) fn call_of<'c>(&'c self, expr: &Expr, at: Span) -> Option<(usize, &'c Call)> {
        self.followed(expr, at, 8)
    }

    fn followed<'c>(&'c self, expr: &Expr, at: Span, depth: usize) -> Option<(usize, &'c Call)> {
        match expr {
            Expr::Call(call) => Some((*call, self.code.calls.get(*call)?)),
            Expr::Name(name) if depth > 0 => {
                let variable = self.code.value_of(name, at)?;
                self.followed(&variable.value, variable.at, depth - 1)
            }
            _ => None,
        }
    }

    /// The calls that lead to one, nearest first, through the variables that hold what comes between.
    /// Ends where a variable has no one value: what lies before is unknown.
    pub(super) fn upstream(&self, call: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut at = call;
        // Only through a variable that is given its value further down can a call come again.
        let mut turned = false;
        while found.len() < LONGEST
            && let Some(own) = self.code.calls.get(at)
        {
            let before = match &own.receiver {
                Receiver::Call(before) => Some(*before),
                Receiver::Name(name) => {
                    let value = self.code.value_of(name, own.name_at);
                    value.and_then(|variable| Some(self.call_of(&variable.value, variable.at)?.0))
                }
                _ => None,
            };
            turned |= before.is_some_and(|before| before >= at);
            match before {
                Some(before) if before != call && !(turned && found.contains(&before)) => {
                    found.push(before);
                    at = before;
                }
                _ => break,
            }
        }
        found
    }

    /// A finding at some bytes of the source.
    pub(super) fn finding(&self, rule: &Rule, at: Span, message: impl Into<String>) -> Finding {
        rule.finding(self.document, at, message)
    }
}
