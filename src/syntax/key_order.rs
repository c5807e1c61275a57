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
    /// A bit for each key, at a place that its letters give: without it, there is no such key.
    bits: [u64; WORDS],
}

/// How many words of bits tell most keys that a document does not have from its own.
const WORDS: usize = 8;

/// The word and the bit of a key.
fn bit(key: &str) -> (usize, u64) {
    // Many keys end with the same word, so that sixteen bytes count, and the length.
    let bytes = key.as_bytes();
    let (rest, last) = bytes.split_last_chunk::<8>().unwrap_or((bytes, &[0; 8]));
    let before = rest.last_chunk::<8>().copied().unwrap_or_else(|| {
        let mut all = [0; 8];
        all[..rest.len()].copy_from_slice(rest);
        all
    });
    let mixed = (u64::from_le_bytes(*last) ^ bytes.len() as u64)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(u64::from_le_bytes(before))
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let place = usize::try_from(mixed >> 55).unwrap_or(0);
    (place / 64 % WORDS, 1 << (place % 64))
}

impl KeyOrder {
    /// The numbers of the settings of a key, shadowed ones first. `settings` are the document's own,
    /// which nobody changes once a reader has handed the document out.
    pub(super) fn of(&self, settings: &[Setting], key: &str) -> &[usize] {
        let order = self.order(settings);
        let (word, bit) = bit(key);
        if order.bits[word] & bit == 0 {
            return &[];
        }
        let order = &order.by_key;
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
            let mut bits = [0; WORDS];
            for setting in settings {
                let (word, bit) = bit(&setting.key);
                bits[word] |= bit;
            }
            Order { by_key, last, bits }
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
