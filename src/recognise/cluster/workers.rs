//! The `workers` file of a configuration directory: the hosts on which `start-cluster.sh` starts
//! `TaskManager`s, one a line (`readWorkers` in Flink's `config.sh`).

use crate::text::Span;

/// What a `workers` file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workers {
    /// Its hosts.
    pub number: u32,
    /// The first to the last of them.
    pub at: Span,
    /// Whether it is as Flink ships it: nothing but `localhost`.
    pub stock: bool,
}

/// `None` when a host is filled in by something, or there is none.
pub(super) fn read(bytes: &[u8]) -> Option<Workers> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut at: Option<Span> = None;
    let mut hosts = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let host = line.split('#').next().unwrap_or(line).trim();
        if !host.is_empty() {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:@[]".contains(&byte);
            if !host.bytes().all(plain) {
                return None;
            }
            let own = Span::new(start, start + line.trim_end().len());
            at = Some(at.map_or(own, |at| at.join(own)));
            hosts.push(host);
        }
        start += line.len();
    }
    Some(Workers {
        number: u32::try_from(hosts.len()).ok()?,
        at: at?,
        stock: hosts == ["localhost"],
    })
}
