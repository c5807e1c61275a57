//! Every check that the Kubernetes operator makes of its resources, with the rule that makes the same of
//! files. Each has a folder in `testdata/operator-checks/`: a bad manifest, in which a comment `# refused`
//! marks the lines, and a good one; where the operator compares, also the manifest before both. `BLESS=1 cargo test --test operator_checks` writes
//! `docs/operator-checks.md` anew.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use common::{blessing, configs, findings_after, previous, sources};
use flint::rules;

/// What stands behind a line that the operator refuses.
const MARK: &str = "# refused";

const MISSING: &str = "operator-field-missing";
const INVALID: &str = "operator-field-invalid";
const RESOURCES: &str = "operator-resources-invalid";
const FORBIDDEN: &str = "operator-forbidden-option";
const INCOMPLETE: &str = "operator-feature-incomplete";
const DIRECTORY: &str = "upgrade-without-state-directory";
const AUTOSCALER: &str = "autoscaler-option-invalid";
const JAR: &str = "refused-jar-uri";
const MISMATCH: &str = "session-job-mismatch";
const MEMORY: &str = "memory-not-configured";
const PREFIX: &str = "prefix-conflict";
const CHANGE: &str = "forbidden-spec-change";

/// The checks in the order of the operator's validator.
const CHECKS: [(&str, &str); 65] = [
    ("the name of a FlinkDeployment", INVALID),
    ("`flinkVersion` is given", MISSING),
    ("`flinkVersion` is one that the operator runs", INVALID),
    (
        "`flinkVersion` stays while a job is suspended by last-state",
        CHANGE,
    ),
    ("options that only the operator sets", FORBIDDEN),
    ("rollback has high availability", INCOMPLETE),
    (
        "the health check has the recovery of deployments",
        INCOMPLETE,
    ),
    ("an ingress has a template", MISSING),
    ("the template of an ingress gives an address", INVALID),
    ("names of logging configurations", INVALID),
    (
        "an upgrade with state has a directory for checkpoints",
        DIRECTORY,
    ),
    (
        "upgrade mode savepoint has a directory for savepoints",
        DIRECTORY,
    ),
    (
        "a savepoint on demand has a directory for savepoints",
        DIRECTORY,
    ),
    (
        "periodic savepoints have a directory for savepoints",
        DIRECTORY,
    ),
    (
        "a largest age of checkpoints has a directory for savepoints",
        DIRECTORY,
    ),
    ("a job has 1 or more TaskManagers", INVALID),
    ("the parallelism of a job is 1 or more", INVALID),
    ("the memory of the JobManager is given", MEMORY),
    ("the memory of the JobManager can be read", RESOURCES),
    ("ephemeral storage can be read", RESOURCES),
    ("requests and limits can be read", RESOURCES),
    ("requests and limits of memory are positive", RESOURCES),
    ("requests and limits of CPU are positive", RESOURCES),
    ("other requests and limits are not negative", RESOURCES),
    ("the request of CPU is within its limit", RESOURCES),
    ("the request of memory is within its limit", RESOURCES),
    ("there is 1 JobManager or more", INVALID),
    ("several JobManagers have high availability", INCOMPLETE),
    ("the memory of the TaskManagers is given", MEMORY),
    ("the memory of the TaskManagers can be read", RESOURCES),
    ("a session cluster has 1 or more TaskManagers", INVALID),
    ("a session cluster stays without a job", CHANGE),
    ("an application cluster keeps its job", CHANGE),
    ("native mode stays", CHANGE),
    ("standalone mode stays", CHANGE),
    ("a savepoint to deploy anew has a path", CHANGE),
    ("`serviceAccount` is given", MISSING),
    ("`scale-down.max-factor` of the autoscaler", AUTOSCALER),
    ("`scale-up.max-factor` of the autoscaler", AUTOSCALER),
    ("`utilization.target` of the autoscaler", AUTOSCALER),
    (
        "`target.utilization.boundary` of the autoscaler",
        AUTOSCALER,
    ),
    ("`utilization.max` of the autoscaler", AUTOSCALER),
    ("`utilization.min` of the autoscaler", AUTOSCALER),
    (
        "`memory.gc-pressure.threshold` of the autoscaler",
        AUTOSCALER,
    ),
    (
        "`memory.heap-usage.threshold` of the autoscaler",
        AUTOSCALER,
    ),
    (
        "`observed-scalability.coefficient-min` of the autoscaler",
        AUTOSCALER,
    ),
    (
        "`scaling.effectiveness.threshold` of the autoscaler",
        AUTOSCALER,
    ),
    ("`memory.tuning.overhead` of the autoscaler", AUTOSCALER),
    ("`excluded.periods` of the autoscaler", AUTOSCALER),
    (
        "`metrics.window` of the autoscaler holds a reconcile interval",
        AUTOSCALER,
    ),
    ("the name of the cluster of a session job", INVALID),
    ("a session job has a job", MISSING),
    ("a session job stays on its cluster", CHANGE),
    ("the jar of a session job has a URI", JAR),
    ("the URI of a jar has a scheme", JAR),
    ("the scheme of a jar is allowed", JAR),
    ("the URI of a jar has a host", JAR),
    (
        "the host of a jar can be found (only names that never can)",
        JAR,
    ),
    (
        "the host of a jar is not local or private (only addresses)",
        JAR,
    ),
    (
        "the cluster of a session job is no application cluster",
        MISMATCH,
    ),
    ("a session job names its cluster", MISMATCH),
    ("a snapshot is a savepoint or a checkpoint", INVALID),
    ("a snapshot names a job", MISSING),
    ("the job of a snapshot is there", MISMATCH),
    ("no key of Flink 2 begins with another", PREFIX),
];

/// Checks whose manifests are among the examples of another rule's page.
const ELSEWHERE: [usize; 2] = [18, 29];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of each check, by number.
fn folders() -> BTreeMap<usize, PathBuf> {
    let folder = root().join("testdata/operator-checks");
    let entries = fs::read_dir(folder).expect("the folder of checks");
    let folders = entries.map(|entry| {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        let number = name.split('-').next().and_then(|own| own.parse().ok());
        (number.expect("a number first"), path)
    });
    folders.collect()
}

/// The lines on which a rule speaks of a manifest, and the marked ones.
fn lines(rule: &str, path: &Path) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let numbered = text.lines().zip(1..);
    let marked = numbered.filter(|(line, _)| line.contains(MARK));
    let marked = marked.map(|(_, number)| number).collect();
    let name = "k8s/resource.yaml".to_owned();
    let before = fs::read(path.with_file_name("before.yaml")).ok();
    let before: Vec<_> = before
        .map(|text| (name.clone(), text))
        .into_iter()
        .collect();
    let sources = sources(&[(name, text.into_bytes())]);
    let found = findings_after(&sources, &configs(None, &[rule]), previous(&before));
    let own = found.iter().filter(|finding| finding.rule == rule);
    let own = own.map(|finding| {
        let source = sources.get(finding.at.source);
        source.place(finding.at.span.start).line
    });
    (own.collect(), marked)
}

#[test]
fn a_bad_manifest_is_told_where_it_is_bad() {
    for (number, folder) in folders() {
        let (what, rule) = CHECKS[number - 1];
        let (told, marked) = lines(rule, &folder.join("bad.yaml"));
        assert!(
            !marked.is_empty(),
            "{number}: no line of bad.yaml is marked"
        );
        assert_eq!(told, marked, "{number}, {what}: the lines of {rule}");
    }
}

#[test]
fn a_good_manifest_is_passed_over() {
    for (number, folder) in folders() {
        let path = folder.join("good.yaml");
        for rule in CHECKS.map(|(_, rule)| rule) {
            let (told, _) = lines(rule, &path);
            assert!(told.is_empty(), "{number}: {rule} speaks on lines {told:?}");
        }
    }
}

#[test]
fn every_check_has_its_rule_and_its_manifests() {
    let folders = folders();
    for ((what, rule), number) in CHECKS.into_iter().zip(1..) {
        assert!(rules::find(rule).is_some(), "no rule {rule}");
        assert_eq!(
            folders.contains_key(&number),
            !ELSEWHERE.contains(&number),
            "{number}, {what}: a folder"
        );
        let compares = folders
            .get(&number)
            .is_some_and(|folder| folder.join("before.yaml").exists());
        assert_eq!(
            compares,
            rule == CHANGE,
            "{number}, {what}: a manifest before"
        );
    }
}

#[test]
fn the_table_of_the_docs_is_this_one() {
    let mut text = String::from(
        "# What the Kubernetes operator refuses, and which rule says so\n\n\
         The Flink Kubernetes Operator validates its resources when they are created and whenever it looks \
         at them, stops at the first problem and names no line. flint makes the same checks of files, names \
         all problems, each with its place, and reads on to what the operator never looks at: misspelled \
         options, values of a wrong type, old names.\n\n\
         A field that is missing is told of a whole resource only, not of a patch or a template. An option \
         may come from the operator's own default configuration; where that is not among the files, what \
         depends on it is a warning. What the operator compares with the specification that it deployed last, \
         flint compares with the files before a change: `flint check --since REF`.\n\n\
         | | The operator checks | flint |\n|---|---|---|\n",
    );
    for ((what, rule), number) in CHECKS.into_iter().zip(1..) {
        let rule = format!("[`{rule}`](../rules/{rule}.md)");
        text.push_str(&format!("| {number} | {what} | {rule} |\n"));
    }
    text.push_str(
        "\nRows 1 to 50 are those of a FlinkDeployment; 11 to 17 and 38 to 50 hold for a FlinkSessionJob, too, \
         with the options of its cluster below its own. Written by `BLESS=1 cargo test --test \
         operator_checks`.\n",
    );
    let path = root().join("docs/operator-checks.md");
    if blessing() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a writable tree");
        fs::write(&path, &text).expect("a writable tree");
    }
    let recorded = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(recorded, text, "docs/operator-checks.md is another table");
}
