//! Parameters of a machine that hold one number, as far as the files say which.

use crate::deployment::{Deployment, Effective};
use crate::finding::Fix;
use crate::linux::numbers::{self, Number};
use crate::linux::parameters;
use crate::rules::fixes;
use crate::syntax::Scope;

/// A parameter in force on a machine, and its number.
#[derive(Clone, Debug)]
pub(super) struct Parameter<'p> {
    /// Who sets it.
    pub(super) effective: Effective<'p>,
    number: Number,
}

/// A parameter in force, where a file for machines sets it to a number that the kernel can read. What
/// a template makes of it is unknown; what a container may set, several numbers for one, numbers that are
/// octal by mistake, and what the kernel refuses are matters of other rules.
pub(super) fn number<'p>(deployment: &Deployment<'p>, key: &str) -> Option<Parameter<'p>> {
    let effective = deployment.sysctl(key)?;
    let document = effective.document;
    let is_known = document.scope == Scope::Machine && document.complete && effective.setting.known;
    let [number] = <[Number; 1]>::try_from(numbers::parse(effective.value())).ok()?;
    let digits = &effective.value()[number.at.clone()];
    let is_octal = digits.len() > 1 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_octal = is_octal && digits.starts_with('0');
    let is_fine = is_known && !is_octal && is_taken(deployment, key, effective.value());
    is_fine.then_some(Parameter { effective, number })
}

/// Whether none of the kernels that the machine may run refuses a value, as far as they were measured.
pub(super) fn is_taken(deployment: &Deployment, key: &str, value: &str) -> bool {
    let Some(parameter) = parameters::find(key) else {
        return true;
    };
    let mut kernels = deployment.machine.kernels().measured();
    !kernels.any(|release| numbers::write(&parameter, value, release).is_refused())
}

impl Parameter<'_> {
    /// The number.
    pub(super) fn value(&self) -> u64 {
        self.number.value
    }

    /// Writes another number in the place of this one, and leaves the rest of the value alone.
    pub(super) fn set(&self, deployment: &Deployment, number: u64) -> Option<Fix> {
        let (setting, document) = self.effective.site();
        let mut value = setting.value.clone();
        value.replace_range(self.number.at.clone(), &number.to_string());
        let fix = fixes::set(deployment, document, setting, &value)?;
        Some(fix.titled(format!("set it to {number}")))
    }
}
