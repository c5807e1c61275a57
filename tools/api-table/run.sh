#!/usr/bin/env bash
# Makes src/flink/api.tsv out of Flink's released jars: which versions have which classes and methods.
#
#   tools/api-table/run.sh
#
# The releases are those of tools/option-table/versions.txt, oldest first. Needs a JDK (17 or later), pip
# and tar; shares its cache with tools/option-table. Connectors are in none of these jars.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
table=$here/../../src/flink/api.tsv
cache=${FLINT_OPTION_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/flint-option-table}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
javac -d "$scratch/classes" "$here"/*.java

folders=()
while read -r version; do
  archive=$("$here/../flink-archive.sh" "$cache" "$version")
  mkdir -p "$scratch/$version"
  tar xzf "$archive" -C "$scratch/$version" --wildcards '*/deps/lib/*.jar' '*/deps/opt/*.jar'
  folders+=("${version%.*}=$scratch/$version")
done < "$here/../option-table/versions.txt"

java -cp "$scratch/classes" Api "$here/names.txt" "$table" "${folders[@]}"
wc -lc "$table" >&2
