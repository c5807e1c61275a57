//! Files that have another path: of those that only one tree has, the ones that hold much the same.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::lines::lines;
use crate::text::{Source, SourceId, Sources};

/// All of a text, in the parts by which likeness is counted.
const ALL: usize = 1000;

/// Half of the text must be the same, as for git.
const LEAST: usize = ALL / 2;

/// Pairs files of two trees that have no path in common: old one, new one.
pub(super) fn find<'s>(before: &'s Sources, after: &'s Sources) -> Vec<(SourceId, SourceId)> {
    let paths = |sources: &Sources| -> HashSet<String> {
        let paths = sources.0.iter().map(|source| source.path.clone());
        paths.collect()
    };
    let (old, new) = (paths(before), paths(after));
    let gone = before.0.iter().filter(|own| !new.contains(&own.path));
    let came = after.0.iter().filter(|own| !old.contains(&own.path));
    let (gone, came): (Vec<&Source>, Vec<&Source>) = (gone.collect(), came.collect());
    if gone.is_empty() || came.is_empty() {
        return Vec::new();
    }
    // Where thousands move at once most of them are as they were.
    let mut found = best(same(&gone, &came), &gone, &came);
    let left = |all: &[&'s Source], is_used: &dyn Fn(SourceId) -> bool| -> Vec<&'s Source> {
        let all = all.iter().copied();
        all.filter(|own| !is_used(own.id)).collect()
    };
    let (used_old, used_new): (HashSet<SourceId>, HashSet<SourceId>) =
        found.iter().copied().unzip();
    let gone = left(&gone, &|id| used_old.contains(&id));
    let came = left(&came, &|id| used_new.contains(&id));
    found.extend(best(alike(&gone, &came), &gone, &came));
    found
}

/// Takes of pairs the most alike first; of equally alike ones those that kept their name, or else their
/// folder. Each file is in one of them at most.
fn best(
    mut pairs: Vec<(usize, usize, usize)>,
    gone: &[&Source],
    came: &[&Source],
) -> Vec<(SourceId, SourceId)> {
    pairs.sort_by_cached_key(|(share, old, new)| {
        let (old, new) = (gone[*old].path.as_str(), came[*new].path.as_str());
        let kept = (name(old) == name(new), folder(old) == folder(new));
        (Reverse((*share, kept)), old, new)
    });
    let (mut used_old, mut used_new) = (HashSet::new(), HashSet::new());
    let mut found = Vec::new();
    for (_, old, new) in pairs {
        if !used_old.contains(&old) && !used_new.contains(&new) {
            used_old.insert(old);
            used_new.insert(new);
            found.push((gone[old].id, came[new].id));
        }
    }
    found
}

/// Files that hold the same bytes, with their numbers.
fn same(gone: &[&Source], came: &[&Source]) -> Vec<(usize, usize, usize)> {
    let mut by_bytes: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (new, source) in came.iter().enumerate() {
        by_bytes.entry(&source.bytes).or_default().push(new);
    }
    let mut found = Vec::new();
    for (old, source) in gone.iter().enumerate() {
        let others = by_bytes.get(&*source.bytes).into_iter().flatten();
        found.extend(others.map(|&new| (ALL, old, new)));
    }
    found
}

/// How much alike files are, with their numbers, where that is enough. Told by the lines that they share,
/// the long ones counting more; their order does not count, nor do blank ones and comments: a licence on top
/// makes nothing alike.
fn alike(gone: &[&Source], came: &[&Source]) -> Vec<(usize, usize, usize)> {
    let counted: Vec<HashMap<String, usize>> = came.iter().map(|own| count(own)).collect();
    let sizes: Vec<usize> = counted.iter().map(size).collect();
    let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, lines) in counted.iter().enumerate() {
        for line in lines.keys() {
            holders.entry(line).or_default().push(number);
        }
    }
    let mut found = Vec::new();
    for (old, source) in gone.iter().enumerate() {
        let lines = count(source);
        let own = size(&lines);
        let mut shared = vec![0; came.len()];
        for (line, times) in &lines {
            for &new in holders.get(line.as_str()).into_iter().flatten() {
                let both = (*times).min(counted[new][line]);
                shared[new] += both * line.len();
            }
        }
        for (new, shared) in shared.into_iter().enumerate() {
            let share = shared * ALL / own.max(sizes[new]).max(1);
            if share >= LEAST {
                found.push((share, old, new));
            }
        }
    }
    found
}

/// What lines of comments begin with, in one format or another.
const COMMENTS: [&str; 6] = ["#", "//", "/*", "*", "--", "!"];

/// The lines of a source that say anything, and how often each is there.
fn count(source: &Source) -> HashMap<String, usize> {
    let is_comment = |line: &str| COMMENTS.iter().any(|mark| line.starts_with(mark));
    let mut counted = HashMap::new();
    for line in lines(source) {
        if !line.is_empty() && !is_comment(&line) {
            *counted.entry(line).or_default() += 1;
        }
    }
    counted
}

fn size(lines: &HashMap<String, usize>) -> usize {
    lines.iter().map(|(line, times)| line.len() * times).sum()
}

/// The last part of a path.
fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(before: &[(&'t str, &str)], after: &[(&'t str, &str)]) -> Vec<(String, String)> {
        let sources = |files: &[(&str, &str)]| {
            let mut sources = Sources::default();
            for (path, text) in files {
                sources.add(*path, *text);
            }
            sources
        };
        super::super::renamed(&sources(before), &sources(after))
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = pairs.iter();
        owned
            .map(|(old, new)| ((*old).to_owned(), (*new).to_owned()))
            .collect()
    }

    #[test]
    fn what_holds_half_of_the_text_is_the_file_under_another_name() {
        let before = [("a.yaml", "aaaa: 1\nbbbb: 2\n")];
        let moved = [("new/a.yaml", "bbbb: 2\r\n\r\ncccc: 3\n")];
        assert_eq!(found(&before, &moved), pairs(&[("a.yaml", "new/a.yaml")]));
        let other = [("new/a.yaml", "bbbb: 2\ncccc: 3\ndddd: 4\n")];
        assert_eq!(found(&before, &other), []);
    }

    #[test]
    fn a_common_licence_makes_nothing_alike() {
        let licence = "# As long as you like, you may do with it whatever you want to.\n";
        let (old, new) = (format!("{licence}aaaa: 1\n"), format!("{licence}bbbb: 2\n"));
        assert_eq!(found(&[("a", &old)], &[("b", &new)]), []);
    }

    #[test]
    fn a_copy_is_no_rename() {
        let text = "aaaa: 1\n";
        assert_eq!(found(&[("a", text)], &[("a", text), ("b", text)]), []);
    }

    #[test]
    fn the_most_alike_comes_first_then_the_same_name_then_the_same_folder() {
        let (text, near) = ("aaaa: 1\nbbbb: 2\ncccc: 3\n", "aaaa: 1\nbbbb: 2\ndddd: 3\n");
        assert_eq!(
            found(&[("x/a", text)], &[("y/a", near), ("z/b", text)]),
            pairs(&[("x/a", "z/b")])
        );
        assert_eq!(
            found(
                &[("x/a", text), ("x/b", text)],
                &[("y/a", text), ("y/b", text)]
            ),
            pairs(&[("x/a", "y/a"), ("x/b", "y/b")])
        );
        assert_eq!(
            found(&[("x/a", text)], &[("w/b", text), ("x/b", text)]),
            pairs(&[("x/a", "x/b")])
        );
    }

    #[test]
    fn empty_files_are_equal() {
        assert_eq!(found(&[("a", "")], &[("b", "")]), pairs(&[("a", "b")]));
        assert_eq!(found(&[("a", "")], &[("b", "k: 1\n")]), []);
    }
}
