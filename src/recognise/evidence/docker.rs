//! The base image of a Dockerfile.

use super::Evidence;

/// A `FROM` line.
struct Stage {
    image: String,
    name: Option<String>,
    line: usize,
}

/// The Flink that the last stage is built on; where that is none, those of all other stages, from
/// which it may copy.
pub(super) fn read(text: &str) -> Vec<Evidence> {
    let stages = stages(text);
    let of = |stage: &Stage| Evidence::of_image(&stage.image, stage.line);
    let mut last = stages.last();
    let mut before = stages.len();
    while let Some(stage) = last {
        if let Some(evidence) = of(stage) {
            return vec![evidence];
        }
        // `FROM build` goes on with an earlier stage, never with a later one.
        let base = stages[..before]
            .iter()
            .rposition(|other| other.name.as_deref() == Some(stage.image.as_str()));
        before = base.unwrap_or(0);
        last = base.map(|index| &stages[index]);
    }
    stages.iter().filter_map(of).collect()
}

fn stages(text: &str) -> Vec<Stage> {
    let mut defaults: Vec<(&str, String)> = Vec::new();
    let mut stages: Vec<Stage> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split_whitespace();
        let instruction = words.next().unwrap_or("").to_ascii_uppercase();
        // Only what stands before the first stage is known to a FROM line.
        if instruction == "ARG" && stages.is_empty() {
            let known = words.filter_map(|word| word.split_once('='));
            defaults.extend(known.map(|(name, value)| (name, super::unquoted(value).to_owned())));
        } else if instruction == "FROM" {
            let mut words = words.skip_while(|word| word.starts_with("--"));
            let image = filled(super::unquoted(words.next().unwrap_or("")), &defaults);
            let name = words
                .next()
                .filter(|word| word.eq_ignore_ascii_case("as"))
                .and_then(|_| words.next());
            stages.push(Stage {
                image,
                name: name.map(str::to_owned),
                line: index + 1,
            });
        }
    }
    stages
}

/// A text with the defaults of its build arguments; what has none stays as it is.
fn filled(text: &str, defaults: &[(&str, String)]) -> String {
    let mut out = text.to_owned();
    for (name, value) in defaults.iter().rev() {
        out = out.replace(&format!("${{{name}}}"), value);
        // `$FLINK` must not eat the start of `$FLINK_VERSION`.
        let bare = format!("${name}");
        if let Some(at) = out.find(&bare) {
            let after = out[at + bare.len()..].chars().next();
            if !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
                out.replace_range(at..at + bare.len(), value);
            }
        }
    }
    out
}
