//! From the key of a line to the path below `/proc/sys`.

/// The path below `/proc/sys` that a key names: if its first separator is a dot, dots and slashes
/// change places (`slashdot` of procps, `sysctl_normalize` of systemd).
pub fn path(key: &str) -> String {
    let swap = key
        .find(['.', '/'])
        .is_some_and(|at| key[at..].starts_with('.'));
    if swap { swapped(key) } else { key.to_owned() }
}

/// A key in the spelling of the manuals: dots between parts, a slash for a dot inside of one, no
/// part empty.
pub fn dotted(key: &str) -> String {
    let path = path(key);
    let parts: Vec<String> = without_empty_parts(&path).map(swapped).collect();
    parts.join(".")
}

/// A path without empty parts and `.`.
pub fn tidied(path: &str) -> String {
    without_empty_parts(path).collect::<Vec<_>>().join("/")
}

/// The parts of a path that name a file: `a//b` and `a/./b` are `a/b`.
fn without_empty_parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !matches!(*part, "" | "."))
}

fn swapped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '.' => '/',
            '/' => '.',
            other => other,
        })
        .collect()
}
