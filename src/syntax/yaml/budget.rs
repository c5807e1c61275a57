//! How much one document may say: every setting repeats the keys of its parents, and an alias
//! repeats what it refers to, so that a small file could fill the memory.

/// Bytes that aliased settings may take.
const ALIASED: usize = 16 << 20;

/// What a setting takes beside its texts, roughly.
const SETTING: usize = 128;

/// Deepest nesting that is followed, aliases included.
pub(super) const DEPTH: usize = 1000;

/// What is left of both limits, in bytes.
pub(crate) struct Budget {
    keys: usize,
    aliased: usize,
}

impl Budget {
    /// For a text of that many bytes.
    pub(super) fn new(size: usize) -> Self {
        Budget {
            keys: (1 << 20) + size.saturating_mul(64).min(256 << 20),
            aliased: ALIASED,
        }
    }

    /// Takes the bytes of a key; false when they are not there, and from then on.
    pub(super) fn spend(&mut self, key: usize) -> bool {
        let enough = self.keys >= key;
        self.keys = if enough {
            self.keys.saturating_sub(key.max(1))
        } else {
            0
        };
        enough
    }

    /// Takes what a setting with so many bytes of text costs that an alias repeats.
    pub(super) fn spend_alias(&mut self, texts: usize) {
        self.aliased = self.aliased.saturating_sub(texts + SETTING);
    }

    /// Whether no key may follow.
    pub(super) fn is_spent(&self) -> bool {
        self.keys == 0
    }

    /// Whether nothing more may come from aliases.
    pub(super) fn is_alias_spent(&self) -> bool {
        self.aliased == 0
    }
}
