#!/usr/bin/env bash
# Prints where the archive with the jars of a Flink release lies, and downloads it when it is not there.
#
#   tools/flink-archive.sh CACHE VERSION
set -euo pipefail
cache=$1
version=$2
mkdir -p "$cache/sdist"
# Older ones are named with dashes.
named() { find "$cache/sdist/" -name "apache[-_]flink[-_]libraries-$version.tar.gz"; }
if [ -z "$(named)" ]; then
  python3 -m pip download --quiet --no-deps --no-binary :all: --dest "$cache/sdist" \
    "apache-flink-libraries==$version" >&2
fi
named
