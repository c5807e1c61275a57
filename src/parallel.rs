//! Work on many things at once, with the results in their order: the same for any number of threads.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;

/// Fewer things than this are not worth a thread of their own.
const LEAST: usize = 6;

/// Most threads: more of them only wait for memory.
const MOST: usize = 8;

/// What `act` makes of each item.
pub fn map<'t, T: Sync, R: Send>(items: &'t [T], act: impl Fn(&'t T) -> R + Sync) -> Vec<R> {
    let worth = items.len() / LEAST;
    // To ask for the cores takes the system longer than a file takes flint.
    let cores = if worth < 2 {
        1
    } else {
        thread::available_parallelism().map_or(1, NonZero::get)
    };
    let threads = cores.min(MOST).min(worth);
    if threads < 2 {
        return items.iter().map(act).collect();
    }
    // Taken in turns, since neighbours are alike and some kinds of work are longer than others.
    let turn = |first: usize| -> Vec<R> {
        let own = items.iter().skip(first).step_by(threads);
        own.map(&act).collect()
    };
    let mut all: Vec<_> = thread::scope(|scope| {
        let turn = &turn;
        let others: Vec<_> = (1..threads)
            .map(|first| scope.spawn(move || turn(first)))
            .collect();
        let mut all = vec![turn(0).into_iter()];
        for other in others {
            let results = other.join().unwrap_or_else(|panic| resume_unwind(panic));
            all.push(results.into_iter());
        }
        all
    });
    (0..items.len())
        .filter_map(|index| all[index % threads].next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        for count in [0, 1, 5, 6, 13, 100, 1001] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(map(&items, |item| item * 2), doubled);
        }
    }

    #[test]
    #[should_panic(expected = "seven")]
    fn a_panic_goes_on() {
        let items: Vec<usize> = (0..100).collect();
        map(&items, |item| assert!(*item != 7, "seven"));
    }
}
