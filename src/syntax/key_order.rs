//! The settings of a document in the order of their keys, so that a rule may ask for a key of each of
//! a hundred thousand lines.

use std::sync::OnceLock;

use super::Setting;

/// Numbers of settings by key, and which of them are in force; made when first asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyOrder(OnceLock<Order>);

#[derive(Clone, Debug)]
struct Order {
    /// The numbers of all settings by key, those of one key in the order of the file.
    by_key: Vec<usize>,
    /// By number, whether no later setting has the same key.
    last: Vec<bool>,
}

impl KeyOrder {
    /// The numbers of the settings of a key, shadowed ones first. `settings` are the document's own,
    /// which nobody changes once a reader has handed the document out.
    pub(super) fn of(&self, settings: &[Setting], key: &str) -> &[usize] {
        let order = &self.order(settings).by_key;
        let start = order.partition_point(|&index| settings[index].key.as_str() < key);
        let length = order[start..].partition_point(|&index| settings[index].key == key);
        &order[start..start + length]
    }

    /// By number, whether a setting is the last of its key.
    pub(super) fn last(&self, settings: &[Setting]) -> &[bool] {
        &self.order(settings).last
    }

    fn order(&self, settings: &[Setting]) -> &Order {
        self.0.get_or_init(|| {
            let mut by_key: Vec<usize> = (0..settings.len()).collect();
            by_key.sort_by_key(|&index| &settings[index].key);
            let mut last = vec![true; settings.len()];
            for pair in by_key.windows(2) {
                last[pair[0]] = settings[pair[0]].key != settings[pair[1]].key;
            }
            Order { by_key, last }
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
