//! Numbers of containers and their limits, where all that describe them agree.

use std::collections::{BTreeMap, BTreeSet};

use super::{Member, place};
use crate::deployment::{Count, Limit, Process};
use crate::recognise::cluster::{Kind, Role, Stated, Workload};
use crate::recognise::evidence;
use crate::text::Span;

/// What is known about the number of `TaskManager`s.
pub(super) enum Counted {
    /// No container is known.
    None,
    /// It is this.
    Is(Count),
    /// There are containers, but their number is open.
    Open,
}

/// The `TaskManager`s of one file together. Several files of a folder must agree, because each may be
/// another way to start the same ones; others may be started beside them, on other hosts.
pub(super) fn count(members: &[Member]) -> Counted {
    if members.is_empty() {
        return Counted::None;
    }
    let all = described(members);
    let mut files: BTreeMap<&str, Vec<&Member>> = BTreeMap::new();
    for member in members.iter().filter(|member| member.proven) {
        if member.workload.role == Role::Unknown {
            return Counted::Open;
        }
        if member.workload.role == Role::TaskManager {
            files.entry(&member.file.path).or_default().push(member);
        }
    }
    let mut found: Option<Count> = None;
    let names = |own: &[&Member]| -> BTreeSet<(String, String)> {
        let own = own.iter();
        own.map(|member| {
            let folder = evidence::folder(&member.file.path);
            (folder.to_owned(), member.workload.name.clone())
        })
        .collect()
    };
    let mut each = files.values();
    let first = each.next().map(|own| names(own));
    let is_compose = members[0].file.facts.kind == Kind::Compose;
    if is_compose && each.any(|own| Some(names(own)) != first) {
        return Counted::Open;
    }
    for own in files.values() {
        let mut number = 0u32;
        for member in own {
            let replicas = match agreed(&all, member, |workload| &workload.replicas) {
                Agreed::Known(value, ..) => *value,
                // Whoever starts a service may say how many of it.
                Agreed::Default if is_single(&all, member) => 1,
                Agreed::Default | Agreed::Open => return Counted::Open,
            };
            number = number.saturating_add(replicas);
        }
        let first = own[0];
        let (at, what) = match &first.workload.replicas {
            Stated::Known { at, what, .. } => (*at, format!("{what} of {}", first.workload.name)),
            _ => (first.workload.at, first.workload.name.clone()),
        };
        let what = match own.len() {
            1 => what,
            more => format!("{what} and {} more", more - 1),
        };
        match &found {
            Some(other) if other.number != number => return Counted::Open,
            Some(_) => {}
            None => {
                found = Some(Count {
                    number,
                    at: place(first.file.source, at, what),
                });
            }
        }
    }
    match found {
        Some(count) if count.number > 0 => Counted::Is(count),
        _ => Counted::Open,
    }
}

/// The memory limits on which all descriptions of a container agree.
pub(super) fn limits(members: &[Member], out: &mut Vec<Limit>) {
    let all = described(members);
    for member in members.iter().filter(|member| member.proven) {
        let process = match member.workload.role {
            Role::JobManager => Process::JobManager,
            Role::TaskManager => Process::TaskManager,
            Role::Other | Role::Unknown => continue,
        };
        let memory = agreed(&all, member, |workload| &workload.memory);
        let Agreed::Known(bytes, text, at, what) = memory else {
            continue;
        };
        out.push(Limit {
            process,
            bytes: *bytes,
            text: text.to_owned(),
            at: place(
                member.file.source,
                at,
                format!("{what} of {}", member.workload.name),
            ),
        });
    }
}

/// What all descriptions of a container say together.
enum Agreed<'c, T> {
    /// Nothing, so that a default counts.
    Default,
    /// A number with its text, its place, and what says it.
    Known(&'c T, &'c str, Span, &'static str),
    /// They differ, or one can't be read.
    Open,
}

/// The descriptions of each container, by folder and name.
type Described<'m, 'c> = BTreeMap<(&'c str, &'c str), Vec<&'m Member<'c>>>;

fn described<'m, 'c>(members: &'m [Member<'c>]) -> Described<'m, 'c> {
    let mut all = Described::new();
    for member in members {
        all.entry(container(member)).or_default().push(member);
    }
    all
}

fn container<'c>(member: &Member<'c>) -> (&'c str, &'c str) {
    let folder = evidence::folder(&member.file.path);
    (folder, member.workload.name.as_str())
}

/// Whether some description of a container says that there is one of it.
fn is_single(all: &Described, member: &Member) -> bool {
    let mut same = all.get(&container(member)).into_iter().flatten();
    same.any(|other| other.workload.single)
}

fn agreed<'c, T: PartialEq>(
    all: &Described,
    member: &Member<'c>,
    stated: impl Fn(&Workload) -> &Stated<T>,
) -> Agreed<'c, T> {
    let own = stated(member.workload);
    let mut same = all.get(&container(member)).into_iter().flatten();
    let differs = same.any(|other| {
        match (own, stated(other.workload)) {
            (Stated::Known { value, .. }, Stated::Known { value: other, .. }) => value != other,
            // Laid over the first, a file that says nothing leaves it as it is; by itself it means
            // the default.
            (Stated::Known { .. }, Stated::No) => other.proven,
            (_, Stated::No) => false,
            (_, Stated::Known { .. } | Stated::Unknown) => true,
        }
    });
    match own {
        _ if differs => Agreed::Open,
        Stated::Known {
            value,
            text,
            at,
            what,
        } => Agreed::Known(value, text, *at, what),
        Stated::No => Agreed::Default,
        Stated::Unknown => Agreed::Open,
    }
}
