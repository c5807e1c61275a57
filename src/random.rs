//! Pseudo-random numbers for tests: the same on every run, so that a failure can be repeated.

/// xorshift64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("less than `limit`")
    }

    /// One of some texts.
    pub(crate) fn pick<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }

    /// Whether something that happens every so many times happens now.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Fewer than `limit` pieces in a row.
    pub(crate) fn bytes(&mut self, pieces: &[&[u8]], limit: usize) -> Vec<u8> {
        let count = self.below(limit);
        (0..count).fold(Vec::new(), |mut bytes, _| {
            bytes.extend_from_slice(pieces[self.below(pieces.len())]);
            bytes
        })
    }
}
