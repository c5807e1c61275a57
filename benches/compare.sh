#!/usr/bin/env bash
# Compares flint with programs that read the same files, and writes docs/performance.md's table of results.
# See benches/README.md. Usage: benches/compare.sh
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
read -ra scales <<< "${SCALES:-1 4 16}"
runs=${RUNS:-7}
tools=$PWD/target/tools
# In no repository: whatever lies in one is read with each of its files.
bench=${TMPDIR:-/tmp}/flint-bench
mkdir -p "$tools" "$bench"
export PATH=$tools/bin:$PATH

have() { command -v "$1" > /dev/null; }
crates=()
have rg || crates+=(ripgrep)
have hyperfine || crates+=(hyperfine@1.20.0)
[ ${#crates[@]} -eq 0 ] ||
  CARGO_TARGET_DIR=$tools/build cargo install --quiet --locked --root "$tools" "${crates[@]}"
venv=$tools/venv
[ -x "$venv/bin/ast-grep" ] || {
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check yamllint ast-grep-cli
}

cargo build --quiet --locked --release
flint=$PWD/target/release/flint
rustc -O --edition 2024 -o "$tools/tree" benches/tree.rs
echo 'fn main() { println!("hello"); }' > "$bench/hello.rs"
rustc -O -o "$bench/hello" "$bench/hello.rs"
for scale in "${scales[@]}"; do
  [ -d "$bench/tree-$scale" ] || "$tools/tree" "$bench/tree-$scale" "$scale"
done
benches/inputs.py "$bench"
conf=$bench/conf
mkdir -p "$conf"
cp testdata/demo/conf/flink-conf.yaml "$conf/"
cold=
if [ "${COLD:-1}" = 1 ]; then
  rm -rf "$bench/cold"
  start=$(date +%s%N)
  CARGO_TARGET_DIR=$bench/cold cargo build --quiet --locked --release
  cold=$((($(date +%s%N) - start) / 1000000))
  rm -rf "$bench/cold"
fi
FLINT=$flint BENCH=$bench VENV=$venv RUNS=$runs COLD=$cold SCALES=${scales[*]} benches/compare.py
