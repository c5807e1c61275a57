//! Values that some other tool fills in before the application reads them.

/// Whether a value holds a placeholder that some other tool fills in.
///
/// Recognised: `{{ }}`, `${X}`, `$X`, `$(X)`, `<name>`, `%(x)s`, `@x@`, `__X__`.
pub fn is_placeholder(value: &str) -> bool {
    let name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ');
    let bytes = value.as_bytes();
    // An opening mark, then a name, then its closing mark.
    let wrapped = |open: &str, close: &[u8]| {
        memchr::memmem::find_iter(bytes, open).any(|at| {
            let rest = &bytes[at + open.len()..];
            let length = rest.iter().take_while(|byte| name(**byte)).count();
            length > 0 && rest[length..].starts_with(close)
        })
    };
    let dollar = bytes.windows(2).any(|pair| {
        pair[0] == b'$' && (pair[1].is_ascii_alphabetic() || matches!(pair[1], b'_' | b'{' | b'('))
    });
    dollar
        || value.contains("{{")
        || value.contains("{%")
        || wrapped("<", b">")
        || wrapped("%(", b")s")
        || wrapped("@", b"@")
        || (value.starts_with("__") && value.ends_with("__") && value.len() > 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_of_the_common_tools_are_recognised() {
        for text in [
            "{{ .Values.x }}",
            "${X}",
            "$X",
            "$(X)",
            "<bucket>",
            "%(host)s",
            "@version@",
            "__PORT__",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "4096m",
            "a < b",
            "user@host",
            "100%",
            "price$",
            "s3://a/b",
            "5 $ 6",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
