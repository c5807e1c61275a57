//! Values after boot that the kernel works out from the memory of the machine.

use std::cmp::Ordering;

use super::Release;

/// Recorded values: key, release, and one column for each size of [`SIZES`].
const SIZED: &str = include_str!("sized.tsv");

/// The sizes of memory of the machines that were recorded, in bytes.
const SIZES: [u64; 6] = [512 << 20, 1 << 30, 2 << 30, 4 << 30, 8 << 30, 16 << 30];

/// The value of a key, where the recordings around this release and this much memory agree on one.
pub(super) fn value(key: &str, release: Release, memory: u64) -> Option<&'static str> {
    let (mut before, mut after) = (None, None);
    for line in SIZED.lines() {
        let mut cells = line.split('\t');
        if cells.next() != Some(key) {
            continue;
        }
        match Release::parse(cells.next()?)?.cmp(&release) {
            Ordering::Less => before = Some(line),
            Ordering::Equal => return of_size(line, memory),
            Ordering::Greater => after = after.or(Some(line)),
        }
    }
    let value = of_size(before?, memory)?;
    (of_size(after?, memory) == Some(value)).then_some(value)
}

/// The value of a line, where the sizes around this one agree; beyond the largest, the last two.
fn of_size(line: &'static str, memory: u64) -> Option<&'static str> {
    let values: Vec<&str> = line.split('\t').skip(2).collect();
    let above = SIZES.iter().position(|size| *size >= memory);
    let above = above.unwrap_or(SIZES.len() - 1);
    let below = if SIZES[above] == memory {
        above
    } else {
        above.checked_sub(1)?
    };
    let value = *values.get(above)?;
    (values.get(below) == Some(&value)).then_some(value)
}
