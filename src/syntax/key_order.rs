//! The settings of a document in the order of their keys, so that a rule may ask for a key of each of
//! a hundred thousand lines.

use std::sync::OnceLock;

use super::Setting;

/// Numbers of settings by key, those of one key in the order of the file; made when first asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyOrder(OnceLock<Vec<usize>>);

impl KeyOrder {
    /// The numbers of the settings of a key, shadowed ones first. `settings` are the document's own,
    /// which nobody changes once a reader has handed the document out.
    pub(super) fn of(&self, settings: &[Setting], key: &str) -> &[usize] {
        let order = self.all(settings);
        let start = order.partition_point(|&index| settings[index].key.as_str() < key);
        let length = order[start..].partition_point(|&index| settings[index].key == key);
        &order[start..start + length]
    }

    /// The numbers of all settings.
    pub(super) fn all(&self, settings: &[Setting]) -> &[usize] {
        self.0.get_or_init(|| {
            let mut order: Vec<usize> = (0..settings.len()).collect();
            order.sort_by_key(|&index| &settings[index].key);
            order
        })
    }
}

/// What is derived from the settings makes no difference between documents.
impl PartialEq for KeyOrder {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for KeyOrder {}
