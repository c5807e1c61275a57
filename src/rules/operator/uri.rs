//! As much of `java.net.URI` as tells whether it takes a text, and which host it sees in it.

// Of the core library, which knows addresses and no network.
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What `java.net.URI` makes of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Uri {
    /// It refuses the text, for this reason.
    Refused(String),
    /// A URI.
    Parsed {
        /// The scheme; `None` for a mere path.
        scheme: Option<String>,
        /// The host; `None` where there is none, or none that is spelt as a host's name or address.
        host: Option<String>,
    },
}

/// Reads a text as `new URI(text)` does.
pub(super) fn parse(text: &str) -> Uri {
    let refused = |reason: String| Uri::Refused(reason);
    let illegal = |c: &char| c.is_ascii_control() || " \"<>\\^`{|}".contains(*c);
    if let Some(c) = text.chars().find(illegal) {
        return refused(format!("it holds {c:?}"));
    }
    if let Some(at) = bad_escape(text) {
        return refused(format!("`{at}` is no escape: a `%` is written `%25`"));
    }
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let (scheme, rest) = match text[..end].find(':') {
        Some(colon) => (Some(&text[..colon]), &text[colon + 1..]),
        None => (None, text),
    };
    if let Some(scheme) = scheme {
        let is_rest = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(is_rest) {
            return refused(format!("`{scheme}` is no scheme"));
        }
        if rest.is_empty() || rest.starts_with('#') {
            return refused("nothing follows the scheme".to_owned());
        }
    }
    let host = rest.strip_prefix("//").and_then(|rest| {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        host(&rest[..end])
    });
    Uri::Parsed {
        scheme: scheme.map(str::to_owned),
        host,
    }
}

/// The first `%` that two hexadecimal digits don't follow, with what does.
fn bad_escape(text: &str) -> Option<String> {
    text.match_indices('%').find_map(|(at, _)| {
        let digits = text.as_bytes().get(at + 1..at + 3);
        let is_escape = digits.is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        (!is_escape).then(|| text[at..].chars().take(3).collect())
    })
}

/// The host of an authority with perhaps a user and a port, where it is spelt as one.
fn host(authority: &str) -> Option<String> {
    let server = authority.rsplit_once('@').map_or(authority, |(_, own)| own);
    let (host, port) = if server.starts_with('[') {
        let end = server.find(']')?;
        (&server[..=end], server[end + 1..].strip_prefix(':'))
    } else {
        match server.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (server, None),
        }
    };
    let is_port = port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    let is_host = host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok() || is_name(host);
    (is_port && is_host).then(|| host.to_owned())
}

/// Whether a text is the name of a host: labels of letters, digits and inner `-`, the last one beginning
/// with a letter.
fn is_name(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        let inner = label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or(host);
    host.split('.').all(is_label) && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Why an address is one that the operator doesn't fetch from; `None` for other addresses, and for names
/// that only a name server could tell.
pub(super) fn restricted(host: &str) -> Option<&'static str> {
    if host.eq_ignore_ascii_case("localhost") {
        return Some("the operator's own pod");
    }
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    let literal = literal.split('%').next().unwrap_or(literal);
    let address = match literal.parse().ok()? {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4),
        v4 @ IpAddr::V4(_) => v4,
    };
    let (link_local, site_local) = match address {
        IpAddr::V4(v4) => (v4.is_link_local(), v4.is_private()),
        IpAddr::V6(v6) => (begins(v6, 0xfe80), begins(v6, 0xfec0)),
    };
    if address.is_loopback() {
        Some("the operator's own pod")
    } else if link_local {
        Some("a link-local address")
    } else if site_local {
        Some("an address of a private network")
    } else if address.is_unspecified() {
        Some("no address of a host")
    } else if address.is_multicast() {
        Some("a multicast address")
    } else {
        None
    }
}

/// Whether an address lies in a network of ten bits.
fn begins(address: Ipv6Addr, network: u16) -> bool {
    address.segments()[0] & 0xffc0 == network
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<(Option<String>, Option<String>)> {
        match parse(text) {
            Uri::Parsed { scheme, host } => Some((scheme, host)),
            Uri::Refused(_) => None,
        }
    }

    fn of(scheme: &str, host: &str) -> (Option<String>, Option<String>) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        (some(scheme), some(host))
    }

    #[test]
    fn a_text_is_read_like_java_reads_it() {
        for (text, read) in [
            (
                "https://repo.example.com/a.jar",
                Some(of("https", "repo.example.com")),
            ),
            ("HTTPS://u:p@h:8080/a.jar?x=%20", Some(of("HTTPS", "h"))),
            ("http://[::1]:80/a.jar", Some(of("http", "[::1]"))),
            ("http://10.0.0.1/a.jar", Some(of("http", "10.0.0.1"))),
            ("local:///opt/a.jar", Some(of("local", ""))),
            ("/opt/a.jar", Some(of("", ""))),
            ("s3://my_bucket/a.jar", Some(of("s3", ""))),
            ("https:///a.jar", Some(of("https", ""))),
            ("https://10.0.0/a.jar", Some(of("https", ""))),
            ("https://repo example/a.jar", None),
            ("ht^tp://repo/a.jar", None),
            ("https://repo/100%.jar", None),
            ("1s:/a.jar", None),
            ("https:", None),
        ] {
            assert_eq!(parsed(text), read, "{text}");
        }
    }

    #[test]
    fn addresses_that_are_nobody_elses_are_restricted() {
        for host in [
            "localhost",
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "224.0.0.1",
            "[::1]",
            "[fe80::1%eth0]",
            "[fec0::1]",
            "[::ffff:10.0.0.1]",
        ] {
            assert!(restricted(host).is_some(), "{host}");
        }
        for host in [
            "8.8.8.8",
            "172.32.0.1",
            "[2001:db8::1]",
            "nexus",
            "local.host",
        ] {
            assert!(restricted(host).is_none(), "{host}");
        }
    }
}
