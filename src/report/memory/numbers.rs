//! The numbers of two sides, beside each other.

use super::beside::Figure;
use super::view::{Parts, Row};
use super::{mib, signed, signed_mib};

/// A number of both sides.
pub(super) struct Pair {
    pub(super) label: String,
    pub(super) depth: usize,
    this: Option<u64>,
    other: Option<u64>,
    is_size: bool,
}

impl Pair {
    pub(super) fn of_parts(this: &Row, other: &Row) -> Self {
        Pair {
            label: this.label.to_owned(),
            depth: this.depth,
            this: Some(this.bytes),
            other: Some(other.bytes),
            is_size: true,
        }
    }

    /// Both numbers and their difference.
    pub(super) fn columns(&self) -> [String; 3] {
        let one = |number: Option<u64>| match number {
            None => "-".to_owned(),
            Some(bytes) if self.is_size => mib(bytes),
            Some(number) => number.to_string(),
        };
        let difference = match (self.other, self.this, self.is_size) {
            (Some(from), Some(to), true) => signed_mib(from, to),
            (Some(from), Some(to), false) => signed(from, to),
            _ => String::new(),
        };
        [one(self.this), one(self.other), difference]
    }

    pub(super) fn differs(&self) -> bool {
        self.this != self.other
    }
}

/// The parts of both sides, the total first.
pub(super) fn rows<'v>(
    this: &'v Parts,
    other: &'v Parts,
) -> impl Iterator<Item = (&'v Row, &'v Row)> {
    let all = |parts: &'v Parts| std::iter::once(&parts.total).chain(&parts.rows);
    all(this).zip(all(other))
}

/// The parts of both sides, and what follows from them.
pub(super) fn pairs(this: &Parts, other: &Parts) -> Vec<Pair> {
    let parts = rows(this, other).map(|(a, b)| Pair::of_parts(a, b));
    parts.chain(figures(this, other)).collect()
}

/// What follows from the parts, on either side.
pub(super) fn figures(this: &Parts, other: &Parts) -> Vec<Pair> {
    let number = |parts: &Parts, label: &str| {
        let mut own = parts.figures();
        own.find(|figure| figure.label == label)
            .map(|figure| figure.number)
    };
    let of_other = |figure: &&Figure| number(this, &figure.label).is_none();
    let all = this.figures().chain(other.figures().filter(of_other));
    all.map(|figure| Pair {
        label: figure.label.clone(),
        depth: 1,
        this: number(this, &figure.label),
        other: number(other, &figure.label),
        is_size: figure.is_size,
    })
    .collect()
}
