use super::*;
use crate::syntax::testing::{self, comments, only_problem};
use crate::syntax::{Problem, ProblemKind, Repair};
use crate::text::{self, Edit, SourceId};

fn source(text: impl Into<Vec<u8>>) -> Source {
    Source::new(SourceId(0), "90-flink.conf", text.into())
}

fn problem(text: &str) -> Problem {
    only_problem(parse(&source(text)))
}

fn repaired(text: &str, repair: &Repair) -> String {
    testing::repaired(&source(text), parse, repair)
}

#[test]
fn keys_are_dotted_and_remember_another_spelling() {
    for (line, key, written) in [
        ("net.core.rmem_max=1", "net.core.rmem_max", None),
        (
            "net/core/rmem_max=1",
            "net.core.rmem_max",
            Some("net/core/rmem_max"),
        ),
        (
            "/net/core/rmem_max=1",
            "net.core.rmem_max",
            Some("/net/core/rmem_max"),
        ),
        (
            "net..core..rmem_max=1",
            "net.core.rmem_max",
            Some("net..core..rmem_max"),
        ),
        (
            "net.ipv4.conf.eth0/1.rp_filter=1",
            "net.ipv4.conf.eth0/1.rp_filter",
            None,
        ),
        (
            "net/ipv4/conf/eth0.1/rp_filter=1",
            "net.ipv4.conf.eth0/1.rp_filter",
            Some("net/ipv4/conf/eth0.1/rp_filter"),
        ),
        ("-vm.swappiness = 1", "vm.swappiness", None),
        ("--vm.swappiness = 1", "vm.swappiness", None),
        ("net.*.x = 1", "net.*.x", None),
    ] {
        let document = parse(&source(line));
        let setting = &document.settings[0];
        assert_eq!(setting.key, key, "{line}");
        assert_eq!(setting.written.as_deref(), written, "{line}");
        assert_eq!(
            path(key).split('/').count(),
            key.split('.').count(),
            "{line}"
        );
    }
}

#[test]
fn the_value_is_all_that_follows_the_first_equals_sign() {
    let source = source("  -a.b =  1 2 # c \t\r\n; x\nc.d=e=f\ng.h =\n");
    let document = parse(&source);
    let kinds: Vec<_> = document.problems.iter().map(|own| own.kind).collect();
    assert_eq!(kinds, [ProblemKind::SemicolonComment]);
    let values: Vec<&str> = document.settings.iter().map(|s| &*s.value).collect();
    assert_eq!(values, ["1 2 # c", "e=f", ""]);
    let first = &document.settings[0];
    assert_eq!(source.text(first.key_at), "a.b");
    assert_eq!(source.text(first.value_at), "1 2 # c");
    assert_eq!(source.text(first.whole), "-a.b =  1 2 # c");
}

#[test]
fn a_line_without_equals_sign_is_reported_and_repaired_where_it_has_one_reading() {
    for (text, fixed) in [
        (
            "net.core.rmem_max 1310720",
            Some("net.core.rmem_max = 1310720"),
        ),
        (
            "net.core.rmem_max: 1310720 ",
            Some("net.core.rmem_max = 1310720 "),
        ),
        ("net.ipv4.tcp_rmem 1 2 3", Some("net.ipv4.tcp_rmem = 1 2 3")),
        (
            "net.core.default_qdisc fq",
            Some("net.core.default_qdisc = fq"),
        ),
        (
            "net.core.rmem_max: \"1310720\"",
            Some("net.core.rmem_max = 1310720"),
        ),
        ("kernel.core_pattern: \"x\"", None),
        ("net.core.rmem_max := 1", Some("net.core.rmem_max = 1")),
        ("\"net.core.rmem_max\" = 1", Some("net.core.rmem_max = 1")),
        (
            "sysctl -w net.core.rmem_max=1310720",
            Some("net.core.rmem_max=1310720"),
        ),
        (
            "  sudo sysctl -w net.ipv4.tcp_rmem=\"1 2 3\"\r",
            Some("  net.ipv4.tcp_rmem=1 2 3\r"),
        ),
        (
            "export net.core.rmem_max=1310720",
            Some("net.core.rmem_max=1310720"),
        ),
        (
            "echo 1 > /proc/sys/net/ipv4/ip_forward",
            Some("net/ipv4/ip_forward = 1"),
        ),
        ("sysctl -p", None),
        ("+net.core.rmem_max = 1", None),
        ("net.core.rmem_max += 1", None),
        ("net . core . rmem_max = 1", None),
        ("// net.core.rmem_max = 1", None),
        ("[sysctl]", None),
        ("net.core.rmem_max", None),
        ("net.core is important", None),
        ("<<<<<<< HEAD", None),
        ("=5", None),
        ("ab", None),
    ] {
        let problem = problem(text);
        assert_eq!(problem.kind, ProblemKind::MissingEquals, "{text}");
        let done = problem.repair.map(|repair| repaired(text, &repair));
        assert_eq!(done.as_deref(), fixed, "{text}");
    }
    for text in ["-net.core.rmem_max\n", "# net.core\n\n", "a.b = 1"] {
        assert_eq!(parse(&source(text)).problems, [], "{text}");
    }
}

#[test]
fn a_byte_order_mark_is_deleted_with_what_it_hides() {
    let text = "\u{feff}vm.swappiness = 1\nvm.x = 2\n";
    let problem = problem(text);
    assert_eq!(problem.kind, ProblemKind::ByteOrderMark);
    let repair = problem.repair.unwrap();
    assert_eq!(repaired(text, &repair), "vm.swappiness = 1\nvm.x = 2\n");
    let hidden = "\u{feff}vm.swappiness".to_owned();
    let changes = [
        ("vm.swappiness".to_owned(), Some("1".to_owned())),
        (hidden, None),
    ];
    assert_eq!(repair.changes, changes);
    let comment = self::problem("\u{feff}# c\nvm.x = 2\n");
    assert_eq!(comment.repair.unwrap().changes, []);
    let no_key = self::problem("\u{feff}net.a: b.c = 1\n");
    let gone = ("\u{feff}net.a: b.c".to_owned(), None);
    assert_eq!(no_key.repair.unwrap().changes, [gone]);
}

#[test]
fn comments_for_flint_are_legal_on_lines_of_their_own_only() {
    let source = source(
        "\u{feff}# flint: ignore[a]\n ; flint: ignore[b] \nx.y = 1 # flint: ignore[c]  \nz.z = flint: no\n",
    );
    let found = comments(&source, &parse(&source));
    assert_eq!(
        found,
        [
            ("# flint: ignore[a]".to_owned(), true, true),
            ("; flint: ignore[b]".to_owned(), true, true),
            ("# flint: ignore[c]".to_owned(), false, false),
        ]
    );
}

#[test]
fn a_template_is_read_around_its_actions_and_never_edited() {
    let text = "{% for k in x %}\n{{ k }} = 1\n{% endfor %}\nvm.a = {{ b }}\nvm.c = 1\nbad\n";
    let document = parse(&source(text));
    let found: Vec<_> = document
        .settings
        .iter()
        .map(|s| (&*s.key, s.known))
        .collect();
    assert_eq!(found, [("vm.a", false), ("vm.c", true)]);
    assert_eq!(document.problems.len(), 1);
    assert!(!document.complete && !document.editable);
}

#[test]
fn files_of_other_systems_are_told_by_their_keys() {
    for text in [
        "kern.ipc.maxsockbuf=16777216\nnet.inet.tcp.sendspace=65536\n",
        "# FreeBSD\nvfs.zfs.min_auto_ashift=12\nsecurity.bsd.see_other_uids=0\n",
        "hw.snd.default_unit = 1\n",
    ] {
        assert!(is_bsd(text.as_bytes()), "{text}");
    }
    for text in [
        "",
        "# kern.maxfiles=1\n",
        "net.core.rmem_max = 1\n",
        "vm.swappiness = 1\nkern.typo = 1\n",
        "kernel.panic = 1\n",
        "fs.file-max=1\nhw.x = 1\n",
        "dev.raid.speed_limit_max = 1\n",
    ] {
        assert!(!is_bsd(text.as_bytes()), "{text}");
    }
}

#[test]
fn writers_keep_the_dash_and_take_a_hash_for_a_part_of_the_value() {
    let source = source("-vm.a = 1\r\nnet/b/c=2");
    let document = parse(&source);
    let apply = |edit: Option<Edit>| {
        let bytes = text::apply(&source.bytes, &[&edit?]);
        Some(String::from_utf8(bytes).unwrap())
    };
    let [first, second] = &document.settings[..] else {
        panic!("two settings");
    };
    let renamed = apply(document.rename(&source, first, "vm.x"));
    assert_eq!(renamed.as_deref(), Some("-vm.x = 1\r\nnet/b/c=2"));
    let set = apply(document.set(&source, second, "#3"));
    assert_eq!(set.as_deref(), Some("-vm.a = 1\r\nnet/b/c=#3"));
    let added = apply(document.insert(&source, "vm.d", "4 5"));
    assert_eq!(
        added.as_deref(),
        Some("-vm.a = 1\r\nnet/b/c=2\r\nvm.d = 4 5\r\n")
    );
    assert_eq!(document.insert(&source, "#vm.d", "4"), None);
    assert_eq!(document.set(&source, first, "1\nvm.z = 2"), None);
}

#[test]
fn lines_that_say_something_else_than_they_seem_to_are_repaired() {
    use ProblemKind::{
        DetachedDash, InvisibleCharacter, LineContinuation, LoneReturn, SemicolonComment,
    };
    for (kind, text, fixed) in [
        (DetachedDash, "-  a.b = 1\r\n", "-a.b = 1\r\n"),
        (DetachedDash, "x.y = 1\n- a.b = 1", "x.y = 1\n-a.b = 1"),
        (InvisibleCharacter, "a.b\u{a0}=\u{a0}1\n", "a.b = 1\n"),
        (InvisibleCharacter, "\u{200b}a.b = 1", "a.b = 1"),
        (InvisibleCharacter, "\u{2028}a.b = 1", " a.b = 1"),
        (InvisibleCharacter, "a.b = 1\u{a0}2\n", "a.b = 1 2\n"),
        (InvisibleCharacter, "\u{a0}# a comment\n", " # a comment\n"),
        (InvisibleCharacter, "\u{a0}\nx.y = 1\n", " \nx.y = 1\n"),
        (
            LineContinuation,
            "a.b = 4096 \\\n 87380 \\\n\t16777216\nx.y = 1\n",
            "a.b = 4096 87380 16777216\nx.y = 1\n",
        ),
        (
            LineContinuation,
            "a.b = 1 \\\nx.y = 1\n",
            "a.b = 1\nx.y = 1\n",
        ),
        (LoneReturn, "a.b = 1\rx.y = 2\r", "a.b = 1\nx.y = 2\r"),
        (LoneReturn, "# c\rx.y = 2\n", "# c\nx.y = 2\n"),
        (SemicolonComment, "; a\n  ; b = 1\n", "# a\n  # b = 1\n"),
    ] {
        let problem = problem(text);
        assert_eq!(problem.kind, kind, "{text:?}");
        let repair = problem.repair.expect(text);
        assert_eq!(repaired(text, &repair), fixed, "{text:?}");
    }
    for text in [
        "# a \u{a0} comment\\\nx.y = 1\n",
        "# c\r# d\r\nx.y = 1\r\n",
        "-a.b = 1\n",
        "--a.b = 1\n",
        "net.ipv4.conf.eth0/1.rp_filter = 1\n",
        "net.*.x = 1\n",
        "net.ipv4.conf.<your interface>.x = 1\n",
        // A blank to Unicode, and a letter to every loader.
        "\u{1680}a.b = 1\n",
    ] {
        assert_eq!(parse(&source(text)).problems, [], "{text:?}");
    }
}
