#!/usr/bin/env bash
# Gives the reports of flint to programs that read them.
#
#     tools/try-formats.sh FLINT VENV [SCHEMAS]
#
# VENV is a Python environment with `check-jsonschema`, `junitparser` and `sarif-tools`. SCHEMAS is a folder
# with the official JSON schemas `sarif-2.1.0.json` and `DiagnosticResult.json`; without it they are not
# checked.
set -euo pipefail
flint=$(realpath "$1")
venv=$(cd "$2" && pwd)
schemas=
[ $# -lt 3 ] || schemas=$(cd "$3" && pwd)
here=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Trees with nothing, with little, with much, and with names and texts that need care.
mkdir -p "$scratch"/{empty,clean,many,odd/'größe #1, 日本'}
sizes='jobmanager.memory.process.size: 1600m
taskmanager.memory.process.size: 1728m
pipeline.generic-types: false'
echo "$sizes" > "$scratch/clean/flink-conf.yaml"
{ echo "$sizes"; for i in $(seq 500); do echo "metrics.reporter.r$i.interval: 10 s"; done; } \
  > "$scratch/many/flink-conf.yaml"
printf '\xef\xbb\xbf# 😀\r\ntaskmanager.numberOfTaskSlots:4\r\ns3.secret-key: hT5rQ9zWx2LmV7pK4cNb\r\n%s\r\n' \
  'web.submit.enable: <"&%> # é' > "$scratch/odd/größe #1, 日本/flink-conf.yaml"
cp -r "$here/testdata/demo" "$scratch/demo"
mkdir "$scratch/testdata"
for tree in "$here"/testdata/deployments/*/tree; do
  cp -r "$tree" "$scratch/testdata/$(basename "$(dirname "$tree")")"
done

for tree in empty clean demo many odd testdata; do
  out=$scratch/out-$tree
  mkdir "$out"
  code=0
  (cd "$scratch/$tree" && "$flint" check --show-ignored --format json="$out/json" --format sarif="$out/sarif" \
    --format gitlab="$out/gitlab" --format junit="$out/junit" --format rdjson="$out/rdjson" \
    --format markdown="$out/markdown" --format github="$out/github" .) 2> "$out/stderr" || code=$?
  [ "$code" -le 1 ] || { cat "$out/stderr"; echo "$tree: exit code $code"; exit 1; }
  if grep -rq hT5rQ9zWx2LmV7pK4cNb "$out"; then echo "$tree: a secret is shown"; exit 1; fi
  if [ -n "$schemas" ]; then
    "$venv/bin/check-jsonschema" --quiet --schemafile "$schemas/sarif-2.1.0.json" "$out/sarif"
    # The schema says which types fields have, and of no field that it must not be there.
    "$venv/bin/check-jsonschema" --quiet --schemafile "$schemas/DiagnosticResult.json" "$out/rdjson"
  fi
  # A SARIF reader counts as flint counts.
  cp "$out/sarif" "$out/report.sarif"
  "$venv/bin/sarif" csv --output "$out/sarif.csv" "$out/report.sarif" > /dev/null
  "$venv/bin/python" - "$out" "$tree" <<'PY'
import csv, json, sys
from urllib.parse import unquote
from junitparser import Failure, JUnitXml, Skipped

out, tree = sys.argv[1:]
load = lambda name: json.load(open(f"{out}/{name}", encoding="utf-8"))
findings = load("json")["findings"]
open_ = [own for own in findings if not own["suppressed"]]
key = lambda own: (own["path"], own["line"], own["rule"])

run = load("sarif")["runs"][0]
place = lambda result: result["locations"][0]["physicalLocation"]
sarif = [(unquote(place(r)["artifactLocation"]["uri"]), place(r)["region"]["startLine"], r["ruleId"])
         for r in run["results"]]
assert sarif == [key(own) for own in findings], "sarif"
rows = list(csv.DictReader(open(f"{out}/sarif.csv", encoding="utf-8-sig")))
shown = sum(1 for result in run["results"] if not result.get("suppressions"))
assert len(rows) in (len(findings), shown), f"sarif-tools reads {len(rows)} of {len(findings)}"

gitlab = load("gitlab")
assert len({issue["fingerprint"] for issue in gitlab}) == len(gitlab) == len(open_), "gitlab"
for issue in gitlab:
    assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
    assert issue["location"]["lines"]["begin"] > 0 and issue["description"] and issue["check_name"]

rdjson = load("rdjson")["diagnostics"]
assert [(d["location"]["path"], d["location"]["range"]["start"]["line"], d["code"]["value"])
        for d in rdjson] == [key(own) for own in open_], "rdjson"

junit = JUnitXml.fromfile(f"{out}/junit")
cases = [case for suite in junit for case in suite]
assert len({(case.classname, case.name) for case in cases}) == len(cases) == max(1, len(findings)), "junit"
kinds = [type(result) for case in cases for result in case.result]
problems = [own for own in open_ if own["severity"] != "note"]
assert kinds.count(Failure) == junit.failures == len(problems), "junit failures"
assert kinds.count(Skipped) == junit.skipped == len(findings) - len(open_), "junit skipped"
print(f"{tree}: {len(findings)} findings, the same in every format")
PY
done
