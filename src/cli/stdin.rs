//! What came from standard input without a name: manifests, as `helm template` and `kustomize build` print
//! them.

use crate::discover::Found;
use crate::finding::Finding;
use crate::recognise;

/// What such a text is called.
pub(super) const NAME: &str = "stdin.yaml";

/// Before the path of the template that a document was made of, as Helm writes it.
const SOURCE: &str = "# Source: ";

/// Whether a text needs no name to be read.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    recognise::is_manifest(bytes)
}

/// Says in each finding which template its document was made of: the lines are those of the rendered text.
pub(super) fn name_templates(found: &Found, findings: &mut [Finding]) {
    if found.input.is_none() {
        return;
    }
    for finding in findings
        .iter_mut()
        .filter(|own| found.in_scope(own.at.source))
    {
        let bytes = &found.sources.get(finding.at.source).bytes;
        let before = &bytes[..(finding.at.span.start as usize).min(bytes.len())];
        if let Some(template) = template(&String::from_utf8_lossy(before)) {
            finding.message = format!("{} (from {template})", finding.message);
        }
    }
}

/// The template of the document that a text ends in.
fn template(text: &str) -> Option<&str> {
    let within = text
        .lines()
        .rev()
        .take_while(|line| !line.starts_with("---"));
    let mut names = within.filter_map(|line| line.strip_prefix(SOURCE));
    names.next().map(str::trim).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_speaks_for_its_document_only() {
        let text = "---\n# Source: a/templates/x.yaml\r\nkind: A\n";
        assert_eq!(template(text), Some("a/templates/x.yaml"));
        assert_eq!(template(&format!("{text}---\nkind: B\n")), None);
        assert_eq!(template("kind: A\n"), None);
    }
}
