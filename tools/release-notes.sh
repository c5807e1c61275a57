#!/usr/bin/env bash
# Prints what CHANGELOG.md says of one version: the notes of its release.
# Usage: tools/release-notes.sh VERSION [CHANGELOG]
# VERSION is a number, a tag (`v0.1.0`), or `Unreleased`.
set -euo pipefail
version=${1#v}
file=${2:-$(dirname "$0")/../CHANGELOG.md}
# A heading is `## 0.1.0`, or `## 0.1.0 - 2026-01-31`.
notes=$(awk -v version="$version" '
  /^## / { inside = ($2 == version); next }
  inside { print }
' "$file" | sed -e '/./,$!d')
if [ -z "$notes" ]; then
  known=$(sed -n 's/^## \([^ ]*\).*/\1/p' "$file" | tr '\n' ' ')
  echo "error: $file has no notes of $version; it has: $known" >&2
  exit 2
fi
printf '%s\n' "$notes"
