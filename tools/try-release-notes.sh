#!/usr/bin/env bash
# Holds tools/release-notes.sh against a changelog written for it, and against the real one.
# Usage: tools/try-release-notes.sh
set -euo pipefail
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "$1"; exit 1; }
cat > "$scratch/changes" <<'MARKDOWN'
# Changelog

## Unreleased

- Not yet.

## 1.10.0 - 2026-02-01

- Second.

  A paragraph.

### A part

- Third.

## 1.1.0

- First.
MARKDOWN
is() {
  found=$(./release-notes.sh "$1" "$scratch/changes")
  [ "$found" = "$2" ] || fail "the notes of $1 are: $found"
}
is Unreleased '- Not yet.'
is v1.10.0 '- Second.

  A paragraph.

### A part

- Third.'
is 1.1.0 '- First.'
for version in 1.1 1.10 2.0.0 v; do
  code=0
  said=$(./release-notes.sh "$version" "$scratch/changes" 2>&1 > /dev/null) || code=$?
  [ "$code" -eq 2 ] || fail "exit code $code for $version"
  case $said in *'it has: Unreleased 1.10.0 1.1.0'*) ;; *) fail "it says: $said" ;; esac
done
# The real file has notes of the version of Cargo.toml, or of what is not released yet.
version=$(sed -n 's/^version = "\(.*\)"/\1/p' ../Cargo.toml | head -n 1)
./release-notes.sh "$version" > /dev/null 2>&1 || ./release-notes.sh Unreleased > /dev/null
echo "the notes of a version are its part of the changelog"
