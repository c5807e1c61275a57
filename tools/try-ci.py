#!/usr/bin/env python3
"""Runs the steps of action.yml, the job of ci/gitlab.yml and the commands that docs/ci.md has for Jenkins in
scratch repositories, as their hosts would.

Usage: tools/try-ci.py FLINT WHEELS
FLINT is flint of this source, WHEELS a folder with its wheel. Needs PyYAML (pre-commit brings it), bash and git;
no network. Steps that use other actions are not run: what they would be given is checked.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

from fenced import block

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIZES = "jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\n"
GOOD = SIZES + "parallelism.default: 2\n"
BAD = SIZES + "taskmanager.numberOfTaskSlots: 2\ntaskmanager.numberOfTaskSlots: 4\n"


def check(condition, message):
    if not condition:
        sys.exit(f"error: {message}")


class Place:
    """A scratch folder with a repository, a folder of programs, and the wheel as if it had been published."""

    def __init__(self, scratch, name, files, flint, wheels):
        self.home = scratch / name
        self.repo = self.home / "repo with blank"
        self.temp = self.home / "temp"
        self.bin = self.home / "bin"
        for folder in (self.repo, self.temp, self.bin):
            folder.mkdir(parents=True)
        for path, text in files.items():
            (self.repo / path).parent.mkdir(parents=True, exist_ok=True)
            (self.repo / path).write_text(text, encoding="utf-8")
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("-c", "user.name=you", "-c", "user.email=you@example.org", "commit", "--quiet", "-m", "all")
        os.symlink(flint, self.bin / "flint")
        # No cargo: who uses the wheel has none.
        folders = [f for f in os.environ["PATH"].split(":") if not (pathlib.Path(f) / "cargo").exists()]
        self.env = {
            "PATH": ":".join(folders),
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "PIP_FIND_LINKS": str(wheels),
            "PIP_NO_INDEX": "1",
        }

    def git(self, *words):
        subprocess.run(["git", "-C", self.repo, *words], check=True)

    def with_flint(self):
        self.env["PATH"] = f"{self.bin}:{self.env['PATH']}"
        return self


def fill(text, known):
    """Replaces each `${{ ... }}` by its value."""
    return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", lambda found: str(evaluate(found[1], known)), str(text))


def evaluate(expression, known):
    """The few expressions that action.yml has: names, texts, `always()`, `&&`, `==` and `!=`."""
    if "&&" in expression:
        return all(evaluate(part, known) for part in expression.split("&&"))
    for sign in ("==", "!="):
        if sign in expression:
            left, right = (evaluate(part, known) for part in expression.split(sign))
            return (left == right) == (sign == "==")
    expression = expression.strip()
    if expression == "always()":
        return True
    if expression.startswith("'") and expression.endswith("'"):
        return expression[1:-1]
    check(re.fullmatch(r"(inputs|steps\.[a-z]+\.outputs)\.[a-z-]+", expression), f"`{expression}` is not understood")
    return known.get(expression, "")


class Run:
    """One run of the action: what its steps printed, their outputs, and the actions they would have used."""

    def __init__(self, action, place, **inputs):
        known = {f"inputs.{name}": str(given.get("default", "")) for name, given in action["inputs"].items()}
        for name, value in inputs.items():
            name = f"inputs.{name.replace('_', '-')}"
            check(name in known, f"action.yml has no {name}")
            known[name] = value
        self.printed, self.used, self.failed = "", [], False
        self.summary = ""
        env = dict(place.env)
        for number, step in enumerate(action["runs"]["steps"]):
            condition = re.sub(r"^\$\{\{|\}\}$", "", step.get("if", "")).strip()
            if self.failed and "always()" not in condition:
                continue
            if condition and not evaluate(condition, known):
                continue
            if "uses" in step:
                self.used.append((step["uses"], {key: fill(value, known) for key, value in step["with"].items()}))
                continue
            self.step(step, number, known, env, place)
        self.exit_code = fill(action["outputs"]["exit-code"]["value"], known)
        self.sarif = fill(action["outputs"]["sarif-file"]["value"], known)

    def step(self, step, number, known, env, place):
        files = {name: place.temp / f"{name}-{number}" for name in ("OUTPUT", "PATH", "STEP_SUMMARY", "ENV")}
        for file in files.values():
            file.write_text("")
        given = {name: fill(value, known) for name, value in step.get("env", {}).items()}
        script = place.temp / f"step-{number}.sh"
        script.write_text(step["run"])
        check(step["shell"] == "bash", "a step has another shell")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=place.repo / fill(step.get("working-directory", "."), known),
            env=env
            | {f"GITHUB_{name}": str(file) for name, file in files.items()}
            | {"GITHUB_ACTION_PATH": str(ROOT), "GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(place.temp)}
            | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.printed += done.stdout
        self.failed = self.failed or done.returncode != 0
        for line in files["OUTPUT"].read_text().splitlines():
            name, value = line.split("=", 1)
            known[f"steps.{step.get('id')}.outputs.{name}"] = value
        for line in files["PATH"].read_text().splitlines():
            env["PATH"] = f"{line}:{env['PATH']}"
        self.summary += files["STEP_SUMMARY"].read_text()


def try_action(scratch, flint, wheels):
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    for step in action["runs"]["steps"]:
        check("${{" not in step.get("run", ""), "a script of action.yml holds an expression")
        check(not re.search(r"\beval\b", step.get("run", "")), "a script of action.yml evaluates text")
    odd = "bücher, 100%/conf/flink-conf.yaml"

    def place(name, files):
        return Place(scratch, name, files, flint, wheels)

    print("action: the wheel is installed without cargo and reaches the next step")
    here = place("wheel", {odd: BAD})
    run = Run(action, here)
    check("flint 0." in run.printed, run.printed)
    check(run.exit_code == "1" and run.failed, run.printed)

    print("action: a problem fails the job, and is annotated, uploaded and summed up")
    here = place("bad", {odd: BAD, "good/flink-conf.yaml": GOOD}).with_flint()
    run = Run(action, here, version="system")
    check(run.failed and run.exit_code == "1", run.printed)
    check("duplicate-key" in run.printed, run.printed)
    check("duplicate-key" in run.summary, "the summary does not name the problem")
    found = json.loads(pathlib.Path(run.sarif).read_text(encoding="utf-8"))
    check("duplicate-key" in json.dumps(found), "the file to upload does not hold the finding")
    upload = ("github/codeql-action/upload-sarif@v4", {"sarif_file": run.sarif, "category": "flint"})
    check(run.used == [upload], f"the upload would get {run.used}")
    check(re.search(r"^::(error|warning) file=b", run.printed, re.MULTILINE), "no annotation")
    check(found["version"] == "2.1.0" and found["runs"][0]["results"], "that is no SARIF")

    print("action: a clean run passes, and still uploads, so that old alerts close")
    run = Run(action, place("clean", {"flink-conf.yaml": GOOD}).with_flint(), version="system")
    check(not run.failed and run.exit_code == "0" and len(run.used) == 1, run.printed)

    print("action: paths, arguments and folders")
    files = {"a b/flink-conf.yaml": BAD, "c/flink-conf.yaml": GOOD, "d/e/flink-conf.yaml": BAD}
    here = place("paths", files).with_flint()
    for inputs, wanted in [
        ({"paths": "a b\nc\n"}, ["a b/"]),
        ({"paths": "c"}, []),
        ({"paths": "c", "working_directory": "d"}, None),
        # Paths are those from the root of the repository, which is what GitHub asks for.
        ({"working_directory": "d"}, ["d/e/"]),
        ({"args": "--error-on  error\n--quiet"}, ["a b/", "d/e/"]),
    ]:
        run = Run(action, here, version="system", **inputs)
        if wanted is None:
            # There is no d/c.
            check(run.exit_code == "2" and run.failed, f"{inputs}: {run.printed}")
            continue
        status = "0" if "args" in inputs or not wanted else "1"
        check(run.exit_code == status, f"{inputs}: {run.exit_code}: {run.printed}")
        for folder in ("a b/", "d/e/"):
            said = re.search(rf"(^|file=|[ \[]){re.escape(folder)}", run.printed, re.MULTILINE) is not None
            check(said == (folder in wanted), f"{inputs}: {folder}: {run.printed}")

    print("action: what is switched off is not written")
    run = Run(action, here, version="system", sarif="false", summary="false")
    check(run.exit_code == "1" and run.sarif == "" and not run.used and run.summary == "", run.printed)

    print("action: with `since`, only what came after that commit counts")
    here = place("since", {"old/flink-conf.yaml": BAD}).with_flint()
    run = Run(action, here, version="system", since="HEAD")
    check(not run.failed and run.exit_code == "0", run.printed)
    (here.repo / "new").mkdir()
    (here.repo / "new/flink-conf.yaml").write_text(BAD.replace("Slots: 4", "Slots: 8"), encoding="utf-8")
    run = Run(action, here, version="system", since="HEAD")
    check(run.failed and run.exit_code == "1", run.printed)
    results = json.loads(pathlib.Path(run.sarif).read_text(encoding="utf-8"))["runs"][0]["results"]
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results}
    check(uris == {"new/flink-conf.yaml"}, f"the upload is about {uris}")

    print("action: no input is run as a command or taken for an option")
    hostile = ["$(touch pwned)", "`touch pwned`", "'; touch pwned; '", '"; touch pwned; "', "a\ntouch pwned", "|touch pwned"]
    hostile += ["--error-on=never", "*", "${{ github.token }}", "-h"]
    for text in hostile:
        for name in ("paths", "args", "since", "version", "working_directory"):
            if name == "working_directory" and "\n" not in text:
                # The host itself changes into that folder before a script starts.
                continue
            here = place("hostile", {"flink-conf.yaml": BAD})
            if name != "version":
                here.with_flint()
            try:
                run = Run(action, here, **{"version": "system", name: text})
            except (FileNotFoundError, NotADirectoryError):
                run = None
            left = [str(path) for path in here.home.rglob("pwned*")]
            check(not left, f"{name}={text!r} ran a command: {left}")
            if run and name in ("paths", "version", "since"):
                check(run.failed, f"{name}={text!r} was taken: {run.printed}")
            shutil.rmtree(here.home)

    print("action: what can't be installed is said, with what to do")
    here = place("unpublished", {"flink-conf.yaml": BAD})
    run = Run(action, here, version="0.0.1")
    check(run.failed and "flink-lint 0.0.1 can't be installed; version: source" in run.printed, run.printed)
    for name in ("bash", "sed", "head"):
        os.symlink(shutil.which(name), here.bin / name)
    (here.bin / "flint").unlink()
    here.env["PATH"] = str(here.bin)
    run = Run(action, here)
    check(run.failed and "::error title=flint::no Python on PATH" in run.printed, run.printed)

    print("action: from source, with the cargo that is there")
    here = place("source", {"flink-conf.yaml": BAD})
    cargo = here.bin / "cargo"
    cargo.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$@" > "$HOME/asked"\n'
        f'mkdir -p "$RUNNER_TEMP/flint/bin"\nln -s "{flint}" "$RUNNER_TEMP/flint/bin/flint"\n'
    )
    cargo.chmod(0o755)
    (here.bin / "flint").unlink()
    run = Run(action, here.with_flint(), version="source")
    asked = (here.home / "asked").read_text().splitlines()
    wanted = ["install", "--quiet", "--locked", "--root", str(here.temp / "flint"), "--path", str(ROOT)]
    check(asked == wanted and run.exit_code == "1", f"{asked}: {run.printed}")


def try_gitlab(scratch, flint, wheels):
    job = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text(encoding="utf-8"))["flint"]

    def run(name, files, **variables):
        here = Place(scratch, f"gitlab-{name}", files, flint, wheels)
        given = {name: str(value) for name, value in job["variables"].items()} | variables
        given |= {"CI_BUILDS_DIR": str(here.temp)}
        lines = job["before_script"]
        script = here.temp / "job.sh"
        script.write_text("\n".join(lines + job["script"]) + "\n")
        # The image has bash, and GitLab's runner takes it where it is.
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=here.repo,
            env=here.env | given,
            capture_output=True,
            text=True,
            check=False,
        )
        check(not list(here.home.rglob("pwned*")), f"{name} ran a command")
        return here.repo, done

    reports = job["artifacts"]["reports"]
    print("gitlab: the job installs the wheel, fails on a problem and leaves both reports")
    repo, done = run("bad", {"deploy/flink-conf.yaml": BAD})
    check(done.returncode == 1 and "duplicate-key" in done.stdout, done.stdout + done.stderr)
    found = json.loads((repo / reports["codequality"]).read_text(encoding="utf-8"))
    junit = (repo / reports["junit"]).read_text(encoding="utf-8")
    check("duplicate-key" in json.dumps(found) and "duplicate-key" in junit, "a report lacks the finding")
    one = found[0]
    check(one["check_name"] == "duplicate-key" and one["location"]["path"] == "deploy/flink-conf.yaml", one)
    check(junit.lstrip().startswith("<?xml"), junit[:80])
    check(job["artifacts"]["when"] == "always", "a failed job would keep no report")

    print("gitlab: a clean run passes and leaves both reports")
    repo, done = run("clean", {"flink-conf.yaml": GOOD})
    check(done.returncode == 0, done.stdout + done.stderr)
    check(all((repo / file).is_file() for file in reports.values()), "a report is missing")

    print("gitlab: a revision that the pipeline does not have is none")
    _, done = run("push", {"flink-conf.yaml": GOOD}, LINT_SINCE="$CI_MERGE_REQUEST_DIFF_BASE_SHA")
    check(done.returncode == 0, done.stdout + done.stderr)

    print("gitlab: paths and arguments are words, and nothing in them is run")
    files = {"a/flink-conf.yaml": BAD, "b/flink-conf.yaml": GOOD, "c/flink-conf.yaml": BAD}
    _, done = run("paths", files, LINT_PATHS="b c", LINT_ARGS="--error-on error")
    check(done.returncode == 0 and "c/flink-conf.yaml" in done.stdout, done.stdout + done.stderr)
    check("a/flink-conf.yaml" not in done.stdout, done.stdout)
    text = "$(touch pwned) `touch pwned` ; touch pwned"
    for name in ("LINT_PATHS", "LINT_ARGS", "LINT_SINCE", "LINT_PACKAGE"):
        _, done = run(f"hostile-{name}", files, **{name: text})
        check(done.returncode != 0, f"{name}={text!r}: {done.stdout}")


def try_docs(scratch, flint, wheels):
    docs = ROOT / "docs/ci.md"
    print("docs: the workflow gives the action inputs that it has")
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    workflow = yaml.safe_load(block(docs, ".github/workflows/flint.yml"))
    uses = [step for step in workflow["jobs"]["flint"]["steps"] if "/flint@" in step["uses"]]
    check(len(uses) == 1 and uses[0]["with"].keys() <= action["inputs"].keys(), "the workflow does not fit")
    rows = set(re.findall(r"`([a-z-]+)`", "".join(re.findall(r"^\| (`[^|]*`) \| .* \|$", docs.read_text(), re.MULTILINE))))
    check(action["inputs"].keys() <= rows, f"docs/ci.md lists {sorted(rows)}")

    print("docs: the pipeline of GitLab includes the job and sets variables that it has")
    pipeline = yaml.safe_load(block(docs, ".gitlab-ci.yml"))
    job = yaml.safe_load((ROOT / pipeline["include"][0]["file"]).read_text(encoding="utf-8"))["flint"]
    check(pipeline["flint"]["variables"].keys() <= job["variables"].keys(), "the job has no such variable")

    print("docs: the commands for Jenkins leave the reports that it publishes")
    pipeline = block(docs, "Jenkinsfile")
    lines = re.search(r"sh '''\n(.*?)'''", pipeline, re.DOTALL)[1].splitlines()
    check(len(lines) >= 3, "there are no commands")
    here = Place(scratch, "jenkins", {"deploy/flink-conf.yaml": BAD}, flint, wheels)
    # Jenkins runs each `sh` with these.
    done = subprocess.run(
        ["sh", "-xe", "-c", "\n".join(lines)], cwd=here.repo, env=here.env, capture_output=True, text=True, check=False
    )
    check(done.returncode == 1 and "duplicate-key" in done.stdout, done.stdout + done.stderr)
    published = re.findall(r"(?:junit|archiveArtifacts) '([^']+)'", pipeline)
    check(len(published) == 2, f"published: {published}")
    for name in published:
        check("duplicate-key" in (here.repo / name).read_text(encoding="utf-8"), f"{name} lacks the finding")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: tools/try-ci.py FLINT WHEELS")
    flint, wheels = (pathlib.Path(text).resolve() for text in sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        try_action(scratch, flint, wheels)
        try_gitlab(scratch, flint, wheels)
        try_docs(scratch, flint, wheels)


if __name__ == "__main__":
    main()
