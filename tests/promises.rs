//! The promises of the fix engine on generated files: every fix claims all that it changes, a second
//! run changes nothing, bytes outside the edits stay, line endings and byte order marks survive.

mod common;

use common::{configs, findings, fixed, sources};
use flint::finding::Safety;
use flint::text::apply;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config as Runs, RngAlgorithm, TestRng, TestRunner};

/// Cases of each kind of file; 11,200 in all, as many as a debug build checks in a minute of two cores.
const CASES: u32 = 700;

/// Lines of a format, wild and tame, that a file is put together from.
struct Kind {
    path: &'static str,
    /// What stands before, in front of each line, and after.
    head: &'static str,
    indent: &'static str,
    foot: &'static str,
    lines: &'static [&'static str],
}

/// Lines of `flink-conf.yaml`, wherever it stands.
const FLINK_CONF: &[&str] = &[
    "# a comment",
    "",
    "taskmanager.numberOfTaskSlots: 4",
    "taskmanager.numberOfTaskSlots: 2   # few",
    "taskmanager.numberOfTaskSlots: \"4\"",
    "taskmanager.numberOfTaskSlots:4",
    "parallelism.default = 3",
    "parallelism.default:\t3",
    "  parallelism.default: 5",
    "jobmanager:",
    "  memory:",
    "    process.size: 1600m",
    "  rpc.address: localhost",
    "state.backend: rocksdb",
    "state.backend.type: 'rocksdb'",
    "state.backend.rocksdb.memory.managed: false",
    "state.backend.rocksdb.memory.managed: true",
    "state.backend.rocksdb.block.cache-size: 8mb",
    "state.backend.rocksdb.block-cache-size: 256mb",
    "pipeline.serialization-config.kryo-registrator-class: a.B",
    "pipeline.force-kryo: true",
    "s3.secret-key: ab#cd",
    "table.exec.emit.late-fire.enabled: true",
    "just some words",
    "akka.ask.timeout: 2 min",
    "state.checkpoints.dir: file:///a",
    "execution.checkpointing.dir: file:///b",
    "mesos.resourcemanager.tasks.cpus: 2",
    "high-availability.zookeper.quorum: zk",
    "restart-strategy: \"none\"",
    "ключ: значение",
    "# flint: ignore[duplicate-key] twice on purpose",
    "# flint: ignore[no-such-thing, ignored-line]",
    "x: 1 # flint: ignore[hash-cuts-value]",
];

const KINDS: [Kind; 16] = [
    Kind {
        path: "conf/flink-conf.yaml",
        head: "",
        indent: "",
        foot: "",
        lines: FLINK_CONF,
    },
    Kind {
        path: "conf/config.yaml",
        head: "",
        indent: "",
        foot: "",
        lines: &[
            "# a comment",
            "",
            "taskmanager.numberOfTaskSlots: 4",
            "taskmanager:\n  numberOfTaskSlots: 2\n  memory:\n    process.size: 4g # much",
            "jobmanager: {rpc: {address: 'localhost'}, bind-host: 0.0.0.0}",
            "parallelism.default: 3",
            "state:\n  backend:\n    type: rocksdb\n    rocksdb.block.cache-size: 64mb",
            "state.backend.rocksdb.memory.managed: false",
            "state.backend.rocksdb.block.cache-size: \"8mb\"",
            "pipeline.force-kryo: true",
            "pipeline:\n  serialization-config:\n    kryo-registrator-class: a.B",
            "pipeline.jars: [a.jar, 'b.jar']",
            "mesos.resourcemanager: {tasks: {container: {volumes: a}, container.volumes: b}}",
            "state.backend: rocksdb",
            "akka.ask.timeout: 2 min",
            "taskmanager.net: {num-arenas: 1, server.numThreads: yes}",
            "rest.port:",
            "rest.port: 8081",
            "env.java.opts.all: >-\n  -Xa\n  -Xb",
            "# flint: ignore[null-value]",
            "blob.server.port: '6124' # flint: ignore[duplicate-key] x",
        ],
    },
    Kind {
        path: "host/sysctl.conf",
        head: "",
        indent: "",
        foot: "",
        lines: &[
            "# hosts for Flink",
            "; old",
            "",
            "net.core.rmem_max = 212992",
            "net.core.rmem_max=65536",
            "  net.core.wmem_max\t=\t262144",
            "net/ipv4/tcp_rmem = 4096 87380 212992",
            "net.ipv4.tcp_rmem = 4096\t87380\t6291456",
            "net.ipv4.tcp_wmem = 4096 16384 65536 # small",
            "net.ipv4.tcp_wmem = 1 99999999 3",
            "-net.ipv4.tcp_mem = 1 2 3",
            "vm.swappiness = 1 # flint: ignore[small-tcp-buffers]",
            "vm.swappiness = 70 x",
            "vm.dirty_ratio = 20",
            "  vm/dirty_bytes=1073741824",
            "vm.dirty_background_ratio = 30",
            "-fs.file-max = 1000",
            "no equals here",
            "# flint: ignore[small-tcp-buffers] measured",
        ],
    },
    Kind {
        path: "jobs/flink-job.properties",
        head: "",
        indent: "",
        foot: "",
        lines: &[
            "# the job",
            "",
            "window.size=60s",
            "orders.windowSizeMs = 60000",
            "session.gap : 5 min",
            "watermark.delay=5s",
            "orders.maxOutOfOrdernessMs = 2000",
            "processing.time = false",
            "allowedLateness = 1m",
            "long = a\\\n  b",
            "state.backend.rocksdb.block-cache-size=1mb",
            "x = 1 # flint: ignore[missing-allowed-lateness]",
            "! flint: ignore[missing-allowed-lateness]",
        ],
    },
    Kind {
        path: "jobs/flink.toml",
        head: "",
        indent: "",
        foot: "",
        lines: &[
            "# the job",
            "",
            "watermark_delay = \"10 s\"",
            "note = 'x # y'",
            "[window]\nsize = \"5 min\"",
            "[orders]\nwindowSize = 60000",
            "[revenue.window]\nslide = \"PT5M\" # every",
            "[late]\nwindow = {size = '1 h', kind = 'event'}",
        ],
    },
    Kind {
        path: "conf/flink-conf.yaml",
        head: "",
        indent: "",
        foot: "",
        lines: &[
            "# memory",
            "jobmanager.memory.process.size: 1600m",
            "jobmanager.memory.process.size: 512mb # small",
            "jobmanager.memory.flink.size: 1g",
            "jobmanager.memory.heap.size: 64 m",
            "jobmanager.memory.off-heap.size: 2g",
            "jobmanager.memory.jvm-overhead.fraction: 0.5",
            "jobmanager.heap.size: 1024m",
            "jobmanager.heap.mb: 100",
            "taskmanager.memory.process.size: 1728m",
            "taskmanager.memory.process.size: 600 mb   # too small",
            "taskmanager.memory.process.size: 1G",
            "taskmanager.memory.process.size: 4096",
            "taskmanager.memory.process.size: ${SIZE}",
            "taskmanager.memory.flink.size: 512m",
            "taskmanager.memory.flink.size:\t2g",
            "taskmanager.memory.task.heap.size: 700m",
            "taskmanager.memory.managed.size: 0",
            "taskmanager.memory.managed.size: 64Mb",
            "taskmanager.memory.managed.fraction: 0.9",
            "taskmanager.memory.managed.fraction: 40",
            "taskmanager.memory.network.min: 1g",
            "taskmanager.memory.network.max: 16mb",
            "taskmanager.memory.network.fraction: 0.01",
            "taskmanager.memory.network.fraction: 0.3",
            "taskmanager.network.numberOfBuffers: 2048",
            "taskmanager.memory.segment-size: 1m",
            "taskmanager.memory.jvm-overhead.min: 1gb",
            "taskmanager.memory.jvm-overhead.max: 1gb",
            "taskmanager.memory.jvm-overhead.fraction: 0.3",
            "taskmanager.memory.jvm-metaspace.size: 512m",
            "taskmanager.heap.size: 1g",
            "taskmanager.heap.mb: 200",
            "taskmanager.numberOfTaskSlots: 16",
            "taskmanager.numberOfTaskSlots: 2147483647",
            "taskmanager.numberOfTaskSlots: 0",
            "state.backend: rocksdb",
            "state.backend.type: hashmap",
            "state.backend.rocksdb.memory.fixed-per-slot: 16mb",
            "state.backend.rocksdb.memory.write-buffer-ratio: 0.0",
            "state.backend.rocksdb.writebuffer.size: 4g",
            "state.backend.rocksdb.memory.managed: false",
            "parallelism.default: 200",
            "pipeline.max-parallelism: 120",
            "execution.runtime-mode: BATCH",
            "taskmanager.cpu.cores: 1",
            "kubernetes.taskmanager.cpu: 1",
            "env.java.opts.taskmanager: -Xmx8g -XX:MaxDirectMemorySize=1g",
        ],
    },
    Kind {
        path: "conf/config.yaml",
        head: "",
        indent: "",
        foot: "",
        lines: &[
            "# memory",
            "jobmanager.memory.process.size: 512mb # small",
            "jobmanager: {memory: {process.size: 300m, flink: {size: '1g'}}}",
            "jobmanager:\n  memory:\n    flink.size: 1g\n    heap:\n      size: 64 m # heap",
            "taskmanager:\n  memory:\n    process:\n      size: 600m\n  numberOfTaskSlots: 8",
            "taskmanager: {memory: {process: {size: \"1728m\"}, network.min: 1g}}",
            "taskmanager.memory: {flink.size: 512m, managed: {fraction: 0.9}}",
            "taskmanager.memory.process.size: !!str 1g",
            "taskmanager.memory.process.size: &size 700m\njobmanager.memory.process.size: *size",
            "base: &base {managed.size: 64m}\ntaskmanager.memory:\n  <<: *base\n  process.size: 2g",
            "\"taskmanager.memory.flink.size\": '512m'",
            "taskmanager.memory.task.heap.size: 700m",
            "taskmanager.memory.managed.size: 0b",
            "taskmanager.memory.managed.fraction: 40",
            "taskmanager.memory.network:\n  min: 1g # least\n  max: 16mb",
            "taskmanager.memory.network.fraction: 0.01",
            "taskmanager.memory.jvm-overhead: {min: 1gb, max: 1gb, fraction: 0.3}",
            "taskmanager.memory.segment-size: 1m",
            "taskmanager.numberOfTaskSlots: 16",
            "state.backend.type: rocksdb",
            "state: {backend: {type: hashmap}}",
            "state.backend.rocksdb.memory.fixed-per-slot: >-\n  16mb",
            "state.backend.rocksdb.memory: {write-buffer-ratio: 0.0}",
            "state.backend.rocksdb.writebuffer.size: 4g",
            "parallelism.default: 200",
            "pipeline: {max-parallelism: 120}",
            "execution.runtime-mode: BATCH",
            "taskmanager.cpu.cores: 1",
        ],
    },
    Kind {
        path: "k8s/deployment.yaml",
        head: "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata: {name: a}\nspec:\n  \
               image: flink\n  flinkConfiguration:\n",
        indent: "    ",
        foot: "  # of the next\n  job: {parallelism: 2}\n",
        lines: &[
            "# a comment",
            "",
            "taskmanager.numberOfTaskSlots: \"4\"",
            "taskmanager:\n  numberOfTaskSlots: 2\n  memory: {process.size: 4g} # much",
            "parallelism.default: 3",
            "state.backend: rocksdb",
            "state.backend.rocksdb.memory.managed: false",
            "state.backend.rocksdb.block.cache-size: '8mb'",
            "state.backend.rocksdb.block-cache-size: 256mb",
            "pipeline.serialization-config.kryo-registrator-class: a.B",
            "akka.ask.timeout: 2 min",
            "state.checkpoints.dir: file:///a",
            "execution.checkpointing.dir: \"file:///b\"",
            "mesos.resourcemanager.tasks.cpus: 2",
            "env.java.opts.all: >-\n  -Xa\n  -Xb",
            "pipeline.jars: [a.jar, 'b.jar']",
            "high-availability.zookeper.quorum: zk # flint: ignore[misspelled-option] x",
            "# flint: ignore[no-such-thing, ignored-line]",
        ],
    },
    Kind {
        path: "k8s/configmap.yaml",
        head: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  other: |\n    a: b\n  flink-conf.yaml: |\n    # flint reads this\n",
        indent: "    ",
        foot: "\n  log4j.properties: |\n    a = b\n",
        lines: FLINK_CONF,
    },
    Kind {
        path: "compose.yaml",
        head: "services:\n  a:\n    environment:\n      - OTHER=1\n      - |\n        FLINK_PROPERTIES=\n",
        indent: "        ",
        foot: "  b:\n    environment:\n      FLINK_PROPERTIES: |-\n        parallelism.default: 3\n",
        lines: FLINK_CONF,
    },
    Kind {
        path: "compose.yaml",
        head: "services:\n  a:\n    image: flink\n    command:\n      - taskmanager\n",
        indent: "      ",
        foot: "  b:\n    image: flink\n    command: jobmanager -Drest.portt=8081 -D state.backend=rocksdb\n",
        lines: &[
            "# a comment",
            "",
            "- -Dtaskmanager.numberOfTaskSlots=4",
            "- '-Dtaskmanager.numberOfTaskSlots=2' # few",
            "- \"-Dtaskmanager.numberOfTaskSlotss=4\"",
            "- -D\n- parallelism.defualt=3",
            "- -Dstate.backend=rocksdb",
            "- -Dstate.backend.rocksdb.block.cache-size=8mb",
            "- -Dstate.backend.rocksdb.memory.managed=false",
            "- -Dstate.backend.rocksdb.block-cache-size=256mb",
            "- -Dakka.ask.timeout=2 min",
            "- -Dtaskmanager.memory.process.size=1g",
            "- \"-Dpipeline.force-kryo=\\x74rue\"",
            "- -Denv.java.opts=-Xmx1g -Da=b",
            "- -Dpipeline.jars=$JARS",
            "# flint: ignore[misspelled-option] x",
        ],
    },
    Kind {
        path: "profile/tuned.conf",
        head: "[main]\n# of Flink\n[sysctl]\n",
        indent: "",
        foot: "[vm]\nx=1\n",
        lines: &[
            "# a comment",
            "",
            "net.core.rmem_max = 65536",
            "net.core.rmem_max=\"131072\"",
            "net.core.wmem_max=>65536",
            "net.ipv4.tcp_rmem=\"4096 87380 212992\"  # small",
            "net.ipv4.tcp_rmem=4096 ${x} 212992",
            "net.ipv4.tcp_wmem = 4096\t16384  65536",
            "  net.ipv4.tcp_wmem=4096 16384 65536",
            "[sysctl.arm]\ntype=sysctl\nuname_regex=aarch64",
            "no equals here",
            "vm.swappiness=60 # flint: ignore[small-tcp-buffers] x",
            "# flint: ignore[small-tcp-buffers] measured",
        ],
    },
    Kind {
        path: "roles/flink/tasks/main.yml",
        head: "---\n",
        indent: "",
        foot: "- debug: {msg: done}\n",
        lines: &[
            "# a comment",
            "",
            "- sysctl: {name: net.core.rmem_max, value: 65536} # small",
            "- name: b\n  ansible.posix.sysctl:\n    name: net.ipv4.tcp_rmem\n    value: '4096 87380 212992'",
            "- sysctl: {name: '{{ item.k }}', value: \"{{ item.v }}\"}\n  loop:\n  - {k: net.ipv4.tcp_wmem, v: 4096 16384 65536}\n  - {k: vm.swappiness, v: yes}",
            "- sysctl: name=net.core.wmem_max value=65536 state=present",
            "- sysctl: {name: net.core.wmem_max, value: 65536, state: absent}",
            "- block:\n  - sysctl: {name: net.ipv4.tcp_rmem, value: \"4096\\x20 87380 1\"}",
            "- copy:\n    dest: /etc/sysctl.d/99-a.conf\n    content: |\n      net.ipv4.tcp_rmem = 4096 87380 212992\n      vm.x 1",
            "- lineinfile: {path: /etc/sysctl.conf, line: 'net.core.rmem_max=65536'}",
            "# flint: ignore[small-tcp-buffers] measured",
        ],
    },
    Kind {
        path: "k8s/nodes.yaml",
        head: "apiVersion: v1\nkind: Pod\nmetadata: {name: flink}\nspec:\n  hostNetwork: true\n  initContainers:\n  - image: busybox\n    securityContext: {privileged: true}\n    command:\n    - sh\n    - -c\n    - |\n",
        indent: "      ",
        foot: "  containers: [{image: flink}]\n",
        lines: &[
            "# sysctl -w net.core.rmem_max=65536",
            "",
            "sysctl -w net.core.rmem_max=65536",
            "sysctl -q -w net.ipv4.tcp_rmem='4096 87380 212992' vm.swappiness=60 || true",
            "if true; then sysctl net.ipv4.tcp_wmem=\"4096 16384 65536\"; fi",
            "sysctl -w net.ipv4.tcp_wmem=\"4096 16384 $W\"",
            "sysctl -w net.ipv4.tcp_wmem=4096\\ 16384\\ 65536",
            "sysctl -w \\\n  net.core.wmem_max=65536",
            "echo 'open",
            "echo x' ; sysctl -p",
            "# flint: ignore[small-tcp-buffers] measured",
        ],
    },
    Kind {
        path: "flink.env",
        head: "A=1\nFLINK_PROPERTIES=\"\n",
        indent: "",
        foot: "\"\nB=2\n",
        lines: FLINK_CONF,
    },
    Kind {
        path: "Dockerfile",
        head: "FROM flink\n",
        indent: "",
        foot: "RUN true\n",
        lines: &[
            "# flint: ignore[misspelled-option] x",
            "ENV FLINK_PROPERTIES=\"taskmanager.numberOfTaskSlotss: 4\"",
            "ENV A=1 \\\n  FLINK_PROPERTIES='state.backend: rocksdb' B=2",
            "ENV FLINK_PROPERTIES=\"state.backend.rocksdb.block.cache-size: \\\n8mb\"",
            "ENV FLINK_PROPERTIES state.backend.rocksdb.block-cache-size: 256mb",
            "ENV FLINK_PROPERTIES=\"pipeline.force-kryo: true\\nstate.backend: rocksdb\"",
            "ENV FLINK_PROPERTIES=\"taskmanager.memory.process.size: 600m # few\"",
        ],
    },
];

/// How the lines become a file.
#[derive(Clone, Copy, Debug)]
struct Shape {
    crlf: bool,
    bom: bool,
    open_end: bool,
}

fn file(kind: &Kind, lines: &[&str], shape: Shape) -> Vec<u8> {
    let mut text = kind.head.to_owned();
    for line in lines.iter().flat_map(|lines| lines.split('\n')) {
        if !line.is_empty() {
            text.push_str(kind.indent);
        }
        text.push_str(line);
        text.push('\n');
    }
    if shape.open_end {
        text.truncate(text.trim_end_matches('\n').len());
    } else {
        text.push_str(kind.foot);
    }
    if shape.crlf {
        text = text.replace('\n', "\r\n");
    }
    if shape.bom {
        text.insert(0, '\u{feff}');
    }
    text.into_bytes()
}

fn has_lone_newline(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .enumerate()
        .any(|(at, byte)| *byte == b'\n' && (at == 0 || bytes[at - 1] != b'\r'))
}

fn check(path: &str, bytes: &[u8], shape: Shape, version: &str) {
    let sources = sources(&[(path.to_owned(), bytes.to_vec())]);
    let configs = configs(Some(version), &[]);
    for finding in findings(&sources, &configs) {
        let Some(fix) = finding.fix else { continue };
        let edits: Vec<_> = fix.edits.iter().collect();
        let after = apply(bytes, &edits);
        let first = edits.iter().map(|edit| edit.span.start).min().unwrap_or(0) as usize;
        let last = edits.iter().map(|edit| edit.span.end).max().unwrap_or(0) as usize;
        assert_eq!(after[..first], bytes[..first]);
        assert!(after.ends_with(&bytes[last..]));
        let keeps_bom =
            finding.rule == "byte-order-mark" || after.starts_with(b"\xEF\xBB\xBF") == shape.bom;
        assert!(keeps_bom, "{}: the byte order mark", finding.rule);
        if shape.crlf {
            assert!(
                !has_lone_newline(&after),
                "{}: CRLF\n{}",
                finding.rule,
                String::from_utf8_lossy(&after)
            );
        } else {
            assert!(!after.contains(&b'\r'), "{}: LF", finding.rule);
        }
    }
    for unsafe_ in [false, true] {
        let plan = fixed(&sources, &configs, unsafe_);
        let wrong = plan
            .applied
            .iter()
            .find(|applied| applied.safety == Safety::Unsafe && !unsafe_);
        assert!(wrong.is_none(), "an unsafe fix went in: {wrong:?}");
        let after = &plan.sources.0[0].bytes;
        assert!(
            !(after.contains(&b'\r') && has_lone_newline(after)),
            "mixed line endings"
        );
        if plan.applied.is_empty() {
            assert_eq!(after, bytes);
        }
    }
}

/// Runs generated files of one kind; the same ones every time.
fn run(kind: &'static Kind) {
    let runs = Runs {
        cases: CASES,
        failure_persistence: None,
        ..Runs::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(runs, rng);
    let shape =
        (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(crlf, bom, open_end)| Shape {
            crlf,
            bom,
            open_end,
        });
    let strategy = (
        proptest::collection::vec(select(kind.lines), 0..9),
        shape,
        select(&["1.16", "1.20", "1.19..", "1.13..", "2.0.."][..]),
    );
    let outcome = runner.run(&strategy, |(lines, shape, version)| {
        let bytes = file(kind, &lines, shape);
        // A single open line has no ending that could be kept.
        let crlf = bytes.contains(&b'\r');
        check(kind.path, &bytes, Shape { crlf, ..shape }, version);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{}: {error}", kind.path);
    }
}

#[test]
fn flink_conf_keeps_its_promises() {
    run(&KINDS[0]);
}

#[test]
fn config_yaml_keeps_its_promises() {
    run(&KINDS[1]);
}

#[test]
fn sysctl_keeps_its_promises() {
    run(&KINDS[2]);
}

#[test]
fn properties_keep_their_promises() {
    run(&KINDS[3]);
}

#[test]
fn memory_in_flink_conf_keeps_its_promises() {
    run(&KINDS[5]);
}

#[test]
fn memory_in_config_yaml_keeps_its_promises() {
    run(&KINDS[6]);
}

#[test]
fn toml_keeps_its_promises() {
    run(&KINDS[4]);
}

#[test]
fn deployments_keep_their_promises() {
    run(&KINDS[7]);
}

#[test]
fn config_maps_keep_their_promises() {
    run(&KINDS[8]);
}

#[test]
fn compose_files_keep_their_promises() {
    run(&KINDS[9]);
}

#[test]
fn arguments_of_commands_keep_their_promises() {
    run(&KINDS[10]);
}

#[test]
fn files_of_variables_keep_their_promises() {
    run(&KINDS[11]);
}

#[test]
fn images_keep_their_promises() {
    run(&KINDS[12]);
}
