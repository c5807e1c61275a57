#!/usr/bin/env python3
"""Writes src/linux/parameters.tsv from the recordings and from known.tsv.

The recordings are testdata/linux/recorded/RELEASE.tsv, as record.py prints them. A cell whose
content differs between releases holds one part for each release that has the key, oldest first,
divided by ` | `.
"""

import pathlib
import re

HERE = pathlib.Path(__file__).parent
TOP = HERE.parent.parent
RECORDED = TOP / "testdata/linux/recorded"

# Parts of keys that name something of the machine; the first of them is the one to record.
TEMPLATES = [
    (re.compile(r"^(net\.ipv[46]\.conf)\.(default|all|lo|eth0)\."), r"\1.<interface>."),
    (re.compile(r"^(net\.ipv[46]\.neigh)\.(default|lo|eth0)\.(?!gc_(interval|thresh))"), r"\1.<interface>."),
    (re.compile(r"^(kernel\.sched_domain)\.cpu\d+\.domain\d+\."), r"\1.<cpu>.<domain>."),
]

# Modules whose parameters appear when they are loaded.
MODULES = [("net.bridge.", "br_netfilter"), ("net.netfilter.nf_conntrack", "nf_conntrack"),
           ("net.nf_conntrack", "nf_conntrack"), ("net.netfilter.nf_flowtable", "nf_flow_table"),
           ("net.netfilter.nf_hooks_lwtunnel", "nf_conntrack"), ("fs.fuse.", "fuse")]

IPC = re.compile(r"^(fs\.mqueue\.|kernel\.(shm(all|max|mni|_rmid_forced)|msg(max|mnb|mni)|sem|auto_msgmni"
                 r"|(msg|sem|shm)_next_id)$)")

# Values that say what the machine does or is called, or what the one that recorded it was told.
STATE = re.compile(
    r"^(fs\.(aio-nr|dentry-state|dentry-negative|file-nr|inode-nr|inode-state|quota\..*)"
    r"|kernel\.(hostname|domainname|osrelease|version|ns_last_pid|tainted|panic|printk|pty\.nr"
    r"|random\.(boot_id|uuid|entropy_avail)|bootloader_.*|cad_pid|hung_task_detect_count)"
    r"|crypto\.fips_version|net\.core\.netdev_rss_key|net\.netfilter\.nf_conntrack_count"
    r"|net\.ipv4\.tcp_(available|allowed)_congestion_control|net\.ipv4\.tcp_fastopen_key"
    r"|net\.ipv4\.tcp_available_ulp)$")

# Values that the kernel works out from memory or processors; recorded with 4 GiB and 2 processors.
SIZED = re.compile(
    r"^(fs\.(epoll|inotify|fanotify)\.max_user_(watches|marks)|fs\.file-max"
    r"|kernel\.(threads-max|pid_max|sched_(latency|min_granularity|wakeup_granularity)_ns"
    r"|watchdog_cpumask|sched_domain\..*|numa_balancing)"
    r"|net\.core\.bpf_jit_limit|net\.core\.rps_default_mask|net\.core\.flow_limit_cpu_bitmap"
    r"|net\.ipv4\.(tcp_mem|udp_mem|tcp_rmem|tcp_wmem|tcp_max_(orphans|syn_backlog|tw_buckets)"
    r"|tcp_ehash_entries|udp_hash_entries|inet_peer_threshold|route\.gc_thresh)"
    r"|net\.netfilter\.nf_conntrack_(buckets|max|expect_max)|net\.nf_conntrack_max"
    r"|user\.max_(.*_namespaces|inotify_watches|fanotify_marks)"
    r"|vm\.(min_free_kbytes|user_reserve_kbytes|admin_reserve_kbytes))$")

# Lists and masks that look like numbers where they are empty or short.
NO_NUMBERS = re.compile(
    r"^(net\.core\.(rps_default_mask|flow_limit_cpu_bitmap)|kernel\.(ftrace_dump_on_oops|watchdog_cpumask"
    r"|tainted|seccomp\..*|usermodehelper\..*)|net\.ipv6\.icmp\.ratemask|vm\.numa_zonelist_order"
    r"|net\.ipv4\.fib_multipath_hash_seed)$")


def template(key):
    for pattern, general in TEMPLATES:
        general = pattern.sub(general, key)
        if general != key:
            return general
    return key


def scope(key, elsewhere):
    if key.startswith("net."):
        if elsewhere == "-":
            return "network-of-host"
        return "network" if elsewhere[0] in "62" else "network-read-only"
    if key.startswith("user."):
        return "user"
    if key in ("kernel.hostname", "kernel.domainname"):
        return "uts"
    return "ipc" if IPC.match(key) else "machine"


def cell(parts):
    return parts[0] if len(set(parts)) == 1 else " | ".join(parts)


def read(path):
    lines = path.read_text().splitlines()
    return [line.split("\t") for line in lines[1:]]


def main():
    releases = sorted((path.stem for path in RECORDED.glob("*.tsv")),
                      key=lambda name: [int(part) for part in name.split(".")])
    known = {row[0]: row[1:] for row in read(HERE / "known.tsv")}
    found = {}
    for release in releases:
        for key, mode, elsewhere, value in read(RECORDED / (release + ".tsv")):
            own = found.setdefault(template(key), {})
            first = release not in own or ".default." in key
            if first:
                own[release] = (mode, elsewhere, value)
    lines = []
    for key in sorted(found, key=str.encode):
        own = found[key]
        has = [release for release in releases if release in own]
        last = "" if has[-1] == releases[-1] else has[-1]
        assert has == releases[releases.index(has[0]):releases.index(has[-1]) + 1], key
        values = [own[release][2] for release in has]
        if STATE.match(key):
            values = ["?"]
        elif SIZED.match(key):
            values = ["~" + value for value in values]
        numbers = all(re.fullmatch(r"-?\d+( -?\d+)*", own[release][2]) for release in has)
        if numbers and not NO_NUMBERS.match(key):
            guess = ["number", str(max(own[release][2].count(" ") for release in has) + 1)]
        else:
            guess = ["-", "1"]
        facts = known.pop(key, guess + ["-", "-", ""])
        module = next((module for start, module in MODULES if key.startswith(start)), "-")
        ranges = facts[2].split(" | ")
        # A cell of known.tsv speaks for all releases or for those that have the key.
        assert len(ranges) in (1, len(has)), key
        lines.append([
            key, has[0] + ".." + last,
            cell([own[release][0] for release in has]),
            cell([scope(key, own[release][1]) for release in has]),
            module, cell(values), facts[0], facts[1], facts[2], facts[3], facts[4],
        ])
    assert not known, "never recorded: " + ", ".join(known)
    header = "key releases mode scope module default kind count range unit meaning".split()
    with open(TOP / "src/linux/parameters.tsv", "w") as out:
        for line in [header] + lines:
            out.write("\t".join(line) + "\n")


main()
