//! Values that the kernel reads as another number than was meant, or as none.

use super::{Fault, Judged, fault, finding, is_octal, judged, meant, part, refuses, write};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::linux::{numbers, parameters};
use crate::rules::Rule;
use crate::words::{MOST_SHOWN, shortened};

/// What is in force of a list of numbers whose third is refused.
fn taken(deployment: &Deployment, judged: &Judged) -> &'static str {
    let parameter = parameters::find(&judged.setting.key);
    let mut releases = deployment.machine.kernels().measured();
    let kept = parameter.is_some_and(|parameter| {
        releases.all(|release| {
            let outcome = numbers::write(&parameter, &judged.setting.value, release);
            !outcome.numbers().is_empty()
        })
    });
    if kept {
        "; it has taken the numbers before it"
    } else {
        ""
    }
}

/// `sysctl-not-a-number`.
pub(in crate::rules) fn not_a_number(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let kernels = deployment.machine.kernels();
    for judged in judged(deployment) {
        let Fault::NotANumber(from, upto) = judged.fault else {
            continue;
        };
        let (setting, value) = (judged.setting, judged.setting.value.as_str());
        let Some(parameter) = parameters::find(&setting.key) else {
            continue;
        };
        let word = &value[from..upto];
        let shown = shortened(word, MOST_SHOWN);
        let (at, message) = if word.is_empty() {
            let message = format!("`{}` has no value, and it takes a number", setting.key);
            (setting.whole, message)
        } else {
            let message = format!(
                "the kernel reads `{shown}` as no number and refuses the value of `{}`{}",
                setting.key,
                taken(deployment, &judged)
            );
            (part(deployment, &judged, from, upto), message)
        };
        let mut finding = finding(rule, &judged, at, message);
        finding.label = meant::label(word, &parameter).to_owned();
        finding.help =
            "it reads digits, `0x` before hexadecimal ones, and blanks between numbers: no unit, \
             no comma, no sign of thousands, no calculation"
                .to_owned();
        let value = meant::meant(value, &parameter)
            .filter(|value| !refuses(&parameter, value, kernels))
            .filter(|value| fault(&setting.key, value, kernels).is_none());
        finding.fix = value.and_then(|value| {
            write(
                deployment,
                &judged,
                &value,
                format!("write it as `{}`", shortened(&value, MOST_SHOWN)),
            )
        });
        out.push(finding);
    }
}

/// `octal-sysctl-value`.
pub(in crate::rules) fn octal(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let kernels = deployment.machine.kernels();
    for judged in judged(deployment) {
        let Fault::Octal(from, upto) = judged.fault else {
            continue;
        };
        let (setting, value) = (judged.setting, judged.setting.value.as_str());
        let Some(parameter) = parameters::find(&setting.key) else {
            continue;
        };
        let word = &value[from..upto];
        let shown = shortened(word, MOST_SHOWN);
        let read = numbers::read(word, 1).0.first().map(|number| number.value);
        let message = match read {
            Some(number) if judged.refused => {
                format!("the kernel reads `{shown}` as an octal number, {number}, and refuses it")
            }
            Some(number) => format!("the kernel reads `{shown}` as an octal number: {number}"),
            None => format!("the kernel reads `{shown}` as an octal number and refuses it"),
        };
        let mut finding = finding(
            rule,
            &judged,
            part(deployment, &judged, from, upto),
            message,
        );
        finding.help =
            "a leading zero means that the digits are octal, `0x` that they are hexadecimal"
                .to_owned();
        if judged.refused {
            finding.severity = Severity::Error;
        }
        let decimal = without_zeros(value);
        if !refuses(&parameter, &decimal, kernels) {
            let fix = write(deployment, &judged, &decimal, "remove the leading zeros");
            finding.fix = fix.map(|fix| {
                if judged.refused {
                    fix
                } else {
                    fix.risky("the parameter gets another value than today")
                }
            });
        }
        out.push(finding);
    }
}

/// A value whose numbers have no leading zeros.
pub(super) fn without_zeros(value: &str) -> String {
    let words: Vec<String> = value.split_ascii_whitespace().map(decimal).collect();
    words.join(" ")
}

/// A word of digits without its leading zeros.
fn decimal(word: &str) -> String {
    if !is_octal(word) {
        return word.to_owned();
    }
    match word.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => digits.to_owned(),
    }
}
