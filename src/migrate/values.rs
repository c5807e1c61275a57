//! Values: the same text for Flink, the same words for the scripts that start it.

use super::lines::Entry;
use crate::flink::options::{self, ValueKind};
use crate::flink::value::{parse_list_legacy, parse_map_legacy};
use crate::flink::version::Versions;
use crate::syntax::yaml::{Node, Quotes, parse_value, spelled_key, spelled_value};

/// Spells the value of an entry. Gives what its author should know, or why config.yaml can't hold it.
pub(super) fn spell(entry: &mut Entry, target: Versions) -> Result<Option<String>, String> {
    let key = &entry.key;
    if spelled_key(key).is_none() {
        return Err("the key is too long for config.yaml".to_owned());
    }
    let kinds: Vec<ValueKind> = target
        .iter()
        .filter_map(|version| options::kind(&in_table(key), version))
        .collect();
    reads_as_structure(key, &entry.value, &kinds)?;
    if is_read_by_scripts(key) {
        return spell_for_scripts(entry);
    }
    let typed = options::meanings(key).next().is_some();
    let quotes = if entry.value.contains("${") || entry.value.contains("$(") {
        Quotes::Always
    } else if typed && !loses_digits(&entry.value) {
        Quotes::WhereNeeded
    } else {
        Quotes::KeepText
    };
    entry.spelled = spelled_value(&entry.value, quotes);
    let structured = |kind: &ValueKind| kind.is_list() || *kind == ValueKind::Map;
    let note = if quotes == Quotes::Always {
        Some(format!(
            "`{key}` holds a placeholder; it stands in single quotes, so what is filled in must hold none"
        ))
    } else if is_quoted(&entry.value) && !kinds.iter().any(structured) {
        Some(format!(
            "the quotes around the value of `{key}` are a part of it in flink-conf.yaml, and stay so"
        ))
    } else {
        None
    };
    Ok(note)
}

/// The key under which the table has a member of a reporter family.
fn in_table(key: &str) -> String {
    for prefix in ["metrics.reporter.", "traces.reporter.", "events.reporter."] {
        if let Some((_, rest)) = key
            .strip_prefix(prefix)
            .and_then(|rest| rest.split_once('.'))
        {
            return format!("{prefix}<name>.{rest}");
        }
    }
    key.to_owned()
}

/// Refuses a list or map that flink-conf.yaml splits at `;`, `,` and `:` and config.yaml first tries
/// as YAML (`ConfigurationUtils.convertToList`, `convertToProperties`): quotes make no difference.
fn reads_as_structure(key: &str, value: &str, kinds: &[ValueKind]) -> Result<(), String> {
    let list = kinds.iter().any(|kind| kind.is_list());
    let map = kinds.contains(&ValueKind::Map);
    if !(list || map) {
        return Ok(());
    }
    match parse_value(value) {
        // An item without a value makes Flink fall back to the old form.
        Some(Node::List(items)) if list && !items.contains(&Node::Null) => Err(format!(
            "flink-conf.yaml reads the value of `{key}` as {}, config.yaml as a YAML list of {}; \
             write `a;b` if a list is meant",
            parse_list_legacy(value).map_or_else(
                |_| "no list".to_owned(),
                |items| counted(items.len(), "item")
            ),
            items.len()
        )),
        Some(Node::Map(pairs)) if map && !pairs.iter().any(|(_, value)| *value == Node::Null) => {
            let mut new = Vec::new();
            for (key, value) in pairs {
                match value {
                    Node::Scalar(text) => new.push((key, text)),
                    _ => return Err(other_map(key.as_str())),
                }
            }
            let mut old = parse_map_legacy(value).map_err(|_| other_map(key))?;
            new.sort();
            old.sort();
            if new == old {
                Ok(())
            } else {
                Err(other_map(key))
            }
        }
        _ => Ok(()),
    }
}

fn other_map(key: &str) -> String {
    format!(
        "config.yaml reads the value of `{key}` as a YAML map, flink-conf.yaml as `a:b,c:d`, with \
         another result; write it without blanks, braces and YAML quotes"
    )
}

fn counted(count: usize, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}

/// Whether a number as a `Double` of config.yaml is another `Float` than its text
/// (`ConfigurationUtils.convertToFloat`).
fn loses_digits(value: &str) -> bool {
    let (Ok(double), Ok(float)) = (value.parse::<f64>(), value.parse::<f32>()) else {
        return false;
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::float_cmp,
        reason = "Flink casts, and only the very same number will do"
    )]
    let same = double as f32 == float;
    let fits = double == 0.0 || float.is_finite() && float != 0.0;
    !(same && fits)
}

fn is_quoted(value: &str) -> bool {
    let pair = |quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
    pair('"') || pair('\'')
}

/// Whether `bin/config.sh` reads a key. It asks Flink for a YAML dump, in which numbers, booleans and
/// special characters that are text stand in quotes, and takes these quotes for a part of the value.
fn is_read_by_scripts(key: &str) -> bool {
    key.starts_with("env.") || matches!(key, "taskmanager.compute.numa" | "zookeeper.heap.mb")
}

fn spell_for_scripts(entry: &mut Entry) -> Result<Option<String>, String> {
    let key = &entry.key;
    let jvm = key == "env.java.opts" || key.starts_with("env.java.opts.");
    let mut note = None;
    if jvm && entry.value.starts_with('"') {
        entry.value = without_quotes(&entry.value).ok_or_else(|| {
            format!("the quotes in `{key}` can't be written so that the JVM gets the same words")
        })?;
        note = Some(format!(
            "`{key}` loses its outer quotes, which Flink's scripts strip from flink-conf.yaml \
             up to 1.18 and do not strip from config.yaml"
        ));
    }
    entry.spelled = spelled_value(&entry.value, Quotes::WhereNeeded);
    if entry.spelled != entry.value {
        return Err(format!(
            "YAML needs quotes around the value of `{key}`, and Flink's scripts would take them for \
             a part of it; change the value, or set it in the environment"
        ));
    }
    Ok(note)
}

/// What to write for JVM options that start with a quote. The scripts strip one quote at the start
/// and one at the end, each if it is there; at the end they strip one of config.yaml, too.
fn without_quotes(value: &str) -> Option<String> {
    let open = value.strip_prefix('"')?;
    let words = open.strip_suffix('"').unwrap_or(open);
    let stripped = |text: &str| text.strip_suffix('"').unwrap_or(text) == words;
    let text = [words, open].into_iter().find(|text| stripped(text))?;
    (!text.is_empty() && !text.starts_with('"')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(key: &str, value: &str) -> Result<String, String> {
        let mut entry = Entry {
            line: 1,
            key: key.to_owned(),
            value: value.to_owned(),
            spelled: String::new(),
            comment: String::new(),
        };
        spell(&mut entry, Versions::YAML).map(|_| entry.spelled)
    }

    #[test]
    fn numbers_stay_plain_only_for_options_with_a_type() {
        let known = "taskmanager.numberOfTaskSlots";
        assert_eq!(spelled(known, "4"), Ok("4".into()));
        assert_eq!(spelled(known, "04"), Ok("\"04\"".into()));
        // `MetricConfig` is a `Properties`, which gives out nothing but texts.
        assert_eq!(
            spelled("metrics.reporter.prom.port", "9249"),
            Ok("\"9249\"".into())
        );
        assert_eq!(spelled("my.own.flag", "true"), Ok("\"true\"".into()));
    }

    #[test]
    fn fractions_keep_their_value_as_a_float() {
        let key = "taskmanager.memory.managed.fraction";
        assert_eq!(spelled(key, "0.4"), Ok("0.4".into()));
        assert_eq!(spelled(key, "0.40"), Ok("\"0.40\"".into()));
        assert_eq!(spelled(key, "1.0E39"), Ok("\"1.0E39\"".into()));
    }

    #[test]
    fn lists_that_yaml_reads_otherwise_are_refused() {
        assert_eq!(spelled("pipeline.jars", "a;b"), Ok("a;b".into()));
        assert_eq!(spelled("pipeline.jars", "'a;b'"), Ok("\"'a;b'\"".into()));
        assert!(spelled("pipeline.jars", "[a, b]").is_err());
        let includes = "metrics.reporter.prom.filter.includes";
        assert!(spelled(includes, "[a]").is_err());
        assert_eq!(spelled(includes, "*:a:*"), Ok("\"*:a:*\"".into()));
        let labels = "kubernetes.jobmanager.labels";
        assert_eq!(spelled(labels, "a:b,c:d"), Ok("a:b,c:d".into()));
        assert_eq!(spelled(labels, "a: b"), Ok("\"a: b\"".into()));
        assert!(spelled(labels, "a: 010").is_err());
        assert!(spelled(labels, "{a: b}").is_err());
    }

    #[test]
    fn jvm_options_reach_the_jvm_as_before() {
        let options = |value| spelled("env.java.opts.all", value);
        assert_eq!(options("\"-Da=1 -Db=2\""), Ok("-Da=1 -Db=2".into()));
        assert_eq!(options("\"-Da=1"), Ok("-Da=1".into()));
        // The scripts strip the last quote today and will.
        assert_eq!(options("-Dq=\"a b\""), Ok("-Dq=\"a b\"".into()));
        assert_eq!(options("\"-Dq=\"a b\"\""), Ok("-Dq=\"a b\"\"".into()));
        for refused in ["\"\"", "\"\"-Da\"\"", "-Da=x: y", "'-Da'"] {
            assert!(options(refused).is_err(), "{refused}");
        }
        assert_eq!(spelled("env.log.max", "7"), Ok("7".into()));
        assert!(spelled("env.log.max", "07").is_err());
    }
}
