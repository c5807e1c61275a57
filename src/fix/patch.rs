//! Unified diffs that `git apply` and `patch -p1` accept, byte for byte.

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

use crate::text::Source;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// The patch from one source to another; empty when they are equal. `path` is the way from the git
/// root to the file, as the bytes that the file system knows. `remarks` stand as `#` lines before the file's
/// header, where `git apply` and `patch` skip them.
pub fn unified(before: &Source, after: &Source, path: &[u8], remarks: &[String]) -> Vec<u8> {
    let mut out = Vec::new();
    if before.bytes == after.bytes {
        return out;
    }
    // Only LF ends a line for patch tools; a CR belongs to the text.
    let old: Vec<&[u8]> = before
        .bytes
        .split_inclusive(|byte| *byte == b'\n')
        .collect();
    let new: Vec<&[u8]> = after.bytes.split_inclusive(|byte| *byte == b'\n').collect();
    for remark in remarks {
        out.extend_from_slice(format!("# {}\n", crate::report::plain(remark)).as_bytes());
    }
    for (mark, side) in [("--- ", "a/"), ("+++ ", "b/")] {
        out.extend_from_slice(mark.as_bytes());
        out.extend(name(side, path));
        out.push(b'\n');
    }
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    for group in group_diff_ops(ops, CONTEXT) {
        hunk(&group, &old, &new, &mut out);
    }
    out
}

fn hunk(group: &[DiffOp], old: &[&[u8]], new: &[&[u8]], out: &mut Vec<u8>) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else {
        return;
    };
    let header = format!(
        "@@ -{} +{} @@\n",
        range(first.old_range().start, last.old_range().end),
        range(first.new_range().start, last.new_range().end)
    );
    out.extend_from_slice(header.as_bytes());
    let mut line = |mark: u8, text: &[u8]| {
        out.push(mark);
        out.extend_from_slice(text);
        if !text.ends_with(b"\n") {
            out.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    };
    for op in group {
        if op.tag() == DiffTag::Equal {
            old[op.old_range()].iter().for_each(|text| line(b' ', text));
            continue;
        }
        old[op.old_range()].iter().for_each(|text| line(b'-', text));
        new[op.new_range()].iter().for_each(|text| line(b'+', text));
    }
}

/// `start,count` of a hunk header; an empty range names the line before it.
fn range(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        count => format!("{},{count}", start + 1),
    }
}

/// A file name as git writes it: quoted when it holds control characters, quotes, backslashes or
/// bytes that are no UTF-8, and with a final tab when it holds blanks, which `patch` would cut at.
fn name(side: &str, path: &[u8]) -> Vec<u8> {
    let valid = std::str::from_utf8(path).is_ok();
    let octal = |byte: u8| byte.is_ascii_control() || !valid && !byte.is_ascii();
    let mut name = side.as_bytes().to_vec();
    if !path
        .iter()
        .any(|byte| octal(*byte) || matches!(byte, b'"' | b'\\'))
    {
        name.extend_from_slice(path);
        if path.contains(&b' ') {
            name.push(b'\t');
        }
        return name;
    }
    name.insert(0, b'"');
    for &byte in path {
        match byte {
            b'"' | b'\\' => name.extend([b'\\', byte]),
            b'\n' => name.extend(b"\\n"),
            b'\t' => name.extend(b"\\t"),
            byte if octal(byte) => name.extend(format!("\\{byte:03o}").into_bytes()),
            byte => name.push(byte),
        }
    }
    name.push(b'"');
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceId;

    fn diff(before: &str, after: &str) -> String {
        let source = |text: &str| Source::new(SourceId(0), "a b.conf", text);
        let bytes = unified(&source(before), &source(after), b"sub/a b.conf", &[]);
        String::from_utf8(bytes).expect("UTF-8 in, UTF-8 out")
    }

    #[test]
    fn line_endings_and_a_missing_last_one_are_kept() {
        assert_eq!(
            diff("a\r\nb", "a\r\nc"),
            "--- a/sub/a b.conf\t\n+++ b/sub/a b.conf\t\n@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
        );
        assert_eq!(diff("x", "x"), "");
        assert!(diff("", "x\n").contains("@@ -0,0 +1 @@"));
    }

    #[test]
    fn strange_names_are_quoted_as_git_does() {
        assert_eq!(name("a/", b"x\ty\"z"), b"\"a/x\\ty\\\"z\"");
        assert_eq!(name("a/", b"x\xff"), b"\"a/x\\377\"");
        assert_eq!(name("a/", "é".as_bytes()), "a/é".as_bytes());
    }
}
