//! From what people see, a line of a log or an error, to the rules that speak of its cause.
//!
//! `symptoms.tsv` holds one fragment a line, `rule TAB fragment`, in lower-case words with one blank
//! between them, sorted. Fragments are texts of Flink, its operator and what starts containers, without the
//! parts that vary.

/// The fragments.
const TABLE: &str = include_str!("symptoms.tsv");

/// The least letters of a fragment, and of a search that is a part of one only.
const LEAST: usize = 12;

/// The least words of such a search: two, as in `state backend`, are a topic and no message.
const LEAST_WORDS: usize = 3;

/// The rules whose symptom a text shows, the one with the longest fragment first.
pub fn rules_for(text: &str) -> Vec<&'static str> {
    let wanted = words(text);
    let is_part = wanted.len() >= LEAST && wanted.split(' ').count() >= LEAST_WORDS;
    let mut found: Vec<(usize, &str)> = Vec::new();
    for (rule, fragment) in TABLE.lines().filter_map(|line| line.split_once('\t')) {
        let shows = holds(&wanted, fragment);
        if shows || (is_part && holds(fragment, &wanted)) {
            match found.iter_mut().find(|(_, known)| *known == rule) {
                Some((length, _)) => *length = fragment.len().max(*length),
                None => found.push((fragment.len(), rule)),
            }
        }
    }
    found.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    found.into_iter().map(|(_, rule)| rule).collect()
}

/// Whether a text of words holds others, whole words only.
fn holds(text: &str, part: &str) -> bool {
    !part.is_empty() && format!(" {text} ").contains(&format!(" {part} "))
}

/// The letters and digits of a text in lower case, with one blank for all that is between them.
fn words(text: &str) -> String {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    let parts: Vec<String> = parts
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fragment_is_in_order_and_leads_to_a_rule_that_exists() {
        let mut before = "";
        for line in TABLE.lines() {
            let (rule, fragment) = line.split_once('\t').expect("a rule and a fragment");
            assert!(crate::rules::find(rule).is_some(), "{rule}");
            assert_eq!(words(fragment), fragment);
            assert!(fragment.len() >= LEAST, "{fragment}");
            assert!(rules_for(fragment).contains(&rule), "{fragment}");
            assert!(before < line, "{before} before {line}");
            before = line;
        }
    }

    #[test]
    fn a_line_of_a_log_leads_to_its_rule() {
        let log = "Caused by: org.snakeyaml.engine.v2.exceptions.YamlEngineException: while \
                   constructing a mapping\n in reader, line 2, column 3\nfound duplicate key b";
        assert_eq!(rules_for(log), ["duplicate-key", "yaml-does-not-load"]);
        assert_eq!(rules_for("Error parsing YAML"), ["yaml-does-not-load"]);
        assert_eq!(
            rules_for("Error while trying to split key and value in configuration file conf:3"),
            ["ignored-line"]
        );
    }

    #[test]
    fn other_texts_lead_nowhere() {
        for text in [
            "",
            "   ",
            "yaml",
            "error",
            "state.backend",
            "checkpoint interval",
            "duplicate",
            "…",
        ] {
            assert!(rules_for(text).is_empty(), "{text}");
        }
    }
}
