//! A fix of a setting changes the line on which that stands, wherever it stands: in a block of a config map,
//! in a variable, in a map of options, in a command, whatever the line breaks are.

mod common;

use common::{configs, findings, fixed, sources};

/// A file, the line that is wrong, and that line when it is right.
struct Case {
    path: &'static str,
    text: &'static str,
    line: &'static str,
    fixed: &'static str,
}

const CASES: [Case; 13] = [
    Case {
        path: "k8s/map.yaml",
        text: "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: flink-config
data:
  flink-conf.yaml: |+
    # of the cluster
    taskmanger.numberOfTaskSlots: 2   # two

    rest.port: 8081

  log4j.properties: |
    a = b
",
        line: "    taskmanger.numberOfTaskSlots: 2   # two",
        fixed: "    taskmanager.numberOfTaskSlots: 2   # two",
    },
    Case {
        path: "k8s/map.yaml",
        text: "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: flink-config
data:
  config.yaml: |
    taskmanager:
      numberOfTaskSlotss: 2 # two
    rest.port: 8081
",
        line: "      numberOfTaskSlotss: 2 # two",
        fixed: "      numberOfTaskSlots: 2 # two",
    },
    Case {
        path: "docker-compose.yml",
        text: "\
services:
  taskmanager:
    image: flink:1.17
    environment:
      - |
        FLINK_PROPERTIES=
        jobmanager.rpc.address: jobmanager
        taskmanger.numberOfTaskSlots: 2
      - A=b
",
        line: "        taskmanger.numberOfTaskSlots: 2",
        fixed: "        taskmanager.numberOfTaskSlots: 2",
    },
    Case {
        path: "docker-compose.yml",
        text: "\
services:
  taskmanager:
    image: flink:1.17
    environment:
      - |
        FLINK_PROPERTIES=taskmanger.numberOfTaskSlots: 2
        jobmanager.rpc.address: jobmanager
",
        line: "        FLINK_PROPERTIES=taskmanger.numberOfTaskSlots: 2",
        fixed: "        FLINK_PROPERTIES=taskmanager.numberOfTaskSlots: 2",
    },
    Case {
        path: "docker-compose.yml",
        text: "\
services:
  taskmanager:
    image: flink:1.17
    environment: ['FLINK_PROPERTIES=taskmanger.numberOfTaskSlots: 2', A=b]
",
        line: "    environment: ['FLINK_PROPERTIES=taskmanger.numberOfTaskSlots: 2', A=b]",
        fixed: "    environment: ['FLINK_PROPERTIES=taskmanager.numberOfTaskSlots: 2', A=b]",
    },
    Case {
        path: "k8s/deployment.yaml",
        text: "\
spec:
  flinkConfiguration:
    rest.port: '8081'
    taskmanger.numberOfTaskSlots: \"2\" # flat
  image: flink:1.17
",
        line: "    taskmanger.numberOfTaskSlots: \"2\" # flat",
        fixed: "    taskmanager.numberOfTaskSlots: \"2\" # flat",
    },
    Case {
        path: "k8s/deployment.yaml",
        text: "\
spec:
  flinkConfiguration:
    taskmanager:
      memory: {process.size: 2g}
      numberOfTaskSlotss: 2 # nested
  image: flink:1.17
",
        line: "      numberOfTaskSlotss: 2 # nested",
        fixed: "      numberOfTaskSlots: 2 # nested",
    },
    Case {
        path: "k8s/deployment.yaml",
        text: "\
spec:
  flinkConfiguration: {rest.port: '8081', taskmanger.numberOfTaskSlots: '2'} # flow
  image: flink:1.17
",
        line: "  flinkConfiguration: {rest.port: '8081', taskmanger.numberOfTaskSlots: '2'} # flow",
        fixed: "  flinkConfiguration: {rest.port: '8081', taskmanager.numberOfTaskSlots: '2'} # flow",
    },
    Case {
        path: "k8s/all.yaml",
        text: "\
# The first
spec:
  flinkConfiguration:
    taskmanager.numberOfTaskSlots: \"2\"
  image: flink:1.17
--- # The second
spec:
  flinkConfiguration:
    taskmanger.numberOfTaskSlots: \"2\"
  image: flink:1.17
---
kind: Service
...
",
        line: "    taskmanger.numberOfTaskSlots: \"2\"",
        fixed: "    taskmanager.numberOfTaskSlots: \"2\"",
    },
    Case {
        path: "docker-compose.yml",
        text: "\
x-all: &all
  FLINK_PROPERTIES: |
    taskmanger.numberOfTaskSlots: 2
services:
  one:
    image: flink:1.17
    environment:
      <<: *all
  two:
    image: flink:1.17
    environment: *all
",
        line: "    taskmanger.numberOfTaskSlots: 2",
        fixed: "    taskmanager.numberOfTaskSlots: 2",
    },
    Case {
        path: "docker-compose.yml",
        text: "\
services:
  taskmanager:
    image: flink:1.17
    command: >-
      taskmanager -Drest.port=8081
      -Dtaskmanger.numberOfTaskSlots=2
",
        line: "      -Dtaskmanger.numberOfTaskSlots=2",
        fixed: "      -Dtaskmanager.numberOfTaskSlots=2",
    },
    Case {
        path: "k8s/kustomization.yaml",
        text: "\
resources: [base.yaml]
patches:
- patch: |-
    apiVersion: flink.apache.org/v1beta1
    kind: FlinkDeployment
    metadata: {name: app}
    spec:
      flinkConfiguration:
        taskmanger.numberOfTaskSlots: '2'
  target: {kind: FlinkDeployment}
",
        line: "        taskmanger.numberOfTaskSlots: '2'",
        fixed: "        taskmanager.numberOfTaskSlots: '2'",
    },
    Case {
        path: "k8s/operator.yaml",
        text: "\
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata:
  name: app
spec:
  image: flink:1.17
  flinkVersion: v1_17
  serviceAccount: flink
  flinkConfiguration:
    rest.port: \"8081\"
  jobManager:
    resource: {memory: 2048m, cpu: 1}
  taskManager:
    resource: {memory: 2048m, cpu: 1}
  job: {jarURI: 'local:///a.jar', parallelism: 2, upgradeMode: Stateless} # a field
",
        line: "  job: {jarURI: 'local:///a.jar', parallelism: 2, upgradeMode: Stateless} # a field",
        fixed: "  job: {jarURI: 'local:///a.jar', parallelism: 2, upgradeMode: stateless} # a field",
    },
];

#[test]
fn a_fix_changes_the_line_on_which_its_setting_stands() {
    let configs = configs(Some("1.17"), &[]);
    for case in &CASES {
        assert_eq!(
            case.text.lines().filter(|line| *line == case.line).count(),
            1
        );
        let expected = case.text.replace(case.line, case.fixed);
        let open = |text: &str| text.trim_end_matches('\n').to_owned();
        let crlf = |text: &str| text.replace('\n', "\r\n");
        let marked = |text: &str| format!("\u{feff}{text}");
        let shapes: [&dyn Fn(&str) -> String; 5] = [
            &str::to_owned,
            &open,
            &crlf,
            &|text| open(&crlf(text)),
            &marked,
        ];
        for shape in shapes {
            let (before, after) = (shape(case.text), shape(&expected));
            let files = sources(&[(case.path.to_owned(), before.clone().into_bytes())]);
            let found = findings(&files, &configs);
            let plan = fixed(&files, &configs, true);
            let text = String::from_utf8_lossy(&plan.sources.0[0].bytes);
            assert_eq!(text, after, "{before:?}: {found:#?}");
            assert_eq!(plan.applied.len(), 1, "{before:?}: {:?}", plan.applied);
            let again = fixed(&plan.sources, &configs, true);
            assert!(again.applied.is_empty(), "{before:?}: {:?}", again.applied);
        }
    }
}
