//! `flint show` of hosts: what is in force, for whom, and what a running kernel has.

use std::collections::BTreeMap;

use flint::config::Configs;
use flint::linux::running::{Reading, Running};
use flint::project::Project;
use flint::report::show;
use flint::text::Sources;

/// What is shown of files, as text and as JSON.
fn shown(files: &[(&str, &str)], running: Option<&Running>) -> (String, serde_json::Value) {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add(*path, *text);
    }
    let project = Project::read(&sources, &Configs::default(), &[]);
    let deployments = project.deployments();
    let json = show::json(&deployments, running);
    let json = serde_json::from_str(&json).expect("JSON");
    (show::text(&deployments, running), json)
}

const MAIN: (&str, &str) = (
    "etc/sysctl.conf",
    "vm.swappiness = 10\nvm.max_map_count = 262144\n",
);
const LATE: (&str, &str) = (
    "etc/sysctl.d/99-zz.conf",
    "vm.swappiness = 1\nnet.core.somaxconn = 4096\n",
);

#[test]
fn loaders_are_told_of_where_they_come_to_other_values() {
    let (text, json) = shown(&[MAIN, LATE], None);
    let wanted = "\
.
  systemd-sysctl reads etc/sysctl.conf only through a link
  busybox sysctl -p reads etc/sysctl.conf and no other file
  net.core.somaxconn  4096   etc/sysctl.d/99-zz.conf:2
  vm.max_map_count    262144   etc/sysctl.conf:2
  vm.swappiness       10   etc/sysctl.conf:1   over 1 more
      for sysctl --system, busybox sysctl -p
                      1   etc/sysctl.d/99-zz.conf:1
      for systemd-sysctl
";
    assert_eq!(text, wanted);
    let sysctl = &json["deployments"][0]["sysctl"];
    let swappiness = &sysctl["vm.swappiness"];
    assert_eq!(swappiness["value"], "10");
    assert_eq!(swappiness["path"], "etc/sysctl.conf");
    assert_eq!(swappiness["line"], 1);
    assert_eq!(swappiness["loaders"]["systemd"]["value"], "1");
    assert_eq!(swappiness["loaders"]["procps"]["line"], 1);
    let maps = &sysctl["vm.max_map_count"]["loaders"];
    assert_eq!(maps["systemd_alone"]["state"], "unset");
    assert_eq!(maps["systemd"]["state"], "set");
}

#[test]
fn where_all_loaders_agree_there_is_nothing_to_tell() {
    let (text, json) = shown(&[LATE], None);
    let wanted = "\
.
  net.core.somaxconn  4096   etc/sysctl.d/99-zz.conf:2
  vm.swappiness       1   etc/sysctl.d/99-zz.conf:1
";
    assert_eq!(text, wanted);
    let sysctl = &json["deployments"][0]["sysctl"];
    assert!(sysctl["vm.swappiness"].get("loaders").is_none());
    assert!(json.get("live").is_none());
}

#[test]
fn who_left_the_value_of_the_kernel_is_said() {
    let running = Running {
        release: Some("6.12.107".to_owned()),
        parameters: [
            ("vm.swappiness", "1"),
            ("vm.max_map_count", "262144"),
            ("net.core.somaxconn", ""),
        ]
        .map(|(key, value)| (key.to_owned(), Reading::Value(value.to_owned())))
        .into_iter()
        .collect(),
    };
    let (text, _) = shown(&[MAIN, LATE], Some(&running));
    let compared = text.split("  on this machine, Linux 6.12.107:\n").nth(1);
    let wanted = "    different   net.core.somaxconn
                  files  4096
                  here   (empty)
    different   vm.swappiness
                  files  10
                  here   1   as systemd-sysctl leaves it
    same        vm.max_map_count = 262144
";
    assert_eq!(compared, Some(wanted), "{text}");
}

#[test]
fn a_pattern_is_not_asked_of_the_kernel_and_what_it_lacks_is_said() {
    let files = [(
        "etc/sysctl.d/10-a.conf",
        "net.ipv4.conf.*.rp_filter = 1\nnet.ipv4.tcp_tw_recycle = 1\nnet.ipv4.route.flush = 1\n\
         vm.swappiness = ${SWAPPINESS}\nnet.core.somaxconn = 0x400\n",
    )];
    let parameters = [
        ("net.ipv4.tcp_tw_recycle", Reading::Missing),
        ("net.ipv4.route.flush", Reading::Unreadable),
        ("net.core.somaxconn", Reading::Value("1024".to_owned())),
        ("vm.swappiness", Reading::Value("60".to_owned())),
    ];
    let running = Running {
        release: None,
        parameters: parameters
            .map(|(key, reading)| (key.to_owned(), reading))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
    };
    let (text, _) = shown(&files, Some(&running));
    let compared = text.split("  on this machine, Linux:\n").nth(1);
    let wanted = "    missing     net.ipv4.tcp_tw_recycle
    unreadable  net.ipv4.route.flush
    same        net.core.somaxconn = 1024
";
    assert_eq!(compared, Some(wanted), "{text}");
}

#[test]
fn what_a_pod_sets_is_not_held_against_the_machine() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: flink\nspec:\n  securityContext:\n    sysctls:\n      \
               - name: net.core.somaxconn\n        value: \"1024\"\n  containers:\n    - name: jobmanager\n      \
               image: flink:1.20\n";
    let running = Running::default();
    let (text, _) = shown(&[("pod.yaml", pod)], Some(&running));
    assert!(text.contains("net.core.somaxconn  1024"), "{text}");
    assert!(!text.contains("on this machine"), "{text}");
}
