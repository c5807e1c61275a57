//! What kernels did with what was written to their parameters, held against `linux::numbers::write`.
//!
//! `testdata/linux/kernel-values.tsv` was recorded on Debian's kernels. A line is a key, the text that was
//! written (`\t`, `\r`, `\n` and `\\` are escapes), and what four releases did, or one cell where all did
//! the same: `ok` (the number is in force as written), `ok:BEFORE>AFTER`, an error that changed nothing, or
//! `EINVAL:BEFORE>AFTER`.

use std::collections::{BTreeMap, BTreeSet};

use flint::linux::kernel::MEASURED;
use flint::linux::numbers::{Errno, Outcome, write};
use flint::linux::parameters;

const RECORDED: &str = include_str!("../testdata/linux/kernel-values.tsv");

/// Keys for which some answers stay open, and why.
const OPEN: &[(&str, &str)] = &[
    (
        "fs.pipe-max-size",
        "rounds up, and the largest depends on the release's arithmetic",
    ),
    ("kernel.hung_task_timeout_secs", "limits not measured"),
    ("kernel.panic", "limits not measured"),
    (
        "kernel.sched_rt_runtime_us",
        "depends on the period and on running real-time tasks",
    ),
    (
        "kernel.sem",
        "the fourth number has a limit that a boot option moves",
    ),
    (
        "net.core.rps_sock_flow_entries",
        "rounds up to a power of two",
    ),
    (
        "net.ipv4.tcp_allowed_congestion_control",
        "depends on the modules of the kernel",
    ),
    (
        "net.core.default_qdisc",
        "depends on the modules of the kernel",
    ),
    (
        "net.ipv4.tcp_congestion_control",
        "depends on the modules of the kernel",
    ),
    (
        "net.ipv6.conf.all.disable_ipv6",
        "numbers beyond 32 bits become 0 up to 6.1",
    ),
    (
        "net.ipv6.conf.default.disable_ipv6",
        "numbers beyond 32 bits become 0 up to 6.1",
    ),
    (
        "net.netfilter.nf_conntrack_buckets",
        "rounds up, and memory limits it",
    ),
    ("vm.dirty_background_bytes", "huge numbers wrap"),
    ("vm.dirty_bytes", "huge numbers wrap"),
];

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let own = match c {
            '\\' => match chars.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                _ => '\\',
            },
            c => c,
        };
        out.push(own);
    }
    out
}

#[test]
fn writes_end_as_the_kernels_ended_them() {
    let (mut judged, mut open) = (0, BTreeMap::<&str, usize>::new());
    let mut wrong = Vec::new();
    for line in RECORDED.lines().skip(1) {
        let mut cells = line.split('\t');
        let (key, text) = (cells.next().expect("a key"), cells.next().expect("a text"));
        let text = unescaped(text);
        let answers: Vec<&str> = cells.collect();
        for (index, release) in MEASURED.into_iter().enumerate() {
            let answer = *answers.get(index).unwrap_or(&answers[0]);
            if answer == "-" {
                continue;
            }
            let (result, change) = answer.split_once(':').unwrap_or((answer, ""));
            let outcome = match parameters::find(key) {
                Some(parameter) => write(&parameter, &text, release),
                None => Outcome::Refused(Errno::Enoent, Vec::new()),
            };
            let own = match &outcome {
                Outcome::Accepted(_) => "ok".to_owned(),
                Outcome::Refused(errno, _) => errno.to_string(),
                Outcome::Unknown => {
                    *open.entry(key).or_default() += 1;
                    continue;
                }
            };
            judged += 1;
            let (before, after) = change.split_once('>').unwrap_or_default();
            let after = match (result, change) {
                ("ok", "") => text.split_ascii_whitespace().next().unwrap_or_default(),
                _ => after,
            };
            let mut expected: Vec<String> = before.split(' ').map(str::to_owned).collect();
            for (index, number) in outcome.numbers().iter().enumerate() {
                let Some(number) = number else { continue };
                if expected.len() <= index {
                    expected.push(String::new());
                }
                expected[index] = number.to_string();
            }
            // Of text the outcome says only whether it is taken, and of what stays nothing.
            let compares = !outcome.numbers().is_empty();
            if own != result || compares && expected.join(" ") != after {
                wrong.push(format!(
                    "{key} {text:?} on {release}: {own} {expected:?}, recorded {answer}"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {judged}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let found: BTreeSet<&str> = open.keys().copied().collect();
    let listed: BTreeSet<&str> = OPEN.iter().map(|(key, _)| *key).collect();
    assert_eq!(found, listed, "{open:?}");
    let unjudged: usize = open.values().sum();
    assert!(
        judged > 23_000 && unjudged < 1_200,
        "{judged} judged, {unjudged} open"
    );
}
