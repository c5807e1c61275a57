//! Which setting of a key counts when it stands in a file several times, so that a repair can say
//! exactly what it changes.

use std::collections::HashMap;

use crate::syntax::Setting;

/// A setting that an edit would add: offset of its line, key and value.
pub(in crate::syntax) type Come = (u32, String, String);

/// The settings of one document by key; the last of each key is in force.
pub(in crate::syntax) struct InForce<'s> {
    settings: &'s [Setting],
    by_key: HashMap<&'s str, Vec<usize>>,
}

impl<'s> InForce<'s> {
    /// Over settings in the order of their file.
    pub(in crate::syntax) fn new(settings: &'s [Setting]) -> Self {
        let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, setting) in settings.iter().enumerate() {
            by_key.entry(&setting.key).or_default().push(index);
        }
        InForce { settings, by_key }
    }

    /// All settings, shadowed ones included.
    pub(in crate::syntax) fn settings(&self) -> &'s [Setting] {
        self.settings
    }

    /// The keys that read differently once the settings `gone` (indices) have left and those of
    /// `come` are there. A later line that sets the same key keeps its word.
    pub(in crate::syntax) fn changes(
        &self,
        gone: &[usize],
        come: &[Come],
    ) -> Vec<(String, Option<String>)> {
        // Per key: whether one of its settings leaves, and the last one that comes.
        let mut touched: Vec<&str> = Vec::new();
        let mut last_come: HashMap<&str, (u32, &str)> = HashMap::new();
        for (offset, key, value) in come {
            let entry = last_come.entry(key).or_insert_with(|| {
                touched.push(key);
                (0, "")
            });
            if *offset >= entry.0 {
                *entry = (*offset, value);
            }
        }
        let leaving: std::collections::HashSet<usize> = gone.iter().copied().collect();
        let mut seen: std::collections::HashSet<&str> = touched.iter().copied().collect();
        for index in gone {
            let key = self.settings[*index].key.as_str();
            if seen.insert(key) {
                touched.push(key);
            }
        }
        touched
            .into_iter()
            .filter_map(|key| {
                let all = self.by_key.get(key).map_or(&[][..], Vec::as_slice);
                let before = all.last().map(|index| self.settings[*index].value.as_str());
                let stays = all.iter().rev().find(|index| !leaving.contains(index));
                let stays = stays.map(|index| {
                    let setting = &self.settings[*index];
                    (setting.whole.start, setting.value.as_str())
                });
                let comes = last_come.get(key).copied();
                let after = stays.into_iter().chain(comes).max_by_key(|(at, _)| *at);
                let after = after.map(|(_, value)| value);
                (before != after).then(|| (key.to_owned(), after.map(str::to_owned)))
            })
            .collect()
    }
}
