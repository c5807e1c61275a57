//! Rules about configurations that load, and that Flink then refuses, or reads without the effect
//! they were written for. They speak of Flink's own files only: what a job's file says, the job may
//! read in its own way.

use super::cluster::known;
use super::declared::{self, Test};
use super::{Rule, keys};
use crate::deployment::{Deployment, Effective, Value};
use crate::finding::{Finding, Related};
use crate::flink::version::Versions;

pub(super) mod bounds;
pub(super) mod checkpoints;
pub(super) mod conflicts;
pub(super) mod ineffective;
pub(super) mod paths;
pub(super) mod restart;

/// Conditions on options, all of which must be known to hold.
pub(super) type When = &'static [(&'static str, Test)];

/// The names of the restart strategies (`RestartStrategyOptions`), each in both spellings.
pub(super) const FIXED_DELAY: Test = Test::OneOf(&["fixed-delay", "fixeddelay"]);
/// See [`FIXED_DELAY`].
pub(super) const EXPONENTIAL_DELAY: Test = Test::OneOf(&["exponential-delay", "exponentialdelay"]);

/// What is known to hold: the versions for which it does, and the settings that say so.
#[derive(Debug)]
pub(super) struct Proof<'p> {
    /// The versions of the deployment that know every key that takes part.
    pub versions: Versions,
    /// The settings in force, in the order in which they were asked for.
    pub settings: Vec<Effective<'p>>,
}

impl<'p> Proof<'p> {
    /// Nothing but a setting.
    fn of(effective: Effective<'p>, deployment: &Deployment) -> Self {
        Proof {
            versions: deployment.versions.and(effective.versions),
            settings: vec![effective],
        }
    }

    /// The same with further conditions; `None` unless all of them are known to hold.
    fn and(
        mut self,
        rule: &Rule,
        deployment: &Deployment<'p>,
        when: &[(&str, Test)],
    ) -> Option<Self> {
        for (key, test) in when {
            let value = deployment.cluster_value(key);
            let versions = match value {
                Value::Known(effective) => self.versions.and(effective.versions),
                _ => self.versions,
            };
            if declared::passes(rule, key, value, None, *test, versions) != Some(true) {
                return None;
            }
            // What is there under a wrong name has that one cause, and a rule for it.
            if *test == Test::Absent && keys::is_misspelt(deployment, key) {
                return None;
            }
            self.versions = versions;
            self.settings.extend(value.known());
        }
        (!self.versions.is_empty()).then_some(self)
    }

    /// The same, when it holds in none but `versions`: of several versions all must agree.
    fn only(self, versions: Versions) -> Option<Self> {
        (!self.versions.is_empty() && self.versions.within(versions)).then_some(self)
    }

    /// A finding at the first setting, with the others as further places.
    fn finding(&self, rule: &Rule, deployment: &Deployment, message: &str) -> Option<Finding> {
        let (shown, others) = self.settings.split_first()?;
        let mut message = message.to_owned();
        if self.versions != deployment.versions {
            message.push_str(&format!(" (Flink {})", self.versions));
        }
        let mut finding = rule.finding(shown.document, shown.setting.whole, message);
        finding.key = Some(shown.setting.key.clone());
        for other in others {
            if other.setting != shown.setting {
                finding.related.push(Related {
                    at: other.at(),
                    message: format!("{} is {}", other.setting.key, other.value()),
                });
            }
        }
        Some(finding)
    }
}

/// Where a value is in force: the setting that says it, or the default.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held<'p> {
    /// The setting; `None` for a default.
    pub setting: Option<Effective<'p>>,
}

impl<'p> Held<'p> {
    /// What is known of an option: set, or absent in sight of every layer.
    pub(super) fn of(deployment: &Deployment<'p>, key: &str) -> Option<Self> {
        match deployment.cluster_value(key) {
            Value::Known(effective) => Some(Held {
                setting: Some(effective),
            }),
            Value::Default(_) => Some(Held { setting: None }),
            Value::Unknown => None,
        }
    }

    /// The value in one version; `None` where neither the file nor Flink has one.
    pub(super) fn text(self, key: &str, version: Versions) -> Option<&'p str> {
        match self.setting {
            Some(effective) => Some(effective.value()),
            None => crate::flink::options::default(key, version),
        }
    }
}
