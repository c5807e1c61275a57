//! `small-tcp-buffers`: which kernel limits really bound Flink's connections.
//!
//! Data sockets are autotuned by the kernel up to the third number of `net.ipv4.tcp_rmem` and
//! `tcp_wmem` (tcp(7)); `net.core.rmem_max` and `wmem_max` cap only sockets that ask for a size; see
//! [`caps`].

use super::{DIRECTIONS, Direction, Numbers, RECEIVE, about, caps, is_unset, numbers, replace};
use crate::deployment::{Deployment, HostIs};
use crate::finding::{Finding, Fix, Related, Safety, Severity};
use crate::flink::value::show_memory;
use crate::linux::machine::{Machine, show_bandwidth, show_round_trip};
use crate::linux::tcp;
use crate::rules::{Rule, claim};
use crate::syntax::{Document, Scope};
use crate::text::Span;

const MIB: u64 = 1 << 20;

/// What busy connections cost.
pub(super) const RISK: &str =
    "busy connections may hold more kernel memory (net.ipv4.tcp_mem bounds the sum)";

/// What the limits of one direction are held against.
struct Need {
    /// The third number must not be below this.
    least: u64,
    /// What a fix writes.
    target: u64,
    /// How it was computed, where flint.toml describes the network.
    computed: Option<String>,
}

impl Need {
    /// Twice what is under way for a receive buffer, of which about half is usable as window; once for a
    /// send buffer.
    fn of(rule: &Rule, machine: &Machine, direction: &Direction) -> Need {
        let floor = rule.integer("floor");
        let network = machine.bandwidth.zip(machine.round_trip);
        let (Some(twice), Some((bandwidth, round_trip))) = (machine.needed_buffer(), network)
        else {
            let target = rule.integer("target").max(floor);
            return Need {
                least: floor,
                target,
                computed: None,
            };
        };
        let is_receive = direction.triple == RECEIVE.triple;
        let least = if is_receive { twice } else { twice.div_ceil(2) };
        let rate = show_bandwidth(bandwidth);
        let time = show_round_trip(round_trip);
        let computed = if is_receive {
            format!(
                "2 x {rate} x {time} = {least} bytes, by `[host]` of flint.toml: so much must fit into a \
                 receive buffer, of which about half is usable as window"
            )
        } else {
            format!(
                "{rate} x {time} = {least} bytes, by `[host]` of flint.toml: so much is under way, and \
                 stays in the send buffer until it is acknowledged"
            )
        };
        Need {
            least,
            target: least.div_ceil(MIB).saturating_mul(MIB),
            computed: Some(computed),
        }
    }

    fn why(&self) -> String {
        self.computed.clone().unwrap_or_else(|| {
            "the kernel sizes these buffers itself, up to this third number; a connection moves about \
             half of it in one round trip, so 10 Gbit/s over 0.5 ms needs 1310720"
                .to_owned()
        })
    }
}

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if !deployment.is_host_of_flink() {
        return;
    }
    let before = out.len();
    for direction in &DIRECTIONS {
        let need = Need::of(rule, &deployment.machine, direction);
        let triple = numbers(deployment, direction.triple);
        out.extend(triple.and_then(|own| small_triple(rule, deployment, direction, &need, &own)));
        out.extend(default_too_small(rule, deployment, direction, &need));
        out.extend(caps::small(rule, deployment, direction));
    }
    if out.len() == before && deployment.host_is == HostIs::Flinks {
        out.extend(caps::only_caps(rule, deployment).or_else(|| nothing_set(rule, deployment)));
    }
}

/// The third number of `tcp_rmem` or `tcp_wmem` is below what is needed, or below the kernel's own.
fn small_triple(
    rule: &Rule,
    deployment: &Deployment,
    direction: &Direction,
    need: &Need,
    numbers: &Numbers,
) -> Option<Finding> {
    let [first, second, third] = numbers.all.as_slice() else {
        return None;
    };
    // Numbers out of order mean something else than is written, which another rule says.
    if first.value > second.value || second.value > third.value {
        return None;
    }
    let effective = numbers.effective;
    let of_kernel = limit_of(&deployment.machine, direction).least;
    let finding = |message: String| {
        about(
            rule.finding(effective.document, effective.setting.whole, message),
            deployment,
            effective,
        )
    };
    let (triple, verb) = (direction.triple, direction.verb);
    let shown = show_memory(third.value);
    let mut finding = if third.value < need.least {
        let mut finding = finding(format!(
            "{triple} keeps the {verb} buffer of Flink's data connections at {shown} or less"
        ));
        finding.label = format!("third number {} is below {}", third.value, need.least);
        finding.help = need.why();
        finding
    } else if need.computed.is_none() && third.value < of_kernel {
        let mut finding = finding(format!(
            "{triple} keeps the {verb} buffer of Flink's data connections at {shown}, below the kernel's \
             own limit"
        ));
        finding.severity = Severity::Note;
        finding.help = format!(
            "without the line a machine like that of `[host]` in flint.toml takes {} or more",
            show_memory(of_kernel)
        );
        finding
    } else {
        return None;
    };
    let cap = super::number(deployment, direction.cap);
    if let Some((cap, _)) = cap.filter(|(_, number)| number.value >= need.least) {
        finding.related.push(Related {
            at: cap.at(),
            message: format!(
                "{} does not lift this: it caps only sockets that ask for a size",
                direction.cap
            ),
        });
    }
    let target = need.target.max(of_kernel.min(rule.integer("target")));
    let mut changes = vec![(third, target)];
    // Newer kernels refuse less.
    if second.value < direction.first {
        changes.push((second, direction.second));
    }
    if first.value < direction.first {
        changes.push((first, direction.first));
    }
    finding.fix =
        replace(deployment, effective, &changes).map(|fix| raised(fix, target).risky(RISK));
    Some(finding)
}

/// The same fix, called by what it does.
pub(super) fn raised(fix: Fix, target: u64) -> Fix {
    let place = fix.title.find(" in ").map_or("", |at| &fix.title[at..]);
    let title = format!("raise the limit to {}{place}", show_memory(target));
    fix.titled(title)
}

/// What the kernel computes for a triple that nobody sets.
fn limit_of(machine: &Machine, direction: &Direction) -> tcp::Bounds {
    if direction.triple == RECEIVE.triple {
        tcp::receive_limit(machine)
    } else {
        tcp::send_limit(machine)
    }
}

/// A triple that no file sets, where the network needs more than the kernel's own limit.
fn default_too_small(
    rule: &Rule,
    deployment: &Deployment,
    direction: &Direction,
    need: &Need,
) -> Option<Finding> {
    let computed = need.computed.as_ref()?;
    let document = last_of_machine(deployment)?;
    let most = limit_of(&deployment.machine, direction).most;
    if need.least <= most || !is_unset(deployment, direction.triple) {
        return None;
    }
    let (triple, verb) = (direction.triple, direction.verb);
    let mut finding = rule.finding(
        document,
        Span::at(0),
        format!(
            "no file sets {triple}, and the kernel's own limit of {} at most is below the {} that a {verb} \
             buffer needs in this network",
            show_memory(most),
            show_memory(need.least)
        ),
    );
    finding.key = Some(triple.to_owned());
    finding.help.clone_from(computed);
    let lines = [(triple, line(direction, need.target))];
    finding.fix = add(deployment, document, &lines, format!("add {triple}"));
    Some(finding)
}

/// The last file of the machine, where a new line counts for all loaders that read it.
pub(super) fn last_of_machine<'p>(deployment: &Deployment<'p>) -> Option<&'p Document> {
    let mut documents = deployment.host.iter().rev();
    documents
        .find(|document| document.scope == Scope::Machine)
        .copied()
}

fn line(direction: &Direction, target: u64) -> String {
    format!("{} {} {target}", direction.first, direction.second)
}

/// A host for Flink that says nothing about buffers, and of which nobody says anything either.
fn nothing_set(rule: &Rule, deployment: &Deployment) -> Option<Finding> {
    let mut keys = DIRECTIONS
        .iter()
        .flat_map(|direction| [direction.triple, direction.cap]);
    let document = last_of_machine(deployment)?;
    let is_silent = keys.all(|key| is_unset(deployment, key));
    if !is_silent || deployment.machine != Machine::default() {
        return None;
    }
    let target = rule.integer("target");
    let lines: Vec<(&str, String)> = DIRECTIONS
        .iter()
        .flat_map(|own| {
            [
                (own.triple, line(own, target)),
                (own.cap, target.to_string()),
            ]
        })
        .collect();
    let mut finding = rule.finding(
        document,
        Span::at(0),
        "sets none of the four TCP buffer limits; the kernel's defaults depend on its version and memory",
    );
    finding.severity = Severity::Note;
    finding.key = Some(RECEIVE.triple.to_owned());
    finding.help =
        "the defaults of net.ipv4.tcp_rmem and tcp_wmem end at 6 MiB and 4 MiB (less on \
                    hosts with little memory), net.core.rmem_max and wmem_max are 208 KiB; from \
                    Linux 6.18 on they are 32 MiB, 4 MiB and 4 MiB. What flint.toml says of the machine \
                    under `[host]` decides whether that is enough"
            .to_owned();
    finding.fix = add(
        deployment,
        document,
        &lines,
        "add the four limits".to_owned(),
    );
    Some(finding)
}

/// New lines at the end of a file.
fn add(
    deployment: &Deployment,
    document: &Document,
    lines: &[(&str, String)],
    title: String,
) -> Option<Fix> {
    let edit = document.insert_all(deployment.source(document), lines)?;
    let claims = lines
        .iter()
        .map(|(key, value)| claim(document, key, Some(value)));
    Some(Fix {
        title,
        safety: Safety::Unsafe,
        risk: RISK.to_owned(),
        claims: claims.collect(),
        edits: vec![edit],
    })
}
