//! Documents in Flink's order of precedence: what is in force, and who said so.
//!
//! Everything is three-valued: a value is known, a default on which the versions in question agree,
//! or unknown. Rules fire on what is known only.

use std::sync::OnceLock;

use crate::finding::Location;
use crate::flink::memory::Mode;
use crate::flink::version::Versions;
use crate::linux::machine::Machine;
use crate::syntax::code::Code;
use crate::syntax::sql::Script;
use crate::syntax::{Document, Format, Layer, Scope, Space};
use crate::text::{Source, SourceId, Sources, Span};

mod cluster;
mod containers;
mod host;
mod jobs;
mod memory;
mod network;
mod opened;
mod process;
mod rocksdb;
mod values;
mod version_from;

pub use crate::flink::memory::Process;
pub use cluster::{Base, Cluster, Count, Limit, Place, Use};
pub use containers::{Container, Engine, Keeps, Replicas, Service};
pub use host::{Applied, HostIs, HostLoader, HostParameter, Sysctl};
pub use jobs::{Jobs, is_disguised, is_of_job, is_said_by_job};
pub use memory::{Case, Change, Derived, Memory, Outcome, Unknown};
pub use network::{Network, NetworkCase};
pub use opened::{Opened, groups, is_opened, opened};
pub use rocksdb::RocksDb;
pub use values::{Effective, Site, Value};
pub use version_from::VersionFrom;

/// One Flink cluster or application as somebody would start it; a view over its documents.
#[derive(Clone, Debug)]
pub struct Deployment<'p> {
    /// Its name: the folder or file it was found in, or the name given in flint.toml.
    pub name: String,
    /// Whether flint.toml gives it that name.
    pub is_named: bool,
    /// The versions it may run on.
    pub versions: Versions,
    /// Who said so; `None` when only the kinds of files narrow it.
    pub version_from: Option<VersionFrom>,
    /// Who said otherwise and was not believed: a file beside these names a version that does not
    /// read them, so it speaks of something else.
    pub version_dropped: Option<VersionFrom>,
    /// Who names a release before all that flint knows, so that it computes nothing.
    pub version_before_all: Option<VersionFrom>,
    /// The major version of Java, where the name of the image tells.
    pub java: Option<u8>,
    /// Who said so.
    pub java_from: Option<VersionFrom>,
    /// All sources of the run.
    pub sources: &'p Sources,
    /// All documents of the run, in the order of their sources.
    pub all_documents: &'p [Document],
    /// The documents that Flink or the job reads, weakest layer first.
    pub documents: Vec<&'p Document>,
    /// What lies below them.
    pub base: Base,
    /// The documents that one process reads alone, by source and ordinal.
    pub only: Vec<(SourceId, u32, Process)>,
    /// The process whose configuration is out of sight: other files than these start it.
    pub unseen: Option<Process>,
    /// The fields of the operator's resources that it is made of: the cluster's, and with a session job
    /// that.
    pub resources: Vec<&'p Document>,
    /// The tables that its scripts make: each a document of the options after `WITH`.
    pub tables: Vec<&'p Document>,
    /// Files that lie where Flink looks but are not read by any of these versions.
    pub unread: Vec<&'p Document>,
    /// Whether these versions open no file of the folder, and the one that is there stands among
    /// `documents` as what will have to be read; see [`Deployment::as_if_read`].
    pub opens_nothing: bool,
    /// Whether the same folder is another deployment for other versions, because it holds both files.
    pub split: bool,
    /// Files with kernel parameters, in the order in which they are applied.
    pub host: Vec<&'p Document>,
    /// Files with kernel parameters that lie beside those, but that no loader reads: of another name, or
    /// hidden by one of the same name.
    pub host_unread: Vec<&'p Document>,
    /// Whether those files are known to be meant for hosts that run Flink.
    pub host_is: HostIs,
    /// What is known of the machines that it runs on.
    pub machine: Machine,
    /// Who starts its processes, where somebody says so; see [`Deployment::mode`].
    pub started_by: Option<Mode>,
    /// What [`Deployment::memory`] has computed; begin with an empty one.
    pub memory: OnceLock<Memory>,
    /// What the loaders make of the files of its host; begin with an empty one.
    pub applied: OnceLock<Applied>,
    /// What runs it, as far as the files beside its configuration say.
    pub cluster: Cluster,
    /// The source or the script that it is the deployment of; `None` for a cluster.
    pub job: Option<SourceId>,
    /// What the jobs set that run here; for the deployment of one of them nothing.
    pub jobs: Jobs,
    /// The resources of the operator before a change; empty where no change is looked at.
    pub before: &'p [Previous],
    /// The sources of its project, by the numbers of their documents; see [`Deployment::types`].
    pub types: &'p [usize],
}

/// A resource of the operator as it was before a change.
#[derive(Clone, Debug)]
pub struct Previous {
    /// What its file is called after the change.
    pub path: String,
    /// Whether it is all of the resource, so that what is missing in it is missing.
    pub is_whole: bool,
    /// Its fields. Their places are those of another tree.
    pub fields: Document,
}

impl<'p> Deployment<'p> {
    /// The source of a document.
    pub fn source(&self, document: &Document) -> &'p Source {
        self.sources.get(document.source)
    }

    /// Where a document stands: its file, and of a part the line that it begins at.
    pub fn place_of(&self, document: &Document) -> String {
        let source = self.source(document);
        match document.held_at {
            Some(held) => format!("{}:{}", source.path, source.line(held.start)),
            None => source.path.clone(),
        }
    }

    /// The documents of the source of one, itself among them.
    pub fn beside(&self, document: &Document) -> &'p [Document] {
        let own = document.source;
        let start = self
            .all_documents
            .partition_point(|other| other.source < own);
        let rest = &self.all_documents[start..];
        &rest[..rest.partition_point(|other| other.source == own)]
    }

    /// A place in a document.
    pub fn at(document: &Document, span: Span) -> Location {
        Location {
            source: document.source,
            span,
        }
    }

    /// The deployment for rules. Where these versions would stop because their file is missing, the
    /// other file holds what the missing one will have to say: whoever asks for Flink 2 about a
    /// `flink-conf.yaml` wants to know what becomes of its lines.
    #[must_use]
    pub fn as_if_read(mut self) -> Self {
        let is_conf = |document: &&Document| {
            matches!(document.format, Format::FlinkConf | Format::ConfigYaml)
        };
        if !self.unread.is_empty() && !self.documents.iter().any(is_conf) {
            self.documents.splice(0..0, self.unread.drain(..));
            self.opens_nothing = true;
        }
        self
    }

    /// Every document that belongs to it: those that are read, those that are not, and its hosts'.
    pub fn files(&self) -> impl Iterator<Item = &'p Document> + '_ {
        let all = self.documents.iter().chain(&self.unread);
        let made = self.resources.iter().chain(&self.tables);
        let host = self.host.iter().chain(&self.host_unread);
        all.chain(made).chain(host).copied()
    }

    /// The sources of its job, each with what its code says.
    pub fn codes(&self) -> impl Iterator<Item = (&'p Document, &'p Code)> + '_ {
        let documents = self.documents.iter().copied();
        documents.filter_map(|document| Some((document, document.code.as_deref()?)))
    }

    /// Its scripts in SQL, those in the texts of its sources among them.
    pub fn scripts(&self) -> impl Iterator<Item = (&'p Document, &'p Script)> + '_ {
        let documents = self.documents.iter().copied();
        documents.filter_map(|document| Some((document, document.script.as_deref()?)))
    }

    /// The documents whose keys are Flink options or may be, as somebody wrote them for this deployment:
    /// not what an operator makes of fields, or gives all of its clusters.
    pub fn flink_documents(&self) -> impl Iterator<Item = &'p Document> + '_ {
        let is_written = |document: &&Document| {
            document.space != Space::Sysctl
                && document.fields_of.is_none()
                && document.layer != Layer::OperatorDefaults
        };
        self.documents.iter().copied().filter(is_written)
    }

    /// The fields of the first of its resources that is of this kind.
    pub fn resource(&self, kind: &str) -> Option<&'p Document> {
        let is_it = |document: &&&Document| {
            let holder = document.holder.as_deref();
            holder.is_some_and(|holder| holder.is(kind))
        };
        self.resources.iter().find(is_it).copied()
    }

    /// The documents of one space, but for what an operator gives all of its clusters.
    pub fn in_space(&self, space: Space) -> impl Iterator<Item = &'p Document> + '_ {
        let host = (space == Space::Sysctl).then_some(&self.host);
        let own = (space != Space::Sysctl).then_some(&self.documents);
        host.into_iter()
            .chain(own)
            .flatten()
            .copied()
            .filter(move |document| {
                document.space == space && document.layer != Layer::OperatorDefaults
            })
    }

    /// Whether every layer is in sight and loads, so that absence is a fact.
    pub fn is_complete(&self) -> bool {
        let mut any = false;
        let all = self.flink_documents().all(|document| {
            any = true;
            document.complete && document.load_error.is_none() && !self.has_lines_of_both(document)
        });
        any && all && self.base.is_known() && self.unseen.is_none()
    }

    /// Whether every layer of one process is in sight and loads.
    fn is_complete_for(&self, process: Process) -> bool {
        let mut own = self.flink_documents();
        let known = self.base.is_known() && self.unseen != Some(process);
        known
            && own.all(|document| {
                !self.is_read_by(document, process)
                    || document.complete
                        && document.load_error.is_none()
                        && !self.has_lines_of_both(document)
            })
    }

    /// Whether its kernel parameters are those of machines that run Flink: their files say so, or a
    /// configuration of Flink lies in the same part of the project. Advice is for these only; others have
    /// reasons of their own.
    pub fn is_host_of_flink(&self) -> bool {
        // Of containers and pods only those are read that run Flink.
        let mut host = self.host.iter();
        let is_own = host.any(|document| document.scope != Scope::Machine);
        match self.host_is {
            HostIs::Flinks => true,
            HostIs::Near => is_own || !self.documents.is_empty(),
            HostIs::Far => is_own,
        }
    }

    /// The versions in words: `Flink 1.20`, `Flink 1.13-1.20`.
    pub fn version_text(&self) -> String {
        format!("Flink {}", self.versions)
    }
}
