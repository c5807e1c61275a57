//! Units by the documents that they are made of: of a thousand clusters in a tree, each looks at its own.

use std::collections::{BTreeSet, HashMap};

use super::Unit;

/// The units of a project while they are being joined, in their order.
pub(super) struct Units {
    /// `None` where one has been taken out.
    all: Vec<Option<Unit>>,
    /// By document, where the units stand that are made of it, or were.
    holders: HashMap<usize, Vec<usize>>,
}

impl Units {
    pub(super) fn of(units: Vec<Unit>) -> Self {
        let mut found = Units {
            all: Vec::new(),
            holders: HashMap::new(),
        };
        for unit in units {
            found.push(unit);
        }
        found
    }

    pub(super) fn push(&mut self, unit: Unit) {
        self.note(self.all.len(), unit.numbers());
        self.all.push(Some(unit));
    }

    /// Changes those that are made of one of these documents. It may give them more documents, but take none.
    pub(super) fn change(&mut self, documents: &BTreeSet<usize>, act: impl Fn(&mut Unit)) {
        for place in self.places(documents) {
            let Some(mut unit) = self.all[place].take() else {
                continue;
            };
            act(&mut unit);
            self.note(place, unit.numbers());
            self.all[place] = Some(unit);
        }
    }

    /// Takes out those that are made of these documents and of nothing else.
    pub(super) fn take_out(&mut self, documents: &BTreeSet<usize>) {
        for place in self.places(documents) {
            let own = &mut self.all[place];
            if own.as_ref().is_some_and(|unit| is_of(unit, documents)) {
                *own = None;
            }
        }
    }

    /// Whether one unit alone is made of a document, and that of these documents and nothing else.
    pub(super) fn is_alone(&self, document: usize, documents: &BTreeSet<usize>) -> bool {
        let places = self.places(&BTreeSet::from([document]));
        let mut holders = places.iter().filter_map(|place| self.all[*place].as_ref());
        holders.next().is_some_and(|unit| is_of(unit, documents)) && holders.next().is_none()
    }

    pub(super) fn into_vec(self) -> Vec<Unit> {
        self.all.into_iter().flatten().collect()
    }

    fn places(&self, documents: &BTreeSet<usize>) -> BTreeSet<usize> {
        let lists = documents.iter().filter_map(|own| self.holders.get(own));
        lists.flatten().copied().collect()
    }

    fn note(&mut self, place: usize, documents: impl Iterator<Item = usize>) {
        for document in documents {
            self.holders.entry(document).or_default().push(place);
        }
    }
}

/// Whether a unit is made of these documents and of nothing else.
fn is_of(unit: &Unit, documents: &BTreeSet<usize>) -> bool {
    unit.numbers().all(|number| documents.contains(&number))
}
