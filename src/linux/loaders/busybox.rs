//! `sysctl` of busybox: line by line, with the keys tried as paths until one exists.

use super::keys::tidied;
use super::lines::trim;
use super::{Answer, Entry, Kind, Loader, Taken, Target};

/// The key stays as it is written: which path it is depends on what the machine has.
pub(super) fn entries(files: &[&[u8]]) -> Taken {
    let mut taken = Taken::default();
    for (file, bytes) in files.iter().enumerate() {
        let mut start = 0;
        while start < bytes.len() {
            let (text, at, next) = joined(bytes, start);
            start = next;
            // The parser of busybox works on C strings.
            let text = &text[..memchr::memchr(0, &text).unwrap_or(text.len())];
            let content = trim(text, 0..text.len());
            if matches!(text.get(content.start), None | Some(b'#' | b';')) {
                continue;
            }
            let Some(equals) = memchr::memchr(b'=', text) else {
                continue;
            };
            if equals + 1 == text.len() {
                continue;
            }
            let key = trim(text, 0..equals);
            let value = &text[trim(text, equals + 1..text.len())];
            if key.is_empty() || value.is_empty() {
                continue;
            }
            taken.entries.push(Entry {
                path: String::from_utf8_lossy(&text[key.clone()]).into_owned(),
                value: Some(String::from_utf8_lossy(value).into_owned()),
                dash: false,
                at: at + key.start..next.saturating_sub(1).max(at + content.end.min(next - at)),
                file,
            });
        }
    }
    taken
}

/// A line with those that a backslash at its end joins to it; its start, and where the next begins.
fn joined(bytes: &[u8], start: usize) -> (Vec<u8>, usize, usize) {
    let mut text = Vec::new();
    let mut at = start;
    loop {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        text.extend_from_slice(&bytes[at..end]);
        at = (end + 1).min(bytes.len());
        if text.last() != Some(&b'\\') || at >= bytes.len() {
            return (text, start, at);
        }
        text.pop();
    }
}

/// Stops at the first value that the kernel refuses.
pub(super) fn apply(loader: Loader, taken: &Taken, target: &mut Target) -> u8 {
    for entry in &taken.entries {
        let Some(value) = &entry.value else {
            continue;
        };
        let Some(path) = resolved(loader, &entry.path, target) else {
            continue;
        };
        if matches!(target.kind(&path), Kind::File { .. }) {
            match target.write(&path, value) {
                Answer::Taken | Answer::Closed => {}
                Answer::Refused | Answer::Unknown => return 1,
            }
        }
    }
    0
}

/// The tidy path below `/proc/sys` that a key becomes on this machine, if it stays below it.
fn resolved(loader: Loader, key: &str, target: &Target) -> Option<String> {
    let below = |path: &str| {
        if !path.starts_with('/') {
            return Some(tidied(path));
        }
        let rest = format!("/{}", tidied(path));
        let rest = rest.strip_prefix("/proc/sys")?;
        (rest.is_empty() || rest.starts_with('/')).then(|| tidied(rest))
    };
    let (dot, slash) = (key.find('.'), key.find('/'));
    let swaps = loader == Loader::Busybox135;
    if swaps && dot.zip(slash).is_some_and(|(dot, slash)| dot < slash) {
        return below(&super::keys::path(key));
    }
    // From the end, the longest start that exists gets a slash; then again with what follows.
    let mut name = key.as_bytes().to_vec();
    let exists = |name: &[u8]| {
        let text = String::from_utf8_lossy(name);
        !text.is_empty() && below(&text).is_some_and(|path| target.kind(&path) != Kind::Nothing)
    };
    let mut last: Option<usize> = None;
    'again: loop {
        let mut at = name.len();
        loop {
            if last.is_some_and(|last| at <= last) {
                break 'again;
            }
            let is_dot = at == name.len() || name[at] == b'.';
            if is_dot && exists(&name[..at]) {
                if let Some(byte) = name.get_mut(at) {
                    *byte = b'/';
                }
                last = Some(at);
                continue 'again;
            }
            if at == 0 {
                break 'again;
            }
            at -= 1;
        }
    }
    below(&String::from_utf8_lossy(&name))
}
