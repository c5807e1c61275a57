//! Keeps secrets out of what any rule says: where a line with one is shown beside another finding, and
//! where a message repeats a value.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{code, is_hidden, looks};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::syntax::Document;
use crate::text::{Source, SourceId, Sources, Span};

/// A text shorter than this may stand anywhere by chance.
const SHORTEST: usize = 6;

/// How many lines before and behind its own a finding may show.
const AROUND: usize = 5;

/// A word of letters alone from here on is none of any language.
const LONG_WORD: usize = 16;

/// The secrets that some documents hold.
#[derive(Debug, Default)]
pub struct Mask {
    places: BTreeMap<SourceId, Vec<Span>>,
    values: BTreeSet<String>,
}

impl Mask {
    /// Of one document, whatever deployment it belongs to.
    pub fn of(sources: &Sources, document: &Document) -> Self {
        let mut mask = Mask::default();
        for setting in document.settings.iter().filter(|own| is_hidden(own)) {
            let source = sources.get(document.source);
            // To the end of the line: what a `#` cuts off belongs to the secret.
            let end = source
                .line_span(source.line_index(setting.value_at.end))
                .end;
            let at = Span::new(setting.value_at.start as usize, end as usize);
            mask.places.entry(source.id).or_default().push(at);
            // A word such as `password` stands in names, too.
            let value = setting.value.as_str();
            let is_word = value.bytes().all(|byte| byte.is_ascii_lowercase());
            if value.len() >= SHORTEST && !(is_word && value.len() < LONG_WORD) {
                mask.values.insert(setting.value.clone());
            }
        }
        mask
    }

    /// Adds what another one keeps.
    pub fn add(&mut self, other: Mask) {
        for (source, places) in other.places {
            self.places.entry(source).or_default().extend(places);
        }
        self.values.extend(other.values);
    }

    /// Adds the variables of the containers of a deployment, and the literals in its sources.
    pub fn add_variables(&mut self, deployment: &Deployment) {
        for (source, at) in code::places(deployment) {
            self.places.entry(source).or_default().push(at);
        }
        for container in &deployment.cluster.containers {
            let variables = container.has.variables.iter();
            for variable in variables {
                let value = variable.value.as_deref().unwrap_or_default();
                if !looks::is_hidden_key(&variable.name) || !looks::is_hidden(value) {
                    continue;
                }
                let places = self.places.entry(container.source).or_default();
                places.push(variable.value_at);
            }
        }
    }

    /// Takes the secrets out of a finding; `around` is what [`hidden_around`] says of it.
    pub fn apply(&self, finding: &mut Finding, around: Vec<Span>) {
        if let Some(places) = self.places.get(&finding.at.source) {
            let new = places.iter().filter(|at| !finding.hidden.contains(at));
            let new: Vec<Span> = new.copied().collect();
            finding.hidden.extend(new);
        }
        finding.hidden.extend(around);
        let related = finding.related.iter_mut().map(|other| &mut other.message);
        let fix = finding.fix.as_mut();
        let fix = fix
            .into_iter()
            .flat_map(|fix| [&mut fix.title, &mut fix.risk]);
        let texts = [&mut finding.message, &mut finding.label, &mut finding.help];
        for text in texts.into_iter().chain(related).chain(fix) {
            for value in &self.values {
                if text.contains(value.as_str()) {
                    *text = text.replace(value.as_str(), "***");
                }
            }
            if let Cow::Owned(shown) = looks::without(text) {
                *text = shown;
            }
        }
    }
}

/// What looks like a secret in the lines around one (from 0), which nothing else reads.
pub fn hidden_around(source: &Source, own: usize) -> Vec<Span> {
    let mut hidden = Vec::new();
    let line = |index: usize| {
        let span = source.line_span(index);
        let bytes = &source.bytes[span.start as usize..span.end as usize];
        // One byte each, so that places stay what they are.
        let plain = bytes
            .iter()
            .map(|byte| if byte.is_ascii() { *byte } else { b'x' });
        let text: String = plain.map(char::from).collect();
        (span.start as usize, text)
    };
    let lines: Vec<(usize, String)> = (own.saturating_sub(AROUND)..=own + AROUND)
        .map(line)
        .collect();
    for (index, (start, text)) in lines.iter().enumerate() {
        let beside = |other: Option<usize>| {
            let other = other.and_then(|other| lines.get(other));
            other.map_or("", |(_, text)| text.as_str())
        };
        let beside = [beside(index.checked_sub(1)), beside(Some(index + 1))];
        for range in looks::in_line(text, beside) {
            let at = Span::new(start + range.start, start + range.end);
            hidden.push(at);
        }
    }
    hidden
}
