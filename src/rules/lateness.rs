//! `missing-allowed-lateness`: windows of event time that drop every late record without a trace but
//! a metric. The default of `allowedLateness` is 0 (`WindowOperator`); in SQL the like is
//! `table.exec.emit.allow-lateness` beside late firing.

use std::time::Duration;

use super::{Rule, claim, code, sql};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Related, Safety, Severity};
use crate::flink::value;
use crate::flink::version::Versions;
use crate::recognise;
use crate::syntax::{Document, Setting, Space};
use crate::words::{self, Amount, CaseStyle};

const LATE_FIRE: &str = "table.exec.emit.late-fire.enabled";
const DELAY: &str = "table.exec.emit.late-fire.delay";
const STATE_TTL: &str = "table.exec.state.ttl";
const ALLOW: &str = "table.exec.emit.allow-lateness";

/// No job has more windows; each is compared with all others and with every setting.
const MOST_WINDOWS: usize = 500;

/// The check.
pub(super) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    late_fire(rule, deployment, out);
    code::lateness::zero_tolerance(rule, deployment, out);
    sql::windows::without_tolerance(rule, deployment, out);
    let window_words = rule.words("window-words");
    let size_words = rule.words("size-words");
    for document in deployment.flink_documents() {
        if document.space != Space::Job {
            continue;
        }
        // A bare number may count records, unless the file speaks of event time.
        let event_time = document.settings.iter().any(recognise::is_event_time_sign);
        let is_window = |setting: &Setting| {
            recognise::is_window_definition(setting, &window_words, &size_words)
                && !is_other_window(setting)
                && (event_time || recognise::is_time(setting, true))
        };
        let windows: Vec<Group> = document
            .settings
            .iter()
            .filter(|setting| is_window(setting))
            .map(|setting| group_of(&setting.key, &window_words))
            .collect();
        if windows.len() > MOST_WINDOWS {
            continue;
        }
        let mut seen: Vec<String> = Vec::new();
        for setting in &document.settings {
            if !is_window(setting) {
                continue;
            }
            let mut group = group_of(&setting.key, &window_words);
            // Size, slide and gap of one window are one window.
            if seen.contains(&group.window) {
                continue;
            }
            seen.push(group.window.clone());
            group.others = others(&group, &windows);
            if is_late_tolerant(document, &group, &rule.words("lateness-words"))
                || !is_event_time(document, &group)
            {
                continue;
            }
            out.push(finding(rule, deployment, document, setting, &group));
        }
    }
}

/// Whether a window is that of a watermark, which is a bound on disorder, or of a rule of the author's,
/// which a function of its own keeps.
fn is_other_window(setting: &Setting) -> bool {
    let words = words::of_key(&setting.key);
    let mut words = words.iter().map(String::as_str);
    words.any(|word| matches!(word, "watermark" | "watermarks" | "rule" | "rules"))
}

/// SQL jobs: late firing without an allowed lateness, which the planner rejects
/// (`WindowEmitStrategy.checkValidation`); a state TTL counts as one.
fn late_fire(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    // The option exists from 1.14 on.
    let since = Versions::ALL.without(Versions::from_bits(1));
    let Some(effective) = deployment.get(LATE_FIRE).known() else {
        return;
    };
    let enabled = value::parse_boolean(effective.value()) == Ok(true);
    if !enabled || !deployment.versions.overlaps(since) {
        return;
    }
    let read = |key: &str| {
        let (setting, document) = deployment.all(key).pop()?;
        let parse = || value::parse_duration(&setting.value, deployment.versions).ok();
        Some((setting.known.then(parse).flatten(), setting, document))
    };
    // The planner also rejects a lateness shorter than the delay of late firing.
    let delay = read(DELAY).map_or(Some(Duration::ZERO), |(delay, ..)| delay);
    let allowed = read(ALLOW).or_else(|| read(STATE_TTL));
    let message = match allowed {
        None => {
            format!("late firing is on without `{ALLOW}`: the planner rejects every group window")
        }
        Some((Some(amount), setting, _))
            if amount.is_zero() || delay.is_some_and(|delay| amount < delay) =>
        {
            format!(
                "`{}` is {}, less than late firing needs: the planner rejects every group window",
                setting.key, setting.value
            )
        }
        Some(_) => return,
    };
    let document = effective.document;
    let mut finding = rule.finding(document, effective.setting.whole, message);
    finding.severity = Severity::Error;
    finding.label = "needs an allowed lateness".to_owned();
    finding.help =
        "late records can only fire a window whose state is still kept; the allowed lateness, \
                    or table.exec.state.ttl, says how long that is"
            .to_owned();
    finding.key = Some(LATE_FIRE.to_owned());
    if let Some((_, setting, document)) = allowed {
        finding.related.push(Related {
            at: Deployment::at(document, setting.whole),
            message: "must be more than 0, and no less than the delay of late firing".to_owned(),
        });
    }
    let lateness = value::parse_duration(rule.text("lateness"), deployment.versions).ok();
    if let (Some(delay), Some(lateness)) = (delay, lateness) {
        let amount = value::show_duration(delay.max(lateness));
        let short = allowed.filter(|(_, setting, _)| setting.key == ALLOW);
        finding.fix = if let Some((_, setting, document)) = short {
            document
                .set(deployment.source(document), setting, &amount)
                .map(|edit| Fix {
                    title: format!("raise {ALLOW} to {amount}"),
                    ..fix(document, edit, ALLOW, &amount)
                })
        } else {
            let source = deployment.source(document);
            document
                .insert_after(source, effective.setting, ALLOW, &amount)
                .or_else(|| document.insert(source, ALLOW, &amount))
                .map(|edit| fix(document, edit, ALLOW, &amount))
        };
    }
    out.push(finding);
}

/// Where a window is declared.
struct Group {
    /// The key up to and with the window's name.
    window: String,
    /// The key of the group around it.
    around: String,
    /// Groups beside it that hold windows of their own.
    others: Vec<String>,
}

/// The groups around other windows, as far as they are not also around this one.
fn others(group: &Group, windows: &[Group]) -> Vec<String> {
    let mut others: Vec<String> = windows
        .iter()
        .filter(|other| other.window != group.window)
        .map(|other| {
            let own = if other.around == group.around {
                &other.window
            } else {
                &other.around
            };
            own.trim_end_matches('.').to_owned()
        })
        .filter(|other| !other.is_empty() && !is_inside(other, &group.around))
        .collect();
    others.dedup();
    others
}

/// Whether a key or group is `outer` or lies in it.
fn is_inside(outer: &str, inner: &str) -> bool {
    let rest = inner.strip_prefix(outer);
    outer.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The group of a window: the key part that names it, and what stands above.
fn group_of(key: &str, window_words: &[&str]) -> Group {
    let mut start = 0;
    let mut group = Group {
        window: key.to_owned(),
        around: String::new(),
        others: Vec::new(),
    };
    for part in key.split('.') {
        let is_window = words::of_key(part)
            .iter()
            .any(|word| window_words.contains(&word.as_str()));
        let end = start + part.len();
        if is_window {
            group.window = key[..end].to_owned();
            group.around = key[..start.saturating_sub(1)].to_owned();
        }
        start = end + 1;
    }
    // `windowSize` beside `windowSlide`: the names differ, the window is the group around them.
    if group.window.len() == key.len()
        && words::of_key(key.rsplit('.').next().unwrap_or(key)).len() > 1
    {
        group.window = format!("{}.", group.around);
    }
    group
}

impl Group {
    /// Whether a setting concerns the window: it stands in its group, above it, or in a group beside
    /// it that has no window of its own.
    fn concerns(&self, key: &str) -> bool {
        let parent = key.rfind('.').map_or("", |dot| &key[..dot]);
        let beside = parent.rfind('.').map_or("", |dot| &parent[..dot]);
        let own = self.window.trim_end_matches('.');
        let in_other = self.others.iter().any(|other| is_inside(other, key));
        (!own.is_empty() && is_inside(own, key))
            || !in_other && (is_inside(parent, &self.around) || is_inside(beside, &self.around))
    }
}

/// Whether lateness, or an output for late records, is configured for the window.
fn is_late_tolerant(document: &Document, group: &Group, lateness_words: &[&str]) -> bool {
    document.settings.iter().any(|setting| {
        group.concerns(&setting.key)
            && words::of_key(&setting.key)
                .iter()
                .any(|word| lateness_words.contains(&word.as_str()))
    })
}

/// Whether the window is one of event time: nothing around it speaks of processing time or counts.
fn is_event_time(document: &Document, group: &Group) -> bool {
    let concerned = document
        .settings
        .iter()
        .filter(|setting| group.concerns(&setting.key));
    !concerned.into_iter().any(|setting| {
        let key = words::of_key(&setting.key);
        let value = words::of_key(&setting.value);
        let has = |words: &[String], word: &str| words.iter().any(|own| own == word);
        let off = setting.value.eq_ignore_ascii_case("false");
        let processing = |words: &[String]| {
            has(words, "processing")
                || has(words, "proctime")
                || has(words, "processingtime")
                || has(words, "ingestion")
        };
        let typed = has(&key, "type") || has(&key, "kind") || has(&key, "assigner");
        (processing(&key) && !off)
            || processing(&value)
            || (typed && (has(&value, "count") || has(&value, "global")))
            || (has(&key, "window") && has(&key, "count"))
    })
}

/// The setting that bounds how far out of order records may come, if one is in reach of the window.
fn out_of_orderness<'d>(document: &'d Document, group: &Group) -> Option<&'d Setting> {
    document.settings.iter().find(|setting| {
        let words = words::of_key(&setting.key);
        let has = |word: &str| words.iter().any(|own| own == word);
        let named = has("orderness")
            || (has("watermark") || has("watermarks"))
                && ["delay", "lag", "bound", "bounded"].into_iter().any(has);
        named && group.concerns(&setting.key) && setting.known && recognise::is_amount(setting)
    })
}

fn finding(
    rule: &Rule,
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
    group: &Group,
) -> Finding {
    let mut finding = rule.finding(
        document,
        setting.whole,
        format!("the event-time window `{}` allows no lateness: records behind the watermark are dropped", setting.key),
    );
    finding.label = "no lateness and no output for late records around it".to_owned();
    finding.help = "a record whose window has closed is dropped, and only the metric numLateRecordsDropped \
                    shows it; allow some lateness (each window's state is kept that much longer and a late \
                    record updates the result) or send late records to a side output"
        .to_owned();
    finding.key = Some(setting.key.clone());
    let bound = out_of_orderness(document, group);
    if let Some(bound) = bound {
        finding.related.push(Related {
            at: Deployment::at(document, bound.whole),
            message: "how far out of order records may come before the watermark passes them"
                .to_owned(),
        });
    }
    finding.fix = lateness_fix(rule, deployment, document, setting, group, bound);
    finding
}

/// The sibling that allows lateness, in the file's own case style and unit. None where the unit of
/// bare numbers can't be told.
fn lateness_fix(
    rule: &Rule,
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
    group: &Group,
    bound: Option<&Setting>,
) -> Option<Fix> {
    let last = setting.key.rsplit('.').next()?;
    let own_words = words::of_key(last);
    let unit_word = own_words
        .last()
        .filter(|word| is_unit_word(word))
        .map(String::as_str);
    // `window.size.seconds`: the unit is a key of its own, and the sibling would stand at the wrong place.
    if unit_word.is_some() && own_words.len() == 1 {
        return None;
    }
    let amount = Amount::parse(&setting.value)?;
    let lateness = Amount::parse(rule.text("lateness"))?.millis()?;
    let value = match bound.and_then(|bound| Some((Amount::parse(&bound.value)?, bound))) {
        Some((found, bound)) if same_form(&found, &amount) && same_unit_word(bound, unit_word) => {
            bound.value.clone()
        }
        _ => match unit_word {
            Some(unit) => in_unit(lateness, unit)?,
            None => in_form_of(lateness, &amount)?,
        },
    };
    let style = CaseStyle::of(last)
        .or_else(|| style_around(document, group))
        .unwrap_or(CaseStyle::Kebab);
    let mut name = vec!["allowed", "lateness"];
    name.extend(unit_word);
    let parent = &setting.key[..setting.key.len() - last.len()];
    let key = format!("{parent}{}", style.join(&name));
    let edit = document.insert_after(deployment.source(document), setting, &key, &value)?;
    Some(fix(document, edit, &key, &value))
}

fn fix(document: &Document, edit: crate::text::Edit, key: &str, value: &str) -> Fix {
    Fix {
        title: format!("add {} = {value}", key.rsplit("].").next().unwrap_or(key)),
        safety: Safety::Unsafe,
        risk: "each window's state is kept that much longer, and late records emit results again"
            .to_owned(),
        edits: vec![edit],
        claims: vec![claim(document, key, Some(value))],
    }
}

/// The case style of the settings nearest to a window: those in its group, then any others.
fn style_around(document: &Document, group: &Group) -> Option<CaseStyle> {
    let style = |setting: &Setting| CaseStyle::of(setting.key.rsplit('.').next()?);
    let prefix = if group.around.is_empty() {
        String::new()
    } else {
        format!("{}.", group.around)
    };
    let mut near = document
        .settings
        .iter()
        .filter(|setting| setting.key.starts_with(&prefix));
    near.find_map(style)
        .or_else(|| document.settings.iter().find_map(style))
}

fn is_unit_word(word: &str) -> bool {
    word != "m" && words::millis_of_unit(word).is_some()
}

fn same_form(left: &Amount, right: &Amount) -> bool {
    left.iso == right.iso && left.unit.is_empty() == right.unit.is_empty()
}

fn same_unit_word(bound: &Setting, unit_word: Option<&str>) -> bool {
    let words = words::of_key(bound.key.rsplit('.').next().unwrap_or(&bound.key));
    words
        .last()
        .filter(|word| is_unit_word(word))
        .map(String::as_str)
        == unit_word
}

/// Milliseconds as a bare number of a unit; `None` unless it is a whole one.
fn in_unit(millis: u64, unit: &str) -> Option<String> {
    let one = words::millis_of_unit(unit)?;
    millis
        .is_multiple_of(one)
        .then(|| (millis / one).to_string())
}

/// Milliseconds written as another amount is.
fn in_form_of(millis: u64, example: &Amount) -> Option<String> {
    if example.iso {
        return Some(if millis.is_multiple_of(60_000) {
            format!("PT{}M", millis / 60_000)
        } else {
            format!("PT{}S", millis / 1000)
        });
    }
    if example.unit.is_empty() {
        // A bare number of at least a thousand is one of milliseconds; a smaller one could be
        // seconds or minutes.
        return (example.number >= 1000 && example.number.is_multiple_of(1000))
            .then(|| millis.to_string());
    }
    if let Some(number) = in_unit(millis, &example.unit) {
        return Some(format!("{number}{}{}", example.blank, example.unit));
    }
    // Hours and days: the same spelling, short or long, one step finer.
    let unit = if example.unit.len() == 1 { "m" } else { "min" };
    in_unit(millis, unit).map(|number| format!("{number}{}{unit}", example.blank))
}
