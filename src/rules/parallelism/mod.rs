//! Rules about parallelism, slots and key groups. They compare numbers of one cluster, so each number
//! must be certain: known from the cluster's own files, and set nowhere else.

use super::Rule;
use crate::deployment::{Deployment, Effective, Value, is_disguised};
use crate::finding::{Finding, Related};
use crate::flink::value;

mod cores;
mod key_groups;
mod slots;

pub(super) use cores::slots_vs_cpu;
pub(super) use key_groups::{key_group_skew, max_parallelism_below_parallelism};
pub(super) use slots::parallelism_exceeds_slots;

const PARALLELISM: &str = "parallelism.default";
const MAX_PARALLELISM: &str = "pipeline.max-parallelism";
const SCHEDULER: &str = "jobmanager.scheduler";
const SLOTS: &str = "taskmanager.numberOfTaskSlots";

/// Schedulers that start a job with exactly the parallelism that it asks for; both are names of the
/// same one (`DefaultSchedulerFactory`), which is the default of all versions.
pub(super) const EXACT: &[&str] = &["Default", "Ng"];
/// Those that refuse a parallelism above the maximum: the adaptive one as well.
const STREAMING: &[&str] = &["Default", "Ng", "Adaptive"];

/// A whole number above 0 that a setting holds.
#[derive(Clone, Copy, Debug)]
struct Number<'p> {
    number: u32,
    setting: Effective<'p>,
}

impl<'p> Number<'p> {
    /// What an option is certainly set to.
    fn of(deployment: &Deployment<'p>, key: &str) -> Option<Self> {
        Number::read(deployment.cluster_option(key).known()?)
    }

    fn read(setting: Effective<'p>) -> Option<Self> {
        let number = value::parse_integer(setting.value()).ok()?;
        let number = u32::try_from(number).ok().filter(|number| *number > 0)?;
        Some(Number { number, setting })
    }

    /// What it is called where it is set.
    fn name(self) -> String {
        format!("`{}`", self.called())
    }

    fn called(self) -> &'p str {
        let Effective {
            setting, document, ..
        } = self.setting;
        let written = setting.written.as_ref();
        written
            .filter(|_| is_disguised(document, setting))
            .unwrap_or(&setting.key)
    }

    /// The setting as a place that takes part.
    fn related(self) -> Related {
        Related {
            at: self.setting.at(),
            message: format!("{} is {}", self.called(), self.number),
        }
    }

    /// A finding at the setting.
    fn finding(self, rule: &Rule, message: String) -> Finding {
        let setting = self.setting.setting;
        let mut finding = rule.finding(self.setting.document, setting.whole, message);
        finding.key = Some(setting.key.clone());
        finding
    }
}

/// Whether jobs are streaming jobs, as far as the cluster's files decide it, and run by one of these
/// schedulers. The reactive mode takes the maximum parallelism for the parallelism of all operators.
fn runs_with(deployment: &Deployment, schedulers: &[&str]) -> bool {
    let is_any = |key: &str, all: &[&str]| match deployment.cluster_option(key) {
        Value::Known(effective) => names(all, effective),
        Value::Default(_) => true,
        Value::Unknown => false,
    };
    is_any("execution.runtime-mode", &["STREAMING"])
        && is_any(SCHEDULER, schedulers)
        && deployment.cluster_option("scheduler-mode").is_absent()
}

/// Whether a setting is one of these names, any case.
fn names(all: &[&str], effective: Effective) -> bool {
    let mut all = all.iter();
    all.any(|name| name.eq_ignore_ascii_case(effective.value().trim()))
}

/// A noun after a number.
fn counted(number: u32, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        more => format!("{more} {noun}s"),
    }
}
