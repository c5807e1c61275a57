//! Version requirements of Python packages: PEP 440, and Poetry's `^` and `~`.

use super::{NAMES, Versions, number};

/// A version in a requirement.
struct Bound {
    major: u32,
    /// `None` for `2` and for `2.*`.
    minor: Option<u32>,
    /// Whether it names a patch release other than the first.
    patched: bool,
    /// Whether it has a patch at all.
    precise: bool,
}

impl Bound {
    fn parse(text: &str) -> Option<Bound> {
        let (major, rest) = number(text.trim().trim_start_matches('v'))?;
        let rest = rest.strip_suffix(".*").unwrap_or(rest);
        if rest.is_empty() {
            return Some(Bound {
                major,
                minor: None,
                patched: false,
                precise: false,
            });
        }
        let (minor, rest) = number(rest.strip_prefix('.')?)?;
        let precise = rest.starts_with('.');
        let patched = precise && !rest.split('.').all(|part| part.chars().all(|c| c == '0'));
        let ends = rest.is_empty() || precise;
        ends.then_some(Bound {
            major,
            minor: Some(minor),
            patched,
            precise,
        })
    }

    /// The minor release, the first of its major one where none is named.
    fn release(&self) -> (u32, u32) {
        (self.major, self.minor.unwrap_or(0))
    }
}

/// The minor releases of which any patch release may fulfil all clauses.
pub(super) fn versions(text: &str) -> Option<Versions> {
    let mut set = Versions::ALL;
    let clauses = text.split(',').map(str::trim);
    for clause in clauses.filter(|clause| !clause.is_empty() && *clause != "*") {
        set = set.and(clause_versions(clause)?);
    }
    (!set.is_empty() && set != Versions::ALL).then_some(set)
}

/// Whether no release that flint knows fulfils all clauses, because one of them wants an earlier one.
pub(super) fn is_before_all(text: &str) -> bool {
    let clauses = text.split(',').map(str::trim);
    let mut set = Versions::ALL;
    let mut earlier = false;
    for clause in clauses.filter(|clause| !clause.is_empty()) {
        let Some(versions) = clause_versions(clause) else {
            return false;
        };
        let version = clause.trim_start_matches(|c: char| !c.is_ascii_digit());
        earlier |= versions.is_empty() && Versions::is_before_all(version);
        set = set.and(versions);
    }
    earlier && set.is_empty()
}

/// `None` for a clause that is not understood.
fn clause_versions(clause: &str) -> Option<Versions> {
    let operators = ["===", "==", "~=", ">=", "<=", "!=", ">", "<", "^", "~", "="];
    let (operator, version) = operators
        .iter()
        .find_map(|operator| clause.strip_prefix(operator).map(|rest| (*operator, rest)))
        .unwrap_or(("==", clause));
    let bound = Bound::parse(version)?;
    let least = bound.release();
    let fits = |release: (u32, u32)| match operator {
        // It takes away single patch releases, or a minor one that few exclude.
        "!=" => true,
        ">=" | ">" => release >= least,
        "<=" => release <= least,
        "<" => release < least || bound.patched && release == least,
        "^" => release >= least && release.0 == bound.major,
        // `~=1.18` may go up to 1.20, `~=1.18.0` may not.
        "~=" if !bound.precise => release >= least && release.0 == bound.major,
        _ => match bound.minor {
            Some(_) => release == least,
            None => release.0 == bound.major,
        },
    };
    let bits = NAMES.iter().enumerate().filter(|(_, name)| {
        let release = number(name).and_then(|(major, rest)| {
            let (minor, _) = number(rest.trim_start_matches('.'))?;
            Some((major, minor))
        });
        release.is_some_and(fits)
    });
    Some(bits.fold(Versions::NONE, |set, (bit, _)| set.or(Versions(1 << bit))))
}

#[cfg(test)]
mod tests {
    use super::super::Versions;

    #[test]
    fn requirements_are_the_minor_releases_that_may_fulfil_them() {
        let shown = |text| Versions::from_requirement(text).map(|set| set.to_string());
        for (text, expected) in [
            ("==1.18.1", "1.18"),
            ("===1.18.1", "1.18"),
            ("==1.18.*", "1.18"),
            ("1.18.1", "1.18"),
            ("~=1.18.0", "1.18"),
            ("~=1.18", "1.18-1.20"),
            (">=1.18,<2", "1.18-1.20"),
            (">=1.18, <1.20", "1.18-1.19"),
            (">=1.18,<1.20.1", "1.18-1.20"),
            (">1.18.1", "1.18-2.3"),
            ("<=1.14.2", "1.13-1.14"),
            ("^1.18", "1.18-1.20"),
            ("^2.0.0", "2.0-2.3"),
            ("~1.18", "1.18"),
            ("~1.18.1", "1.18"),
            (">=2", "2.0-2.3"),
            ("==1.*", "1.13-1.20"),
            (">=1.17,!=1.18.0,<1.19", "1.17-1.18"),
        ] {
            assert_eq!(shown(text), Some(expected.into()), "{text}");
        }
        for text in [
            "",
            "*",
            ">=1.10",
            "==1.12.0",
            "==1.18rc1",
            "latest",
            "==",
            ">=1.18 || <1",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn requirements_of_earlier_releases_are_told_from_those_of_later_ones() {
        for text in ["==1.12.0", "1.11.3", "~=1.12.0", "<1.12", ">=1.10,<1.12"] {
            assert!(Versions::requires_before_all(text), "{text}");
        }
        for text in [
            "==1.13.1",
            "==3.0",
            ">=1.10",
            "<1.14",
            "",
            "latest",
            ">=1.18,<1",
        ] {
            assert!(!Versions::requires_before_all(text), "{text}");
        }
    }
}
