//! Files that hold configuration of Flink among other things, and have readers of their own.

use super::evidence;
use crate::syntax::{Document, environment, image, kustomization, manifest, terraform, tuned};
use crate::text::{Source, Span};

/// A kind of such files.
#[derive(Clone, Copy)]
pub(super) struct Holder {
    /// Words of which every file holds one that is read.
    needles: &'static [&'static str],
    /// Reads what one holds.
    pub(super) read: fn(&Source) -> Vec<Document>,
}

impl Holder {
    /// The kind of a file by its name.
    pub(super) fn by_name(name: &str) -> Option<Self> {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        // `.env`, `flink.env`, `.env.local`.
        let is_other = super::is_job_format(name);
        let is_environment = extension == "env" || stem == ".env" && !is_other;
        if is_environment {
            Some(Holder {
                needles: &[environment::PROPERTIES],
                read: environment::parse_file,
            })
        } else if evidence::is_dockerfile(name) {
            Some(Holder {
                needles: &[environment::PROPERTIES, PARAMETERS, KERNELS],
                read: image_of_flink,
            })
        } else if matches!(evidence::side(name), Some(evidence::Side::Kustomization)) {
            Some(Holder {
                needles: &["link"],
                read: kustomization::parse,
            })
        } else if name == "tuned.conf" {
            Some(Holder {
                needles: &[tuned::SECTION],
                read: tuned::parse_file,
            })
        } else if matches!(name, "user-data" | "cloud-config") {
            Some(Holder {
                needles: &[PARAMETERS],
                read: manifest::parse,
            })
        } else if extension == "tf" {
            Some(Holder {
                needles: &["link"],
                read: terraform::parse,
            })
        } else {
            None
        }
    }

    /// Whether a file may hold any.
    pub(super) fn is_in(self, bytes: &[u8]) -> bool {
        let has = |needle: &&str| memchr::memmem::find(bytes, needle.as_bytes()).is_some();
        self.needles.iter().any(has)
    }
}

/// The word without which nothing sets kernel parameters.
const PARAMETERS: &str = "sysctl";

/// The folder that a script may write to instead.
const KERNELS: &str = "/proc/sys/";

/// What a Dockerfile gives the processes of its image, and what its build tries to set if that speaks of Flink.
fn image_of_flink(source: &Source) -> Vec<Document> {
    let mut documents = environment::parse_image(source);
    let bytes = &source.bytes;
    let has = |word: &str| memchr::memmem::find(bytes, word.as_bytes()).is_some();
    if (has(PARAMETERS) || has(KERNELS)) && evidence::mentions_flink(bytes) {
        let is_stock = !evidence::read(&source.path, bytes).is_empty();
        let before = documents.len();
        documents.extend(image::parse(source, is_stock));
        for (ordinal, document) in documents.iter_mut().enumerate().skip(before) {
            document.ordinal = Span::at(ordinal).start;
        }
    }
    documents
}
