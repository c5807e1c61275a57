#!/usr/bin/env python3
"""Instructions of a run and of its stages, as callgrind counts them: benches/counts.py PATH...
Needs valgrind. Builds `target/profiling/flint`, which keeps the names of functions. A stage counts all that it
calls, on all threads; what several stages call is in each of them."""
import re
import subprocess
import sys
import tempfile

FLINT = "target/profiling/flint"
# What a stage is called, and the function that is one.
STAGES = {
    "walk folders, open files, search them for words": "ignore::walk::Worker::run",
    "  of it, all but the walk itself": "flint::discover::collect::Collector::file",
    "tell files apart, find projects and evidence": "flint::discover::collect::Collector::finish",
    "read files": "flint::recognise::read",
    "join files to deployments": "flint::project::Project::join",
    "run rules": "flint::lint::run",
    "  of it, look options up": "flint::deployment::values::<impl flint::deployment::Deployment>::get_in",
    "write the report": "flint::report::concise::render",
    "take memory and give it back": ("malloc", "free", "realloc", "calloc"),
}


def counted(*command):
    """The instructions of a run, and those of each function with what it calls."""
    with tempfile.TemporaryDirectory() as folder:
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out"]
        done = subprocess.run([*tool, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        total = re.search(r"Collected : (\d+)", done.stderr)
        if not total:
            sys.exit(done.stderr)
        words = ["callgrind_annotate", "--inclusive=yes", "--threshold=100", f"{folder}/out"]
        listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    functions = {}
    for line in listed.splitlines():
        found = re.match(r"\s*([\d,]+) \([ \d.]+%\)\s+[^:]*:(.*?)(?:'\d+)?(?: \[.*\])?$", line)
        if found:
            count = int(found[1].replace(",", ""))
            functions[found[2]] = max(count, functions.get(found[2], 0))
    return int(total[1]), functions


def main():
    subprocess.run(["cargo", "build", "--quiet", "--locked", "--profile", "profiling"], check=True)
    version, _ = counted(FLINT, "--version")
    print(f"{version / 1e6:>9.2f} M         flint --version")
    if len(sys.argv) == 1:
        return
    total, functions = counted(FLINT, "check", "--isolated", "--format", "concise", *sys.argv[1:])
    print(f"{total / 1e6:>9.2f} M  100 %  flint check {' '.join(sys.argv[1:])}")
    for stage, names in STAGES.items():
        names = (names,) if isinstance(names, str) else names
        if not any(name in functions for name in names):
            sys.exit(f"no function {' or '.join(names)}: it has another name now, or is a part of another one")
        count = sum(functions.get(name, 0) for name in names)
        print(f"{count / 1e6:>9.2f} M  {count / total * 100:>3.0f} %  {stage}")


main()
