#!/usr/bin/env python3
"""Writes the files that benches/compare.sh reads beside the tree: 400 YAML files, 10,000 findings, and single files
of 1 to 16 MB. Usage: benches/inputs.py FOLDER"""
import pathlib
import sys

root = pathlib.Path(sys.argv[1])


def write(path, text):
    path = root / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def manifest(number):
    options = "".join(
        f'    metrics.reporter.r{turn}.interval: "{number % 50 + turn} SECONDS"\n' for turn in range(20)
    )
    return (
        "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\n"
        f"metadata:\n  name: job-{number}\nspec:\n  image: flink:1.20\n  flinkVersion: v1_20\n"
        "  jobManager:\n    resource: {memory: 2048m, cpu: 1}\n"
        "  taskManager:\n    resource: {memory: 4096m, cpu: 2}\n"
        f"  flinkConfiguration:\n    state.backend.type: rocksdb\n{options}"
    )


for number in range(400):
    write(f"yaml-400/job-{number:03}.yaml", manifest(number))
# Each line is wrong: no such option of Flink.
lines = "".join(f"taskmanager.memory.proces{number}.size: 1g\n" for number in range(10_000))
write("findings/flink-conf.yaml", lines)
for size in (1, 4, 16):
    text, number = [], 0
    length = 0
    while length < size * 1_000_000 - 60:
        line = f"acme.service-{number}.setting: value of {number}\n"
        text.append(line)
        length += len(line)
        number += 1
    write(f"large-{size}/flink-conf.yaml", "".join(text))
