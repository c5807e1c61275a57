#!/usr/bin/env python3
"""Measures for benches/compare.sh, which prepares everything and calls it, and writes the table of results into
docs/performance.md, between its marks."""
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import tempfile

flint, bench, venv = os.environ["FLINT"], pathlib.Path(os.environ["BENCH"]), os.environ["VENV"]
runs = os.environ["RUNS"]
scales = os.environ["SCALES"].split()
PAGE = pathlib.Path("docs/performance.md")
BEGIN, END = "<!-- results: written by benches/compare.sh -->\n", "<!-- end of results -->\n"
rows = []


def measure(*commands, warmup="1", count=runs):
    """Median and user time of each command in seconds."""
    with tempfile.NamedTemporaryFile() as out:
        words = ["hyperfine", "-N", "-i", "--style", "none", "-w", warmup, "-r", count, "--export-json", out.name]
        subprocess.run([*words, *commands], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return [(one["median"], one["user"]) for one in json.load(open(out.name))["results"]]


def peak(*command):
    """KiB that a process holds at most."""
    done = subprocess.run(["/usr/bin/time", "-q", "-f", "%M", *command], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False)
    return int(done.stderr.strip().splitlines()[-1])


def instructions(*command):
    if not shutil.which("valgrind"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", *command],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    return int(found.group(1)) if found else None


def ms(seconds):
    return f"{seconds * 1000:.1f} ms"


def row(what, result, goal, kept):
    rows.append(f"| {what} | {result} | {goal} | {'yes' if kept else 'no'} |")
    print(rows[-1], flush=True)


def plain(what, result):
    rows.append(f"| {what} | {result} | | |")
    print(rows[-1], flush=True)


check = f"{flint} check --isolated --format concise"
tree = f"{bench}/tree-1"
own, rg, find = measure(f"{check} {tree}", f"rg -j2 -c taskmanager {tree}", f"find {tree} -type f")
row("tree of 20,000 files against `rg -j2 -c taskmanager`", f"{ms(own[0])} : {ms(rg[0])} = {own[0] / rg[0]:.2f}",
    "at most 1.0", own[0] <= rg[0])
plain("the same, user time", f"{ms(own[1])} : {ms(rg[1])} = {own[1] / rg[1]:.2f}")
plain("tree against `find`", f"{ms(own[0])} : {ms(find[0])} = {own[0] / find[0]:.2f}")
kib = peak(flint, "check", "--isolated", "--format", "concise", tree)
row("peak memory on the tree", f"{kib / 1024:.1f} MiB", "at most 20 MB", kib * 1024 <= 20e6)

one = f"{flint} check {bench}/conf/flink-conf.yaml"
hello, small = measure(f"{bench}/hello", one, warmup="5", count=str(int(runs) * 15))
row("one small file against a hello world", f"{ms(small[0])} : {ms(hello[0])} = {small[0] / hello[0]:.2f}",
    "at most 2.0", small[0] <= 2 * hello[0])
counts = instructions(f"{bench}/hello"), instructions(flint, "--version"), instructions(*one.split())
if counts[0]:
    names = "hello world, `flint --version`, `flint check` of one file"
    plain(f"instructions of {names}", ", ".join(f"{count / 1e6:.2f} M" for count in counts))

yaml = bench / "yaml-400"
own, lint, grep = measure(f"{check} {yaml}", f"{venv}/bin/yamllint -d relaxed -f parsable {yaml}",
                          f"{venv}/bin/ast-grep run -l yaml -p SECONDS {yaml}", count="3")
row("400 YAML files against yamllint", f"{ms(own[0])} : {ms(lint[0])} = {lint[0] / own[0]:.0f} times faster",
    "at least 50", lint[0] >= 50 * own[0])
plain("400 YAML files against ast-grep", f"{ms(own[0])} : {ms(grep[0])} = {own[0] / grep[0]:.2f}")

for form, goal in (("concise", 0.010), ("full", 0.100)):
    both = [f"{flint} check --isolated --format {form} {bench}/findings/flink-conf.yaml",
            f"{flint} check --isolated --statistics {bench}/findings/flink-conf.yaml"]
    whole, without = measure(*both)
    took = whole[0] - without[0]
    # Two runs differ by about a millisecond for no reason.
    shown = ms(took) if took >= 0.001 else "less than 1 ms"
    row(f"10,000 findings, `{form}`", f"{shown} for the report, {ms(whole[0])} in all", f"at most {ms(goal)}",
        took <= goal)

size = os.path.getsize(flint)
row("binary", f"{size / 1e6:.2f} MB", "at most 8 MB", size <= 8e6)
if os.environ["COLD"]:
    cold = int(os.environ["COLD"]) / 1000
    row("release build from nothing", f"{cold:.0f} s", "at most 120 s", cold <= 120)

times = measure(*[f"{check} {bench}/tree-{scale}" for scale in scales], count="3")
factors = [time[1] / times[0][1] for time in times]
plain(f"trees of {', '.join(scale + 'x' for scale in scales)}, user time",
      ", ".join(f"{ms(time[1])} ({factor:.1f}x)" for time, factor in zip(times, factors)))
times = measure(*[f"{check} {bench}/large-{size}/flink-conf.yaml" for size in (1, 4, 16)], count="3")
plain("one file of 1, 4, 16 MB, user time (larger ones flint refuses)",
      ", ".join(f"{ms(time[1])} ({time[1] / times[0][1]:.1f}x)" for time in times))

model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
             platform.machine())
date = datetime.date.today().isoformat()
commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout
load = os.getloadavg()[0]
head = (f"{date}, commit {commit.strip()}, {os.cpu_count()} cores of {model}, {platform.system()} {platform.release()}"
        f", load {load:.1f} at the end.\n\n")
head += "| What | Result | Goal | Kept |\n| --- | --- | --- | --- |\n"
page = PAGE.read_text()
before, rest = page.split(BEGIN)
PAGE.write_text(before + BEGIN + "\n" + head + "\n".join(rows) + "\n\n" + END + rest.split(END)[1])
