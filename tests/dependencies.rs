//! What flint is built from: nothing that talks to a network, nothing from elsewhere than the registry.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item};

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Name and source of every crate that Cargo.lock names: those of flint, of its tests and of other systems.
fn locked(lock: &Path) -> Vec<(String, Option<String>)> {
    let text = fs::read_to_string(lock).expect("Cargo.lock");
    let lock: DocumentMut = text.parse().expect("Cargo.lock is TOML");
    let packages = lock["package"].as_array_of_tables().expect("packages");
    let field = |item: Option<&Item>| item.and_then(Item::as_str).map(str::to_owned);
    let packages = packages.iter().map(|package| {
        let name = field(package.get("name")).expect("a name");
        (name, field(package.get("source")))
    });
    packages.collect()
}

/// Crates that open connections, or that all who do stand on.
const NETWORK: &[&str] = &[
    "actix-web",
    "async-io",
    "async-net",
    "async-std",
    "attohttpc",
    "awc",
    "axum",
    "curl",
    "curl-sys",
    "dns-lookup",
    "git2",
    "gix-transport",
    "h2",
    "h3",
    "hickory-resolver",
    "http",
    "http-body",
    "httparse",
    "hyper",
    "hyper-util",
    "isahc",
    "libgit2-sys",
    "libssh2-sys",
    "minreq",
    "mio",
    "native-tls",
    "openssl",
    "openssl-sys",
    "pnet",
    "quinn",
    "reqwest",
    "ring",
    "rustls",
    "smol",
    "socket2",
    "ssh2",
    "surf",
    "tiny_http",
    "tokio",
    "tonic",
    "trust-dns-resolver",
    "tungstenite",
    "ureq",
    "url",
    "warp",
    "webpki",
    "ws2_32-sys",
];

#[test]
fn no_crate_talks_to_a_network() {
    let all = locked(&home().join("Cargo.lock"));
    assert!(
        all.iter().any(|(name, _)| name == "flink-lint"),
        "the lock is flint's"
    );
    assert!(all.len() > 20, "the whole tree is in it");
    let network: BTreeSet<&str> = NETWORK.iter().copied().collect();
    let found: Vec<&String> = all
        .iter()
        .map(|(name, _)| name)
        .filter(|name| network.contains(name.as_str()))
        .collect();
    assert_eq!(found, Vec::<&String>::new());
    for (name, source) in &all {
        let registry = "registry+https://github.com/rust-lang/crates.io-index";
        let own = source.is_none() && name == "flink-lint";
        assert!(
            own || source.as_deref() == Some(registry),
            "{name} comes from {source:?}"
        );
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_source_names_a_socket() {
    let mut all = Vec::new();
    sources(&home().join("src"), &mut all);
    assert!(all.len() > 100, "all sources are looked at");
    for path in all {
        let text = fs::read_to_string(&path).expect("a source");
        for word in [
            "std::net",
            "os::unix::net",
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "UnixStream",
            "ToSocketAddrs",
        ] {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

/// The kind of section that has the symbols of other libraries.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
const DYNAMIC_SYMBOLS: usize = 11;

/// The names of the functions that a program of 64 bits takes from libraries of the system.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn taken(program: &[u8]) -> Vec<&str> {
    let number = |at: usize, size: usize| {
        let bytes = program[at..at + size].iter().rev();
        bytes.fold(0_usize, |number, byte| number << 8 | usize::from(*byte))
    };
    let (table, size, count) = (number(0x28, 8), number(0x3a, 2), number(0x3c, 2));
    let section = |index: usize| table + index * size;
    // The table of symbols of other libraries names the section that holds their names.
    let symbols = (0..count)
        .map(section)
        .find(|own| number(own + 4, 4) == DYNAMIC_SYMBOLS);
    let names = section(number(symbols.expect("a dynamic program") + 0x28, 4));
    let (start, length) = (number(names + 0x18, 8), number(names + 0x20, 8));
    let names = program[start..start + length].split(|byte| *byte == 0);
    names
        .map(|name| std::str::from_utf8(name).expect("a name"))
        .collect()
}

/// What no crate and no source says the program would still say: it has no function that could connect.
#[test]
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn the_program_takes_no_function_that_connects() {
    let program = fs::read(env!("CARGO_BIN_EXE_flint")).expect("the program");
    let names = taken(&program);
    assert!(names.contains(&"memcpy"), "the names are found: {names:?}");
    let network = [
        "socket",
        "connect",
        "bind",
        "listen",
        "accept4",
        "getaddrinfo",
        "gethostbyname",
    ];
    let found: Vec<&&str> = names
        .iter()
        .filter(|name| network.contains(*name))
        .collect();
    assert_eq!(found, Vec::<&&str>::new());
}
