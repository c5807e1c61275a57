#!/usr/bin/env bash
# Migrates every flink-conf.yaml of a folder and reads both files with `flint show`: each key must be
# there with its value, or flint must have refused and said why. Only JVM options may lose their outer
# quotes.
# Usage: tools/migrate-corpus.sh BIN FOLDER
set -euo pipefail
[ $# -eq 2 ] || { echo "usage: $0 BIN FOLDER" >&2; exit 2; }
exec python3 - "$1" "$2" <<'PY'
import json, os, pathlib, re, subprocess, sys, tempfile

flint, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])


def run(*args):
    done = subprocess.run([flint, *map(str, args)], capture_output=True)
    return done.returncode, done.stdout, done.stderr.decode()


def held(conf):
    code, out, err = run("show", "--isolated", "--format", "json", conf)
    if code != 0:
        sys.exit(f"flint show {conf}: exit code {code}\n{err}")
    documents = [d for one in json.loads(out)["deployments"] for d in one["documents"]]
    if any(document["load_error"] for document in documents):
        return None
    return {s["key"]: s["value"] for d in documents for s in d["settings"]}


def unquoted(value):
    return re.sub('"$', "", re.sub('^"', "", value))


def differences(old, new):
    new = dict(new)
    for key, value in old.items():
        now = new.pop(key, None)
        if key.startswith("env.java.opts") and value.startswith('"'):
            value = unquoted(value)
        if now != value:
            yield key
    yield from new


counts = {"files": 0, "no flink-conf.yaml": 0, "refused": 0, "migrated": 0, "settings": 0}
wrong = []
for path in sorted(folder.rglob("flink-conf*.yaml")):
    for layout in ([], ["--flat"]):
        code, out, err = run("migrate", "--dry-run", *layout, path)
        if code == 2 and err.endswith("is no flink-conf.yaml\n"):
            counts["no flink-conf.yaml"] += not layout
            continue
        counts["files"] += not layout
        if code == 1 and "error: " in err:
            counts["refused"] += not layout
            if not layout:
                print(err, end="")
            continue
        if code != 0 or "please report" in err:
            wrong.append(f"{path}: exit code {code}: {err}")
            continue
        counts["migrated"] += not layout
        with tempfile.TemporaryDirectory() as scratch:
            conf = pathlib.Path(scratch, "old", "flink-conf.yaml")
            conf.parent.mkdir()
            # A mark hides the first line, which is known to go.
            data = path.read_bytes()
            if data.startswith(b"\xef\xbb\xbf"):
                data = b"#" + data[3:]
            conf.write_bytes(data)
            target = pathlib.Path(scratch, "new", "config.yaml")
            target.parent.mkdir()
            target.write_bytes(out)
            old, new = held(conf), held(target)
        if new is None:
            wrong.append(f"{path}: Flink would not load the result")
            continue
        counts["settings"] += len(old) if not layout else 0
        wrong += [f"{path}: {key}" for key in differences(old, new)]
print(", ".join(f"{count} {name}" for name, count in counts.items()))
if wrong or not counts["migrated"]:
    sys.exit("\n".join(wrong) or "nothing was migrated")
PY
