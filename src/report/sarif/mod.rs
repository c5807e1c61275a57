//! SARIF 2.1.0, with all that code scanning of GitHub asks for.
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
//!
//! A region never goes beyond its first line: an alert is shown in a pull request only where all of its
//! lines are changed. What a finding covers beyond that is its `contextRegion`. Columns count code points,
//! a byte order mark is none; a lone CR ends a line, too. Only rules that occur are described.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use model::{
    Artifact, Base, Change, Configuration, Driver, FixProperties, Help, Id, Inserted, Invocation,
    LocationOf, Log, Notification, Physical, Region, Replacement, Rule, RuleProperties, Run,
    SarifFix, SarifResult, Suppression, Text, Tool,
};

use super::about::{self, About, REPOSITORY};
use super::shown::{self, most_severe_first};
use super::{Places, Report, json_text};
use crate::finding::{Finding, Fix, Location, Safety, Severity};
use crate::fingerprint::fingerprints;
use crate::page::Policy;
use crate::rules::Group;
use crate::text::{Edit, Place, SourceId};

mod line_hash;
mod model;
#[cfg(test)]
mod tests;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The name that stands for the root of the repository. Where that lies on disk is no part of a report.
const ROOT: &str = "%SRCROOT%";
/// How many results GitHub takes of a run.
const MOST_RESULTS: usize = 25_000;
/// How many locations GitHub takes of a result.
const MOST_LOCATIONS: usize = 1_000;
/// How many characters GitHub takes of a description.
const MOST_CHARACTERS: usize = 1_024;
/// How much text the results may have. GitHub takes 10 MB of a file in gzip, which makes a third or less of
/// such a document.
const MOST_BYTES: usize = 25_000_000;

/// Writes the document, and says what had to be left out.
pub(super) fn render(report: &Report<'_>, out: &mut impl io::Write) -> io::Result<Option<String>> {
    let (results, rules, left) = Results::of(report)?;
    let remark = (left > 0).then(|| {
        let findings = shown::number(left, "finding");
        format!(
            "sarif: {findings} left out, the least severe: GitHub takes {MOST_RESULTS} results and 10 MB"
        )
    });
    let notification = remark.iter().map(|text| Notification {
        level: "warning",
        message: self::text(text),
    });
    let document = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "flint",
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: REPOSITORY,
                    rules,
                },
            },
            invocations: [Invocation {
                execution_successful: report.run.exit_code < 2,
                exit_code: report.run.exit_code,
                tool_execution_notifications: notification.collect(),
            }],
            automation_details: Id { id: "flint/" },
            original_uri_base_ids: BTreeMap::from([(
                ROOT,
                Base {
                    description: text("the root of the repository"),
                },
            )]),
            newline_sequences: ["\r\n", "\n", "\r"],
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    json_text::write(out, &document)?;
    Ok(remark)
}

fn text(text: &str) -> Text {
    Text {
        text: text.to_owned(),
    }
}

/// What the results are made of.
struct Results<'r> {
    report: &'r Report<'r>,
    places: Places<'r>,
    hashes: BTreeMap<SourceId, BTreeMap<usize, String>>,
}

impl<'r> Results<'r> {
    /// The results in the order of the report, their rules, and how many findings found no room.
    fn of(report: &'r Report<'r>) -> io::Result<(Vec<SarifResult<'r>>, Vec<Rule>, usize)> {
        let mut all = Results {
            report,
            places: Places::new(report.sources),
            hashes: hashes(report),
        };
        let names: BTreeSet<&str> = report
            .findings
            .iter()
            .map(|own| own.rule.as_str())
            .collect();
        let names: Vec<&str> = names.into_iter().collect();
        let prints = fingerprints(report.sources, report.findings);
        let mut results: Vec<Option<SarifResult<'r>>> = report
            .findings
            .iter()
            .zip(prints)
            .map(|(finding, print)| Some(all.result(finding, print, &names)))
            .collect();
        let mut left = 0;
        let mut bytes = 0;
        for (rank, index) in most_severe_first(report.findings).into_iter().enumerate() {
            bytes += serde_json::to_vec(&results[index])?.len();
            if rank >= MOST_RESULTS || bytes > MOST_BYTES {
                results[index] = None;
                left += 1;
            }
        }
        let severity = |name: &str| {
            let own = report.findings.iter().filter(|own| own.rule == name);
            own.map(|own| own.severity).max().unwrap_or(Severity::Note)
        };
        let rules = names
            .iter()
            .map(|name| rule(name, severity(name), &report.run.policies));
        let rules = rules.collect();
        Ok((results.into_iter().flatten().collect(), rules, left))
    }

    fn result(&mut self, finding: &'r Finding, print: String, names: &[&str]) -> SarifResult<'r> {
        let [start, end] = self.places.on_first_line(finding.at);
        let hash = self.hashes.get_mut(&finding.at.source);
        let hash = hash.and_then(|lines| lines.get(&start.line).cloned());
        let mut prints = BTreeMap::from([("flint/v1", print)]);
        prints.extend(hash.map(|hash| ("primaryLocationLineHash", hash)));
        let region = region([start, end]);
        let ends = self.places.ends(finding.at.source, finding.at.span);
        let whole = self::region(ends);
        let context = (whole != region).then_some(whole);
        SarifResult {
            rule_id: &finding.rule,
            rule_index: names.binary_search(&finding.rule.as_str()).unwrap_or(0),
            level: finding.severity.name(),
            message: Text {
                text: message(finding),
            },
            locations: [LocationOf {
                id: None,
                physical_location: Physical {
                    artifact_location: self.artifact(finding.at.source),
                    region,
                    context_region: context,
                },
                message: (!finding.label.is_empty()).then(|| plain(&finding.label)),
            }],
            partial_fingerprints: prints,
            related_locations: self.related(finding),
            fixes: shown::fix(self.report.sources, finding)
                .filter(|fix| fix.edits.iter().all(|edit| self.has_columns(edit)))
                .map(|fix| self.fix(fix))
                .into_iter()
                .collect(),
            suppressions: finding
                .suppressed
                .iter()
                .map(|suppressed| Suppression {
                    kind: match suppressed.by {
                        "comment" => "inSource",
                        _ => "external",
                    },
                    status: "accepted",
                    justification: suppressed.reason.trim(),
                })
                .collect(),
        }
    }

    fn artifact(&self, id: SourceId) -> Artifact {
        let path = self.report.path_of(self.report.sources.get(id));
        Artifact {
            uri: uri(path),
            uri_base_id: ROOT,
        }
    }

    fn related(&mut self, finding: &Finding) -> Vec<LocationOf> {
        let shown = finding.related.iter().take(MOST_LOCATIONS - 1);
        shown
            .zip(1..)
            .map(|(related, id)| LocationOf {
                id: Some(id),
                physical_location: Physical {
                    artifact_location: self.artifact(related.at.source),
                    region: self.first_line(related.at),
                    context_region: None,
                },
                message: Some(plain(&related.message)),
            })
            .collect()
    }

    /// The region of a place that is not on the way of the findings.
    fn first_line(&mut self, at: Location) -> Region {
        let source = self.report.sources.get(at.source);
        let line = source.line_span(source.line_index(at.span.start));
        let mut span = at.span;
        span.end = span.end.min(line.end).max(span.start);
        region(self.places.ends(at.source, span))
    }

    /// Whether an edit can be told in columns: a byte order mark has none.
    fn has_columns(&self, edit: &Edit) -> bool {
        let bom = self.report.sources.get(edit.source).bom();
        edit.span.start as usize >= bom
    }

    fn fix(&mut self, fix: &'r Fix) -> SarifFix<'r> {
        let mut changes: BTreeMap<SourceId, Vec<Replacement<'r>>> = BTreeMap::new();
        let mut edits: Vec<_> = fix.edits.iter().collect();
        edits.sort_by_key(|edit| edit.span);
        for edit in edits {
            let replacement = Replacement {
                deleted_region: region(self.places.ends(edit.source, edit.span)),
                inserted_content: Inserted { text: &edit.text },
            };
            changes.entry(edit.source).or_default().push(replacement);
        }
        let risk = match fix.safety {
            Safety::Safe => String::new(),
            Safety::Unsafe => format!(" (unsafe: {})", fix.risk.trim()),
        };
        SarifFix {
            description: Text {
                text: format!("{}{risk}", fix.title),
            },
            artifact_changes: changes
                .into_iter()
                .map(|(source, replacements)| Change {
                    artifact_location: self.artifact(source),
                    replacements,
                })
                .collect(),
            properties: FixProperties {
                safety: fix.safety.name(),
            },
        }
    }
}

/// GitHub's hashes of every line on which a finding starts.
fn hashes(report: &Report<'_>) -> BTreeMap<SourceId, BTreeMap<usize, String>> {
    let mut lines: BTreeMap<SourceId, BTreeSet<usize>> = BTreeMap::new();
    for finding in report.findings {
        let source = report.sources.get(finding.at.source);
        let line = source.line_index(finding.at.span.start) + 1;
        lines.entry(source.id).or_default().insert(line);
    }
    let hash = |(id, lines): (SourceId, BTreeSet<usize>)| {
        let bytes = &report.sources.get(id).bytes;
        (id, line_hash::line_hashes(bytes, &lines))
    };
    lines.into_iter().map(hash).collect()
}

fn region([start, end]: [Place; 2]) -> Region {
    Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

/// What is wrong, why, and links to the places that take part.
fn message(finding: &Finding) -> String {
    let mut text = plain(&finding.message).text;
    if !finding.help.trim().is_empty() {
        text.push_str("\n\n");
        text.push_str(&plain(finding.help.trim()).text);
    }
    let links: Vec<String> = finding
        .related
        .iter()
        .take(MOST_LOCATIONS - 1)
        .zip(1..)
        .map(|(related, id)| {
            let shown = related.message.replace('\\', "\\\\");
            let shown = shown.replace('[', "\\[").replace(']', "\\]");
            format!("[{shown}]({id})")
        })
        .collect();
    if !links.is_empty() {
        text.push_str("\n\nSee also: ");
        text.push_str(&links.join("; "));
    }
    text
}

/// A text in which nothing is a link.
fn plain(text: &str) -> Text {
    Text {
        text: text.replace("](", "\\]("),
    }
}

fn rule(name: &str, severity: Severity, own: &[&'static Policy]) -> Rule {
    let About {
        summary,
        severity,
        group,
        help,
    } = about::about(name, severity, own);
    let short: String = summary.chars().take(MOST_CHARACTERS).collect();
    let mut tags = vec!["flink"];
    tags.extend(group.map(Group::name));
    Rule {
        id: name.to_owned(),
        name: name.to_owned(),
        short_description: text(&short),
        full_description: text(&short),
        default_configuration: Configuration {
            level: severity.name(),
        },
        help_uri: about::url(name),
        help: Help {
            text: format!(
                "{summary}\n`flint explain {name}` shows why, examples, and how to mend it."
            ),
            markdown: help,
        },
        properties: RuleProperties {
            tags,
            precision: match group {
                Some(Group::Pedantic) => "medium",
                _ => "high",
            },
            severity: match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "recommendation",
            },
            // It makes a security alert of any: only where a page is about security.
            security: match (group, severity) {
                (Some(Group::Security), Severity::Error) => Some("8.0"),
                (Some(Group::Security), Severity::Warning) => Some("6.0"),
                (Some(Group::Security), Severity::Note) => Some("3.0"),
                _ => None,
            },
        },
    }
}

/// A path as a relative reference (RFC 3986): all but unreserved characters and `/` is escaped.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
