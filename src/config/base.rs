//! Where a file of paths and patterns lies: its folder, seen from the root of the project.

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

    /// A path relative to the root, as seen from this folder: `../` leads out of it.
    pub fn local(&self, path: &str) -> String {
        let whole: Vec<&str> = self
            .above
            .iter()
            .map(String::as_str)
            .chain(parts(path))
            .collect();
        let both = self.folder.iter().zip(&whole);
        let common = both.take_while(|(one, other)| one == *other).count();
        let up = std::iter::repeat_n("..", self.folder.len() - common);
        up.chain(whole[common..].iter().copied())
            .collect::<Vec<_>>()
            .join("/")
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
