//! `unread-option`: options that a version declares and reads nowhere.

use super::{Rule, is_read_by_nothing, of_flink, removal};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};

/// Documented, never read, and thought to protect.
const VERIFY_HOSTNAME: &str = "security.ssl.verify-hostname";

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (document, setting) in of_flink(deployment) {
        let key = &setting.key;
        if !is_read_by_nothing(key, deployment.versions) {
            continue;
        }
        let mut finding = rule.finding(
            document,
            setting.key_at,
            format!("Flink declares `{key}` but reads it nowhere; the line has no effect"),
        );
        finding.key = Some(key.clone());
        finding.label = "read by nothing".to_owned();
        if key == VERIFY_HOSTNAME {
            finding.help = "host names are not verified because of this line; 2.3 has \
                            security.ssl.rest.verify-hostname for REST"
                .to_owned();
        } else {
            finding.severity = Severity::Note;
            finding.help = "nothing changes when it is removed".to_owned();
        }
        finding.fix = removal(deployment, document, key);
        out.push(finding);
    }
}
