//! Names that are spelt differently in Java and in Python.

use std::borrow::Cow;

/// The name of a method as Java spells it: `setParallelism` for `set_parallelism`.
pub fn camel(name: &str) -> Cow<'_, str> {
    if !name.trim_matches('_').contains('_') {
        return Cow::Borrowed(name);
    }
    let mut parts = name.split('_');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    Cow::Owned(out)
}
