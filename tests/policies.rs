//! An organisation's own rules: what each word of a page finds, where, and what its fix does. How pages
//! are read and governed is in `policy_pages.rs` and
//! `policy_control.rs`.

mod common;

use common::policy::run;
use common::{configs, findings, fixed, out, sources, tree};
use flint::config::Configs;
use flint::finding::{Finding, Safety};
use flint::page::{PageError, Policy};

/// A page with this front matter below `group`, and the examples that every page needs.
fn page(name: &str, front: &str) -> String {
    format!(
        "---\nseverity: error\ngroup: policy\n{front}---\n# {name}\n\nThe team wants it so.\n\n## Why\nIt has \
         reasons.\n\n```flink-conf.yaml bad\nparallelism.default: 1\n```\n\n```flink-conf.yaml good\n\
         parallelism.default: 2\n```\n"
    )
}

/// A page for all versions with one check, each line of which is indented here.
fn checking(check: &str) -> String {
    let lines = check.lines().map(|line| format!("  {line}\n"));
    page(
        "acme-rule",
        &format!("versions: all\ncheck:\n{}", lines.collect::<String>()),
    )
}

fn read(text: &str) -> Result<&'static Policy, PageError> {
    Policy::read("policies/acme-rule.md", text, &["acme.".to_owned()])
}

/// A configuration in which only this policy runs.
fn only(text: &str, version: Option<&str>) -> Configs {
    let policy = read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut all = configs(version, &["acme-rule"]);
    all.each(|config| {
        config.policies = vec![policy];
        config.known_prefixes = vec!["acme.".to_owned()];
    });
    all
}

/// What a policy finds in one file.
fn found_in(check: &str, path: &str, text: &str) -> Vec<Finding> {
    let sources = sources(&[(path.to_owned(), text.as_bytes().to_vec())]);
    findings(&sources, &only(&checking(check), Some("1.20")))
}

/// The label of the one thing that a policy finds in a flink-conf.yaml.
fn label(check: &str, text: &str) -> Option<String> {
    let found = found_in(check, "conf/flink-conf.yaml", text);
    assert!(found.len() <= 1, "{found:#?}");
    found.into_iter().next().map(|finding| finding.label)
}

#[test]
fn each_word_finds_what_it_is_for_and_nothing_else() {
    let interval = "execution.checkpointing.interval";
    // Check, configuration, what stands under the marked bytes.
    let cases: &[(&str, &str, Option<&str>)] = &[
        (
            "require: true",
            "a: b",
            Some("execution.checkpointing.interval is not set"),
        ),
        (
            "require: true",
            "execution.checkpointing.interval: 1s",
            None,
        ),
        (
            "forbid: true",
            "execution.checkpointing.interval: 1s",
            Some("not allowed"),
        ),
        ("forbid: true", "a: b", None),
        // Amounts, never texts: 9 s is less than 30 s, and 60000 ms is a minute.
        (
            "min: 30 s",
            "execution.checkpointing.interval: 9 s",
            Some("less than 30 s"),
        ),
        (
            "min: 30 s",
            "execution.checkpointing.interval: 60000 ms",
            None,
        ),
        ("min: 1 min", "execution.checkpointing.interval: 60 s", None),
        (
            "max: 1 min",
            "execution.checkpointing.interval: 60001",
            Some("more than 1 min"),
        ),
        (
            "max: 1 min",
            "execution.checkpointing.interval: 60000",
            None,
        ),
        // What is not set, and has no default, is neither too little nor too much.
        ("min: 30 s", "a: b", None),
        (
            "one-of: [1 min, 2 min]",
            "execution.checkpointing.interval: 60 s",
            None,
        ),
        (
            "one-of: [1 min, 2 min]",
            "execution.checkpointing.interval: 3 min",
            Some("must be one of 1 min, 2 min"),
        ),
        (
            "not: 1 min",
            "execution.checkpointing.interval: 60s",
            Some("must not be 1 min"),
        ),
        ("not: 1 min", "execution.checkpointing.interval: 61s", None),
        (
            "matches: '^[0-9]+ min$'",
            "execution.checkpointing.interval: 5 min",
            None,
        ),
        (
            "matches: '^[0-9]+ min$'",
            "execution.checkpointing.interval: 5 minutes",
            Some("does not match ^[0-9]+ min$"),
        ),
        // All that a check says must hold; the first that does not is told.
        (
            "min: 30 s\nmax: 10 min",
            "execution.checkpointing.interval: 1 h",
            Some("more than 10 min"),
        ),
        (
            "require: true\nmin: 30 s",
            "execution.checkpointing.interval: 1 s",
            Some("less than 30 s"),
        ),
    ];
    for (words, text, expected) in cases {
        let check = format!("key: {interval}\n{words}");
        let text = format!("{text}\n");
        assert_eq!(
            label(&check, &text).as_deref(),
            *expected,
            "{words}, {text}"
        );
    }
    let said = "key: parallelism.default\nmin: 2\nlabel: '{value} of {key}'\nmessage: 'only {value}'\nhelp: ask";
    let found = found_in(said, "conf/flink-conf.yaml", "parallelism.default: 1\n");
    assert_eq!(found[0].label, "1 of parallelism.default");
    assert_eq!(found[0].message, "only 1");
    assert_eq!(found[0].help, "ask");
}

#[test]
fn texts_that_a_page_leaves_out_come_from_its_summary_and_its_why() {
    let found = found_in(
        "key: s3.endpoint\nforbid: true",
        "conf/flink-conf.yaml",
        "s3.endpoint: x\n",
    );
    assert_eq!(found[0].message, "The team wants it so");
    assert_eq!(found[0].help, "It has reasons.");
    // What wraps a summary does not cut it.
    let page = checking("key: s3.endpoint\nforbid: true").replace("wants it so", "wants\nit so");
    let policy = read(&page).expect("a page");
    assert_eq!(policy.front.summary, "The team wants it so.");
    // Texts over several lines are one line each.
    let long = "key: s3.endpoint\nforbid: true\nmessage: |\n  not\n  here\nhelp: >\n  ask\n  us\n";
    let found = found_in(long, "conf/flink-conf.yaml", "s3.endpoint: x\n");
    assert_eq!(
        (found[0].message.as_str(), found[0].help.as_str()),
        ("not here", "ask us")
    );
    assert_eq!(found[0].key.as_deref(), Some("s3.endpoint"));
}

#[test]
fn the_value_in_force_is_judged_also_where_it_is_a_default() {
    let check = "key: restart-strategy.fixed-delay.delay\nmin: 10 s";
    let said = label(check, "parallelism.default: 1\n").expect("the default is 1 s");
    assert_eq!(
        said,
        "restart-strategy.fixed-delay.delay is 1 s by default: less than 10 s"
    );
    let stated = "key: web.timeout\ndefault: 5000\nmin: 10000";
    assert!(label(stated, "parallelism.default: 1\n").is_some());
    // An older name of the option is the option.
    let check = "key: execution.checkpointing.dir\nmatches: '^s3://acme/'";
    let old = "state.checkpoints.dir: s3://other/x\n";
    assert_eq!(
        label(check, old).as_deref(),
        Some("does not match ^s3://acme/")
    );
    assert_eq!(label(check, "state.checkpoints.dir: s3://acme/x\n"), None);
}

#[test]
fn conditions_decide_whether_a_check_applies() {
    let with = |when: &str, text: &str| {
        let check = format!("key: state.backend.type\nrequire: true\nwhen: {{ {when} }}");
        label(&check, text).is_some()
    };
    let interval = "execution.checkpointing.interval: 60s\n";
    assert!(with("execution.checkpointing.interval: set", interval));
    assert!(!with("execution.checkpointing.interval: set", "a: b\n"));
    assert!(with("execution.checkpointing.interval: absent", "a: b\n"));
    assert!(!with("execution.checkpointing.interval: absent", interval));
    assert!(with("execution.checkpointing.interval: 1 min", interval));
    assert!(!with("execution.checkpointing.interval: 2 min", interval));
    assert!(with(
        "execution.checkpointing.interval: [2 min, 1 min]",
        interval
    ));
    assert!(with(
        "execution.checkpointing.interval: {not: 2 min}",
        interval
    ));
    assert!(!with(
        "execution.checkpointing.interval: {not: 1 min}",
        interval
    ));
    assert!(with(
        "execution.checkpointing.interval: {min: 1 s, max: 1 h}",
        interval
    ));
    assert!(!with(
        "execution.checkpointing.interval: {min: 1 s, max: 2 s}",
        interval
    ));
    assert!(with(
        "execution.checkpointing.interval: {matches: 's$'}",
        interval
    ));
    assert!(!with(
        "execution.checkpointing.interval: {matches: 'h$'}",
        interval
    ));
}

#[test]
fn what_is_missing_is_shown_at_its_condition_else_at_the_first_entry() {
    let at = |check: &str, text: &str| {
        let found = found_in(check, "conf/flink-conf.yaml", text);
        let span = found[0].at.span;
        text[span.range()].to_owned()
    };
    let text = "# a file\n\nparallelism.default: 1\nexecution.checkpointing.interval: 60s\n";
    let plain = "key: execution.checkpointing.dir\nrequire: true";
    assert_eq!(at(plain, text), "parallelism.default: 1");
    let conditional = format!("{plain}\nwhen: {{execution.checkpointing.interval: set}}");
    assert_eq!(
        at(&conditional, text),
        "execution.checkpointing.interval: 60s"
    );
    assert_eq!(at(plain, "# a file\n"), "# a file");
    // Absence is claimed only where every layer is in sight.
    let part = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  flink-conf.yaml: |\n    \
                {{ .Values.flink }}\n    parallelism.default: 1\n";
    assert_eq!(found_in(plain, "deploy/map.yaml", part), []);
    let placeholder = "parallelism.default: 1\nexecution.checkpointing.dir: ${BUCKET}\n";
    assert_eq!(found_in(plain, "conf/flink-conf.yaml", placeholder), []);
}

#[test]
fn what_is_forbidden_is_found_behind_a_placeholder_too() {
    let check = "key: s3.access-key\nforbid: true";
    assert!(label(check, "s3.access-key: ${KEY}\n").is_some());
    // What a value will be nobody knows.
    let judged = "key: s3.endpoint\nmatches: '^https:'";
    assert_eq!(label(judged, "s3.endpoint: ${URL}\n"), None);
}

#[test]
fn keys_of_ones_own_and_of_open_families_are_texts() {
    let own = "key: acme.team\nrequire: true\nmatches: '^[a-z]+$'";
    assert_eq!(label(own, "acme.team: search\n"), None);
    assert_eq!(
        label(own, "acme.team: Search\n").as_deref(),
        Some("does not match ^[a-z]+$")
    );
    assert_eq!(
        label(own, "a: b\n").as_deref(),
        Some("acme.team is not set")
    );
    let family = "key: metrics.reporter.prom.port\none-of: ['9249']";
    assert_eq!(label(family, "metrics.reporter.prom.port: 9249\n"), None);
    assert!(label(family, "metrics.reporter.prom.port: 9250\n").is_some());
}

#[test]
fn options_of_the_operator_are_checked_in_its_resources() {
    let resource = |options: &str| {
        format!(
            "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata:\n  name: orders\nspec:\n  \
             image: flink:1.20\n  flinkVersion: v1_20\n  serviceAccount: flink\n{options}  jobManager:\n    \
             resource:\n      memory: 2048m\n  taskManager:\n    resource:\n      memory: 2048m\n  job:\n    \
             jarURI: local:///a.jar\n    upgradeMode: stateless\n"
        )
    };
    let with = |check: &str, options: &str| found_in(check, "deploy/o.yaml", &resource(options));
    let key = "kubernetes.operator.savepoint.history.max.count";
    let check = format!("key: {key}\nmax: 5");
    let options = |count: u8| format!("  flinkConfiguration:\n    {key}: \"{count}\"\n");
    assert_eq!(with(&check, &options(5)), []);
    assert_eq!(with(&check, &options(6)).len(), 1);
    // Flink itself reads none of them, so that a file of its own lacks none.
    let required = format!("key: {key}\nrequire: true");
    let plain = "parallelism.default: 2\n";
    assert_eq!(found_in(&required, "conf/flink-conf.yaml", plain), []);
    // The operator's own configuration is out of sight: what no file sets is missing unless that has it.
    let required = format!("key: {key}\nrequire: true");
    for options in [
        "",
        "  flinkConfiguration:\n    parallelism.default: \"2\"\n",
    ] {
        let found = with(&required, options);
        assert_eq!(found.len(), 1, "{options}");
        assert_eq!(found[0].severity.name(), "warning");
        assert!(
            found[0].help.contains("is not in sight"),
            "{}",
            found[0].help
        );
    }
}

#[test]
fn kernel_parameters_are_checked_on_hosts_that_run_flink() {
    let check = "key: net.core.somaxconn\nrequire: true\nmin: 4096";
    let flinks = "flink/etc/sysctl.d/99-flink.conf";
    let found = |path: &str, text: &str| found_in(check, path, text);
    assert_eq!(found(flinks, "net.core.somaxconn = 4096\n"), []);
    assert_eq!(
        found(flinks, "net.core.somaxconn = 1024\n")[0].label,
        "less than 4096"
    );
    let missing = found(flinks, "net.core.rmem_max = 6291456\n");
    assert_eq!(missing[0].label, "net.core.somaxconn is not set");
    // Of other people's hosts nothing is said.
    assert_eq!(
        found("etc/sysctl.d/99-web.conf", "net.core.somaxconn = 1024\n"),
        []
    );
    let vector = "key: net.ipv4.tcp_rmem\none-of: [4096 131072 6291456]";
    let found = |text: &str| found_in(vector, flinks, text);
    assert_eq!(found("net.ipv4.tcp_rmem = 4096  131072\t6291456\n"), []);
    assert_eq!(found("net.ipv4.tcp_rmem = 4096 131072 1\n").len(), 1);
}

#[test]
fn a_policy_holds_for_its_versions() {
    let text = page(
        "acme-rule",
        "versions: \"1.19..\"\ncheck:\n  key: parallelism.default\n  min: 2\n",
    );
    let sources = sources(&[(
        "conf/flink-conf.yaml".to_owned(),
        b"parallelism.default: 1\n".to_vec(),
    )]);
    assert_eq!(findings(&sources, &only(&text, Some("1.18"))), []);
    let known = findings(&sources, &only(&text, Some("1.20")));
    assert_eq!(known[0].message, "The team wants it so");
    // Where nobody says which version runs, it holds for those that may.
    let unknown = findings(&sources, &only(&text, None));
    assert_eq!(unknown[0].message, "The team wants it so (Flink 1.19-1.20)");
}

#[test]
fn an_option_is_not_required_of_versions_without_it() {
    let text =
        checking("key: execution.checkpointing.dir\nrequire: true\nfix: { set: s3://acme/x }");
    let new = checking("key: state.backend.rocksdb.memory.fixed-per-tm\nrequire: true");
    let sources = sources(&[(
        "conf/flink-conf.yaml".to_owned(),
        b"parallelism.default: 1\n".to_vec(),
    )]);
    assert_eq!(findings(&sources, &only(&new, Some("1.16"))), []);
    assert_eq!(findings(&sources, &only(&new, Some("1.17"))).len(), 1);
    // What is missing and what is added have the name that the version knows.
    let old = findings(&sources, &only(&text, Some("1.18")));
    assert_eq!(old[0].label, "state.checkpoints.dir is not set");
    for (version, name) in [
        ("1.18", "state.checkpoints.dir"),
        ("1.20", "execution.checkpointing.dir"),
    ] {
        let plan = fixed(&sources, &only(&text, Some(version)), true);
        let text = String::from_utf8_lossy(&plan.sources.0[0].bytes).into_owned();
        assert!(
            text.ends_with(&format!("\n{name}: s3://acme/x\n")),
            "{text}"
        );
    }
}

#[test]
fn fixes_set_and_remove_and_say_what_they_risk() {
    let mended = |check: &str, text: &str| {
        let sources = sources(&[("conf/flink-conf.yaml".to_owned(), text.as_bytes().to_vec())]);
        let configs = only(&checking(check), Some("1.20"));
        let found = findings(&sources, &configs);
        let fix = found[0].fix.clone().expect("a fix");
        let plan = fixed(&sources, &configs, true);
        let text = String::from_utf8_lossy(&plan.sources.0[0].bytes).into_owned();
        (fix.safety, fix.risk, text)
    };
    let bound = "key: parallelism.default\nmin: 2\nfix: ";
    let (safety, risk, text) = mended(
        &format!("{bound}{{ set: \"2\" }}"),
        "parallelism.default: 1\n",
    );
    assert_eq!(
        (safety, text.as_str()),
        (Safety::Unsafe, "parallelism.default: 2\n")
    );
    assert_eq!(risk, "it changes what runs, from the next start on");
    let (safety, risk, _) = mended(
        &format!("{bound}{{ set: \"2\", safe: true }}"),
        "parallelism.default: 1\n",
    );
    assert_eq!((safety, risk.as_str()), (Safety::Safe, ""));
    let (_, risk, text) = mended(
        "key: s3.access-key\nforbid: true\nfix: { remove: true, risk: no access }",
        "s3.access-key: a\nparallelism.default: 1\n",
    );
    assert_eq!(
        (risk.as_str(), text.as_str()),
        ("no access", "parallelism.default: 1\n")
    );
}

#[test]
fn the_name_of_a_deployment_is_filled_in_where_somebody_gave_it() {
    let bucket = "---\nseverity: error\ngroup: policy\nversions: all\ncheck:\n  key: \
                  execution.checkpointing.dir\n  matches: '^s3://acme/'\nfix: { set: \
                  \"s3://acme/${deployment}\" }\n---\n# acme-bucket\n\nOne bucket.\n\n```flink-conf.yaml \
                  bad\nexecution.checkpointing.dir: s3://x/y\n```\n\n```flink-conf.yaml \
                  good\nexecution.checkpointing.dir: s3://acme/y\n```\n";
    let conf = "execution.checkpointing.dir: s3://x/y\n";
    let args = ["fix", "--dry-run", "--select", "acme-bucket"];
    let named = "policies = [\"policies\"]\nflink-version = \"1.20\"\n[[deployments]]\nname = \"orders\"\nfiles = \
                 [\"conf/**\"]\n";
    let unnamed = named.replace("name = \"orders\"\n", "");
    let awkward = named.replace("orders", "my orders");
    for (toml, wanted) in [
        (named, true),
        (unnamed.as_str(), false),
        (awkward.as_str(), false),
    ] {
        let folder = tree(&[
            ("flint.toml", toml),
            ("policies/acme-bucket.md", bucket),
            ("conf/flink-conf.yaml", conf),
        ]);
        let patch = out(&run(folder.path(), &args));
        assert_eq!(
            patch.contains("+execution.checkpointing.dir: s3://acme/orders"),
            wanted,
            "{patch}"
        );
        assert_eq!(patch.is_empty(), !wanted, "{patch}");
    }
}
