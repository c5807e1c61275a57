#!/usr/bin/env bash
# Holds flint.schema.json against flint itself: what one accepts or refuses, the other does, too.
# Usage: tools/try-schema.sh CHECK-JSONSCHEMA FLINT
set -euo pipefail
check=$(realpath "$1")
flint=$(realpath "$2")
here=$(cd "$(dirname "$0")/.." && pwd)
schema=$here/flint.schema.json
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/good" "$scratch/bad" "$scratch/project"

"$check" --check-metaschema "$schema"

# Every flint.toml of the tests, and every one that the guide and the README show.
number=0
while IFS= read -r -d '' file; do
  number=$((number + 1))
  cp "$file" "$scratch/good/$number.toml"
done < <(find "$here/testdata" -name flint.toml -print0)
awk -v folder="$scratch/good" '
  /^```toml$/ { number++; file = folder "/guide-" number ".toml"; inside = 1; next }
  /^```$/ { inside = 0 }
  inside { print > file }
' "$here/docs/configuration.md" "$here/README.md"

# One mistake each.
bad() { printf '%b' "$2" > "$scratch/bad/$1.toml"; }
bad unknown-key 'slect = []\n'
bad text-for-list 'select = "correctness"\n'
bad number-in-list 'exclude = [1]\n'
bad threshold 'error-on = "warn"\n'
bad text-for-flag 'require-reason = "yes"\n'
bad severity '[rules.duplicate-key]\nseverity = "fatal"\n'
bad option '[rules.small-tcp-buffers]\nflor = 1\n'
bad option-kind '[rules.small-tcp-buffers]\nfloor = "much"\n'
bad option-below-zero '[rules.small-tcp-buffers]\nfloor = -1\n'
bad no-files '[[overrides]]\nignore = []\n'
bad table-for-list '[overrides]\nfiles = []\n'
bad host '[host]\nkernels = "6.12"\n'
bad group-for-rule '[rules.correctness]\nseverity = "off"\n'
bad empty-pattern 'exclude = [""]\n'
bad negated-pattern 'exclude = ["!conf"]\n'
bad empty-prefix 'known-prefixes = [""]\n'
bad name 'ignore = ["Duplicate Key"]\n'

verdict() { # what flint says: 0 for a file that it can use
  cp "$1" "$scratch/project/flint.toml"
  local code=0
  (cd "$scratch/project" && "$flint" config > /dev/null 2> "$scratch/said") || code=$?
  # A base, a baseline or a folder of policies that is not there is no matter of the schema.
  if [ "$code" -ne 0 ] && grep -q 'no such file\|there is no folder' "$scratch/said"; then code=0; fi
  return "$code"
}

accepted=0
for file in "$scratch"/good/*.toml; do
  verdict "$file" || { cat "$file" "$scratch/said"; echo "flint refuses it"; exit 1; }
  accepted=$((accepted + 1))
done
"$check" --quiet --schemafile "$schema" "$scratch"/good/*.toml || {
  "$check" --schemafile "$schema" "$scratch"/good/*.toml
  exit 1
}
refused=0
for file in "$scratch"/bad/*.toml; do
  if verdict "$file"; then cat "$file"; echo "flint accepts it"; exit 1; fi
  if "$check" --quiet --schemafile "$schema" "$file" > /dev/null; then
    cat "$file"
    echo "the schema accepts it"
    exit 1
  fi
  refused=$((refused + 1))
done
[ "$accepted" -ge 20 ] || { echo "only $accepted files were tried"; exit 1; }
echo "flint.schema.json: $accepted files accepted, $refused refused, as by flint"
