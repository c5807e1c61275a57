#!/usr/bin/env bash
# Installs a wheel into a fresh virtual environment and runs flint from there, with nothing else on PATH.
# Usage: tools/try-wheel.sh FLINT WHEELS
# FLINT is flint of the same source, WHEELS a folder with one wheel of it.
set -euo pipefail
flint=$(realpath "$1")
wheels=$(realpath "$2")
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "$1"; exit 1; }

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
set -- "$wheels"/flink_lint-"$version"-py3-none-*.whl
if [ $# -ne 1 ] || [ ! -f "$1" ]; then
  fail "there is not one wheel of version $version in $wheels"
fi
wheel=$1
echo "$(basename "$wheel"), $(stat -c %s "$wheel") bytes"

python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet --disable-pip-version-check --no-index "$wheel"
# Nothing else: no cargo, no compiler, no git, no Python.
mkdir "$scratch/bin"
ln -s "$scratch/venv/bin/flint" "$scratch/bin/flint"
installed() { env -i PATH="$scratch/bin" LC_ALL=C.UTF-8 flint "$@"; }

echo "the installed flint says and does what the built one does"
[ "$(installed --version | head -n 1)" = "flint $version" ] || fail "it is another version"
for file in testdata/demo testdata/jobs; do
  code=0
  installed check "$file" > "$scratch/installed" 2>&1 || code=$?
  [ "$code" -eq 1 ] || fail "exit code $code on $file"
  env -i LC_ALL=C.UTF-8 "$flint" check "$file" > "$scratch/built" 2>&1 || true
  diff -u "$scratch/built" "$scratch/installed" || fail "the reports of $file differ"
done

echo "manual pages, completions and licences are installed with it"
tools/share.sh "$flint" "$scratch/share"
(cd "$scratch/share" && find . -type f) | while read -r file; do
  diff -q "$scratch/share/$file" "$scratch/venv/share/$file" || fail "share/$file is missing or differs"
done
for file in LICENSE-*; do
  diff -q "$file" "$(echo "$scratch"/venv/lib/python3*/site-packages/flink_lint-*.dist-info/licenses/"$file")"
done
metadata=$(echo "$scratch"/venv/lib/python3*/site-packages/flink_lint-*.dist-info/METADATA)
for line in 'Summary: Reads the configuration' 'License' 'Keywords: flink'; do
  grep -q "^$line" "$metadata" || fail "the metadata has no line '$line'"
done

echo "and go with it"
"$scratch/venv/bin/pip" uninstall --quiet --disable-pip-version-check --yes flink-lint
left=$(find "$scratch/venv" -name '*flint*' -not -type d)
[ -z "$left" ] || fail "left behind: $left"
