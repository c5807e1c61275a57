//! What the source of a job says: the options that it sets, in disguise or by name, the SQL in its texts,
//! and the comments that speak to flint.

use crate::syntax::code::{self, Code, Expr, Language, Receiver, Text};
use crate::syntax::{Document, Format, Layer, Space, sql};
use crate::text::Source;

mod comments;
mod names;
pub mod objects;
mod settings;

pub use names::camel;
pub use settings::{resolved, settings};

/// The methods whose argument is a script in SQL.
const RUN_SQL: [&str; 8] = [
    "executeSql",
    "sqlQuery",
    "sqlUpdate",
    "addInsertSql",
    "execute_sql",
    "sql_query",
    "sql_update",
    "add_insert_sql",
];

/// Reads a source: its own document first, then those of the SQL in its texts. A source that does not
/// import Flink is read for the types that it declares, and says nothing else.
pub fn read(source: &Source, language: Language) -> Vec<Document> {
    let code = code::read(source, language);
    let mut document = Document::new(source, Format::Code(language), Space::Flink, Layer::Code);
    document.comments = comments::read(source, &code);
    let mut documents = Vec::new();
    if is_of_flink(&code) {
        // What is set for a test says nothing about a deployment.
        let found = if super::source::is_test(&source.path) {
            settings::Found::default()
        } else {
            settings(&code, source)
        };
        document.settings = found.settings;
        document.complete = found.complete;
        for text in statements(&code) {
            documents.extend(sql::parse_text(source, text));
        }
    }
    document.code = Some(Box::new(code));
    documents.insert(0, document);
    for (ordinal, document) in (0..).zip(&mut documents) {
        document.ordinal = ordinal;
    }
    documents
}

/// Whether a source imports anything of Flink.
pub fn is_of_flink(code: &Code) -> bool {
    let package = super::source::package(code.language);
    code.imports.iter().any(|import| {
        let rest = import.path.strip_prefix(package);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// Whether a source makes an environment, and so decides how a job runs.
pub fn makes_environment(code: &Code) -> bool {
    code.calls.iter().any(|call| {
        let named = |names: &[&str]| names.contains(&call.name.as_str());
        let on = match &call.receiver {
            Receiver::Name(name) => name.rsplit('.').next().unwrap_or(name),
            _ => "",
        };
        named(&[
            "getExecutionEnvironment",
            "get_execution_environment",
            "createLocalEnvironment",
            "createLocalEnvironmentWithWebUI",
            "createRemoteEnvironment",
        ]) || named(&["create"]) && on.ends_with("TableEnvironment")
    })
}

/// The texts that are all that is given to a method which runs them as SQL.
fn statements(code: &Code) -> impl Iterator<Item = &Text> {
    let calls = code.calls.iter();
    let given = calls.filter(|call| RUN_SQL.contains(&call.name.as_str()));
    given.filter_map(|call| {
        let [argument] = call.args.as_slice() else {
            return None;
        };
        let is_text = matches!(argument.expr, Expr::Text(_));
        let mut texts = code.texts.iter();
        texts.find(|text| is_text && text.at == argument.at)
    })
}

#[cfg(test)]
mod tests;
