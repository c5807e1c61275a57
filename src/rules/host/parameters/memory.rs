//! `tcp-mem-in-bytes`: `net.ipv4.tcp_mem` counts pages.

use super::{assignments, remove};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related};
use crate::linux::numbers;
use crate::rules::Rule;
use crate::syntax::Setting;

/// The size of a page of memory. Where it is larger, so is the amount.
const PAGE: i128 = 4096;

/// 16 GiB in pages: hardly anybody gives TCP so much, and in bytes it is a common size of buffers.
const MUCH: i128 = 4_194_304;

/// 1 TiB in pages. Of machines of unknown use and size less may be meant: some give 64 GiB to TCP.
const MOST: i128 = 268_435_456;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (setting, document) in assignments(deployment) {
        let key = setting.key.as_str();
        let Some(Amount {
            largest,
            is_too_much,
            copied,
        }) = in_bytes(deployment, setting)
        else {
            continue;
        };
        let message = format!(
            "`{key}` counts pages, not bytes: {largest} pages are {}",
            amount(largest * PAGE)
        );
        let mut finding = rule.finding(document, setting.whole, message);
        finding.key = Some(key.to_owned());
        finding.label = match deployment.machine.memory {
            Some(memory) => format!("the machine has {}", amount(i128::from(memory))),
            None => "in pages of 4 KiB".to_owned(),
        };
        finding.help = if is_too_much {
            "left alone, the kernel keeps TCP below about 9 percent of the memory; with this \
             sockets may take what programs need, and nothing stops them"
        } else {
            "it is the memory of all connections together; left alone, the kernel makes the three \
             numbers of about 5, 6 and 9 percent of the memory"
        }
        .to_owned();
        finding.related.extend(copied);
        finding.fix = remove(deployment, (setting, document))
            .map(|fix| fix.risky("sockets get the kernel's own limit of memory"));
        out.push(finding);
    }
}

/// Numbers of pages that look like bytes.
struct Amount {
    largest: i128,
    is_too_much: bool,
    /// The buffers of a connection that have the same.
    copied: Option<Related>,
}

/// Whether the numbers of a setting are pages that look like bytes.
pub(super) fn is_in_bytes(deployment: &Deployment, setting: &Setting) -> bool {
    in_bytes(deployment, setting).is_some()
}

fn in_bytes(deployment: &Deployment, setting: &Setting) -> Option<Amount> {
    let key = setting.key.as_str();
    if !setting.known || !matches!(key, "net.ipv4.tcp_mem" | "net.ipv4.udp_mem") {
        return None;
    }
    let (found, _) = numbers::read(&setting.value, 3);
    let values: Vec<i128> = found.iter().map(|number| number.value).collect();
    let largest = values.iter().max().copied().filter(|_| values.len() == 3)?;
    let copied = copied_from(deployment, &values);
    let floor = if deployment.is_host_of_flink() {
        MUCH
    } else {
        MOST
    };
    let is_too_much = match deployment.machine.memory {
        Some(memory) => largest * PAGE > i128::from(memory),
        None => largest >= floor && !is_kernels_own(&values),
    };
    (is_too_much || copied.is_some()).then_some(Amount {
        largest,
        is_too_much,
        copied,
    })
}

/// Whether the numbers are in the proportion that the kernel gives them, 3 to 4 to 6 (`tcp_init_mem`): those
/// of a large machine, written down.
fn is_kernels_own(values: &[i128]) -> bool {
    let [low, pressure, limit] = values else {
        return false;
    };
    let near = |left: i128, right: i128| (left - right).abs() <= 6;
    near(low * 2, *limit) && near(pressure * 3, limit * 2)
}

/// The buffers of a connection, in bytes, that have the same three numbers.
fn copied_from(deployment: &Deployment, values: &[i128]) -> Option<Related> {
    let buffers = ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"].into_iter();
    let mut found = buffers.filter_map(|key| deployment.sysctl(key));
    let same = found.find(|other| {
        let (numbers, _) = numbers::read(other.value(), 3);
        numbers.iter().map(|number| &number.value).eq(values)
    })?;
    Some(Related {
        at: same.at(),
        message: format!(
            "the same numbers, which {} counts in bytes",
            same.setting.key
        ),
    })
}

/// An amount of bytes, rounded down: `64 GiB`.
fn amount(bytes: i128) -> String {
    let units = [("TiB", 1_i128 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20)];
    let (unit, size) = units
        .into_iter()
        .find(|(_, size)| bytes >= *size)
        .unwrap_or(("KiB", 1 << 10));
    let tenths = bytes * 10 / size;
    if tenths % 10 == 0 || tenths > 100 {
        format!("{} {unit}", tenths / 10)
    } else {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    }
}
