//! What a change brings: the findings of the tree after it without those of the tree before it. Findings
//! are told by what they are about, never by line numbers; lines only say which of several alike is the
//! added one, and what was moved or edited in place. Knows nothing of git.

use std::collections::HashMap;
use std::hash::Hash;

use crate::finding::Finding;
use crate::text::Sources;
use files::{Files, Spot};

mod files;
mod lines;
mod renames;
#[cfg(test)]
mod tests;

/// What was found in one tree. Paths of both trees are relative to the same folder.
#[derive(Clone, Copy, Debug)]
pub struct Side<'s> {
    /// The sources of the tree.
    pub sources: &'s Sources,
    /// Its findings, silenced ones included.
    pub findings: &'s [Finding],
}

/// What tells two trees apart, by places in their lists of findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Of the tree after: what the change introduced, or made more severe; silenced findings, too.
    pub introduced: Vec<usize>,
    /// Of the tree before: what is neither there any more nor silenced.
    pub fixed: Vec<usize>,
}

/// What two findings of a rule share that are one and the same. Each pass asks for less than the one
/// before.
const PASSES: [fn(&Spot, &Spot) -> bool; 7] = [
    // The line is where it was.
    |old, new| old.is_same(new) && old.in_one_file(new) && old.is_at(new),
    // It moved within its object.
    |old, new| old.is_same(new) && old.may_have_moved_to(new) && old.within == new.within,
    // Its object stands in another file.
    |old, new| old.is_same(new) && old.may_have_gone_to(new) && old.within == new.within,
    // What the line says was taken from one place and put into another, perhaps in another form.
    |old, new| old.is_same(new) && old.was_moved_to(new) && old.value() == new.value(),
    // One file took the place of another.
    |old, new| old.is_same(new) && old.keyed && old.is_in_no_file && new.is_in_no_file,
    // The line was edited and still has the problem.
    |old, new| old.was_edited_to(new),
    // The line was broken in two, or joined with another.
    |old, new| old.was_broken_to(new),
];

/// Takes the findings of one tree from those of another.
pub fn compare(before: Side, after: Side) -> Compared {
    let mut files = Files::of(before.sources, after.sources);
    files.align(before, after);
    let (old, new) = (files.spots_before(before), files.spots_after(after));
    let mut pairs = Pairs {
        of_old: vec![None; old.len()],
        of_new: vec![None; new.len()],
    };
    let open = |finding: &Finding| finding.suppressed.is_none();
    let (is_open_before, is_open_after): (Vec<bool>, Vec<bool>) = (
        before.findings.iter().map(open).collect(),
        after.findings.iter().map(open).collect(),
    );
    // What is reported today was there before only if it was reported then; what is silenced today may
    // have been either.
    pairs.find(&old, &new, |at| is_open_before[at], |at| is_open_after[at]);
    pairs.find(&old, &new, |_| true, |at| !is_open_after[at]);
    let worse = |(at, other): (usize, &Option<usize>)| {
        let known = other.map(|other| before.findings[other].severity);
        let own = after.findings[at].severity;
        known.is_none_or(|known| own > known).then_some(at)
    };
    Compared {
        introduced: pairs.of_new.iter().enumerate().filter_map(worse).collect(),
        fixed: (0..old.len())
            .filter(|&at| pairs.of_old[at].is_none() && is_open_before[at])
            .collect(),
    }
}

/// Which files of the tree before are which of the tree after, where their paths differ: old path, new path.
pub fn renamed(before: &Sources, after: &Sources) -> Vec<(String, String)> {
    let pairs = renames::find(before, after).into_iter();
    let paths = pairs.map(|(old, new)| (before.get(old).path.clone(), after.get(new).path.clone()));
    paths.collect()
}

/// Which finding of one tree is which of the other.
struct Pairs {
    of_old: Vec<Option<usize>>,
    of_new: Vec<Option<usize>>,
}

impl Pairs {
    /// Pairs what is left of both trees, each finding at most once.
    fn find(
        &mut self,
        old: &[Spot],
        new: &[Spot],
        may_old: impl Fn(usize) -> bool,
        may_new: impl Fn(usize) -> bool,
    ) {
        // A pass only ever pairs findings of one rule.
        let by_rule = group(old.iter().enumerate().map(|(at, spot)| (spot.rule, at)));
        for same in PASSES {
            for (at, spot) in new.iter().enumerate() {
                if self.of_new[at].is_some() || !may_new(at) {
                    continue;
                }
                let candidates = by_rule.get(spot.rule).into_iter().flatten().copied();
                let mut free =
                    candidates.filter(|&other| self.of_old[other].is_none() && may_old(other));
                if let Some(other) = free.find(|&other| same(&old[other], spot)) {
                    self.of_new[at] = Some(other);
                    self.of_old[other] = Some(at);
                }
            }
        }
    }
}

fn group<K: Eq + Hash, V>(pairs: impl Iterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}
