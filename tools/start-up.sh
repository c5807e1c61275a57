#!/usr/bin/env bash
# Cold start on one small file against a Rust hello world: wall time (median) and peak memory of whole
# processes. Peak memory needs GNU time; without it only times are shown. Usage: tools/start-up.sh [RUNS]
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-101}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cargo build --quiet --locked --release
flint=${CARGO_TARGET_DIR:-target}/release/flint
echo 'fn main() { println!("hello"); }' > "$scratch/hello.rs"
rustc -O -o "$scratch/hello" "$scratch/hello.rs"
mkdir "$scratch/conf"
cp testdata/demo/conf/flink-conf.yaml "$scratch/conf/"
python3 - "$runs" "$scratch/hello" "$flint" "$scratch/conf/flink-conf.yaml" <<'PY'
import statistics, subprocess, sys, time

runs, hello, flint, conf = int(sys.argv[1]), *sys.argv[2:]

def wall(command):
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000

# In turn, so that a change of the machine's speed hits both.
pairs = [(wall([hello]), wall([flint, "check", conf])) for _ in range(runs)]
for name, index in (("hello", 0), ("flint", 1)):
    print(f"{name}: {statistics.median(pair[index] for pair in pairs):.2f} ms wall (median of {runs})")
print(f"ratio: {statistics.median(b / a for a, b in pairs):.2f} (median of pairs)")
PY

# The peak of a process counts what it was forked from, so nothing large may start it.
peak() {
  local name=$1
  shift
  command time -q -f %M -o "$scratch/peak" "$@" > /dev/null 2>&1 || true
  echo "$name: $(cat "$scratch/peak") KiB peak"
}
if command time -q -f %M true > /dev/null 2>&1; then
  peak hello "$scratch/hello"
  peak flint "$flint" check "$scratch/conf/flink-conf.yaml"
else
  echo "no GNU time: peak memory is not measured"
fi
