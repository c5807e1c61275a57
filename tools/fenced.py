#!/usr/bin/env python3
"""Prints the fenced block of a Markdown file whose first line is a comment with the given name.

Usage: tools/fenced.py MARKDOWN NAME
Documentation that is tried is taken from the documentation, not from a copy of it.
"""

import pathlib
import re
import sys


def block(path, name):
    """The text of the one block named so; its first line is `# NAME` or `// NAME`."""
    text = pathlib.Path(path).read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(?:#|//) ([^\n]+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    found = [inner for title, inner in blocks if title == name]
    if len(found) != 1:
        sys.exit(f"error: {path} has {len(found)} blocks named {name}, of {[title for title, _ in blocks]}")
    return found[0]


if __name__ == "__main__":
    sys.stdout.write(block(*sys.argv[1:]))
