//! Terraform: what stands in a heredoc as JSON or YAML, such as the configurations of an EMR cluster.

use super::{Document, within};
use crate::text::{Source, Span};

/// Words of which a heredoc has one if it holds configuration of Flink.
const WORDS: [&str; 3] = ["flink-conf", "flinkConfiguration", "FLINK_PROPERTIES"];

/// Every configuration in the heredocs of a source.
pub fn parse(source: &Source) -> Vec<Document> {
    let Ok(text) = std::str::from_utf8(&source.bytes) else {
        return Vec::new();
    };
    let mut parts = heredocs(text);
    // Directives decide which lines there are.
    parts.retain(|part| {
        let inner = &text[part.range()];
        !inner.contains("%{") && WORDS.iter().any(|word| inner.contains(word))
    });
    within::parse(source, text, &parts)
}

/// The texts between `<<MARK` or `<<-MARK` and `MARK`.
fn heredocs(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut open: Option<(usize, &str)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let next = at + line.len();
        match open {
            Some((start, mark)) => {
                if line.trim() == mark {
                    found.push(Span::new(start, at));
                    open = None;
                }
            }
            None => open = mark(line).map(|mark| (next, mark)),
        }
        at = next;
    }
    found
}

/// The mark that a line ends with, where it begins a heredoc.
fn mark(line: &str) -> Option<&str> {
    let line = line.trim_end();
    let (before, mark) = line.rsplit_once("<<")?;
    let mark = mark.strip_prefix('-').unwrap_or(mark);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_comment = before.trim_start().starts_with(['#', '/']);
    (!mark.is_empty() && !is_comment && mark.bytes().all(is_name)).then_some(mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Layer, Space};
    use crate::text::{Edit, SourceId, apply};

    const CLUSTER: &str = r#"resource "aws_emr_cluster" "cluster" {
  release_label = "emr-6.9.0"
  configurations_json = <<-EOF
    [
      {
        "Classification": "flink-conf",
        "Properties": {
          "taskmanager.numberOfTaskSlots": "4",
          "state.checkpoints.dir": "s3://${var.bucket}/c"
        }
      },
      {"Classification": "spark-defaults", "Properties": {"rest.port": "1"}}
    ]
  EOF
  other = jsonencode([{Classification = "flink-conf"}])
  user_data = <<EOF
parallelism.default: 4
EOF
}
"#;

    #[test]
    fn json_in_a_heredoc_is_read_and_written() {
        for text in [CLUSTER.to_owned(), CLUSTER.replace('\n', "\r\n")] {
            let source = Source::new(SourceId(0), "main.tf", text.as_str());
            let documents = parse(&source);
            let [document] = &documents[..] else {
                panic!("{documents:#?}")
            };
            assert_eq!(document.space, Space::Flink);
            assert_eq!(document.layer, Layer::ClusterFile);
            assert_eq!(document.name.as_deref(), Some("flink-conf"));
            let settings = document.settings.iter();
            let said: Vec<_> = settings
                .map(|setting| (setting.key.as_str(), setting.value.as_str(), setting.known))
                .collect();
            assert_eq!(
                said,
                [
                    ("taskmanager.numberOfTaskSlots", "4", true),
                    ("state.checkpoints.dir", "s3://${var.bucket}/c", false)
                ]
            );
            let slots = &document.settings[0];
            let after = |edit: Option<Edit>| {
                let edit = edit.expect("an edit");
                String::from_utf8(apply(&source.bytes, &[&edit])).expect("text")
            };
            let set = after(document.set(&source, slots, "8"));
            assert_eq!(set, text.replace("\"4\"", "\"8\""));
            let renamed = after(document.rename(&source, slots, "rest.port"));
            let expected = text.replace("taskmanager.numberOfTaskSlots", "rest.port");
            assert_eq!(renamed, expected);
            let inserted = after(document.insert(&source, "rest.port", "80"));
            let read = parse(&Source::new(SourceId(0), "main.tf", inserted.as_str()));
            let port = read[0].get("rest.port").map(|port| port.value.as_str());
            assert_eq!(port, Some("80"), "{inserted}");
            assert_eq!(read[0].settings.len(), 3);
        }
    }

    #[test]
    fn what_is_no_heredoc_of_flink_is_left_alone() {
        for text in [
            "x = <<EOF\n%{ if a }\nflink-conf\n%{ endif }\nEOF\n",
            "x = <<EOF\n[{\"Classification\": \"flink-conf\"",
            "# x = <<EOF\nflinkConfiguration: {a: b}\nEOF\n",
            "x = <<EOF\nflink-conf: [\nEOF\n",
        ] {
            let source = Source::new(SourceId(0), "main.tf", text);
            assert_eq!(parse(&source), [], "{text}");
        }
    }
}
