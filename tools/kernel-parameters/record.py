#!/usr/bin/env python3
"""Records the parameters of the running kernel: reads /proc/sys, writes to standard output only.

Run as root, or what only root may read is missing. One line is one parameter: its key, its mode,
its mode in a new network namespace (`-` where it has none there, or is not of the network), and
its value with blanks made one. `unshare` needs no network of its own.
"""

import os
import subprocess
import sys

ROOT = "/proc/sys"
LIST = "cd /proc/sys && find net -type f -printf '%m\\t%P\\n'"


def key(path):
    """The key of a path: parts end with dots, and a dot inside a part is a slash."""
    return path.translate(str.maketrans("/.", "./"))


def elsewhere():
    """The modes of the parameters of a network namespace that was just made."""
    command = ["unshare", "--net", "--mount", "sh", "-c", "mount -t proc proc /proc && " + LIST]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = (line.split("\t") for line in done.stdout.splitlines())
    return {key("net/" + path): mode for mode, path in lines}


def main():
    other = elsewhere()
    rows = []
    for folder, _, files in os.walk(ROOT):
        for name in files:
            path = os.path.join(folder, name)
            mode = format(os.stat(path).st_mode & 0o777, "o")
            own = key(os.path.relpath(path, ROOT))
            try:
                with open(path, errors="replace") as file:
                    value = " ".join(file.read().split())
            except OSError:
                value = ""
            rows.append((own, mode, other.get(own, "-"), value))
    sys.stdout.write("key\tmode\telsewhere\tvalue\n")
    for row in sorted(rows, key=lambda row: row[0].encode()):
        sys.stdout.write("\t".join(row) + "\n")


main()
