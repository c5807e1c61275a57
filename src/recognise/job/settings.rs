//! Options that code sets, by name or in disguise: `env.setParallelism(4)`,
//! `conf.setString("state.backend", "rocksdb")`.
//!
//! What certainly holds is a setting with a known value; what is set under a condition, or to something
//! that the text does not tell, is one with an unknown value. Where anything else may set options, the
//! source is not complete.

use super::names::camel;
use super::objects::{self, Object};
use crate::flink::constants;
use crate::syntax::code::{Arg, Call, Code, Expr, Receiver};
use crate::syntax::{Kind, Setting, is_placeholder};
use crate::text::{Source, Span};
use reach::Reach;
use table::{On, Value};

mod conditions;
mod objects_given;
mod reach;
mod table;
mod values;

pub use values::resolved;

/// What a source sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The options, in the order of the file.
    pub settings: Vec<Setting>,
    /// Whether these are certainly all.
    pub complete: bool,
}

/// The options that a source sets on its environment.
pub fn settings(code: &Code, source: &Source) -> Found {
    let reader = Reader {
        code,
        source,
        reach: Reach::of(code, source),
    };
    let mut found = Found {
        settings: Vec::new(),
        complete: reader.is_whole(),
    };
    for call in &code.calls {
        reader.read(call, &mut found);
    }
    for variable in &code.variables {
        // Kotlin sets a property: `env.parallelism = 4`.
        if let Some((on, property)) = variable.name.rsplit_once('.') {
            let on = objects::of(code, &Expr::Name(on.to_owned()), variable.at);
            let row = on.and_then(|on| property_row(on, property));
            if let Some((.., keys, table::Value::Given)) = row {
                // Nobody looks for conditions around it.
                found.settings.extend(keys.iter().map(|key| {
                    let whole = variable.at.join(variable.value_at);
                    Setting {
                        key: (*key).to_owned(),
                        value: source.text(variable.value_at).into_owned(),
                        kind: Kind::Text,
                        known: false,
                        key_at: variable.at,
                        value_at: variable.value_at,
                        whole,
                        written: Some(variable.name.clone()),
                    }
                }));
            } else {
                found.complete &= on.is_none();
            }
        }
    }
    found.settings.sort_by_key(|setting| setting.key_at);
    found
}

struct Reader<'c> {
    code: &'c Code,
    source: &'c Source,
    reach: Reach<'c>,
}

impl Reader<'_> {
    fn read(&self, call: &Call, found: &mut Found) {
        let on = objects::receiver(self.code, call);
        self.see_arguments(call, on, found);
        let name = camel(&call.name);
        let row = match on {
            Some(Object::Environment) => table::row(On::Environment, &name),
            Some(Object::Execution) => table::row(On::Execution, &name),
            Some(Object::Checkpoints) => table::row(On::Checkpoints, &name),
            Some(Object::Options | Object::TableConfig) => return self.read_option(call, found),
            Some(Object::NewOptions) if self.is_read(&call.receiver, call.name_at) => {
                return self.read_option(call, found);
            }
            _ => return,
        };
        let Some((.., keys, value)) = row else {
            found.complete &= !may_set(&name);
            return;
        };
        let first = call.args.first();
        let given = match (value, first) {
            (Value::Backend | Value::Storage | Value::Restarts, Some(first))
                if call.args.len() == 1 =>
            {
                objects_given::given(self.code, *value, &first.expr, first.at)
            }
            (Value::Given | Value::GivenOr(_), Some(first)) => {
                vec![(*keys, values::text(self.code, &first.expr, first.at))]
            }
            (Value::Milliseconds | Value::Interval, Some(first)) => {
                vec![(
                    *keys,
                    values::milliseconds(self.code, &first.expr, first.at),
                )]
            }
            (Value::Interval, None) => vec![(*keys, Some("500 ms".to_owned()))],
            (Value::GivenOr(value), None) | (Value::Fixed(value), _) => {
                vec![(*keys, Some((*value).to_owned()))]
            }
            _ => vec![(*keys, None)],
        };
        for (keys, value) in given {
            for key in keys {
                self.push(call, first, key, value.clone(), true, found);
            }
        }
        // The mode beside the interval.
        if let (Value::Interval, Some(mode)) = (value, call.args.get(1)) {
            let value = values::text(self.code, &mode.expr, mode.at);
            self.push(
                call,
                Some(mode),
                "execution.checkpointing.mode",
                value,
                true,
                found,
            );
        }
    }

    /// `conf.setString("key", "value")`, `conf.set(Options.KEY, value)`.
    fn read_option(&self, call: &Call, found: &mut Found) {
        let name = camel(&call.name);
        let [key, value] = call.args.as_slice() else {
            found.complete &= !may_set(&name);
            return;
        };
        if !name.starts_with("set") {
            found.complete &= !may_set(&name);
            return;
        }
        let said = values::text(self.code, &value.expr, value.at);
        match values::resolved(self.code, &key.expr, key.at) {
            Expr::Text(key) => self.push(call, Some(value), key, said, false, found),
            Expr::Name(constant) => match option_of(self.code, constant) {
                Some(key) => self.push(call, Some(value), key, said, true, found),
                None => found.complete = false,
            },
            _ => found.complete = false,
        }
    }

    /// Whether a new configuration is given to an environment.
    fn is_read(&self, receiver: &Receiver, at: Span) -> bool {
        let Receiver::Name(name) = receiver else {
            return false;
        };
        let takes = [
            "getExecutionEnvironment",
            "configure",
            "addConfiguration",
            "withConfiguration",
        ];
        let mut calls = self.code.calls.iter();
        calls.any(|call| {
            let gives = |own: &Arg| {
                let same = |other: &str| {
                    let here = self.code.value_of(name, at);
                    here.is_some() && here == self.code.value_of(other, own.at)
                };
                matches!(&own.expr, Expr::Name(other) if other == name && same(other))
            };
            takes.contains(&&*camel(&call.name)) && call.args.iter().any(gives)
        })
    }

    /// Whoever is given the environment may set what he likes.
    fn see_arguments(&self, call: &Call, on: Option<Object>, found: &mut Found) {
        let name = camel(&call.name);
        for argument in &call.args {
            let Some(object) = objects::of(self.code, &argument.expr, argument.at) else {
                continue;
            };
            let is_known = match object {
                // What is made of a chain is seen where the chain is.
                _ if matches!(argument.expr, Expr::Call(_)) && object != Object::Environment => {
                    true
                }
                Object::Environment => name == "create" || self.reach.is_own(call),
                Object::Tables => self.reach.is_own(call),
                Object::NewOptions => {
                    name == "configure"
                        || name == "getExecutionEnvironment"
                        || name == "addConfiguration"
                }
                _ => false,
            };
            found.complete &= is_known;
        }
        // What is read when the environment is made or later, from elsewhere.
        let takes_options = name == "getExecutionEnvironment"
            || on == Some(Object::Environment) && name == "configure"
            || matches!(on, Some(Object::TableConfig | Object::Tables))
                && name == "addConfiguration";
        if let Some(first) = call.args.first().filter(|_| takes_options) {
            let is_own = objects::of(self.code, &first.expr, first.at) == Some(Object::NewOptions);
            found.complete &= is_own;
        }
    }

    /// How many environments the source makes.
    fn environments(&self) -> usize {
        let code = self.code;
        let made = code.calls.iter().filter(|call| {
            let on = match &call.receiver {
                Receiver::Name(class) => class.as_str(),
                _ => "",
            };
            objects::creates(code, on, &call.name)
        });
        let of_scala = code.variables.iter().filter(|variable| {
            matches!(&variable.value, Expr::Name(name)
                if name.rsplit_once('.').is_some_and(|(on, last)| objects::creates(code, on, last)))
        });
        made.count() + of_scala.count()
    }

    /// Whether the one environment of the source is made here, by itself.
    fn is_whole(&self) -> bool {
        let code = self.code;
        let elsewhere = [
            "createLocalEnvironment",
            "createRemoteEnvironment",
            "createLocalEnvironmentWithWebUI",
        ];
        let mut calls = code.calls.iter();
        let is_elsewhere = calls.any(|call| elsewhere.contains(&&*camel(&call.name)));
        // Another name for it, or one that outlives the method, may be used anywhere.
        let mut variables = code.variables.iter();
        let is_shared = variables.any(|variable| {
            let made = objects::of(code, &variable.value, variable.at);
            let is_environment = matches!(made, Some(Object::Environment | Object::Tables));
            let is_alias = matches!(&variable.value, Expr::Name(name) if code.value_of(name, variable.at).is_some());
            is_environment && (is_alias || variable.name.contains('.') || self.is_returned(&variable.name))
        });
        self.environments() == 1 && !is_elsewhere && !is_shared
    }

    fn is_returned(&self, name: &str) -> bool {
        let text = format!("return {name}");
        memchr::memmem::find_iter(&self.source.bytes, &text).any(|at| {
            let next = self.source.bytes.get(at + text.len());
            next.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'.'))
        })
    }

    fn push(
        &self,
        call: &Call,
        value_at: Option<&Arg>,
        key: &str,
        value: Option<String>,
        disguised: bool,
        found: &mut Found,
    ) {
        let certain = self.reach.is_certain(call);
        let known = certain && value.as_ref().is_some_and(|value| !is_placeholder(value));
        let value_at = value_at.map_or(call.args_at, |own| own.at);
        let shown = || self.source.text(value_at).into_owned();
        found.settings.push(Setting {
            key: key.to_owned(),
            value: value.unwrap_or_else(shown),
            kind: Kind::Text,
            known,
            key_at: call.name_at,
            value_at,
            whole: call.name_at.join(call.args_at),
            written: disguised.then(|| written(call)),
        });
    }
}

/// The key of the option that a constant of a class of Flink is.
fn option_of(code: &Code, constant: &str) -> Option<&'static str> {
    let start = constant
        .rmatch_indices('.')
        .nth(1)
        .map_or(0, |(dot, _)| dot + 1);
    let (class, _) = constant[start..].split_once('.')?;
    let key = constants::key_of(&constant[start..])?;
    objects::is_flinks(code, class).then_some(key)
}

/// The setter of a property: `setParallelism` for `parallelism`.
fn property_row(on: Object, property: &str) -> Option<&'static table::Row> {
    let on = match on {
        Object::Environment => On::Environment,
        Object::Execution => On::Execution,
        Object::Checkpoints => On::Checkpoints,
        _ => return None,
    };
    let mut letters = property.chars();
    let first = letters.next()?.to_ascii_uppercase();
    table::row(on, &format!("set{first}{}", letters.as_str()))
}

/// The call as it is written, without its arguments: `env.setParallelism`.
fn written(call: &Call) -> String {
    match &call.receiver {
        Receiver::Name(name) => format!("{name}.{}", call.name),
        _ => call.name.clone(),
    }
}

/// Whether a method whose options are unknown may set one.
fn may_set(method: &str) -> bool {
    const STARTS: [&str; 8] = [
        "set",
        "enable",
        "disable",
        "configure",
        "add",
        "use",
        "register",
        "with",
    ];
    const HARMLESS: [&str; 7] = [
        "addSource",
        "addOperator",
        "registerJobListener",
        "registerCachedFile",
        "registerSlotSharingGroup",
        "registerPojoType",
        "setGlobalJobParameters",
    ];
    STARTS.iter().any(|start| method.starts_with(start))
        && !HARMLESS.contains(&method)
        && method != "configure"
}
