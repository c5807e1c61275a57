//! Where a file of paths and patterns lies: its folder, seen from the root of the project.

use std::borrow::Cow;

/// A folder that paths are relative to. It may lie above the project root or beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// The folder, below the deepest folder that holds both it and the root.
    folder: Vec<String>,
    /// The root, below that same folder.
    above: Vec<String>,
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter(|part| !part.is_empty() && *part != ".")
}

impl Base {
    /// The folder `folder` of a project whose root is `root`, both relative to any folder that holds
    /// both.
    pub fn new(folder: &str, root: &str) -> Self {
        let (folder, root): (Vec<&str>, Vec<&str>) =
            (parts(folder).collect(), parts(root).collect());
        let both = folder.iter().zip(&root);
        let common = both.take_while(|(one, other)| one == other).count();
        let own = |all: &[&str]| all[common..].iter().map(|&part| part.to_owned()).collect();
        Base {
            folder: own(&folder),
            above: own(&root),
        }
    }

    /// Makes it the same folder of a project whose root lies above by `prefix`, the way from the new root to
    /// the old one.
    pub fn move_root_up(&mut self, prefix: &str) {
        let prefix: Vec<&str> = parts(prefix).collect();
        *self = match prefix.len().checked_sub(self.above.len()) {
            Some(more) => {
                let folder = prefix[..more].iter().copied();
                let folder = folder.chain(self.folder.iter().map(String::as_str));
                Base::new(&folder.collect::<Vec<_>>().join("/"), "")
            }
            None => Base::new(
                &self.folder.join("/"),
                &self.above[..self.above.len() - prefix.len()].join("/"),
            ),
        };
    }

    /// A path relative to the root, as seen from this folder: `../` leads out of it.
    pub fn local<'p>(&self, path: &'p str) -> Cow<'p, str> {
        if self.folder.is_empty() && self.above.is_empty() {
            return Cow::Borrowed(path);
        }
        let whole: Vec<&str> = self
            .above
            .iter()
            .map(String::as_str)
            .chain(parts(path))
            .collect();
        let both = self.folder.iter().zip(&whole);
        let common = both.take_while(|(one, other)| one == *other).count();
        let up = std::iter::repeat_n("..", self.folder.len() - common);
        let all: Vec<&str> = up.chain(whole[common..].iter().copied()).collect();
        Cow::Owned(all.join("/"))
    }

    /// A path relative to this folder, as seen from the root; `None` outside of it.
    pub fn outer(&self, path: &str) -> Option<String> {
        let mut whole: Vec<&str> = self.folder.iter().map(String::as_str).collect();
        for part in parts(path) {
            if part == ".." {
                whole.pop()?;
            } else {
                whole.push(part);
            }
        }
        let mut whole = whole.into_iter();
        let is_below = self.above.iter().all(|own| whole.next() == Some(own));
        is_below.then(|| whole.collect::<Vec<_>>().join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stays_where_it_is_when_the_root_moves_up() {
        for (folder, root) in [
            ("", ""),
            ("conf", ""),
            ("a/b", "a/b"),
            ("a", "a/b"),
            ("x", "a/b"),
            ("a/b/c", "a/b"),
        ] {
            for (new_root, prefix) in [("top", ""), ("", "top/"), ("", "top/a/b")] {
                let old_root = if prefix == "top/a/b" {
                    "top/a/b".to_owned()
                } else {
                    format!("top/{root}")
                };
                let folder = format!("top/{folder}");
                let mut moved = Base::new(&folder, &old_root);
                let up = format!("{prefix}{}", if prefix == "top/a/b" { "" } else { root });
                moved.move_root_up(&up);
                assert_eq!(
                    moved,
                    Base::new(&folder, new_root),
                    "{folder} {old_root} {up}"
                );
            }
        }
    }

    #[test]
    fn paths_are_seen_from_the_folder_and_back() {
        for (folder, root, path, expected) in [
            ("", "", "conf/a.yaml", "conf/a.yaml"),
            ("ci", "", "conf/a.yaml", "../conf/a.yaml"),
            ("conf", "", "conf/a.yaml", "a.yaml"),
            ("conf/x", "", "conf/a.yaml", "../a.yaml"),
            ("", "team/app", "conf/a.yaml", "team/app/conf/a.yaml"),
            ("repo/base", "repo/app", "conf/a.yaml", "../app/conf/a.yaml"),
        ] {
            let base = Base::new(folder, root);
            assert_eq!(base.local(path), expected, "{folder} {root}");
            assert_eq!(base.outer(expected).as_deref(), Some(path));
        }
    }

    #[test]
    fn what_lies_outside_of_the_root_has_no_path_there() {
        assert_eq!(Base::new("", "app").outer("other/a.yaml"), None);
        assert_eq!(Base::new("base", "app").outer("../../a.yaml"), None);
    }
}
