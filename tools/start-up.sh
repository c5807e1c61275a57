#!/usr/bin/env bash
# Cold start on one small file against a Rust hello world: wall time and peak memory of whole
# processes, medians. Usage: tools/start-up.sh [RUNS]
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-101}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cargo build --quiet --release
echo 'fn main() { println!("hello"); }' > "$scratch/hello.rs"
rustc -O -o "$scratch/hello" "$scratch/hello.rs"
mkdir "$scratch/conf"
cp testdata/demo/conf/flink-conf.yaml "$scratch/conf/"
python3 - "$runs" "$scratch/hello" "$PWD/target/release/flint" "$scratch/conf/flink-conf.yaml" <<'PY'
import os, statistics, subprocess, sys, time

runs, hello, flint, conf = int(sys.argv[1]), *sys.argv[2:]

def run(command):
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return (time.perf_counter() - start) * 1000, usage.ru_maxrss / 1024

pairs = []
for _ in range(runs):  # in turn, so that a change of the machine's speed hits both
    pairs.append((run([hello]), run([flint, "check", conf])))
ratios = [b[0] / a[0] for a, b in pairs]
for name, index in (("hello", 0), ("flint", 1)):
    wall = statistics.median(pair[index][0] for pair in pairs)
    peak = max(pair[index][1] for pair in pairs)
    print(f"{name}: {wall:.2f} ms wall (median of {runs}), {peak:.1f} MiB peak")
print(f"ratio: {statistics.median(ratios):.2f} (median of pairs)")
PY
