#!/usr/bin/env bash
# Asks real Flink for the memory of processes.
#
#   tools/memory-model/run.sh < QUESTIONS > ANSWERS
#
# A question is a line of JSON: {"version": "1.20.5", "process": "taskmanager" or "jobmanager", "mode":
# "standalone", "container" or "raw", "config": {KEY: TEXT, ...}}. The answer adds what Flink computes,
# or its exception, and what it logs; what else a question says is left out, so that recorded answers
# are questions, too. The modes are those of `Mode` in src/flink/memory/mod.rs; `raw` is `Mode::Direct`.
#
#   tools/memory-model/run.sh < testdata/flink/flink-memory.jsonl
#
# writes that file anew, byte for byte.
#
# Needs a JDK (17 or later), pip and tar. The jars come out of the archives that tools/option-table/run.sh
# keeps, in the same cache, or are $FLINT_FLINK_JARS/VERSION/*.jar.
set -euo pipefail
export LC_ALL=C
# Flink before 2.0 prefers them to the settings.
unset FLINK_TM_HEAP FLINK_JM_HEAP
here=$(cd "$(dirname "$0")" && pwd)
cache=${FLINT_OPTION_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/flint-option-table}
jars=${FLINT_FLINK_JARS:-$cache/jars}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat > "$scratch/questions"
mapfile -t versions < <(grep -o '"version": *"[^"]*"' "$scratch/questions" | cut -d'"' -f4 | sort -u)

for version in "${versions[@]}"; do
  if ! compgen -G "$jars/$version/flink-dist*.jar" > /dev/null; then
    archive=$("$here/../flink-archive.sh" "$cache" "$version")
    mkdir -p "$scratch/unpacked" "$jars/$version"
    tar xzf "$archive" -C "$scratch/unpacked" --wildcards '*/deps/lib/flink-dist*.jar' '*/deps/lib/log4j-*.jar'
    find "$scratch/unpacked" -name '*.jar' -exec mv {} "$jars/$version/" \;
  fi
  [ -d "$scratch/classes" ] \
    || javac -proc:none -XDsuppressNotes -d "$scratch/classes" -cp "$jars/$version/*" "$here/Answers.java"
  java -cp "$scratch/classes:$jars/$version/*" Answers "$version" < "$scratch/questions" > "$scratch/$version"
done
cat "${versions[@]/#/$scratch/}" | sort -n | cut -f2-
