#!/usr/bin/env bash
# Builds the release twice, in folders of different names, and says whether both are the same bytes.
#
#     tools/reproducible.sh
#
# A release is built as `build` does it: with the paths of the machine taken out of what panics say.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
COMMIT_OF_FLINT=$(git rev-parse HEAD)
export COMMIT_OF_FLINT

build() {
  local folder=$1
  mkdir -p "$folder"
  git archive HEAD | tar -x -C "$folder"
  (
    cd "$folder"
    CARGO_ENCODED_RUSTFLAGS=$(tools/release-flags.sh)
    export CARGO_ENCODED_RUSTFLAGS
    CARGO_TARGET_DIR=$folder/target cargo build --locked --quiet --release
  )
  sha256sum "$folder/target/release/flint" | cut -d ' ' -f 1
}

first=$(build "$scratch/a")
second=$(build "$scratch/another/folder/than that")
echo "$first"
echo "$second"
[ "$first" = "$second" ]
