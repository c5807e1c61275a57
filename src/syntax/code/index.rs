//! Where the variables of a name are, and what is called on a call, so that a rule may ask for each of
//! ten thousand calls.

use std::sync::OnceLock;

use super::{Call, Receiver, Variable};

/// Numbers of variables and calls; made when first asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    by_name: OnceLock<Vec<usize>>,
    on: OnceLock<Vec<Option<usize>>>,
}

impl Index {
    /// The numbers of the variables of a name, in the order of the file. `variables` are the source's own,
    /// which nobody changes once it is read.
    pub(super) fn of(&self, variables: &[Variable], name: &str) -> &[usize] {
        let order = self.by_name.get_or_init(|| {
            let mut order: Vec<usize> = (0..variables.len()).collect();
            order.sort_by_key(|&number| &variables[number].name);
            order
        });
        let start = order.partition_point(|&number| variables[number].name.as_str() < name);
        let length = order[start..].partition_point(|&number| variables[number].name == name);
        &order[start..start + length]
    }

    /// The first call on the result of one.
    pub(super) fn on(&self, calls: &[Call], call: usize) -> Option<usize> {
        let next = self.on.get_or_init(|| {
            let mut next = vec![None; calls.len()];
            for (number, own) in calls.iter().enumerate() {
                if let Receiver::Call(before) = own.receiver
                    && let Some(first) = next.get_mut(before)
                {
                    first.get_or_insert(number);
                }
            }
            next
        });
        next.get(call).copied().flatten()
    }
}

/// What is derived from the calls makes no difference between sources.
impl PartialEq for Index {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Index {}
