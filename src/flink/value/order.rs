//! Two values of an option, compared as its type and never as text.

use std::cmp::Ordering;

use super::{ValueError, parse_boolean, parse_double, parse_duration, parse_long, parse_memory};
use crate::flink::options::ValueKind;
use crate::flink::version::Versions;

/// Compares two values as a type; `None` when either is no value of that type. Names of backends,
/// strategies and enums are compared without regard to case.
pub fn order(kind: ValueKind, left: &str, right: &str, versions: Versions) -> Option<Ordering> {
    Some(match kind {
        ValueKind::MemorySize => parse_memory(left).ok()?.cmp(&parse_memory(right).ok()?),
        ValueKind::Duration => parse_duration(left, versions)
            .ok()?
            .cmp(&parse_duration(right, versions).ok()?),
        ValueKind::Boolean => parse_boolean(left).ok()?.cmp(&parse_boolean(right).ok()?),
        ValueKind::Integer | ValueKind::Long => {
            parse_long(left).ok()?.cmp(&parse_long(right).ok()?)
        }
        ValueKind::Float | ValueKind::Double => {
            let (left, right) = (parse_double(left).ok()?, parse_double(right).ok()?);
            return left.partial_cmp(&right);
        }
        _ => left.to_lowercase().cmp(&right.to_lowercase()),
    })
}

/// Why a text is no value of a type that [`order`] compares by amount.
pub fn refusal(kind: ValueKind, text: &str, versions: Versions) -> Option<ValueError> {
    match kind {
        ValueKind::MemorySize => parse_memory(text).err(),
        ValueKind::Duration => parse_duration(text, versions).err(),
        ValueKind::Boolean => parse_boolean(text).err(),
        ValueKind::Integer | ValueKind::Long => parse_long(text).err(),
        ValueKind::Float | ValueKind::Double => parse_double(text).err(),
        _ => None,
    }
}

/// Whether values of a type have amounts, so that there can be too little or too much of them.
pub fn has_amount(kind: ValueKind) -> bool {
    matches!(
        kind,
        ValueKind::MemorySize
            | ValueKind::Duration
            | ValueKind::Integer
            | ValueKind::Long
            | ValueKind::Float
            | ValueKind::Double
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_compare_by_amount() {
        let cases = [
            (ValueKind::MemorySize, "1024 kb", "1mb", Ordering::Equal),
            (ValueKind::Duration, "9 s", "30 s", Ordering::Less),
            (ValueKind::Duration, "60000", "1 min", Ordering::Equal),
            (ValueKind::Double, "0.40", "0.4", Ordering::Equal),
            (ValueKind::Float, "0.9", "0.10", Ordering::Greater),
            (ValueKind::Integer, "10", "9", Ordering::Greater),
            (ValueKind::Boolean, "TRUE", "true", Ordering::Equal),
            (ValueKind::Enum, "Latest", "LATEST", Ordering::Equal),
        ];
        for (kind, left, right, wanted) in cases {
            assert_eq!(
                order(kind, left, right, Versions::ALL),
                Some(wanted),
                "{left} {right}"
            );
        }
        assert_eq!(order(ValueKind::Double, "NaN", "1", Versions::ALL), None);
        assert_eq!(
            order(ValueKind::Duration, "soon", "1 s", Versions::ALL),
            None
        );
    }

    #[test]
    fn what_has_no_amount_is_refused_by_its_type() {
        assert!(refusal(ValueKind::Duration, "soon", Versions::ALL).is_some());
        assert!(refusal(ValueKind::String, "soon", Versions::ALL).is_none());
        assert!(has_amount(ValueKind::Double) && !has_amount(ValueKind::Boolean));
    }
}
