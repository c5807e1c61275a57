//! `wrong-config-file`: which of flink-conf.yaml and config.yaml Flink opens depends on its version
//! (`GlobalConfiguration.loadConfiguration`, run on every version).

use super::Rule;
use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Severity};
use crate::flink::version::Versions;
use crate::syntax::Format;
use crate::text::Span;

/// The check.
pub(super) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let read = deployment
        .documents
        .iter()
        .find(|document| matches!(document.format, Format::FlinkConf | Format::ConfigYaml));
    for unread in &deployment.unread {
        let version = deployment.version_text();
        let (message, severity) = match read {
            // Of a folder with both files for unknown versions, one of the two views speaks.
            Some(_) if deployment.split && unread.format == Format::FlinkConf => continue,
            Some(_) if deployment.split => (
                "of the two files in this folder Flink 1.13-1.20 reads only flink-conf.yaml, 2.x only config.yaml".to_owned(),
                Severity::Warning,
            ),
            Some(read) => {
                let name = file_name(read.format);
                (format!("{version} reads {name} in this folder and never opens this file"), Severity::Warning)
            }
            None => {
                let wanted = if deployment.versions.overlaps(Versions::V2) { "config.yaml" } else { "flink-conf.yaml" };
                (
                    format!("{version} looks for {wanted}, which is not here, and stops"),
                    Severity::Error,
                )
            }
        };
        let mut finding = rule.finding(unread, Span::at(0), message);
        finding.severity = severity;
        finding.key = Some(file_name(unread.format).to_owned());
        finding.help =
            "up to 1.18 Flink reads flink-conf.yaml; 1.19 and 1.20 read it too where it exists, \
                        even empty, and config.yaml else; from 2.0 on only config.yaml counts"
                .to_owned();
        if let Some(read) = read {
            finding.related.push(Related {
                at: Deployment::at(read, Span::at(0)),
                message: format!("the file that {version} reads"),
            });
        }
        out.push(finding);
    }
}

fn file_name(format: Format) -> &'static str {
    match format {
        Format::ConfigYaml => "config.yaml",
        _ => "flink-conf.yaml",
    }
}
