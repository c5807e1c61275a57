//! Keeps secrets out of what any rule says: where a line with one is shown beside another finding, and
//! where a message repeats a value.

use std::collections::{BTreeMap, BTreeSet};

use super::{secret_of, variables};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::syntax::Document;
use crate::text::{SourceId, Sources, Span};

/// A text shorter than this may stand anywhere by chance.
const SHORTEST: usize = 6;

/// A word of letters alone from here on is none of any language.
const LONG_WORD: usize = 16;

/// The secrets that some documents hold.
#[derive(Debug, Default)]
pub struct Mask {
    places: BTreeMap<SourceId, Vec<Span>>,
    values: BTreeMap<SourceId, BTreeSet<String>>,
}

impl Mask {
    /// Of every document, whatever deployment it belongs to.
    pub fn of(sources: &Sources, documents: &[Document]) -> Self {
        let mut mask = Mask::default();
        for document in documents {
            for setting in &document.settings {
                if secret_of(setting).is_some() {
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
                        let values = mask.values.entry(source.id).or_default();
                        values.insert(setting.value.clone());
                    }
                }
            }
        }
        mask
    }

    /// Adds the variables of the containers of a deployment.
    pub fn add_variables(&mut self, deployment: &Deployment) {
        for container in &deployment.cluster.containers {
            let variables = container.has.variables.iter();
            for variable in variables.filter(|variable| variables::secret(variable).is_some()) {
                let places = self.places.entry(container.source).or_default();
                places.push(variable.value_at);
            }
        }
    }

    /// Takes the secrets out of a finding.
    pub fn apply(&self, finding: &mut Finding) {
        if let Some(places) = self.places.get(&finding.at.source) {
            let new = places.iter().filter(|at| !finding.hidden.contains(at));
            let new: Vec<Span> = new.copied().collect();
            finding.hidden.extend(new);
        }
        let Some(values) = self.values.get(&finding.at.source) else {
            return;
        };
        let related = finding.related.iter_mut().map(|other| &mut other.message);
        let fix = finding.fix.as_mut();
        let fix = fix
            .into_iter()
            .flat_map(|fix| [&mut fix.title, &mut fix.risk]);
        let texts = [&mut finding.message, &mut finding.label, &mut finding.help];
        for text in texts.into_iter().chain(related).chain(fix) {
            for value in values {
                if text.contains(value.as_str()) {
                    *text = text.replace(value.as_str(), "***");
                }
            }
        }
    }
}
