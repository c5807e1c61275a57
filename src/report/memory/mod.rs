//! What `flint memory` shows: the parts of each process and what decided each, as text, JSON, picture
//! and Markdown. Computes no memory itself.

mod bar;
mod beside;
mod compare;
mod equation;
mod json;
pub(super) mod markdown;
mod numbers;
mod rocksdb;
mod rows;
mod svg;
mod table;
mod view;

pub use beside::{Beside, Figure};
pub use compare::{Comparison, pair};
pub use equation::{Equation, Line};
pub use view::{Asked, Fails, Origin, Outcome, Parts, ProcessView, Reason, Row, View};

use super::Style;
use crate::flink::memory::{Why, java_float};

/// The output formats of `flint memory`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people: tables and bars.
    Text,
    /// One JSON document.
    Json,
    /// A picture.
    Svg,
    /// Tables for a pull request.
    Markdown,
}

/// The memory of deployments.
pub fn render(format: Format, views: &[View], style: &Style) -> String {
    match format {
        Format::Text => table::text(views, style),
        Format::Json => json::document(views),
        Format::Svg => svg::document(views),
        Format::Markdown => markdown::document(views),
    }
}

/// The memory of deployments beside that of others, which are called `other`.
pub fn render_comparison(
    format: Format,
    comparisons: &[Comparison],
    other: &str,
    style: &Style,
) -> String {
    match format {
        Format::Text => compare::text(comparisons, other, style),
        Format::Json => compare::json(comparisons, other),
        Format::Svg => compare::svg(comparisons, other),
        Format::Markdown => compare::markdown(comparisons, other),
    }
}

/// Bytes in MiB with one decimal, rounded to the nearest.
fn mib(bytes: u64) -> String {
    let tenths = (u128::from(bytes) * 10 + (1 << 19)) >> 20;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// [`mib`] within a sentence: without decimals that say nothing.
fn short_mib(bytes: u64) -> String {
    let text = mib(bytes);
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// The difference of two counts, with its sign.
fn signed(from: u64, to: u64) -> String {
    let sign = match to.cmp(&from) {
        std::cmp::Ordering::Less => "-",
        std::cmp::Ordering::Equal => "",
        std::cmp::Ordering::Greater => "+",
    };
    format!("{sign}{}", from.abs_diff(to))
}

/// A difference in MiB, with its sign.
fn signed_mib(from: u64, to: u64) -> String {
    let size = from.abs_diff(to);
    let sign = if to < from { '-' } else { '+' };
    match mib(size).as_str() {
        _ if size == 0 => "0.0".to_owned(),
        "0.0" => format!("{sign}{size} bytes"),
        text => format!("{sign}{text}"),
    }
}

/// A setting in pieces that stay on one line each: `key = value` and where; `None` where it is not set.
fn setting(key: &str, origin: &Origin) -> Option<Vec<String>> {
    match origin {
        Origin::Nowhere => None,
        Origin::Shipped { value } => Some(vec![
            format!("{key} = {value}"),
            "shipped with the image".to_owned(),
        ]),
        Origin::Tried { value } => Some(vec![format!("{key} = {value}"), "--set".to_owned()]),
        Origin::File { path, line, value } => {
            Some(vec![format!("{key} = {value}"), format!("{path}:{line}")])
        }
    }
}

/// What decided a part, in pieces that stay on one line each.
fn pieces(reason: &Reason) -> Vec<String> {
    let own = setting(reason.key.unwrap_or_default(), &reason.origin);
    let or_default = |text: String| match &own {
        Some(own) => {
            let mut pieces = vec![text];
            pieces.extend(own.iter().cloned());
            pieces
        }
        None => vec![format!("{text} (default)")],
    };
    let fraction = || match &reason.fraction {
        Some(fraction) => format!("fraction {fraction}"),
        None => "the fraction".to_owned(),
    };
    match reason.why {
        Why::Set | Why::Legacy => own.unwrap_or_default(),
        Why::Default => vec!["default".to_owned()],
        Why::Rest => vec!["what is left".to_owned()],
        Why::Sum => vec!["the sum of its parts".to_owned()],
        Why::Buffers => or_default("a number of buffers".to_owned()),
        Why::Fraction { fraction, of } => {
            let of = short_mib(of);
            or_default(format!("fraction {} of {of}", java_float(fraction)))
        }
        Why::Least { derived } => or_default(format!(
            "(minimum) {} gives {}, less than the least",
            fraction(),
            short_mib(derived)
        )),
        Why::Most { derived } => or_default(format!(
            "(maximum) {} gives {}, more than the most",
            fraction(),
            short_mib(derived)
        )),
    }
}

/// All that is said about a row, in pieces that stay on one line each.
fn row_pieces(row: &Row) -> Vec<String> {
    let mut all = row.reason.as_ref().map(pieces).unwrap_or_default();
    all.extend(row.note.clone());
    all
}
