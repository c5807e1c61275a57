//! Which directive silences which finding.

use std::collections::HashMap;

use super::directive::Directive;
use crate::finding::Finding;
use crate::rules;
use crate::text::SourceId;

/// Which names of which directives silence a finding: by source and rule, so that neither a file of
/// comments nor one of findings costs more than its size.
pub(super) struct Coverage {
    by_rule: HashMap<(SourceId, String), Vec<Covering>>,
}

/// One name of one directive and the lines it covers.
struct Covering {
    first: usize,
    last: usize,
    /// The last line that this one or any before it covers.
    reach: usize,
    directive: usize,
    /// Whether the comment stands behind something on its line.
    behind: bool,
    /// Whether its time is over: it would silence, and does not.
    expired: bool,
    name: usize,
    used: bool,
}

impl Coverage {
    pub(super) fn of(directives: &[Directive]) -> Self {
        let mut by_rule: HashMap<(SourceId, String), Vec<Covering>> = HashMap::new();
        for (number, directive) in directives.iter().enumerate() {
            for (index, name) in directive.names.iter().enumerate() {
                let current = rules::current_name(&name.text).to_owned();
                let place = (directive.document.source, current);
                let list = by_rule.entry(place).or_default();
                // A name said twice is needed once.
                if list.last().is_some_and(|last| last.directive == number) {
                    continue;
                }
                let all = std::iter::once(&directive.lines).chain(&directive.entry);
                list.extend(all.map(|lines| Covering {
                    first: *lines.start(),
                    last: *lines.end(),
                    reach: 0,
                    directive: number,
                    behind: !directive.comment.own_line,
                    expired: directive.expired,
                    name: index,
                    used: false,
                }));
            }
        }
        for list in by_rule.values_mut() {
            list.sort_by_key(|covering| covering.first);
            let mut reach = 0;
            for covering in list {
                reach = reach.max(covering.last);
                covering.reach = reach;
            }
        }
        Coverage { by_rule }
    }

    /// Marks every name that speaks of a finding, and gives the last of their directives that is in force.
    pub(super) fn silence(
        &mut self,
        finding: &Finding,
        line: usize,
        only_behind: bool,
    ) -> Option<usize> {
        let place = (finding.at.source, finding.rule.clone());
        let list = self.by_rule.get_mut(&place)?;
        let upto = list.partition_point(|covering| covering.first <= line);
        let mut chosen = None;
        let within = list[..upto].iter_mut().rev();
        for covering in within.take_while(|covering| covering.reach >= line) {
            if covering.last >= line && (covering.behind || !only_behind) {
                covering.used = true;
                if !covering.expired {
                    chosen = chosen.max(Some(covering.directive));
                }
            }
        }
        chosen
    }

    /// The names that silenced anything: directive and place in its brackets.
    pub(super) fn used(self) -> impl Iterator<Item = (usize, usize)> {
        let all = self.by_rule.into_values().flatten();
        all.filter(|covering| covering.used)
            .map(|covering| (covering.directive, covering.name))
    }
}
