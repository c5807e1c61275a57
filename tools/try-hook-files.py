#!/usr/bin/env python3
"""Holds the names that our hooks and the lefthook.yml of docs/ci.md let through against those that flint reads.

Usage: tools/try-hook-files.py FLINT VENV
FLINT is flint of this source, VENV a virtual environment with lefthook and PyYAML (pre-commit brings it).
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

from fenced import block

ROOT = pathlib.Path(__file__).resolve().parent.parent
# One of each kind, where the name decides.
NAMES = """
flink-conf.yaml conf/config.yaml k8s/job.yml .env flink.env .env.local deploy/Dockerfile Dockerfile-sql
Containerfile.flink image/sql.dockerfile values-prod.yaml main.tf orders.sql src/Job.java src/Job.scala src/Job.kt
job.py jobs/orders.toml job.json job.properties sysctl.conf host/99-sysctl.conf etc/sysctl.d/99-flink.conf
etc/sysctl.d/99-flink etc/sysctl.d/99.CONF flink.sysctl templates/sysctl.conf.j2 templates/sysctl.conf.erb
sysctl.d/90-flink.conf.tmpl tuned.conf nodes/user-data cloud-config
""".split()
# What flint has nothing to say of.
OTHERS = "README.md a.txt sysctl.md etc/sysctl.d/README etc/modules nginx.conf.j2 src/job.rs Makefile".split()


def paths_with_findings(flint):
    """The files of the recorded deployments that flint has something to say of."""
    line = [flint, "check", "--format", "concise", "testdata/deployments"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    found = {match[1] for match in re.finditer(r"^(.+?):\d+:\d+: (?:error|warning|note)\[", done.stdout, re.MULTILINE)}
    if done.returncode != 1 or len(found) < 100:
        sys.exit(f"error: {len(found)} files with findings, exit code {done.returncode}")
    return found


def seen_by_lefthook(venv, names):
    """The names that the job of docs/ci.md passes on."""
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        subprocess.run(["git", "init", "--quiet"], cwd=place, check=True)
        for name in names:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text("x\n", encoding="utf-8")
        subprocess.run(["git", "add", "--all", "--force"], cwd=place, check=True)
        text = block(ROOT / "docs/ci.md", "lefthook.yml")
        (place / "lefthook.yml").write_text(text.replace("flint check", "printf 'passed:%s\\n'"), encoding="utf-8")
        line = [f"{venv}/bin/lefthook", "run", "pre-commit", "--colors", "off"]
        done = subprocess.run(line, cwd=place, capture_output=True, text=True, check=True)
        return set(re.findall(r"passed:(\S+)", done.stdout + done.stderr))


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: tools/try-hook-files.py FLINT VENV")
    flint, venv = (pathlib.Path(text).absolute() for text in sys.argv[1:])
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    patterns = {hook["files"] for hook in hooks}
    if len(patterns) != 1:
        sys.exit("error: the hooks differ in the files that they take")
    fits = re.compile(patterns.pop()).search
    found = paths_with_findings(flint)
    passed = seen_by_lefthook(venv, NAMES + OTHERS)
    wrong = [f"the hooks pass over {name}" for name in sorted(found | set(NAMES)) if not fits(name)]
    wrong += [f"the hooks take {name}" for name in OTHERS if fits(name)]
    wrong += [f"lefthook passes over {name}" for name in NAMES if name not in passed]
    if wrong:
        sys.exit("error: " + "\n".join(wrong))
    print(f"the hooks take {len(found)} recorded files and {len(NAMES)} kinds of names, lefthook the latter")


if __name__ == "__main__":
    main()
