//! The one place that reads the running machine: parameters of its kernel, for `flint show --live`.
//! Nothing is ever written.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::linux::running::{Reading, Running};
use crate::syntax::sysctl;

/// Where Linux shows its parameters.
pub(super) const ROOT: &str = "/proc/sys";

/// No parameter is longer than what a page of memory holds; lists of ports may be.
const MOST: u64 = 1 << 16;

/// What the kernel whose parameters lie below `root` says of these.
pub(super) fn read<'k>(root: &Path, keys: impl IntoIterator<Item = &'k str>) -> Running {
    let parameters = keys.into_iter();
    Running {
        release: match of(root, "kernel/osrelease") {
            Reading::Value(release) => Some(release),
            Reading::Missing | Reading::Unreadable => None,
        },
        parameters: parameters
            .map(|key| (key.to_owned(), of(root, &sysctl::path(key))))
            .collect(),
    }
}

/// What stands in the file of a parameter.
fn of(root: &Path, path: &str) -> Reading {
    // A key may lead anywhere, also out of the folder.
    let leads_out = |part: &str| matches!(part, "" | "." | "..");
    if path.split('/').any(leads_out) || path.contains('\0') {
        return Reading::Missing;
    }
    let file = root.join(path);
    if file.is_dir() {
        return Reading::Missing;
    }
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(MOST).read_to_end(&mut bytes));
    match read {
        Ok(_) => Reading::Value(String::from_utf8_lossy(&bytes).trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Reading::Missing,
        Err(_) => Reading::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn machine() -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        let put = |path: &str, text: &str| {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, text).expect("a file");
        };
        put("kernel/osrelease", "6.12.107\n");
        put("net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
        put("net/ipv4/conf/eth0.100/rp_filter", "0\n");
        root
    }

    #[test]
    fn parameters_are_read_from_their_files() {
        let root = machine();
        let keys = [
            "net.ipv4.tcp_rmem",
            "net.ipv4.conf.eth0/100.rp_filter",
            "net.ipv4.tcp_tw_recycle",
            "net.ipv4",
        ];
        let running = read(root.path(), keys);
        assert_eq!(running.release.as_deref(), Some("6.12.107"));
        let value = |text: &str| Some(Reading::Value(text.to_owned()));
        let of = |key| running.parameters.get(key).cloned();
        assert_eq!(of(keys[0]), value("4096\t131072\t6291456"));
        assert_eq!(of(keys[1]), value("0"));
        assert_eq!(of(keys[2]), Some(Reading::Missing));
        assert_eq!(of(keys[3]), Some(Reading::Missing));
    }

    #[test]
    fn no_key_leads_out_of_the_folder() {
        let root = machine();
        let inner = root.path().join("net");
        for key in [
            "../kernel/osrelease",
            "ipv4/../../kernel/osrelease",
            "/etc/passwd",
            "",
        ] {
            assert_eq!(of(&inner, key), Reading::Missing, "{key}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_may_not_be_read_is_said_so() {
        use std::os::unix::fs::PermissionsExt;
        let root = machine();
        let file = root.path().join("net/ipv4/tcp_rmem");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o200)).expect("permissions");
        // The superuser reads it all the same.
        if File::open(&file).is_err() {
            assert_eq!(of(root.path(), "net/ipv4/tcp_rmem"), Reading::Unreadable);
        }
    }
}
