#!/usr/bin/env bash
# Runs every fuzz target, or those that are named, for so many seconds each, two at a time.
#
#     tools/fuzz.sh 60
#     tools/fuzz.sh 1200 readers fixes
#
# What a target finds is in fuzz/artifacts/TARGET; it ends the run of that target, and this script with 1. Needs a
# nightly compiler, and installs cargo-fuzz into target/tools if it is not on PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?how many seconds for each target}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(readers repeats values reports checks fixes)

tools=$PWD/target/tools
export PATH=$PATH:$tools/bin
type cargo-fuzz > /dev/null 2>&1 || cargo install --quiet --locked --root "$tools" cargo-fuzz --version 0.13.2

# No code of flint's is unsafe, so that panics, time and memory are what there is to find.
host=$(rustc -vV | sed -n 's/^host: //p')
(cd fuzz && cargo +nightly fuzz build --fuzz-dir . --sanitizer none --codegen-units 16)

seeds=(testdata rules)
[ ! -d ../shared/corpus/files ] || seeds+=(../shared/corpus/files)
tools/fuzz-seeds.py "${seeds[@]}"

run() {
  local target=$1 length=6000
  # Of the former each is made thousands of times as long, of the latter all is read again for every fix.
  case $target in repeats) length=600 ;; fixes) length=3000 ;; esac
  mkdir -p "fuzz/artifacts/$target" "fuzz/corpus/$target"
  "fuzz/target/$host/release/$target" "fuzz/corpus/$target" "-artifact_prefix=fuzz/artifacts/$target/" \
    "-max_total_time=$seconds" "-max_len=$length" -timeout=10 -rss_limit_mb=2048 -len_control=20 \
    -dict=fuzz/words.dict -print_final_stats=1 > "fuzz/artifacts/$target.log" 2>&1
}

failed=0
for ((at = 0; at < ${#targets[@]}; at += 2)); do
  pids=()
  pair=("${targets[@]:at:2}")
  for target in "${pair[@]}"; do
    run "$target" &
    pids+=($!)
  done
  for number in "${!pair[@]}"; do
    target=${pair[number]}
    if wait "${pids[number]}"; then
      echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "fuzz/artifacts/$target.log") executions"
    else
      failed=1
      echo "$target failed:"
      grep -A8 'panicked at\|ERROR: libFuzzer' "fuzz/artifacts/$target.log" || tail -n 20 "fuzz/artifacts/$target.log"
    fi
  done
done
exit "$failed"
