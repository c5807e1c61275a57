//! Writes a folder like that of a company with one repository, the same on every run: `cargo bench --bench tree --
//! FOLDER [SCALE]`. At scale 1 it has 20,000 files of about 200 MB, of which 2,000 concern Flink: configurations,
//! manifests, compose files, kernel parameters, SQL, and sources of jobs. The others are sources of other
//! programs, packages of node, data, pictures, deep folders, and manifests of other things. `benches/compare.sh`
//! calls it; it builds with `rustc` alone.

#![allow(clippy::print_stdout, reason = "the figures are its output")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Services at scale 1. Each has 40 files, 4 of Flink.
const SERVICES: usize = 500;

fn main() -> io::Result<()> {
    // `cargo bench` itself gives `--bench`.
    let mut words = env::args().skip(1).filter(|word| !word.starts_with("--"));
    let Some(folder) = words.next() else {
        println!("usage: cargo bench --bench tree -- FOLDER [SCALE]");
        return Ok(());
    };
    let scale = words.next().and_then(|word| word.parse().ok()).unwrap_or(1);
    let mut tree = Tree {
        root: PathBuf::from(folder),
        random: Random(0x5eed_f117),
        files: 0,
        bytes: 0,
    };
    fs::create_dir_all(tree.root.join(".git/objects"))?;
    fs::write(tree.root.join(".git/HEAD"), "ref: refs/heads/main\n")?;
    fs::write(tree.root.join(".gitignore"), "build/\n*.class\n")?;
    for number in 0..SERVICES * scale {
        tree.service(number)?;
    }
    println!("{} files, {} MB", tree.files, tree.bytes / 1_000_000);
    Ok(())
}

/// xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("less than `limit`")
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

struct Tree {
    root: PathBuf,
    random: Random,
    files: usize,
    bytes: usize,
}

impl Tree {
    fn write(&mut self, path: &Path, text: &[u8]) -> io::Result<()> {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder"))?;
        self.files += 1;
        self.bytes += text.len();
        fs::write(path, text)
    }

    /// The 40 files of one service.
    fn service(&mut self, number: usize) -> io::Result<()> {
        let team = number / 25;
        let home = PathBuf::from(format!("teams/team-{team:03}/services/service-{number:05}"));
        for (path, text) in of_flink(number) {
            self.write(&home.join(path), text.as_bytes())?;
        }
        for turn in 0..9 {
            let text = self.lines(JAVA, 24_000);
            let name = format!("Handler{turn}");
            let head = format!("package com.acme.service{number};\n\npublic class {name} {{\n");
            let path = format!("src/main/java/com/acme/service{number}/web/{name}.java");
            self.write(&home.join(path), format!("{head}{text}}}\n").as_bytes())?;
        }
        for turn in 0..4 {
            let text = self.lines(PYTHON, 20_000);
            self.write(
                &home.join(format!("scripts/tool_{turn}.py")),
                text.as_bytes(),
            )?;
        }
        for turn in 0..4 {
            let text = self.lines(SCRIPT, 16_000);
            self.write(
                &home.join(format!("web/src/pages/p{turn}/index.ts")),
                text.as_bytes(),
            )?;
        }
        for turn in 0..4 {
            let package = home.join(format!(
                "web/node_modules/@acme/p{turn}/node_modules/left-{turn}"
            ));
            let text = format!(
                "{{\"name\": \"left-{turn}\", \"version\": \"1.{number}.0\", \"main\": \"lib/index.js\"}}\n"
            );
            self.write(&package.join("package.json"), text.as_bytes())?;
            let text = self.lines(SCRIPT, 9_000);
            self.write(&package.join("lib/index.js"), text.as_bytes())?;
            let text = self.lines(PROSE, 5_000);
            self.write(&package.join("README.md"), text.as_bytes())?;
        }
        for turn in 0..2 {
            let rows = self.lines(ROWS, 30_000);
            let text = format!("{{\"rows\": [\n{rows}  {{}}\n]}}\n");
            self.write(
                &home.join(format!("fixtures/data-{turn}.json")),
                text.as_bytes(),
            )?;
        }
        for turn in 0..3 {
            let text = other_manifest(number, turn);
            self.write(
                &home.join(format!("deploy/base/web-{turn}.yaml")),
                text.as_bytes(),
            )?;
        }
        let text = self.lines(PROSE, 8_000);
        self.write(&home.join("docs/README.md"), text.as_bytes())?;
        let picture: Vec<u8> = (0..self.random.below(60_000))
            .map(|_| u8::try_from(self.random.below(256)).expect("a byte"))
            .collect();
        self.write(&home.join("docs/images/overview.png"), &picture)
    }

    /// Lines until the text is about `most` bytes or less, at least half of it.
    fn lines(&mut self, lines: &[&str], most: usize) -> String {
        let size = most / 2 + self.random.below(most / 2);
        let mut text = String::with_capacity(size + 100);
        while text.len() < size {
            let number = self.random.below(1000);
            let line = self.random.pick(lines).replace('#', &number.to_string());
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

const JAVA: &[&str] = &[
    "    private final Map<String, Integer> counts# = new HashMap<>();",
    "    public Response handle#(Request request) {",
    "        if (request.path().startsWith(\"/v#/\")) { return Response.notFound(); }",
    "        return service.find(request.id()).map(Response::ok).orElse(Response.gone());",
    "    }",
    "    // Called by the scheduler, see ticket #.",
    "    @Override",
    "        log.info(\"handled {} in {} ms\", request.id(), clock.millis() - #);",
    "",
];
const PYTHON: &[&str] = &[
    "def load_#(path):",
    "    with open(path, encoding=\"utf-8\") as file:",
    "        return json.load(file)[\"rows\"][#]",
    "class Loader#(Base):",
    "    \"\"\"Reads what release # wrote.\"\"\"",
    "    name = \"loader-#\"",
    "",
];
const SCRIPT: &[&str] = &[
    "export const value# = (input) => input.map((row) => row.id + #);",
    "  const [state, setState] = useState({ page: #, rows: [] });",
    "  return <Table rows={state.rows} onSelect={(row) => open(row, #)} />;",
    "import { format# } from '../lib/format';",
    "// eslint-disable-next-line no-param-reassign",
    "};",
];
const PROSE: &[&str] = &[
    "Before release # the service asked the gateway for each row by itself.",
    "## How it is run (#)",
    "It listens on port #, and stops when the queue is empty.",
    "- Ask the team before you change this.",
    "",
];
const ROWS: &[&str] = &[
    "  {\"id\": #, \"name\": \"row #\", \"tags\": [\"a\", \"b\"], \"amount\": #.5},",
    "  {\"id\": #, \"name\": \"another\", \"parent\": {\"id\": #, \"kind\": \"order\"}},",
];

/// What a service has that is no Flink.
fn other_manifest(number: usize, turn: usize) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-{number}-{turn}\nspec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n        - name: web\n          image: registry.acme.example/web:{number}\n          ports:\n            - containerPort: 8080\n          env:\n            - name: REGION\n              value: eu-west-1\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web-{number}-{turn}\nspec:\n  ports:\n    - port: 80\n      targetPort: 8080\n"
    )
}

/// The four files that concern Flink: two kinds of services in turn.
fn of_flink(number: usize) -> Vec<(String, String)> {
    let conf = CONF.replace("NAME", &format!("service-{number}"));
    let indented = |blanks: usize| {
        let blanks = " ".repeat(blanks);
        conf.lines().fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "{blanks}{line}");
            text
        })
    };
    let own = |text: &str| text.replace("NAME", &format!("service-{number}"));
    if number.is_multiple_of(2) {
        vec![
            ("conf/flink-conf.yaml".to_owned(), conf),
            ("compose/docker-compose.yml".to_owned(), own(COMPOSE)),
            (
                "host/etc/sysctl.d/90-flink.conf".to_owned(),
                SYSCTL.to_owned(),
            ),
            (
                format!("src/main/java/com/acme/service{number}/OrdersJob.java"),
                own(JOB),
            ),
        ]
    } else {
        let manifest = format!("{}{}", own(MANIFEST), indented(4));
        let map = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: flink-{number}\ndata:\n  flink-conf.yaml: |\n{}",
            indented(4)
        );
        vec![
            ("deploy/orders.yaml".to_owned(), manifest),
            ("deploy/conf.yaml".to_owned(), map),
            ("sql/orders.sql".to_owned(), own(SQL)),
            ("job/orders.py".to_owned(), own(PYFLINK)),
        ]
    }
}

const CONF: &str = "\
# Read at the start of each process.
jobmanager.rpc.address: jobmanager
jobmanager.memory.process.size: 2048m
taskmanager.memory.process.size: 4096m
taskmanager.numberOfTaskSlots: 4
parallelism.default: 8
execution.checkpointing.interval: 60s
execution.checkpointing.dir: s3://bucket/NAME/checkpoints
state.backend.type: rocksdb
high-availability.type: kubernetes
high-availability.storageDir: s3://bucket/NAME/ha
restart-strategy.type: exponential-delay
metrics.reporter.prom.factory.class: org.apache.flink.metrics.prometheus.PrometheusReporterFactory
metrics.reporter.prom.port: 9249
";

const MANIFEST: &str = "\
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata:
  name: NAME
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
  flinkConfiguration:
";

const COMPOSE: &str = "\
services:
  jobmanager:
    image: flink:1.20
    command: standalone-job --job-classname com.acme.NAME
    volumes: ['../conf:/opt/flink/conf']
  taskmanager:
    image: flink:1.20
    command: taskmanager
    volumes: ['../conf:/opt/flink/conf']
";

const SYSCTL: &str = "\
# The network of the task managers.
net.core.somaxconn = 4096
net.core.rmem_max = 16777216
net.core.wmem_max = 16777216
net.ipv4.tcp_rmem = 4096 131072 16777216
net.ipv4.tcp_wmem = 4096 131072 16777216
vm.swappiness = 1
";

const SQL: &str = "\
SET 'execution.checkpointing.interval' = '60s';
CREATE TABLE orders (id BIGINT, amount DECIMAL(10, 2), at TIMESTAMP(3), WATERMARK FOR at AS at - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 'NAME', 'properties.bootstrap.servers' = 'kafka:9092', 'format' = 'json');
CREATE TABLE totals (id BIGINT, total DECIMAL(10, 2)) WITH ('connector' = 'blackhole');
INSERT INTO totals
SELECT id, SUM(amount) FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(at), INTERVAL '1' MINUTE))
GROUP BY id, window_start, window_end;
";

const JOB: &str = "\
package com.acme;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

public class OrdersJob {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.enableCheckpointing(60_000);
        env.fromSource(Sources.orders(), WatermarkStrategy.forBoundedOutOfOrderness(Duration.ofSeconds(5)), \"orders\")
            .uid(\"orders\")
            .keyBy(Order::id)
            .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
            .reduce((left, right) -> left.plus(right))
            .uid(\"totals\")
            .sinkTo(Sinks.totals())
            .uid(\"sink\");
        env.execute(\"NAME\");
    }
}
";

const PYFLINK: &str = "\
from pyflink.common import Duration, WatermarkStrategy
from pyflink.datastream import StreamExecutionEnvironment


def main():
    env = StreamExecutionEnvironment.get_execution_environment()
    env.enable_checkpointing(60000)
    orders = env.from_source(source(), WatermarkStrategy.for_bounded_out_of_orderness(Duration.of_seconds(5)), 'NAME')
    orders.key_by(lambda order: order.id).process(Totals()).sink_to(sink())
    env.execute('NAME')
";
