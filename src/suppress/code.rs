//! What a comment in a source can stand above.

use crate::syntax::code::Code;
use crate::text::Span;

/// Every call by itself and with the chain that it ends, every variable with its value, and the first line
/// of every class, field and method: nobody means all that a class holds.
pub(super) fn things(code: &Code) -> impl Iterator<Item = Span> {
    let calls = code.calls.iter();
    let calls = calls.flat_map(|call| [call.whole, call.name_at.join(call.args_at)]);
    let variables = code.variables.iter();
    let variables = variables.map(|variable| variable.at.join(variable.value_at));
    let classes = code.classes.iter().flat_map(|class| {
        let fields = class.fields.iter().map(|field| field.at);
        let methods = class.methods.iter().map(|method| method.at);
        let head = Span {
            start: class.whole.start,
            end: class.at.end,
        };
        fields.chain(methods).chain([head])
    });
    let imports = code.imports.iter().map(|import| import.at);
    calls.chain(variables).chain(classes).chain(imports)
}
