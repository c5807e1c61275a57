//! Sources of jobs in Java, Scala, Kotlin and Python: calls, chains and literals with the exact bytes
//! that say them.
//!
//! No types are checked and nothing is resolved beyond one file. What text can't tell is
//! [`Expr::Other`] or `None`: unknown, never wrong.

use calls::Calls;
use expr::Exprs;
use index::Index;

use crate::text::{Source, Span};

mod calls;
mod classes;
mod declarations;
mod expr;
mod imports;
mod index;
mod lex;
mod members;
mod variables;

/// The languages that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Java.
    Java,
    /// Scala 2 and 3.
    Scala,
    /// Kotlin.
    Kotlin,
    /// Python.
    Python,
}

impl Language {
    /// The name used in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Language::Java => "java",
            Language::Scala => "scala",
            Language::Kotlin => "kotlin",
            Language::Python => "python",
        }
    }

    /// The language of a file by the extension of its path.
    pub fn of_path(path: &str) -> Option<Self> {
        Some(match path.rsplit_once('.')?.1 {
            "java" => Language::Java,
            "scala" => Language::Scala,
            "kt" => Language::Kotlin,
            "py" => Language::Python,
            _ => return None,
        })
    }
}

/// What one source says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its language.
    pub language: Language,
    /// Its package, where it names one.
    pub package: Option<String>,
    /// What it imports, in the order of the file.
    pub imports: Vec<Import>,
    /// Every call with an argument list, in the order of their names in the file.
    pub calls: Vec<Call>,
    /// Every variable that is given a value, in the order of the file.
    pub variables: Vec<Variable>,
    /// Classes and what else has members, in the order of the file.
    pub classes: Vec<Class>,
    /// Texts of one literal each, in the order of the file.
    pub texts: Vec<Text>,
    /// Comments that speak to flint.
    pub comments: Vec<Span>,
    index: Index,
}

/// One name that is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Dotted path: `org.apache.flink.api.common.time.Time`; ends in `*` where all of it is imported.
    pub path: String,
    /// What the source calls it: `Time`, or `*`.
    pub name: String,
    /// The path's bytes.
    pub at: Span,
}

/// A text in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// With its quotes and prefix.
    pub at: Span,
    /// The bytes between the quotes.
    pub inner: Span,
    /// Whether the bytes between the quotes are the text: no escapes, nothing put in.
    pub plain: bool,
}

/// How something is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `receiver.name(...)` or `name(...)`.
    Method,
    /// `new Name(...)`.
    New,
}

/// What a method is called on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// Nothing: `name(...)`.
    None,
    /// A dotted name: `env`, `this.env`, `Time`, `env.getConfig` (Scala).
    Name(String),
    /// The result of a call, by its number.
    Call(usize),
    /// Anything else.
    Other,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The name without what stands before its last dot: `window`, `HashMap`.
    pub name: String,
    /// The name's bytes.
    pub name_at: Span,
    /// How it is called.
    pub kind: Kind,
    /// What it is called on.
    pub receiver: Receiver,
    /// Arguments of type as they are written, without blanks: `["Order"]`.
    pub types: Vec<String>,
    /// Its arguments.
    pub args: Vec<Arg>,
    /// From `(` to `)`, or the braces where it has no others.
    pub args_at: Span,
    /// From the first byte of the chain it ends to the last of its own.
    pub whole: Span,
    /// The call and the number of its argument that this one stands in.
    pub inside: Option<(usize, usize)>,
}

/// One argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Its name, where one is given: `parallelism=4`.
    pub name: Option<String>,
    /// Its bytes, without the name.
    pub at: Span,
    /// What it is.
    pub expr: Expr,
}

/// What an expression is, as far as its text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A text without anything put in, its escapes undone.
    Text(String),
    /// A whole number, products of literals computed.
    Integer(i128),
    /// `true` or `false`.
    Boolean(bool),
    /// A dotted name: `RocksDBConfigurableOptions.BLOCK_CACHE_SIZE`, `Order.class`, `null`.
    Name(String),
    /// What the last call of a chain gives.
    Call(usize),
    /// A function without a name.
    Lambda,
    /// Anything else: unknown.
    Other,
}

impl Expr {
    fn renumber(&mut self, new: &[usize]) {
        if let Expr::Call(call) = self {
            *call = new[*call];
        }
    }
}

/// A variable that is given a value, declared there or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Dotted: `env`, `this.env`, `env.parallelism`.
    pub name: String,
    /// The name's bytes.
    pub at: Span,
    /// The type it is declared with, as written without blanks; `None` for `val`, `var`, none.
    pub ty: Option<String>,
    /// What it is given.
    pub value: Expr,
    /// The bytes of the value.
    pub value_at: Span,
    /// The bytes in which the name holds: the innermost block, for Python the function.
    pub scope: Span,
}

/// A class, object, record, enum, interface or trait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// The name's bytes.
    pub at: Span,
    /// From its first modifier to the end of its body.
    pub whole: Span,
    /// The word that declares it, with what it depends on: `class`, `case class`, `data class`, `record`.
    pub word: String,
    /// `public`, `static`, `abstract`, ... and annotations with their `@`.
    pub modifiers: Vec<String>,
    /// The class around it, by its number.
    pub outer: Option<usize>,
    /// What it extends or implements, as written without blanks.
    pub parents: Vec<String>,
    /// Its parameters of type as written.
    pub type_parameters: Vec<String>,
    /// Its fields, for those of Scala and Kotlin also the parameters of its constructor.
    pub fields: Vec<Field>,
    /// Its methods and constructors.
    pub methods: Vec<Method>,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type as written without blanks; empty where none is.
    pub ty: String,
    /// Modifiers and annotations.
    pub modifiers: Vec<String>,
    /// The name's bytes.
    pub at: Span,
}

/// A method or a constructor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its name; that of the class for a constructor.
    pub name: String,
    /// The name's bytes.
    pub at: Span,
    /// Modifiers and annotations.
    pub modifiers: Vec<String>,
    /// How many parameters it has.
    pub parameters: usize,
    /// Whether it makes the object.
    pub is_constructor: bool,
}

/// How many tokens a source has: the first half of [`read`], for those who time it.
pub fn tokens(source: &Source, language: Language) -> usize {
    let lexed = lex::lex(&source.bytes, source.bom(), language);
    lexed.streams.iter().map(Vec::len).sum()
}

/// Reads a source.
pub fn read(source: &Source, language: Language) -> Code {
    let bytes = &source.bytes;
    let lexed = lex::lex(bytes, source.bom(), language);
    let mut calls: Vec<Call> = Vec::new();
    let mut variables = Vec::new();
    let mut found = (None, Vec::new());
    let mut classes = Vec::new();
    for (number, tokens) in lexed.streams.iter().enumerate() {
        let first = calls.len();
        let mut stream = Calls::new(bytes, language, tokens);
        stream.find(&mut calls);
        let starts = |call: usize| calls[call].whole;
        let exprs = Exprs {
            calls: &stream,
            texts: &lexed.texts,
            starts: &starts,
        };
        let args: Vec<Vec<Arg>> = stream.opens.iter().map(|&open| exprs.args(open)).collect();
        if number == 0 {
            variables::variables(&exprs, &mut variables);
            found = imports::imports(&stream);
            classes = classes::classes(&stream);
        }
        for (call, args) in calls[first..].iter_mut().zip(args) {
            call.args = args;
        }
    }
    place(&mut calls, &mut variables);
    let mut texts = lexed.texts;
    texts.sort_by_key(|text| text.at);
    let (package, imports) = found;
    Code {
        language,
        package,
        imports,
        calls,
        variables,
        classes,
        texts,
        comments: lexed.comments,
        index: Index::default(),
    }
}

/// Says of each call which argument of another it stands in, and puts those of expressions inside of
/// texts in their place.
fn place(calls: &mut Vec<Call>, variables: &mut [Variable]) {
    let mut order: Vec<usize> = (0..calls.len()).collect();
    order.sort_by_key(|&call| calls[call].name_at);
    let mut new = vec![0; calls.len()];
    for (number, &old) in order.iter().enumerate() {
        new[old] = number;
    }
    let mut sorted: Vec<Call> = order.iter().map(|&old| calls[old].clone()).collect();
    for call in &mut sorted {
        if let Receiver::Call(before) = &mut call.receiver {
            *before = new[*before];
        }
        call.inside = call.inside.map(|(outer, _)| (new[outer], 0));
        for arg in &mut call.args {
            arg.expr.renumber(&new);
        }
    }
    for variable in variables {
        variable.value.renumber(&new);
    }
    for number in 0..sorted.len() {
        let Some((outer, _)) = sorted[number].inside else {
            continue;
        };
        let at = sorted[number].name_at;
        let arg = sorted[outer]
            .args
            .iter()
            .position(|arg| arg.at.contains(at));
        sorted[number].inside = arg.map(|arg| (outer, arg));
    }
    *calls = sorted;
}

impl Code {
    /// The chain that a call ends: itself first, then what each is called on, to the first of it.
    pub fn chain(&self, call: usize) -> impl Iterator<Item = &Call> + '_ {
        let next = |call: &&Call| match call.receiver {
            Receiver::Call(before) => self.calls.get(before),
            _ => None,
        };
        std::iter::successors(self.calls.get(call), next)
    }

    /// The calls on the result of one, and on theirs, nearest first.
    pub fn after(&self, call: usize) -> impl Iterator<Item = (usize, &Call)> + '_ {
        let next = move |&(number, _): &(usize, &Call)| self.on(number);
        std::iter::successors(self.on(call), next)
    }

    fn on(&self, call: usize) -> Option<(usize, &Call)> {
        let next = self.index.on(&self.calls, call)?;
        Some((next, self.calls.get(next)?))
    }

    /// What a name stands for at a place, where it is given a value exactly once in all scopes that
    /// hold the place.
    pub fn value_of(&self, name: &str, at: Span) -> Option<&Variable> {
        let mut found = self
            .given(name)
            .filter(|variable| variable.scope.contains(at));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The variables of a name, in the order of the file.
    pub fn given(&self, name: &str) -> impl ExactSizeIterator<Item = &Variable> + '_ {
        let all = self.index.of(&self.variables, name).iter();
        all.map(|&number| &self.variables[number])
    }

    /// Whether a name of the source means this one: it is imported, by itself or with its package.
    pub fn imports(&self, path: &str) -> bool {
        let package = path.rsplit_once('.').map_or("", |(package, _)| package);
        let mut imports = self.imports.iter();
        imports.any(|import| {
            import.path == path
                || import
                    .path
                    .strip_suffix(".*")
                    .is_some_and(|own| own == package)
        })
    }
}

#[cfg(test)]
mod tests;
