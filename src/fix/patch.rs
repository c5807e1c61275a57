//! Unified diffs that `git apply` and `patch -p1` accept, byte for byte.

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

use crate::text::Source;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// The patch from one source to another; empty when they are equal. `prefix` is the way from the git
/// root to the project root, empty or with a final `/`. `remarks` stand as `#` lines before the file's
/// header, where `git apply` and `patch` skip them.
pub fn unified(before: &Source, after: &Source, prefix: &str, remarks: &[String]) -> Vec<u8> {
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
    let path = format!("{prefix}{}", before.path);
    out.extend_from_slice(format!("--- {}\n", name("a/", &path)).as_bytes());
    out.extend_from_slice(format!("+++ {}\n", name("b/", &path)).as_bytes());
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

/// A file name as git writes it: quoted when it holds control characters, quotes or backslashes, and
/// with a final tab when it holds blanks, which `patch` would cut at.
fn name(side: &str, path: &str) -> String {
    let special = |c: char| c.is_control() || c == '"' || c == '\\';
    if path.chars().any(special) {
        let mut quoted = format!("\"{side}");
        for c in path.chars() {
            match c {
                '"' | '\\' => quoted.extend(['\\', c]),
                '\n' => quoted.push_str("\\n"),
                '\t' => quoted.push_str("\\t"),
                c if c.is_control() => {
                    let mut bytes = [0; 4];
                    for byte in c.encode_utf8(&mut bytes).bytes() {
                        quoted.push_str(&format!("\\{byte:03o}"));
                    }
                }
                c => quoted.push(c),
            }
        }
        quoted.push('"');
        return quoted;
    }
    let tab = if path.contains(' ') { "\t" } else { "" };
    format!("{side}{path}{tab}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceId;

    fn diff(before: &str, after: &str) -> String {
        let source = |text: &str| Source::new(SourceId(0), "a b.conf", text);
        let bytes = unified(&source(before), &source(after), "sub/", &[]);
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
        assert_eq!(name("a/", "x\ty\"z"), "\"a/x\\ty\\\"z\"");
    }
}
