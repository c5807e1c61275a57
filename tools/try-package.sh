#!/usr/bin/env bash
# Packs twice, unpacks, and runs what came out.
# Usage: tools/try-package.sh FLINT
set -euo pipefail
flint=$(realpath "$1")
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "$1"; exit 1; }
first=$(./package.sh "$flint" "$scratch/first")
second=$(umask 077 && ./package.sh "$flint" "$scratch/second")
cmp "$first" "$second" || fail "the same input gave other bytes"
(cd "$scratch/first" && sha256sum --quiet --check ./*.sha256)
mkdir "$scratch/unpacked"
tar --directory "$scratch/unpacked" --extract --file "$first"
unpacked=$(echo "$scratch"/unpacked/flint-*)
[ "$("$unpacked/flint" --version)" = "$("$flint" --version)" ] || fail "it is another flint"
for file in README.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT share/man/man1/flint.1 share/man/man1/flint-check.1 \
  share/bash-completion/completions/flint share/zsh/site-functions/_flint \
  share/fish/vendor_completions.d/flint.fish; do
  [ -s "$unpacked/$file" ] || fail "$file is missing"
done
# How the documentation says to install it.
cp -r "$unpacked" "$scratch/opt"
code=0
"$scratch/opt/flint" check ../testdata/demo > /dev/null || code=$?
[ "$code" -eq 1 ] || fail "exit code $code"
echo "$(basename "$first"): $(stat -c %s "$first") bytes, $(tar -tf "$first" | wc -l) entries"
