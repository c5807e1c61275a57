#!/usr/bin/env bash
# Checks each repository of a folder as a whole and file by file, as a hook does: both must find the same.
# Usage: tools/corpus-by-file.sh BIN FOLDER
set -euo pipefail
[ $# -eq 2 ] || { echo "usage: $0 BIN FOLDER" >&2; exit 2; }
exec python3 - "$1" "$2" <<'PY'
import os, pathlib, shutil, subprocess, sys, tempfile

flint, corpus = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])


def found(repository, path):
    command = [flint, "check", "--isolated", "--format", "concise", path]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    if done.returncode > 1 or "panic" in done.stderr:
        sys.exit(f"{repository.name}: flint check {path}: exit code {done.returncode}\n{done.stderr}")
    return set(done.stdout.splitlines())


files = findings = 0
with tempfile.TemporaryDirectory() as scratch:
    for source in sorted(folder for folder in corpus.iterdir() if folder.is_dir()):
        repository = pathlib.Path(scratch, source.name)
        shutil.copytree(source, repository, symlinks=True)
        paths = [str(path.relative_to(repository)) for path in sorted(repository.rglob("*")) if path.is_file()]
        # What marks the root of a project: so far flint looks for what belongs to a file.
        (repository / ".git").mkdir()
        whole = found(repository, ".")
        alone = set().union(*(found(repository, path) for path in paths))
        for line in sorted(whole ^ alone):
            print("only in the whole:" if line in whole else "only in the file:", f"{source.name}: {line}")
        if whole != alone:
            sys.exit(1)
        files, findings = files + len(paths), findings + len(whole)
print(f"{findings} findings in {files} files, the same in whole repositories and file by file")
if not findings:
    sys.exit("nothing was found: is this the right folder?")
PY
