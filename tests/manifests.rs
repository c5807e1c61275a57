//! Configuration inside of manifests, compose files and chart values, held against an independent
//! reading: `serde_yaml` reads the outer YAML, and the readers of the inner formats, which their own
//! recordings prove, read the texts it gives. Every setting must be the same, stand where it says, and
//! be edited in place without a change to anything else.

mod common;
#[path = "manifests/oracle.rs"]
mod oracle;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use flint::recognise;
use flint::syntax::{Document, Format, Kind, Setting, Space};
use flint::text::{Edit, Source, SourceId, Span, apply};
use oracle::{Expected, Said, Yaml};

/// What was compared.
#[derive(Debug, Default)]
struct Count {
    files: usize,
    parts: usize,
    settings: usize,
    fields: usize,
    spans: usize,
    edits: usize,
    templates: usize,
}

fn source(path: &str, bytes: &[u8]) -> Source {
    Source::new(SourceId(0), path, bytes)
}

fn documents(path: &str, bytes: &[u8]) -> Vec<Document> {
    let documents = recognise::read(&source(path, bytes), false, false);
    // What is made of the fields of a resource has tests of its own.
    let is_part = |document: &Document| {
        document.is_part() && document.space == Space::Flink && document.fields_of.is_none()
    };
    documents.into_iter().filter(is_part).collect()
}

/// What flint reads, in the shape of what the oracle expects.
fn told(documents: &[Document]) -> Vec<Expected> {
    let said = |document: &Document, setting: &Setting| Said {
        key: setting.key.clone(),
        value: if document.format == Format::Yaml {
            oracle::typed(setting)
        } else {
            format!("{:?} {:?}", setting.kind, setting.value)
        },
    };
    let mut told: Vec<Expected> = documents
        .iter()
        .map(|document| Expected {
            format: document.format,
            settings: document
                .settings
                .iter()
                .map(|s| said(document, s))
                .collect(),
        })
        .collect();
    oracle::sort(&mut told);
    told
}

/// Where something is wrong, for whoever reads the failure.
struct Case<'c> {
    path: &'c str,
    bytes: &'c [u8],
}

impl Case<'_> {
    fn fail(&self, what: &str) -> ! {
        panic!(
            "{}: {what}\n{}",
            self.path,
            String::from_utf8_lossy(self.bytes)
        )
    }

    fn text(&self, span: Span) -> String {
        String::from_utf8_lossy(&self.bytes[span.range()]).into_owned()
    }

    fn after(&self, edit: &Edit) -> Vec<u8> {
        apply(self.bytes, &[edit])
    }

    /// Settings, names and places. Gives nothing where the outer text is no YAML.
    fn reads(&self, count: &mut Count) -> Option<Yaml> {
        let yaml = oracle::read(self.bytes)?;
        let documents = documents(self.path, self.bytes);
        let (told, expected) = (told(&documents), oracle::parts(&yaml));
        if told != expected {
            self.fail(&format!("flint reads\n{told:#?}\nand not\n{expected:#?}"));
        }
        let names: BTreeSet<_> = documents.iter().map(|document| &document.name).collect();
        if names.len() < documents.len() {
            self.fail(&format!("names that are not unique: {names:?}"));
        }
        count.files += usize::from(!documents.is_empty());
        count.parts += documents.len();
        for document in &documents {
            count.settings += document.settings.len();
            if document.embedding.is_some() || document.format == Format::Arguments {
                for setting in &document.settings {
                    self.stands(document, setting);
                    count.spans += 1;
                }
            }
        }
        Some(yaml)
    }

    /// A setting's bytes are its key and its value.
    fn stands(&self, document: &Document, setting: &Setting) {
        let (key, value) = (self.text(setting.key_at), self.text(setting.value_at));
        if matches!(document.format, Format::FlinkConf | Format::Arguments) {
            if (key.as_str(), value.as_str()) != (&setting.key, &setting.value) {
                self.fail(&format!("{setting:?} stands at {key:?} and {value:?}"));
            }
            return;
        }
        // The last part of the key, with its quotes; an item stands below its list's key.
        let own = key.trim_matches(['"', '\'']);
        let listed = setting.key.split('[').next().unwrap_or_default();
        if !(setting.key.ends_with(own) || listed.ends_with(own) || value.starts_with('*')) {
            self.fail(&format!("the key of {setting:?} stands at {key:?}"));
        }
        let folded = value.starts_with(['|', '>']) || value.contains('\n');
        if value.starts_with('*') || folded || matches!(setting.kind, Kind::List | Kind::Null) {
            return;
        }
        let read = oracle::scalar(&value);
        let same = read.as_deref() == oracle::scalar(&setting.value).as_deref()
            || read.as_deref() == Some(&format!("{:?}", setting.value));
        if !same {
            self.fail(&format!("the value of {setting:?} stands at {value:?}"));
        }
    }

    /// The fields of the operator's resources: each as the oracle has it, where it says, and no other after
    /// an edit that says the same.
    fn fields(&self, yaml: &Yaml, count: &mut Count) {
        let source = source(self.path, self.bytes);
        let mut documents = recognise::read(&source, false, false);
        documents.retain(|document| document.space == Space::Resource);
        let expected = oracle::resources(yaml);
        let said = |document: &Document| -> Vec<Said> {
            let settings = document.settings.iter();
            settings
                .map(|setting| Said {
                    key: setting.key.clone(),
                    value: oracle::typed(setting),
                })
                .collect()
        };
        let told: Vec<Vec<Said>> = documents.iter().map(said).collect();
        if told != expected {
            self.fail(&format!(
                "the fields are\n{told:#?}\nand not\n{expected:#?}"
            ));
        }
        for document in &documents {
            count.fields += document.settings.len();
            for setting in &document.settings {
                self.stands(document, setting);
                if let Some(edit) = document.set(&source, setting, &setting.value) {
                    count.edits += 1;
                    self.unchanged(setting, &edit);
                }
            }
        }
    }

    /// Every edit of every setting.
    fn writes(&self, before: Option<&Yaml>, count: &mut Count) {
        let source = source(self.path, self.bytes);
        let documents = documents(self.path, self.bytes);
        let leaves = before.map(oracle::leaves);
        let leaves = leaves.as_deref();
        for document in documents.iter().filter(|document| document.editable) {
            for setting in &document.settings {
                if document.all(&setting.key).count() > 1 {
                    continue;
                }
                let key = format!("{}-probe", setting.key);
                let own = setting.key.as_str();
                // A value may go over several lines.
                let lines = i32::try_from(self.text(setting.whole).lines().count()).expect("few");
                let lines = 1 - lines;
                let edits = [
                    (document.set(&source, setting, &setting.value), None),
                    (
                        document.set(&source, setting, "probe"),
                        Some((lines, vec![(own, Some("probe"))])),
                    ),
                    (
                        document.rename(&source, setting, &key),
                        Some((0, vec![(own, None), (&key, Some(setting.value.as_str()))])),
                    ),
                    (
                        document.insert_after(&source, setting, &key, "probe"),
                        Some((1, vec![(key.as_str(), Some("probe"))])),
                    ),
                    (
                        document.remove(&source, setting),
                        Some((i32::MIN, vec![(own, None)])),
                    ),
                ];
                // Among arguments only what Flink knows is a setting.
                let lost = document.format == Format::Arguments;
                for (number, (edit, claim)) in edits.into_iter().enumerate() {
                    let Some(edit) = edit.filter(|_| !(lost && number == 2)) else {
                        continue;
                    };
                    count.edits += 1;
                    match claim {
                        None => self.unchanged(setting, &edit),
                        Some((lines, claim)) => {
                            self.changes(document, leaves, &edit, lines, &claim);
                        }
                    }
                }
            }
            if let Some(edit) = document.insert(&source, "probe.key", "probe") {
                count.edits += 1;
                let claim = [("probe.key", Some("probe"))];
                self.changes(document, leaves, &edit, 1, &claim);
            }
        }
    }

    /// A value set to itself changes no byte, except that Flink's text of a number may be spelt
    /// otherwise, and that null is no text.
    fn unchanged(&self, setting: &Setting, edit: &Edit) {
        let other = matches!(setting.kind, Kind::Float | Kind::Integer | Kind::Null);
        if self.after(edit) != self.bytes && !other {
            self.fail(&format!("{setting:?} set to itself gives {edit:?}"));
        }
    }

    /// An edit changes one line, and reads afterwards as it claims and in no other way differently.
    fn changes(
        &self,
        document: &Document,
        leaves: Option<&[String]>,
        edit: &Edit,
        lines: i32,
        claim: &[(&str, Option<&str>)],
    ) {
        let after = self.after(edit);
        let fail = |what: &str| {
            let after = String::from_utf8_lossy(&after);
            self.fail(&format!(
                "{claim:?} by {edit:?}: {what}\n{after}\n--- before:"
            ))
        };
        // Entries in braces may share a line; one that leaves its parents empty takes theirs along.
        let (gone, come) = changed_lines(self.bytes, &after);
        let most = match lines {
            1 => (1, 2),
            fewer => (fewer.unsigned_abs() as usize + 1, 1),
        };
        if gone > most.0 || come > most.1 {
            fail(&format!("{gone} lines go and {come} come"));
        }
        let mut expected = self.readings();
        for (key, value) in claim {
            let place = (document.ordinal, (*key).to_owned());
            match value {
                Some(value) => expected.insert(place, (*value).to_owned()),
                None => expected.remove(&place),
            };
        }
        let read = Case {
            path: self.path,
            bytes: &after,
        };
        // A list and what is below an alias changes under more than its own key.
        let mut readings = read.readings();
        if document.format == Format::ConfigYaml
            || document.settings.iter().any(|s| s.key.contains('['))
        {
            let unclaimed = |(ordinal, key): &(u32, String)| {
                *ordinal != document.ordinal || !claim.iter().any(|(own, _)| key.starts_with(own))
            };
            readings.retain(|place, _| unclaimed(place));
            expected.retain(|place, _| unclaimed(place));
        }
        // The last setting of a mapping leaves none.
        if readings != expected {
            fail(&format!("it reads\n{readings:#?}\nand not\n{expected:#?}"));
        }
        // Behind an item of a list that goes all others move up.
        let of_list = document.format == Format::Arguments && lines < 0;
        let Some(leaves) = leaves.filter(|_| !of_list) else {
            return;
        };
        let Some(yaml) = oracle::read(&after) else {
            fail("it is no YAML any more")
        };
        let (gone, come) = oracle::difference(leaves, &oracle::leaves(&yaml));
        if gone.len() > 1 + usize::from(lines < 0) || come.len() > 1 + usize::from(lines < 0) {
            fail(&format!("of the whole file {gone:?} becomes {come:?}"));
        }
    }

    /// The value in force of every key of every part.
    fn readings(&self) -> std::collections::BTreeMap<(u32, String), String> {
        let mut readings = std::collections::BTreeMap::new();
        for document in documents(self.path, self.bytes) {
            for setting in &document.settings {
                let place = (document.ordinal, setting.key.clone());
                readings.insert(place, setting.value.clone());
            }
        }
        readings
    }
}

/// How many lines of a text go and how many come between its equal beginnings and ends.
fn changed_lines(before: &[u8], after: &[u8]) -> (usize, usize) {
    let lines = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        lines.map(<[u8]>::to_vec).collect()
    };
    let (before, after) = (lines(before), lines(after));
    let same = |pairs: &mut dyn Iterator<Item = (&Vec<u8>, &Vec<u8>)>| {
        pairs.take_while(|(one, other)| one == other).count()
    };
    let head = same(&mut before.iter().zip(&after));
    let tail = same(&mut before[head..].iter().rev().zip(after[head..].iter().rev()));
    (before.len() - head - tail, after.len() - head - tail)
}

/// Reads and writes one file.
fn check(path: &str, bytes: &[u8], count: &mut Count) {
    let case = Case { path, bytes };
    let yaml = case.reads(count);
    if let Some(yaml) = &yaml {
        case.fields(yaml, count);
    }
    case.writes(yaml.as_ref(), count);
    let unread = yaml.is_none() && !documents(path, bytes).is_empty();
    count.templates += usize::from(unread);
}

/// The same with other line breaks, a byte order mark, and no line break at the end.
fn variants(text: &str) -> Vec<Vec<u8>> {
    let open = text.trim_end_matches('\n');
    [
        text.to_owned(),
        text.replace('\n', "\r\n"),
        format!("\u{feff}{text}"),
        open.to_owned(),
        open.replace('\n', "\r\n"),
    ]
    .map(String::into_bytes)
    .into()
}

/// The files below a folder that may hold configuration.
fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    let entries = fs::read_dir(folder).expect("a folder");
    for entry in entries.map(|entry| entry.expect("an entry")) {
        let path = entry.path();
        let kind = entry.file_type().expect("a kind");
        if kind.is_dir() {
            files(&path, found);
        } else if kind.is_file() && path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
            found.push(path);
        }
    }
}

#[test]
fn every_way_to_write_them_is_read_and_written_as_the_oracle_says() {
    let mut paths = Vec::new();
    files(Path::new("testdata/syntax/manifests"), &mut paths);
    assert!(paths.len() > 5);
    let mut fields = 0;
    for path in paths {
        let text = fs::read_to_string(&path).expect("a text");
        for bytes in variants(&text) {
            let mut count = Count::default();
            check(&path.to_string_lossy(), &bytes, &mut count);
            assert_eq!(count.templates, 0, "{} is no YAML", path.display());
            fields += count.fields;
        }
    }
    assert!(fields > 100, "{fields} fields of resources");
}

#[test]
fn parts_are_named_for_who_holds_them() {
    let names = |name: &str| -> Vec<String> {
        let path = format!("testdata/syntax/manifests/{name}");
        let bytes = fs::read(&path).expect("a file");
        let documents = documents(&path, &bytes).into_iter();
        documents.filter_map(|document| document.name).collect()
    };
    assert_eq!(
        names("operator.yaml"),
        [
            "FlinkDeployment flat",
            "FlinkDeployment nested",
            "FlinkSessionJob job"
        ]
    );
    let maps = names("configmap.yaml");
    assert_eq!(
        maps[..3],
        [
            "flink-conf.yaml in ConfigMap files",
            "config.yaml in ConfigMap files",
            "ConfigMap keep"
        ]
    );
    let services = names("compose.yaml");
    assert_eq!(services[0], "FLINK_PROPERTIES of jobmanager");
    assert_eq!(services[4], "FLINK_PROPERTIES of one-line, 2");
    assert_eq!(
        names("pods.yaml"),
        [
            "FLINK_PROPERTIES of jobmanager in Deployment jobmanager",
            "FLINK_PROPERTIES of other in Deployment jobmanager",
            "FLINK_PROPERTIES of other in Deployment jobmanager, 2"
        ]
    );
    assert_eq!(
        names("values.yaml"),
        [
            "flink-conf.yaml of defaultConfiguration",
            "config.yaml of defaultConfiguration",
            "flinkConfiguration of app",
            "FLINK_PROPERTIES of app"
        ]
    );
}

/// The one part of a text.
fn only(text: &str) -> (Source, Document) {
    let [document] = <[Document; 1]>::try_from(documents("values.yaml", text.as_bytes()))
        .unwrap_or_else(|parts| panic!("not one part: {parts:#?}"));
    (source("values.yaml", text.as_bytes()), document)
}

#[test]
fn templates_are_read_around_their_actions_and_left_alone() {
    let said = |text: &str| -> Vec<(String, bool)> {
        let (source, document) = only(text);
        assert!(!document.editable && !document.complete, "{text}");
        let settings = document.settings.iter();
        settings
            .map(|setting| {
                assert!(source.text(setting.key_at).contains(&setting.key), "{text}");
                (setting.key.clone(), setting.known)
            })
            .collect()
    };
    let mapping = "kind: {{ .Values.kind }}\nspec:\n  flinkConfiguration:\n    rest.port: {{ .Values.port }}\n    \
                   {{- if .Values.ha }}\n    blob.server.port: 6124\n    {{- end }}\n    {{- toYaml .Values.more | nindent 4 }}\n";
    let expected = [("rest.port", false), ("blob.server.port", true)];
    assert_eq!(
        said(mapping),
        expected.map(|(key, known)| (key.to_owned(), known))
    );
    let block = "{{- if .Values.conf }}\nflink-conf.yaml: |\n{{- if .Values.ha }}\n  blob.server.port: 6124\n{{- end }}\n  \
                 rest.port: {{ .Values.port }}\n{{- end }}\nother: |\n  a.b: 1\n";
    let expected = [("blob.server.port", true), ("rest.port", false)];
    assert_eq!(
        said(block),
        expected.map(|(key, known)| (key.to_owned(), known))
    );
}

#[test]
fn a_document_that_cannot_be_read_ends_where_the_next_starts() {
    let object = |name: &str, broken: &str| {
        format!(
            "kind: FlinkDeployment\nmetadata:\n  name: {name}\nspec:\n  {broken}\n  \
             flinkConfiguration:\n    parallelism.default: 2\n"
        )
    };
    let text = [object("one", "a: b: c"), object("two", "a: b")].join("---\n");
    let (_, document) = only(&text);
    let holder = document.holder.expect("an object holds it");
    assert_eq!((holder.root, holder.name.as_deref()), (1, Some("two")));
}

#[test]
fn of_a_name_that_stands_twice_the_last_is_in_force() {
    let (_, document) = only(
        "metadata:\n  name: one\nmetadata:\n  name: two\nspec:\n  flinkConfiguration:\n    a: 2\n",
    );
    let holder = document.holder.expect("an object holds it");
    assert_eq!(holder.name.as_deref(), Some("two"));
}

#[test]
fn a_document_that_cannot_be_read_to_its_end_is_left_alone() {
    let object =
        |end: &str| format!("kind: FlinkDeployment\nspec:\n  flinkConfiguration:\n    a: 2\n{end}");
    let text = [object("  b: c: d\n"), object("  b: c\n")].join("---\n");
    let editable = |own: Document| (own.holder.map(|holder| holder.root), own.editable);
    let found: Vec<_> = documents("a.yaml", text.as_bytes())
        .into_iter()
        .map(editable)
        .collect();
    assert_eq!(found, [(Some(0), false), (Some(1), true)]);
}

#[test]
fn what_a_template_fills_in_is_no_name() {
    let text = "\
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata:
  name: {{ template \"name\" . }}
spec:
  flinkVersion: {{ .Values.version }}
  flinkConfiguration:
    rest.port: \"8081\"
{{- if .Values.more }}
    blob.server.port: \"6124\"
{{- end }}
";
    let documents = documents("templates/job.yaml", text.as_bytes());
    let [document] = &documents[..] else {
        panic!("{documents:#?}")
    };
    assert_eq!(document.name.as_deref(), Some("FlinkDeployment"));
    let holder = document.holder.as_deref().expect("a holder");
    assert_eq!((&holder.name, &holder.version), (&None, &None));
    assert_eq!(document.get("rest.port").map(|port| port.known), Some(true));
}

/// What the rules say about a file, each as rule and line, silenced ones with an `x`.
fn said(text: &str, version: Option<&str>) -> Vec<String> {
    said_of("k8s/compose.yaml", text, version)
}

fn said_of(path: &str, text: &str, version: Option<&str>) -> Vec<String> {
    let sources = common::sources(&[(path.to_owned(), text.as_bytes().to_vec())]);
    let findings = common::findings(&sources, &common::configs(version, &[]));
    let said = findings.iter().map(|finding| {
        let line = sources.0[0].place(finding.at.span.start).line;
        let mark = if finding.suppressed.is_some() {
            " x"
        } else {
            ""
        };
        format!("{} {line}{mark}", finding.rule)
    });
    said.collect()
}

#[test]
fn comments_inside_of_parts_and_around_them_silence_what_they_speak_of() {
    let text = "\
apiVersion: v1
kind: FlinkDeployment
spec:
  flinkConfiguration:
    # flint: ignore[misspelled-option] by its line
    taskmanager.numberOfTaskSlotss: 4
    parallelism.defaultt: 4 # flint: ignore[misspelled-option] behind it
    rest.portt: 8081
---
spec:
  # flint: ignore[misspelled-option] the whole mapping
  flinkConfiguration:
    taskmanager.numberOfTaskSlotss: 4
    parallelism.defaultt: 4
---
data:
  flink-conf.yaml: | # flint: ignore[misspelled-option] the whole block
    taskmanager.numberOfTaskSlotss: 4
  x: 1
---
data:
  flink-conf.yaml: |
    # flint: ignore[misspelled-option] in the block
    taskmanager.numberOfTaskSlotss: 4
    # flint: ignore[duplicate-key] nothing
    rest.portt: 8081
";
    let expected = [
        "misspelled-option 6 x",
        "misspelled-option 7 x",
        "misspelled-option 8",
        "misspelled-option 13 x",
        "misspelled-option 14 x",
        "misspelled-option 18 x",
        "misspelled-option 24 x",
        "unused-ignore 25",
        "misspelled-option 26",
    ];
    assert_eq!(said(text, Some("1.18")), expected);
}

#[test]
fn comments_above_what_is_no_setting_silence_it() {
    let text = "\
apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  containers:
  - name: app
    image: flink:1.17
    args: [taskmanager]
    env:
    # flint: ignore[plaintext-secret] only here
    - name: DB_PASSWORD
      value: Sup3rS3cretX9
    - name: OTHER_PASSWORD
      value: Sup3rS3cretX8
    - name: THIRD_PASSWORD
      value: Sup3rS3cretX7 # flint: ignore[plaintext-secret] behind it
    - name: FLINK_PROPERTIES
      value: |
        rest.port: 8081
";
    let expected = [
        "plaintext-secret 11 x",
        "plaintext-secret 13",
        "plaintext-secret 15 x",
    ];
    assert_eq!(said_of("k8s/pod.yaml", text, None), expected);
}

#[test]
fn a_variable_is_read_by_every_version_and_cut_into_lines_by_old_images_only() {
    let text = "services:\n  a:\n    environment:\n      FLINK_PROPERTIES: |\n        rest.portt: 8081\n        \
                parallelism.default:2\n        ${MORE}\n";
    let typo = "misspelled-option 5".to_owned();
    assert_eq!(
        said(text, Some("1.18")),
        [typo.clone(), "ignored-line 6".to_owned()]
    );
    assert_eq!(said(text, Some("1.20")), [typo.as_str()]);
    assert_eq!(said(text, Some("2.2")), [typo.as_str()]);
}

#[test]
fn what_a_quoted_line_cannot_hold_is_not_written() {
    for (quote, bad) in [('"', "a\"b"), ('\'', "it's"), ('"', "a\\b")] {
        let text = format!("FLINK_PROPERTIES: {quote}rest.address: a{quote}\n");
        let (source, document) = only(&text);
        let setting = &document.settings[0];
        let set = |value: &str| document.set(&source, setting, value);
        assert_eq!(set(bad), None);
        assert_eq!(document.insert(&source, "rest.port", "1"), None);
        assert_eq!(
            document.insert_after(&source, setting, "rest.port", "1"),
            None
        );
        let after = apply(text.as_bytes(), &[&set("b").expect("an edit")]);
        assert_eq!(after, text.replace(": a", ": b").as_bytes());
    }
}

#[test]
fn what_is_used_elsewhere_too_is_not_written() {
    let path = "testdata/syntax/manifests/anchors.yaml";
    let bytes = fs::read(path).expect("a file");
    let editable = |name: &str| {
        let mut documents = documents(path, &bytes).into_iter();
        let found = documents.find(|document| document.name.as_deref() == Some(name));
        found.expect(name).editable
    };
    assert!(
        !editable("flinkConfiguration of two"),
        "its parallelism is that of the job"
    );
    // Who takes in the whole is told the same by the same lines.
    assert!(editable("flinkConfiguration of one"));
    assert!(editable("FLINK_PROPERTIES of x-service"));
}

#[test]
fn files_cut_off_anywhere_are_read_without_a_panic() {
    let mut paths = Vec::new();
    files(Path::new("testdata/syntax/manifests"), &mut paths);
    for path in paths {
        let text = fs::read_to_string(&path).expect("a text");
        let path = path.to_string_lossy();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            for document in documents(&path, &text.as_bytes()[..end]) {
                let settings = document.settings.iter();
                let spans = settings.flat_map(|s| [s.key_at, s.value_at, s.whole]);
                let problems = document.problems.iter().map(|problem| problem.at);
                let comments = document.comments.iter().map(|comment| comment.at);
                for span in spans.chain(problems).chain(comments) {
                    let inside = text[..end].get(span.range()).is_some();
                    assert!(inside, "{span:?} of {path} cut off at {end}");
                }
            }
        }
    }
}

#[test]
fn nesting_and_aliases_without_end_are_read_soon() {
    let deep = "a: ".to_owned() + &"{a: ".repeat(5000) + &"}".repeat(5000);
    let nested = format!(
        "flinkConfiguration: {}",
        "{a: ".repeat(3000) + &"}".repeat(3000)
    );
    let own = "flinkConfiguration: &a\n  <<: *a\n  b: *a\n  rest.port: 1\n".to_owned();
    let mut aliases = "a0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned();
    let mut merges = "m0: &m0 {a: 1}\n".to_owned();
    for at in 1..12 {
        let before = at - 1;
        let all = vec![format!("*a{before}"); 8].join(", ");
        aliases.push_str(&format!("a{at}: &a{at} [{all}]\n"));
        merges.push_str(&format!("m{at}: &m{at} {{<<: [*m{before}, *m{before}]}}\n"));
    }
    for at in 0..20 {
        aliases.push_str(&format!("b{at}: {{flinkConfiguration: {{k: *a11}}}}\n"));
    }
    merges.push_str("flinkConfiguration: {<<: *m11}\n");
    for text in [deep, nested, own, aliases, merges] {
        let documents = documents("values.yaml", text.as_bytes());
        let settings: usize = documents.iter().map(|read| read.settings.len()).sum();
        assert!(settings < 300_000, "{settings} settings");
    }
}

#[test]
#[ignore = "needs FLINT_CORPUS, a folder of real files"]
#[allow(clippy::print_stdout, reason = "how much was compared is its result")]
fn real_files_are_read_and_written_as_the_oracle_says() {
    let Some(folder) = std::env::var_os("FLINT_CORPUS") else {
        panic!("FLINT_CORPUS names no folder");
    };
    let mut paths = Vec::new();
    files(Path::new(&folder), &mut paths);
    paths.sort();
    let (mut count, mut wrong) = (Count::default(), 0);
    for path in paths {
        let bytes = fs::read(&path).expect("a file");
        let name = path.to_string_lossy().into_owned();
        let outcome = std::panic::catch_unwind(|| {
            let mut own = Count::default();
            check(&name, &bytes, &mut own);
            own
        });
        match outcome {
            Ok(own) => {
                count.files += own.files;
                count.parts += own.parts;
                count.settings += own.settings;
                count.fields += own.fields;
                count.spans += own.spans;
                count.edits += own.edits;
                count.templates += own.templates;
            }
            Err(_) => wrong += 1,
        }
    }
    println!("{count:?}");
    assert_eq!(wrong, 0, "files that differ");
    assert!(count.parts > 0, "a corpus without a single manifest");
}
