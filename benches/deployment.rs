//! How long `flint check` takes for a deployment of 40 files, from its start to its end: `cargo bench --bench
//! deployment`. The files are manifests, config maps, compose files, values and images in turn, each with the
//! options that such files have.

#![allow(clippy::print_stdout, reason = "the figures are its output")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What it may take.
const GOAL: Duration = Duration::from_millis(20);
const FILES: usize = 40;
const RUNS: usize = 200;

fn main() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let mut bytes = 0;
    for number in 0..FILES {
        let (path, text) = file(number);
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(&path, &text).expect("a file");
        bytes += text.len();
    }
    let mut times: Vec<Duration> = (0..RUNS).map(|_| run(folder.path())).collect();
    times.sort_unstable();
    let (best, median) = (times[0], times[RUNS / 2]);
    let kibibytes = bytes / 1024;
    println!("{FILES} files, {kibibytes} KiB: best {best:.1?}, median {median:.1?} of {RUNS} runs");
    println!(
        "goal {GOAL:?}: {}",
        if best < GOAL { "kept" } else { "missed" }
    );
}

fn run(folder: &Path) -> Duration {
    let start = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_flint"))
        .args(["check", "--isolated", "--format", "concise"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("flint starts");
    let took = start.elapsed();
    assert_ne!(status.code(), Some(2), "flint could not do it");
    took
}

/// One of the files, by its number.
fn file(number: usize) -> (String, String) {
    let indented = |blanks: usize, text: &str| -> String {
        let blanks = " ".repeat(blanks);
        text.lines().fold(String::new(), |mut out, line| {
            let _ = writeln!(out, "{blanks}{line}");
            out
        })
    };
    let conf = OPTIONS.replace("job-0", &format!("job-{number}"));
    let manifest = |kind: &str, more: &str| {
        format!(
            "apiVersion: flink.apache.org/v1beta1\nkind: {kind}\nmetadata:\n  name: job-{number}\n{more}"
        )
    };
    match number % 5 {
        0 => (
            format!("jobs/job-{number}.yaml"),
            manifest("FlinkDeployment", &format!("{SPEC}{}", indented(4, &conf))),
        ),
        1 => (
            format!("maps/conf-{number}.yaml"),
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: conf-{number}\ndata:\n  flink-conf.yaml: |\n{}",
                indented(4, &conf)
            ),
        ),
        2 => (
            format!("compose/{number}/docker-compose.yml"),
            COMPOSE.replace("CONF", indented(10, &conf).trim_end()),
        ),
        3 => (
            format!("chart-{number}/values.yaml"),
            format!(
                "defaultConfiguration:\n  create: true\n  flink-conf.yaml: |\n{}",
                indented(4, &conf)
            ),
        ),
        _ => (
            format!("maps/deployment-{number}.yaml"),
            CONTAINERS.replace("NUMBER", &(number - 3).to_string()),
        ),
    }
}

const OPTIONS: &str = "\
jobmanager.rpc.address: jobmanager
taskmanager.numberOfTaskSlots: \"4\"
parallelism.default: \"8\"
state.backend.type: rocksdb
state.backend.incremental: \"true\"
state.backend.rocksdb.memory.managed: \"true\"
state.checkpoints.dir: s3://bucket/job-0/checkpoints
state.savepoints.dir: s3://bucket/job-0/savepoints
execution.checkpointing.interval: 60s
execution.checkpointing.mode: EXACTLY_ONCE
execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION
high-availability.type: kubernetes
high-availability.storageDir: s3://bucket/job-0/ha
restart-strategy.type: exponential-delay
taskmanager.network.memory.buffer-debloat.enabled: \"true\"
metrics.reporter.prom.factory.class: org.apache.flink.metrics.prometheus.PrometheusReporterFactory
metrics.reporter.prom.port: \"9249\"
pipeline.object-reuse: \"true\"
env.java.opts.all: -XX:+HeapDumpOnOutOfMemoryError
";

const SPEC: &str = "\
spec:
  image: flink:1.20
  flinkVersion: v1_20
  serviceAccount: flink
  jobManager:
    resource: {memory: 2048m, cpu: 1}
  taskManager:
    resource: {memory: 4096m, cpu: 2}
  job:
    jarURI: local:///opt/flink/usrlib/job.jar
    parallelism: 8
    upgradeMode: savepoint
  podTemplate:
    spec:
      containers:
        - name: flink-main-container
          env:
            - name: REGION
              value: eu-west-1
          volumeMounts:
            - mountPath: /data
              name: data
      volumes:
        - name: data
          emptyDir: {}
  flinkConfiguration:
";

const COMPOSE: &str = "\
services:
  jobmanager:
    image: flink:1.20
    command: standalone-job -Dparallelism.default=4
    environment:
      - |
        FLINK_PROPERTIES=
CONF
  taskmanager:
    image: flink:1.20
    command: taskmanager
    environment:
      FLINK_PROPERTIES: |
CONF
";

const CONTAINERS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: taskmanager-NUMBER
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: taskmanager
          image: flink:1.20
          args: [taskmanager, -Dtaskmanager.numberOfTaskSlots=2]
          resources:
            limits: {memory: 4Gi}
          volumeMounts:
            - name: conf
              mountPath: /opt/flink/conf
      volumes:
        - name: conf
          configMap:
            name: conf-NUMBER
";
