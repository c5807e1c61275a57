//! Keys that can't stand in a nested file because other keys begin with them.

use std::collections::{BTreeSet, HashSet};

use super::Remark;
use super::lines::Entry;
use crate::flink::options;
use crate::flink::version::Versions;

/// Gives each key that is the beginning of another the name under which the option is read first, if
/// every version of `target` reads the new name exactly as the old one.
pub(super) fn rename(entries: &mut [Entry], target: Versions) -> Vec<Remark> {
    let sorted: BTreeSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    let begins_another = |key: &str| {
        let prefix = format!("{key}.");
        let mut from = sorted.range(prefix.as_str()..);
        from.next().is_some_and(|next| next.starts_with(&prefix))
    };
    let own: HashSet<&str> = sorted.iter().copied().collect();
    let new: Vec<Option<&'static str>> = entries
        .iter()
        .map(|entry| {
            let name =
                begins_another(&entry.key).then(|| current_name(&entry.key, target, &own))??;
            (!begins_another(name)).then_some(name)
        })
        .collect();
    let mut notes = Vec::new();
    for (entry, name) in entries.iter_mut().zip(new) {
        if let Some(name) = name {
            notes.push(Remark::new(
                entry.line,
                format!(
                    "`{}` is written as `{name}`, the name that Flink {target} reads first: other \
                     keys begin with the old one",
                    entry.key
                ),
            ));
            name.clone_into(&mut entry.key);
        }
    }
    notes
}

/// The option that reads the key, if it then takes this key's value in every version.
fn current_name(key: &str, target: Versions, own: &HashSet<&str>) -> Option<&'static str> {
    let name = options::canonical(key, target)?;
    let everywhere =
        target.within(options::known_in(key)) && target.within(options::known_in(name));
    let kind = options::kind(key, target)?;
    let same = options::kind(name, target) == Some(kind);
    // No name that is tried before may be set.
    let decides = target.iter().all(|version| {
        let mut names = options::names_in_order(name, version);
        names.find(|name| own.contains(name)) == Some(key)
    });
    (everywhere && same && decides).then_some(name)
}
