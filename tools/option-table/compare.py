#!/usr/bin/env python3
"""Holds the option table against an extraction of the options that was made apart from it.

Usage: compare.py TABLE FOLDER

FOLDER holds `options.jsonl` (a line for each key with its meanings), and perhaps `extra-keys.json`,
`dead-keys.json`, `deltas.json` and `unread-options.json`. Prints one line for each difference.
"""

import json
import sys
from pathlib import Path

FIELDS = ["state", "type", "default", "targets", "aliases", "enum"]
STATES = {"alias-deprecated": "alias", "alias-fallback": "alias"}


def read_table(path):
    """(versions in order, {(key, version): row})"""
    rows = [line.split("\t") for line in Path(path).read_text().splitlines()[1:]]
    order = []
    for row in rows:
        for part in row[1].split(","):
            order.extend(end for end in part.split("..") if end)
    order = sorted(set(order), key=lambda text: [int(part) for part in text.split(".")])
    table = {}
    for key, versions, state, kind, default, targets, aliases, names, scope in rows:
        for part in versions.split(","):
            low, _, high = part.partition("..")
            last = order.index(high or (order[-1] if ".." in part else low))
            for version in order[order.index(low) : last + 1]:
                table[key, version] = {
                    "state": state,
                    "type": kind,
                    "default": default,
                    "targets": targets,
                    "aliases": aliases,
                    "enum": names,
                    "scope": scope,
                }
    return order, table


def kind(text):
    return text.lower().replace("memorysize", "memory-size")


def minor(version):
    return version.rsplit(".", 1)[0]


def read_other(folder):
    other = {}
    for line in (folder / "options.jsonl").read_text().splitlines():
        option = json.loads(line)
        for meaning in option["meanings"]:
            aliases = ["~" + key for key in meaning.get("fallbackKeys") or []]
            aliases += meaning.get("deprecatedKeys") or []
            default = meaning["default"]
            if meaning.get("envDependent"):
                default = "?"
            state = STATES.get(meaning["state"], meaning["state"])
            targets = meaning["replacedBy"] or []
            if not targets:
                targets = meaning.get("fallbackOf") or []
            texts = meaning.get("enumText") or {}
            names = [texts.get(name, name) for name in meaning.get("enum") or []]
            row = {
                "state": state,
                "type": kind(meaning["type"]),
                "default": "-" if default is None else default,
                "targets": "" if state == "current" else ",".join(targets),
                "aliases": ",".join(aliases),
                "enum": ",".join(names),
            }
            for version in meaning["versions"]:
                other[option["key"], minor(version)] = row
    return other


def main(table_path, folder):
    order, table = read_table(table_path)
    folder = Path(folder)
    other = read_other(folder)
    extra = json.loads((folder / "extra-keys.json").read_text())
    extra = {(one["key"], minor(version)) for one in extra for version in one["versions"]}
    differences = {}

    def note(key, version, text):
        differences.setdefault((key, text), []).append(version)

    own = {"operator", "plugin", "table-option", "internal"}
    for (key, version), row in table.items():
        there = other.get((key, version))
        if there is None:
            if row["scope"] not in own and (key, version) not in extra:
                note(key, version, f"only here ({row['scope']})")
            continue
        for field in FIELDS:
            if row["state"] == "alias" and field == "enum":
                continue
            if row[field] != there[field]:
                note(key, version, f"{field}: here `{row[field]}`, there `{there[field]}`")
    for key, version in other.keys() | extra:
        if (key, version) not in table:
            note(key, version, "only there")

    unread = json.loads((folder / "unread-options.json").read_text())
    unread = {(one["key"], minor(version)) for one in unread for version in one["neverReadIn"]}
    for (key, version), row in table.items():
        if row["scope"] == "unread" and row["state"] != "alias" and (key, version) not in unread:
            note(key, version, "unread only here")
        if row["scope"] == "config" and row["state"] != "alias" and (key, version) in unread:
            aliased = any(
                key in other_row["aliases"].replace("~", "").split(",")
                for (_, where), other_row in table.items()
                if where == version
            )
            if not aliased:
                note(key, version, "unread only there")

    dead = json.loads((folder / "dead-keys.json").read_text())
    for one in dead:
        for version in one["declaredIn"]:
            row = table.get((one["key"], minor(version)))
            if row and row["scope"] not in own and (one["key"], minor(version)) not in other.keys() | extra:
                note(one["key"], minor(version), "a dead constant there")

    for pair in json.loads((folder / "deltas.json").read_text()):
        low, high = minor(pair["frm"]), minor(pair["to"])
        for one in pair["added"]:
            row = table.get((one["key"], low))
            if row and row["state"] != "alias" and (one["key"], low) not in extra:
                note(one["key"], high, "added there")
        for one in pair["removed"]:
            name = one["key"] if isinstance(one, dict) else one
            if (name, high) in table and table[name, high]["state"] != "alias":
                note(name, high, "removed there")

    for (key, text), versions in sorted(differences.items()):
        versions.sort(key=order.index)
        shown = versions[0] if len(versions) == 1 else f"{versions[0]}-{versions[-1]}"
        print(f"{key} ({shown}): {text}")
    print(f"{len(differences)} differences in {len(other)} meanings a version", file=sys.stderr)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
