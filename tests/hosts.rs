//! Which assignment of a host's files wins for which loader.

use std::collections::BTreeMap;

use flint::config::Configs;
use flint::deployment::{Deployment, HostLoader, Sysctl};
use flint::project::Project;
use flint::text::Sources;
use serde_json::Value;

const RECORDED: &str = include_str!("../testdata/syntax/sysctl-parse.jsonl");

/// What `act` makes of the only deployment of these files.
fn of_host<T>(files: &[(&str, &str)], act: impl FnOnce(&Deployment) -> T) -> T {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add(*path, *text);
    }
    let project = Project::read(&sources, &Configs::default(), &[]);
    let deployments = project.deployments();
    assert_eq!(deployments.len(), 1);
    act(&deployments[0])
}

fn value(state: Sysctl) -> String {
    match state {
        Sysctl::Set(effective) => effective.value().to_owned(),
        Sysctl::Unset => "unset".to_owned(),
        Sysctl::Unknown => "unknown".to_owned(),
    }
}

/// The value of `vm.swappiness` for both loaders together, then for each loader.
fn swappiness(files: &[(&str, &str)]) -> [String; 5] {
    let key = "vm.swappiness";
    of_host(files, |deployment| {
        let by = |loader| value(deployment.sysctl_state_by(key, loader));
        [
            value(deployment.sysctl_state(key)),
            by(HostLoader::Procps),
            by(HostLoader::Systemd),
            by(HostLoader::SystemdAlone),
            by(HostLoader::Busybox),
        ]
    })
}

#[test]
fn sysctl_conf_is_last_for_procps_and_ninety_nine_for_systemd() {
    let main = ("etc/sysctl.conf", "vm.swappiness = 1\n");
    let early = ("etc/sysctl.d/50-a.conf", "vm.swappiness = 2\n");
    let late = ("etc/sysctl.d/99-zz.conf", "vm.swappiness = 3\n");
    assert_eq!(swappiness(&[main, early]), ["1", "1", "1", "2", "1"]);
    assert_eq!(swappiness(&[main, late]), ["unknown", "1", "3", "3", "1"]);
    assert_eq!(swappiness(&[early, late]), ["3", "3", "3", "3", "unset"]);
}

#[test]
fn what_ufw_applies_is_believed_only_where_nothing_speaks_against_it() {
    let ufw = ("etc/ufw/sysctl.conf", "vm/swappiness=1\n");
    let other = ("etc/sysctl.conf", "vm.swappiness = 2\n");
    let same = ("etc/sysctl.conf", "vm.swappiness = 1\n");
    assert_eq!(swappiness(&[ufw])[0], "1");
    assert_eq!(swappiness(&[ufw, same])[0], "1");
    assert_eq!(swappiness(&[ufw, other])[0], "unknown");
}

#[test]
fn a_template_that_comes_later_may_say_anything() {
    let plain = ("etc/sysctl.d/10-a.conf", "vm.swappiness = 1\n");
    let later = (
        "etc/sysctl.d/20-b.conf",
        "{% if x %}\nvm.panic = 1\n{% endif %}\n",
    );
    let before = (
        "etc/sysctl.d/05-b.conf",
        "{% if x %}\nvm.panic = 1\n{% endif %}\n",
    );
    assert_eq!(swappiness(&[plain, later])[0], "unknown");
    assert_eq!(swappiness(&[before, plain])[0], "1");
}

#[test]
fn files_elsewhere_have_no_order_and_must_agree() {
    let (one, other) = ("tuning/a.sysctl", "tuning/b.sysctl");
    let set = |value: &'static str| value;
    let same = [
        (one, set("vm.swappiness = 1\n")),
        (other, "vm.swappiness=1\n"),
    ];
    assert_eq!(swappiness(&same)[0], "1");
    let different = [(one, "vm.swappiness = 1\n"), (other, "vm.swappiness=2\n")];
    assert_eq!(swappiness(&different)[0], "unknown");
}

#[test]
fn files_that_no_loader_reads_are_kept_apart() {
    let files = [
        ("etc/sysctl.d/50-a.conf", "vm.swappiness = 1\n"),
        ("usr/lib/sysctl.d/50-a.conf", "vm.swappiness = 2\n"),
    ];
    assert_eq!(swappiness(&files)[0], "1");
    let unread = of_host(&files, |deployment| deployment.host_unread.len());
    assert_eq!(unread, 1);
}

#[test]
fn a_fix_edits_the_winner_and_names_what_it_leaves() {
    let mut sources = Sources::default();
    let early = sources.add(
        "etc/sysctl.d/10-flink.conf",
        "net.ipv4.tcp_rmem = 4096 131072 65536\n",
    );
    let late = sources.add(
        "etc/sysctl.d/99-flink.conf",
        "net.ipv4.tcp_rmem = 4096 131072 212992\n",
    );
    let configs = Configs::default();
    let project = Project::read(&sources, &configs, &[]);
    let findings = flint::lint::lint(&project, &configs).findings;
    let fixable: Vec<_> = findings.iter().filter(|own| own.fix.is_some()).collect();
    assert_eq!(fixable.len(), 1);
    assert_eq!(fixable[0].at.source, late);
    let related = &fixable[0].related;
    assert!(
        related.iter().any(|own| own.at.source == early),
        "{related:?}"
    );
}

#[test]
fn a_template_lies_where_the_file_that_it_becomes_lies() {
    let files = [
        ("files/etc/sysctl.d/50-a.conf", "vm.swappiness = 1\n"),
        ("files/etc/sysctl.d/60-b.conf.j2", "vm.swappiness = 2\n"),
    ];
    of_host(&files, |deployment| {
        assert_eq!(deployment.host.len(), 2);
        assert!(deployment.host_unread.is_empty());
        let winner = deployment.sysctl_by("vm.swappiness", HostLoader::Procps);
        assert_eq!(winner.map(|own| own.value()), Some("2"));
    });
}

#[test]
fn recorded_trees_have_the_recorded_winners() {
    let mut count = 0;
    for line in RECORDED.lines().filter(|line| line.contains("\"system\"")) {
        let case: Value = serde_json::from_str(&line.replace("\\udce9", "?")).expect("JSON");
        let is_old = case["versions"] == serde_json::json!(["3.3.17"]);
        let files = case["files"].as_object().expect("files");
        let is_link = |value: &Value| value["symlink"].as_str() == Some("../sysctl.conf");
        let plain = files
            .values()
            .all(|value| value.is_string() || is_link(value));
        if is_old || !plain || files.is_empty() {
            continue;
        }
        let loader = match case["tool"].as_str() {
            Some("procps") => HostLoader::Procps,
            // The link is part of the case.
            _ if files.values().any(is_link) => HostLoader::Systemd,
            _ => HostLoader::SystemdAlone,
        };
        let texts: Vec<(&str, &str)> = files
            .iter()
            .filter_map(|(path, text)| Some((path.trim_start_matches('/'), text.as_str()?)))
            .filter(|(path, _)| flint::recognise::by_name(path) != flint::recognise::Claim::No)
            .collect();
        if texts.is_empty() {
            continue;
        }
        let recorded = case["expected"].as_array().expect("assignments");
        let last: BTreeMap<String, &str> = recorded
            .iter()
            .filter_map(|pair| Some((pair[0].as_str()?.replace('/', "."), pair[1].as_str()?)))
            .collect();
        of_host(&texts, |deployment| {
            for parameter in deployment.host_parameters() {
                // Only what the machine has was recorded.
                if parameter.key == "net.ipv4.tcp_tw_recycle" {
                    continue;
                }
                let found = value(deployment.sysctl_state_by(&parameter.key, loader));
                let recorded = last.get(&parameter.key).copied().unwrap_or("unset");
                assert_eq!(
                    found, recorded,
                    "{} {loader:?} {}",
                    case["id"], parameter.key
                );
                count += 1;
            }
        });
    }
    assert!(count > 25, "only {count} parameters");
}
