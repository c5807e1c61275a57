//! `small-tcp-buffers`: which kernel limits really bound Flink's connections.
//!
//! Data sockets are autotuned by the kernel up to the third number of `net.ipv4.tcp_rmem` and
//! `tcp_wmem` (tcp(7)); `net.core.rmem_max` and `wmem_max` cap only sockets that ask for a size
//! (socket(7), `SO_RCVBUF`): Flink's RPC (256000 bytes, Pekko's `reference.conf`), Kafka clients, and
//! Flink 1.13-1.20 with `taskmanager.network.netty.sendReceiveBufferSize` (`NettyConfig`).

use crate::deployment::{Deployment, Effective};
use crate::finding::{Finding, Fix, Related, Safety, Severity};
use crate::flink::value::show_memory;
use crate::flink::version::Versions;
use crate::linux::numbers;
use crate::rules::{Rule, claim, fixes};
use crate::syntax::Scope;
use crate::text::Span;

/// One direction of traffic: the autotuning limits, the cap for explicit sizes, and the sane first
/// two numbers of the kernel (net/ipv4/tcp.c, `tcp_init`).
struct Direction {
    triple: &'static str,
    cap: &'static str,
    verb: &'static str,
    first: u64,
    second: u64,
}

const DIRECTIONS: [Direction; 2] = [
    Direction {
        triple: "net.ipv4.tcp_rmem",
        cap: "net.core.rmem_max",
        verb: "receive",
        first: 4096,
        second: 131_072,
    },
    Direction {
        triple: "net.ipv4.tcp_wmem",
        cap: "net.core.wmem_max",
        verb: "send",
        first: 4096,
        second: 16_384,
    },
];

const SOCKET_SIZE: &str = "taskmanager.network.netty.sendReceiveBufferSize";

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let Some(last) = deployment.host.last() else {
        return;
    };
    let set = |key| deployment.names_sysctl(key);
    let triples = DIRECTIONS.iter().any(|direction| set(direction.triple));
    let caps = DIRECTIONS.iter().any(|direction| set(direction.cap));
    if !triples && !caps {
        if deployment.host_runs_flink {
            out.push(nothing_set(rule, deployment, last));
        }
        return;
    }
    let before = out.len();
    for direction in &DIRECTIONS {
        if let Some(effective) = deployment.sysctl(direction.triple) {
            out.extend(small_triple(rule, deployment, direction, effective));
        }
        // A container can't set it at all, which another rule says.
        let cap = deployment.sysctl(direction.cap);
        if let Some(effective) = cap.filter(|cap| cap.document.scope == Scope::Machine) {
            out.extend(small_cap(rule, deployment, direction, effective));
        }
    }
    if !triples && out.len() == before && deployment.host_runs_flink {
        out.extend(only_caps(rule, deployment));
    }
}

/// The third number of `tcp_rmem` or `tcp_wmem` is below the floor.
fn small_triple(
    rule: &Rule,
    deployment: &Deployment,
    direction: &Direction,
    effective: Effective,
) -> Option<Finding> {
    let setting = effective.setting;
    let found = numbers::parse(&setting.value);
    let (true, [first, second, third]) = (setting.known, found.as_slice()) else {
        return None;
    };
    let floor = rule.integer("floor");
    if third.value >= floor {
        return None;
    }
    let mut finding = rule.finding(
        effective.document,
        setting.whole,
        format!(
            "{} keeps the {} buffer of Flink's data connections at {} or less",
            direction.triple,
            direction.verb,
            show_memory(third.value)
        ),
    );
    finding.label = format!("third number {} is below {floor}", third.value);
    finding.help =
        "the kernel sizes these buffers itself, up to this third number; a connection moves about \
                    half of it in one round trip, so 10 Gbit/s over 0.5 ms needs 1310720"
            .to_owned();
    finding.key = Some(setting.key.clone());
    if let Some(cap) = deployment.sysctl(direction.cap) {
        let raised = numbers::parse(cap.value())
            .first()
            .is_some_and(|number| number.value >= floor);
        if raised {
            finding.related.push(Related {
                at: cap.at(),
                message: format!(
                    "{} does not lift this: it caps only sockets that ask for a size",
                    direction.cap
                ),
            });
        }
    }
    let target = rule.integer("target").max(third.value);
    let sane_first = (4096..=65_536).contains(&first.value);
    let least = if sane_first {
        first.value
    } else {
        direction.first
    };
    let sane_second = (least..1_048_576).contains(&second.value);
    let edit_from = |number: &numbers::Number, value: u64| (number.at.clone(), value.to_string());
    let mut parts = vec![edit_from(third, target)];
    if !sane_second {
        parts.push(edit_from(second, direction.second));
    }
    if !sane_first {
        parts.push(edit_from(first, direction.first));
    }
    finding.fix = raise(deployment, effective, &parts, target);
    Some(finding)
}

/// `rmem_max` or `wmem_max` is below what some socket asks for, or merely below the guides' number.
fn small_cap(
    rule: &Rule,
    deployment: &Deployment,
    direction: &Direction,
    effective: Effective,
) -> Option<Finding> {
    let setting = effective.setting;
    let found = numbers::parse(&setting.value);
    let (true, Some(number)) = (setting.known, found.first()) else {
        return None;
    };
    let asked = asked_for(deployment);
    let rpc = rule.integer("rpc-size");
    let needed = asked.map_or(rpc, |(size, _)| size.max(rpc));
    let floor = rule.integer("floor");
    if number.value >= needed.max(floor) {
        return None;
    }
    let shown = show_memory(number.value);
    let mut finding = if number.value < needed {
        let who = match asked {
            Some((size, _)) if size > number.value => {
                format!("{SOCKET_SIZE} asks for {}", show_memory(size))
            }
            _ => format!("Flink's RPC asks for {}", show_memory(rpc)),
        };
        let mut finding = rule.finding(
            effective.document,
            setting.whole,
            format!(
                "{} cuts sockets that ask for a size down to {shown}",
                direction.cap
            ),
        );
        finding.label = who;
        finding.fix = raise(
            deployment,
            effective,
            &[(
                number.at.clone(),
                rule.integer("target").max(number.value).to_string(),
            )],
            rule.integer("target").max(number.value),
        );
        finding
    } else {
        let mut finding = rule.finding(
            effective.document,
            setting.whole,
            format!(
                "{} = {} caps only sockets that ask for a size (RPC, Kafka clients); Flink's data \
                 connections follow {}",
                direction.cap, number.value, direction.triple
            ),
        );
        finding.severity = Severity::Note;
        finding
    };
    finding.help = format!(
        "the limit holds for sockets that set a size themselves: Flink's RPC, Kafka clients, and Flink \
         1.13-1.20 with {SOCKET_SIZE}; data connections are sized by the kernel, up to the third \
         number of {}",
        direction.triple
    );
    finding.key = Some(setting.key.clone());
    if let Some((_, option)) = asked {
        finding.related.push(Related {
            at: option.at(),
            message: "the size that Flink's data connections ask for".to_owned(),
        });
    }
    Some(finding)
}

/// What `sendReceiveBufferSize` asks for, where a version in question still reads it (gone in 2.0).
fn asked_for<'p>(deployment: &Deployment<'p>) -> Option<(u64, Effective<'p>)> {
    if !deployment.versions.overlaps(Versions::LEGACY) {
        return None;
    }
    let option = deployment.get(SOCKET_SIZE).known()?;
    let size = option.value().trim().parse::<u64>().ok()?;
    (size > 0).then_some((size, option))
}

/// Replaces numbers inside a value and nothing else, so that blanks and what follows stay.
fn raise(
    deployment: &Deployment,
    effective: Effective,
    parts: &[(std::ops::Range<usize>, String)],
    target: u64,
) -> Option<Fix> {
    let (setting, document) = (effective.setting, effective.document);
    let mut value = setting.value.clone();
    let mut parts = parts.to_vec();
    parts.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    for (range, text) in parts {
        value.replace_range(range, &text);
    }
    let fix = fixes::set(deployment, document, setting, &value)?;
    let title = format!("raise the limit to {}", show_memory(target));
    Some(fix.titled(title).risky(RISK))
}

const RISK: &str = "busy connections may hold more kernel memory (net.ipv4.tcp_mem bounds the sum)";

/// A host for Flink that says nothing about buffers.
fn nothing_set(
    rule: &Rule,
    deployment: &Deployment,
    document: &crate::syntax::Document,
) -> Finding {
    let target = rule.integer("target").to_string();
    let lines: Vec<(&str, String)> = DIRECTIONS
        .iter()
        .flat_map(|direction| {
            let triple = format!("{} {} {target}", direction.first, direction.second);
            [(direction.triple, triple), (direction.cap, target.clone())]
        })
        .collect();
    let mut finding = rule.finding(
        document,
        Span::at(0),
        "sets none of the four TCP buffer limits; the kernel's defaults depend on its version and memory",
    );
    finding.severity = Severity::Note;
    finding.key = Some("net.ipv4.tcp_rmem".to_owned());
    finding.help =
        "the defaults of net.ipv4.tcp_rmem and tcp_wmem end at 6 MiB and 4 MiB (less on \
                    hosts with little memory), net.core.rmem_max and wmem_max are 208 KiB; from \
                    Linux 6.18 on they are 32 MiB, 4 MiB and 4 MiB"
            .to_owned();
    finding.fix = document
        .insert_all(deployment.source(document), &lines)
        .map(|edit| Fix {
            title: "add the four limits".to_owned(),
            safety: Safety::Unsafe,
            risk: RISK.to_owned(),
            edits: vec![edit],
            claims: lines
                .iter()
                .map(|(key, value)| claim(document, key, Some(value)))
                .collect(),
        });
    finding
}

/// The caps are raised, but the keys that size Flink's data connections are left alone.
fn only_caps(rule: &Rule, deployment: &Deployment) -> Option<Finding> {
    let direction = DIRECTIONS
        .iter()
        .find(|direction| deployment.sysctl(direction.cap).is_some())?;
    let effective = deployment.sysctl(direction.cap)?;
    if !effective.setting.known {
        return None;
    }
    let mut finding = rule.finding(
        effective.document,
        effective.setting.whole,
        format!(
            "{} does not size Flink's data connections; {} does, and is not set here",
            direction.cap, direction.triple
        ),
    );
    finding.severity = Severity::Note;
    finding.key = Some(direction.triple.to_owned());
    Some(finding)
}
