//! `wrong-config-file`: which of flink-conf.yaml and config.yaml Flink opens depends on its version
//! (`GlobalConfiguration.loadConfiguration`, run on every version).

use super::Rule;
use super::cluster::is_of_operator;
use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Severity};
use crate::flink::version::Versions;
use crate::syntax::{Document, Format};
use crate::text::Span;

const READS: &str = "up to 1.18 Flink reads flink-conf.yaml; 1.19 and 1.20 read it too where it \
                     exists, even empty, and config.yaml else; from 2.0 on only config.yaml counts";

/// The check.
pub(super) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let mut conf = deployment
        .documents
        .iter()
        .filter(|document| matches!(document.format, Format::FlinkConf | Format::ConfigYaml));
    let version = deployment.version_text();
    if deployment.opens_nothing {
        let wanted = if deployment.versions.overlaps(Versions::V2) {
            "config.yaml"
        } else {
            "flink-conf.yaml"
        };
        for document in conf.filter(|document| is_opened_by_name(deployment, document)) {
            let message = format!("{version} looks for {wanted}, which is not here, and stops");
            let mut finding = finding(rule, document, message);
            if document.format == Format::FlinkConf {
                finding
                    .help
                    .push_str("; `flint migrate` writes config.yaml from this file");
            }
            out.push(finding);
        }
        return;
    }
    let read = conf.next();
    for unread in &deployment.unread {
        let Some(read) = read else { continue };
        // Of a folder with both files for unknown versions, one of the two views speaks.
        if deployment.split && unread.format == Format::FlinkConf {
            continue;
        }
        let message = if deployment.split {
            "of the two files in this folder Flink 1.13-1.20 reads only flink-conf.yaml, 2.x only config.yaml".to_owned()
        } else {
            let name = file_name(read.format);
            format!("{version} reads {name} in this folder and never opens this file")
        };
        let mut finding = finding(rule, unread, message);
        finding.severity = Severity::Warning;
        finding.related.push(Related {
            at: Deployment::at(read, Span::at(0)),
            message: format!("the file that {version} reads"),
        });
        out.push(finding);
    }
}

fn finding(rule: &Rule, document: &Document, message: String) -> Finding {
    let mut finding = rule.finding(document, Span::at(0), message);
    finding.key = Some(file_name(document.format).to_owned());
    finding.help = READS.to_owned();
    finding
}

/// Whether a file has a name that Flink opens. Another one gets its name where it is used, and the
/// operator writes its own anew for each Flink version.
fn is_opened_by_name(deployment: &Deployment, document: &Document) -> bool {
    let path = &deployment.source(document).path;
    path.rsplit('/').next() == Some(file_name(document.format)) && !is_of_operator(document)
}

fn file_name(format: Format) -> &'static str {
    match format {
        Format::ConfigYaml => "config.yaml",
        _ => "flink-conf.yaml",
    }
}
