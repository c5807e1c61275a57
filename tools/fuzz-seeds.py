#!/usr/bin/env python3
"""Writes what the fuzz targets start from into fuzz/corpus/: the files of folders, each as every target takes it.

    tools/fuzz-seeds.py testdata FOLDER...
"""

import hashlib
import pathlib
import re
import sys

HOME = pathlib.Path(__file__).resolve().parent.parent / "fuzz"
# Stands between two files of an input.
BETWEEN = b"\xff"
# Larger files take a fuzzer's time and hold nothing that smaller ones do not.
MOST = 12 << 10
# Readers that are not reached by a path, behind those that are; see targets/readers.rs.
READERS = {"conf": 21, "txt": 22, "md": 23, "toml": 24, "yaml": 25, "yml": 25}


def paths():
    """The files that an input may hold, as targets count them."""
    text = (HOME / "src/lib.rs").read_text()
    table = re.search(r"pub const PATHS: .*?= \[(.*?)\];", text, re.S).group(1)
    return re.findall(r'"([^"]+)"', table)


PATHS = paths()


def number(path):
    """The number of the path that a file has in an input: that of its name, else of its ending."""
    names = [own.rsplit("/", 1)[-1] for own in PATHS]
    if path.name in names:
        return names.index(path.name)
    if path.name.startswith(("Dockerfile", "Containerfile")):
        return names.index("Dockerfile")
    if path.name.startswith("flink-conf"):
        return names.index("flink-conf.yaml")
    if "sysctl" in str(path) and path.suffix == ".conf":
        return names.index("99-flink.conf")
    if path.suffix in (".yaml", ".yml"):
        return names.index("deployment.yaml")
    fitting = [at for at, own in enumerate(names) if path.suffix and own.endswith(path.suffix)]
    return fitting[0] if fitting else None


def write(target, data):
    folder = HOME / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ("seed-" + hashlib.sha256(data).hexdigest()[:16])).write_bytes(data)


def repeats(kind, data):
    """Some lines of a file, each to be repeated behind what stands before it."""
    lines = data.splitlines(keepends=True)
    for at in range(0, len(lines), max(1, len(lines) // 3)):
        before, behind = b"".join(lines[:at]), b"".join(lines[at + 1 :])
        write("repeats", bytes([kind]) + BETWEEN.join([before, lines[at], behind]))


def main():
    count = 0
    for folder in sys.argv[1:]:
        near = {}
        for path in sorted(pathlib.Path(folder).rglob("*")):
            kind = number(path)
            if kind is None or not path.is_file() or path.stat().st_size > MOST:
                continue
            data = path.read_bytes()
            if BETWEEN in data:
                continue
            count += 1
            file = bytes([kind]) + data
            near.setdefault(path.parent, []).append(file)
            write("readers", file)
            if path.suffix[1:] in READERS:
                write("readers", bytes([len(PATHS) + READERS[path.suffix[1:]]]) + data)
            repeats(kind, data)
            if path.name == "flink-conf.yaml":
                write("values", b"\0" + data)
            if len(data) < MOST / 4:
                numbers = bytes(at * 37 % 255 for at in range(40))
                texts = [str(path).encode(), data, *data.split(b"\n")[:12]]
                write("reports", BETWEEN.join([numbers, *texts]))
        for files in near.values():
            for at in range(0, len(files), 4):
                for version in range(4):
                    data = bytes([version]) + BETWEEN.join(files[at : at + 4])
                    write(["checks", "fixes"][version % 2], data)
    for text in ["1 g", "64mb", "PT5M", "10 min", "1.5", "a,b;c", "'x:y'", "1.20.1-scala_2.12", ">=1.17,<2"]:
        write("values", b"\1" + text.encode())
    for key in ["taskmanager.memory.process.size", "akka.ask.timeout", "metrics.reporter.a.class"]:
        write("values", b"\2" + key.encode())
    for line in ["net.ipv4.tcp_rmem=4096 87380 6291456", "vm.swappiness=0x10", "kernel.shmmax=1"]:
        write("values", b"\3" + line.encode())
    print(f"{count} files")


if __name__ == "__main__":
    main()
