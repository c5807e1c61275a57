//! Parts in proportion: how many cells each gets, and the bar of a terminal.

use super::mib;
use super::view::{Look, Parts};
use crate::report::Style;
use crate::report::terminal::Paint;

/// Fills that differ from their neighbours; the letter of a part stands in its middle.
const FILLS: [char; 8] = ['░', '▓', '▒', '█', '░', '▓', '▒', '░'];
const ASCII_FILLS: [char; 8] = ['-', '=', '+', '#', ':', '=', '+', '-'];
/// ANSI colours that can be read on light and dark ground.
const COLORS: [&str; 8] = ["36", "34", "32", "92", "32", "33", "35", "90"];

/// Shares `width` cells out: the sum is `width`, every part that is not empty has at least `least`
/// cells where there is room for that, and the rest goes by the largest remainder.
pub(super) fn cells(parts: &[u64], width: usize, least: usize) -> Vec<usize> {
    let mut out = vec![0; parts.len()];
    let mut open: Vec<usize> = (0..parts.len()).filter(|&at| parts[at] > 0).collect();
    if open.is_empty() {
        return out;
    }
    let least = least.min(width / open.len());
    let mut left = width;
    loop {
        let total: u128 = open.iter().map(|&at| u128::from(parts[at])).sum();
        let share = |at: usize| u128::from(parts[at]) * left as u128;
        // What is too small to be seen gets its cells first; what is left is shared out again.
        let (small, large): (Vec<usize>, Vec<usize>) = open
            .iter()
            .partition(|&&at| share(at) < least as u128 * total);
        if small.is_empty() || large.is_empty() {
            let mut rest: Vec<(u128, usize)> = Vec::new();
            let mut given = 0;
            for &at in &open {
                let whole = usize::try_from(share(at) / total.max(1)).unwrap_or(left);
                out[at] = whole;
                given += whole;
                rest.push((share(at) % total.max(1), at));
            }
            rest.sort_by_key(|(remainder, at)| (std::cmp::Reverse(*remainder), *at));
            for (_, at) in rest.iter().cycle().take(left.saturating_sub(given)) {
                out[*at] += 1;
            }
            return out;
        }
        for at in small {
            out[at] = least;
            left = left.saturating_sub(least);
        }
        open = large;
    }
}

/// The bar of a process, `width` columns with its frame, and its legend below, each line indented.
pub(super) fn draw(parts: &Parts, style: &Style, indent: &str) -> String {
    let (open, close) = if style.ascii {
        ('[', ']')
    } else {
        ('▕', '▏')
    };
    let paint = Paint { on: style.color };
    let leaves: Vec<_> = parts.leaves().collect();
    let bytes: Vec<u64> = leaves.iter().map(|(row, _)| row.bytes).collect();
    let width = style.width.saturating_sub(indent.len() + 2);
    let mut out = format!("{indent}{open}");
    for ((_, look), count) in leaves.iter().zip(cells(&bytes, width, 1)) {
        let segment = segment(*look, count, style.ascii);
        out.push_str(&paint.code(COLORS[look.color], &segment));
    }
    out.push(close);
    out.push('\n');
    out.push_str(&legend(parts, style, indent));
    out
}

/// `count` cells of a part, its letter in their middle.
fn segment(look: Look, count: usize, ascii: bool) -> String {
    let fills = if ascii { ASCII_FILLS } else { FILLS };
    let middle = count.saturating_sub(1) / 2;
    (0..count)
        .map(|at| match at {
            _ if at == middle => look.letter,
            _ => fills[look.color],
        })
        .collect()
}

/// What each letter stands for, in columns.
fn legend(parts: &Parts, style: &Style, indent: &str) -> String {
    let paint = Paint { on: style.color };
    let total = parts.total.bytes;
    let entries: Vec<(Look, String)> = parts
        .leaves()
        .filter(|(row, _)| row.bytes > 0)
        .map(|(row, look)| {
            let share = percent(row.bytes, total);
            (look, format!(" {} {} ({share})", row.label, mib(row.bytes)))
        })
        .collect();
    let widest = entries.iter().map(|(_, text)| text.len() + 1).max();
    let widest = widest.unwrap_or(1) + 3;
    let columns = (style.width.saturating_sub(indent.len()) + 3) / widest;
    let mut out = String::new();
    for line in entries.chunks(columns.max(1)) {
        out.push_str(indent);
        for (at, (look, text)) in line.iter().enumerate() {
            let letter = look.letter.to_string();
            out.push_str(&paint.code(COLORS[look.color], &letter));
            if at + 1 < line.len() {
                out.push_str(&format!("{text:<width$}", width = widest - 1));
            } else {
                out.push_str(text);
            }
        }
        out.push('\n');
    }
    out
}

/// A share with one decimal.
pub(super) fn percent(bytes: u64, total: u64) -> String {
    let total = u128::from(total.max(1));
    let thousandths = (u128::from(bytes) * 1000 + total / 2) / total;
    if bytes > 0 && thousandths == 0 {
        return "<0.1%".to_owned();
    }
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn cells_add_up_and_nothing_that_is_there_is_hidden() {
        let mut random = Random(7);
        for _ in 0..20_000 {
            let count = 1 + random.below(8);
            let parts: Vec<u64> = (0..count)
                .map(|_| match random.below(4) {
                    0 => 0,
                    1 => random.below(usize::MAX) as u64,
                    shift => random.below(usize::MAX) as u64 >> (8 * shift + 10),
                })
                .collect();
            let width = 8 + random.below(120);
            let cells = cells(&parts, width, 1);
            let expected = if parts.iter().all(|part| *part == 0) {
                0
            } else {
                width
            };
            assert_eq!(
                cells.iter().sum::<usize>(),
                expected,
                "{parts:?} in {width}"
            );
            for (part, cells) in parts.iter().zip(&cells) {
                assert_eq!(*part > 0, *cells > 0, "{parts:?} in {width}: {cells:?}");
            }
            for (a, b) in [(0, 1), (1, 0)] {
                if parts.len() > 1 && parts[a] > parts[b] {
                    assert!(cells[a] >= cells[b], "{parts:?} in {width}: {cells:?}");
                }
            }
        }
    }

    #[test]
    fn the_rest_goes_to_the_largest_remainder() {
        assert_eq!(cells(&[1, 1, 1], 10, 1), [4, 3, 3]);
        assert_eq!(cells(&[16 << 30, 1], 60, 1), [59, 1]);
        assert_eq!(cells(&[u64::MAX, u64::MAX], 61, 1), [31, 30]);
        assert_eq!(cells(&[5, 0, 5], 3, 1), [2, 0, 1]);
        assert_eq!(cells(&[1000, 1, 1], 100, 3), [94, 3, 3]);
        assert_eq!(cells(&[], 10, 1), [0; 0]);
    }
}
