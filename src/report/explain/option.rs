//! A Flink option, a member of a family of keys, or a key that some versions have no more.

use serde_json::{Value, json};

use super::{grammar, json_text, paragraph, reads, row, visible};
use crate::flink::bounds;
use crate::flink::descriptions::description;
use crate::flink::options::{self, OptionSpec, State};
use crate::flink::value::{parse_duration, show_duration};
use crate::flink::version::Versions;

/// What a key is in each of some versions, in lines of at most `columns` where words allow it.
pub fn option(key: &str, versions: Versions, columns: usize) -> String {
    let mut out = format!("{}\n", visible(key));
    if let Some(text) = sentence(key) {
        paragraph(&mut out, 2, text, columns);
    }
    out.push('\n');
    let about = membership(key);
    paragraph(&mut out, 2, &about, columns);
    let groups = groups(&row_of(key), versions);
    let written = common_grammar(&groups);
    let indent = if groups.len() > 1 { 4 } else { 2 };
    if !about.is_empty() && !groups.is_empty() {
        out.push('\n');
    }
    for group in &groups {
        if groups.len() > 1 {
            out.push_str(&format!("  Flink {}\n", group.versions));
        } else {
            row(
                &mut out,
                2,
                "versions",
                &group.versions.to_string(),
                columns,
            );
        }
        meaning(&mut out, indent, group, written.is_none(), columns);
    }
    if groups.is_empty() && about.is_empty() {
        absent(&mut out, key, versions, columns);
    }
    let mut tail = String::new();
    if let Some(text) = &written {
        row(&mut tail, 2, "written", text, columns);
    }
    let gone = after(known(key)).and(versions);
    if !groups.is_empty() && !gone.is_empty() && about.is_empty() {
        let text = format!("from {} on; the key is ignored without a word", first(gone));
        row(&mut tail, 2, "gone", &text, columns);
    }
    name_rows(&mut tail, &older_names(key, versions), columns);
    let rules = rules_of(key);
    if !rules.is_empty() {
        row(&mut tail, 2, "rules", &rules.join(", "), columns);
    }
    if !tail.is_empty() && groups.len() != 1 {
        out.push('\n');
    }
    out + &tail
}

/// The other names that an option reads.
fn name_rows(out: &mut String, names: &[OlderName], columns: usize) {
    for (index, name) in names.iter().enumerate() {
        let label = if index == 0 { "also read" } else { "" };
        let kind = if name.fallback {
            "fallback"
        } else {
            "older name"
        };
        let text = format!("{} ({kind}, {})", name.key, name.versions);
        row(out, 2, label, &text, columns);
    }
    match names.len() {
        0 => {}
        1 => row(
            out,
            2,
            "",
            "only while the option itself is not set",
            columns,
        ),
        _ => row(
            out,
            2,
            "",
            "only the first that is set, and none while the option itself is set",
            columns,
        ),
    }
}

/// How the value is written where that is the same in all of several meanings.
fn common_grammar(groups: &[Group]) -> Option<String> {
    let mut texts = groups
        .iter()
        .filter(|group| group.spec.state != State::Alias)
        .map(|group| grammar::written(&group.spec, group.versions));
    let first = texts.next()?;
    let mut others = 0;
    let same = texts.all(|text| {
        others += 1;
        text == first
    });
    (same && others > 0).then_some(first)
}

/// The same as one JSON document; its shape is a contract with other tools.
pub fn option_json(key: &str, versions: Versions) -> String {
    let meaning = |spec: OptionSpec| {
        let versions = spec.versions.and(versions);
        let values: Vec<&str> = spec.enum_values().collect();
        let fallback: Vec<&str> = spec.aliases().map(|alias| alias.key).collect();
        json!({
            "versions": versions.names().collect::<Vec<_>>(),
            "type": spec.kind.name(),
            "default": spec.default,
            "state": spec.state.name(),
            "replaced_by": spec.targets().collect::<Vec<_>>(),
            "fallback_keys": fallback,
            "scope": spec.scope.name(),
            "enum": if values.is_empty() { Value::Null } else { json!(values) },
            "written": grammar::written(&spec, versions),
            "ranges": ranges(spec.key, versions),
            "reads": reads::reads(&spec),
        })
    };
    let meanings: Vec<Value> = options::meanings(key)
        .filter(|spec| spec.versions.overlaps(versions))
        .map(meaning)
        .collect();
    let family = options::family(key).map(|(info, versions)| {
        json!({
            "pattern": info.pattern,
            "how": info.how,
            "versions": versions.names().collect::<Vec<_>>(),
        })
    });
    let document = json!({
        "version": 1,
        "key": key,
        "description": sentence(key),
        "known_in": options::known_in(key).names().collect::<Vec<_>>(),
        "meanings": meanings,
        "family": family,
        "entry_of": entry_of(key),
        "rules": rules_of(key),
    });
    json_text::text(&document)
}

/// What a key means in some versions, and everything else but its aliases the same in all of them.
struct Group {
    versions: Versions,
    spec: OptionSpec<'static>,
    default: String,
}

/// The meanings of a key in some versions; neighbours that read alike are one.
fn groups(key: &str, versions: Versions) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for spec in options::meanings(key).filter(|spec| spec.versions.overlaps(versions)) {
        let default = default(&spec);
        let versions = spec.versions.and(versions);
        if let Some(last) = groups.last_mut() {
            let same = last.spec.state == spec.state
                && last.spec.kind == spec.kind
                && last.default == default
                && reads::reads(&last.spec) == reads::reads(&spec)
                && last.spec.targets().eq(spec.targets())
                && last.spec.enum_values().eq(spec.enum_values());
            if same {
                last.versions = last.versions.or(versions);
                continue;
            }
        }
        groups.push(Group {
            versions,
            spec,
            default,
        });
    }
    groups
}

/// The rows of one meaning.
fn meaning(out: &mut String, indent: usize, group: &Group, grammar: bool, columns: usize) {
    let spec = &group.spec;
    let mut row = |label: &str, text: &str| row(out, indent, label, text, columns);
    let targets: Vec<String> = spec.targets().map(with_start).collect();
    if spec.state == State::Alias {
        // Type and default are those of the option that reads the key.
        let text = format!(
            "an older name of {}; read only where that is not set",
            targets.join(" and of ")
        );
        row("state", &text);
        return;
    }
    if spec.state == State::Deprecated {
        let text = if targets.is_empty() {
            "deprecated".to_owned()
        } else {
            format!("deprecated; use {}", targets.join(" and "))
        };
        row("state", &text);
    }
    row("type", spec.kind.name());
    row("default", &group.default);
    let values: Vec<&str> = spec.enum_values().collect();
    if !values.is_empty() {
        row("values", &values.join(", "));
    }
    if grammar {
        row("written", &grammar::written(spec, group.versions));
    }
    for text in ranges(spec.key, group.versions) {
        row("range", &text);
    }
    if let Some(reader) = reads::reads(spec) {
        row("read by", reader);
    }
}

/// The ranges to which some of the versions hold a value, in words, each with what it depends on.
fn ranges(key: &str, versions: Versions) -> Vec<String> {
    let checked = bounds::of(key).filter(|bound| bound.versions.overlaps(versions));
    checked
        .map(|bound| {
            let mut text = bound.accepted();
            if !versions.within(bound.versions) {
                text.push_str(&format!(", in Flink {}", bound.versions.and(versions)));
            }
            if let Some((other, accepted)) = bound.when {
                // Names with and without a hyphen are one.
                let name = accepted.split('|').next().unwrap_or(accepted);
                text.push_str(&format!(", where {other} is {name}"));
            }
            text
        })
        .collect()
}

/// What a key without a row of its own belongs to; empty for other keys.
fn membership(key: &str) -> String {
    if let Some(map) = entry_of(key) {
        let since = in_some(options::known_in(key));
        return format!(
            "One entry of the map option {map}{since}. Entries count only while {map} itself is not \
             set."
        );
    }
    let own = options::meanings(key).next().is_some();
    match options::family(key).filter(|_| !own) {
        Some((info, known)) => {
            format!(
                "Of the form {}{}. {}",
                info.pattern,
                in_some(known),
                info.how
            )
        }
        None => String::new(),
    }
}

/// The versions that know something, unless all do.
fn in_some(known: Versions) -> String {
    if known == Versions::ALL {
        String::new()
    } else {
        format!(", in Flink {known}")
    }
}

/// Parameters that mean the same for every reporter; the rest are those of one kind of reporter.
/// `interval` is left out: old versions read it by another grammar than that of durations.
const OF_EVERY_REPORTER: [&str; 7] = [
    "class",
    "factory.class",
    "filter.excludes",
    "filter.includes",
    "scope.delimiter",
    "scope.variables.additional",
    "scope.variables.excludes",
];

/// The row of the table that speaks of a key: its own, or that of its form in a family.
fn row_of(key: &str) -> String {
    let reporters = ["metrics.reporter.", "traces.reporter.", "events.reporter."];
    for (prefix, name) in reporters
        .map(|prefix| (prefix, "<name>"))
        .into_iter()
        .chain([
            ("external-resource.", "<resource_name>"),
            ("security.delegation.token.provider.", "<serviceName>"),
        ])
    {
        let parts = key
            .strip_prefix(prefix)
            .and_then(|rest| rest.split_once('.'));
        let Some((_, parameter)) = parts else {
            continue;
        };
        if name != "<name>" || OF_EVERY_REPORTER.contains(&parameter) {
            return format!("{prefix}{name}.{parameter}");
        }
    }
    key.to_owned()
}

/// What there is to say of a key that is no option in any of some versions.
fn absent(out: &mut String, key: &str, versions: Versions, columns: usize) {
    let text = format!(
        "Flink {versions} has no such option and ignores the key; Flink {} has it.",
        known(key)
    );
    paragraph(out, 2, &text, columns);
    let instead = instead(key, versions);
    if !instead.is_empty() {
        out.push('\n');
        row(out, 2, "instead", &instead.join(", "), columns);
    }
}

/// The options of some versions that do what a key does in others: those that took its place, or
/// those whose place it took.
fn instead(key: &str, versions: Versions) -> Vec<&'static str> {
    let mut found: Vec<&str> = Vec::new();
    for spec in options::meanings(key) {
        for name in spec.targets().chain(spec.aliases().map(|alias| alias.key)) {
            let mut there = options::meanings(name)
                .filter(|spec| spec.versions.overlaps(versions) && spec.state != State::Alias);
            if there.next().is_some() && !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

/// The sentence on an option, or on the one that took its place.
fn sentence(key: &str) -> Option<&'static str> {
    if let Some(text) = description(key) {
        return Some(text);
    }
    let mut targets: Vec<&str> = options::meanings(key)
        .flat_map(|spec| spec.targets())
        .collect();
    targets.dedup();
    match targets.as_slice() {
        [target] => description(target),
        _ => None,
    }
}

/// The map option whose entry a key is, for a key that is no option itself.
fn entry_of(key: &str) -> Option<&str> {
    let own = options::meanings(key).next().is_some();
    options::map_of(key).filter(|_| !own)
}

/// Another key that an option reads.
struct OlderName {
    key: &'static str,
    versions: Versions,
    fallback: bool,
}

/// The other keys that an option reads, in Flink's order, each with the versions that read it.
fn older_names(key: &str, versions: Versions) -> Vec<OlderName> {
    let mut names: Vec<OlderName> = Vec::new();
    for spec in options::meanings(key) {
        let versions = spec.versions.and(versions);
        if versions.is_empty() {
            continue;
        }
        for alias in spec.aliases() {
            match names.iter_mut().find(|name| name.key == alias.key) {
                Some(name) => name.versions = name.versions.or(versions),
                None => names.push(OlderName {
                    key: alias.key,
                    versions,
                    fallback: alias.fallback,
                }),
            }
        }
    }
    names
}

/// A default for people.
fn default(spec: &OptionSpec) -> String {
    match spec.default {
        None if spec.default_varies => "depends on the machine".to_owned(),
        None => "none".to_owned(),
        Some("" | "[]" | "{}") => "empty".to_owned(),
        // `Long.MAX_VALUE`, as `MemorySize.MAX_VALUE` prints it.
        Some("9223372036854775807 bytes") => "no limit".to_owned(),
        // 1.13 prints every duration in nanoseconds.
        Some(text) if text.ends_with(" ns") => {
            parse_duration(text, Versions::ALL).map_or_else(|_| text.to_owned(), show_duration)
        }
        Some(text) => text.to_owned(),
    }
}

/// The versions that have a key in the table.
fn known(key: &str) -> Versions {
    options::versions_where(key, |_| true)
}

/// The versions after the last of a set.
fn after(set: Versions) -> Versions {
    let last = 16 - set.bits().leading_zeros();
    Versions::from_bits(u16::MAX.checked_shl(last).unwrap_or(0))
}

/// The name of the first version of a set.
fn first(set: Versions) -> &'static str {
    set.names().next().unwrap_or_default()
}

/// A key with the version that brought it, unless every version has it.
fn with_start(key: &str) -> String {
    let known = known(key);
    if known == Versions::ALL || known.is_empty() {
        return key.to_owned();
    }
    format!("{key} (from {})", first(known))
}

/// Rules whose page speaks of a key.
pub(super) fn rules_of(key: &str) -> Vec<&'static str> {
    let quoted = [format!("`{key}`"), format!("`{key}:")];
    crate::rules::all()
        .iter()
        .zip(crate::rules::RULES)
        .filter(|(_, entry)| quoted.iter().any(|text| entry.page.contains(text.as_str())))
        .map(|(front, _)| front.name)
        .collect()
}

#[cfg(test)]
mod tests;
