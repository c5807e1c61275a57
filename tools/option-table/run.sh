#!/usr/bin/env bash
# Makes src/flink/options.tsv and src/flink/constants.tsv out of Flink's released jars.
#
#   tools/option-table/run.sh [VERSION...]
#
# The releases are those of versions.txt, oldest first; the VERSIONs named are scanned again even if the
# cache holds what a scan of them gave. Needs a JDK (17 or later), pip, tar, and once some 3 GB of the
# package index; the cache is $FLINT_OPTION_CACHE, or flint-option-table in the user's cache folder.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
table=$here/../../src/flink/options.tsv
cache=${FLINT_OPTION_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/flint-option-table}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
javac -d "$scratch/classes" "$here"/*.java

# A scan is as good as the program that made it.
program=$(cat "$here"/{Scan,ClassFile,Declared}.java | sha256sum | cut -c1-12)
declared=$cache/declared-$program
mkdir -p "$declared"
for version in "$@"; do
  rm -f "$declared/$version.tsv"
done

files=()
while read -r version; do
  files+=("$declared/$version.tsv")
  [ -e "$declared/$version.tsv" ] && continue
  echo "Flink $version" >&2
  archive=$("$here/../flink-archive.sh" "$cache" "$version")
  rm -rf "$scratch/jars" "$scratch/varying"
  mkdir "$scratch/jars" "$scratch/varying"
  tar xzf "$archive" -C "$scratch/jars"
  find "$scratch/jars" -path '*/deps/bin/*' -delete
  java -Xmx3g -Djava.io.tmpdir="$scratch/varying" -cp "$scratch/classes" \
    Scan "$scratch/jars" "$scratch/scanned.tsv" 2> "$scratch/messages" \
    || { cat "$scratch/messages" >&2; exit 1; }
  mv "$scratch/scanned.tsv" "$declared/$version.tsv"
done < "$here/versions.txt"

java -cp "$scratch/classes" Merge "$scratch/options.tsv" "$here/undeclared.tsv,$here/operator.tsv" "${files[@]}"
cp "$scratch/options.tsv" "$table"
java -cp "$scratch/classes" Constants "$scratch/constants.tsv" "${files[@]}"
cp "$scratch/constants.tsv" "$(dirname "$table")/constants.tsv"
wc -lc "$table" "$(dirname "$table")/constants.tsv" >&2
