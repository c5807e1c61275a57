//! Files that hold configuration of Flink among other things, and have readers of their own.

use super::evidence;
use crate::syntax::{Document, environment, kustomization, manifest, terraform, tuned};
use crate::text::Source;

/// A kind of such files.
#[derive(Clone, Copy)]
pub(super) struct Holder {
    /// Without which a file of this kind holds none.
    needle: &'static str,
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
                needle: environment::PROPERTIES,
                read: environment::parse_file,
            })
        } else if evidence::is_dockerfile(name) {
            Some(Holder {
                needle: environment::PROPERTIES,
                read: environment::parse_image,
            })
        } else if matches!(evidence::side(name), Some(evidence::Side::Kustomization)) {
            Some(Holder {
                needle: "link",
                read: kustomization::parse,
            })
        } else if name == "tuned.conf" {
            Some(Holder {
                needle: tuned::SECTION,
                read: tuned::parse_file,
            })
        } else if matches!(name, "user-data" | "cloud-config") {
            Some(Holder {
                needle: "sysctl",
                read: manifest::parse,
            })
        } else if extension == "tf" {
            Some(Holder {
                needle: "link",
                read: terraform::parse,
            })
        } else {
            None
        }
    }

    /// Whether a file may hold any.
    pub(super) fn is_in(self, bytes: &[u8]) -> bool {
        memchr::memmem::find(bytes, self.needle.as_bytes()).is_some()
    }
}
