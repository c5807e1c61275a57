#!/usr/bin/env bash
# Packs flint, its manual pages, completions, licences, README and changes into one archive, with its checksum.
# Usage: tools/package.sh FLINT FOLDER [BINARY TARGET]
# FLINT is flint of this source for this machine. BINARY is the one to pack if it is for another TARGET, such as
# target/x86_64-unknown-linux-musl/release/flint. The same input gives the same bytes.
set -euo pipefail
flint=$(realpath "$1")
mkdir -p "$2"
to=$(realpath "$2")
binary=$(realpath "${3:-$1}")
target=${4:-$(rustc -vV | sed -n 's/^host: //p')}
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
name=flint-$version-$target
mkdir "$scratch/$name"
install -m 755 "$binary" "$scratch/$name/"
install -m 644 README.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT "$scratch/$name"
tools/share.sh "$flint" "$scratch/$name/share"
# Of nobody, at one time, in one order.
tar --directory "$scratch" --sort=name --owner=0 --group=0 --numeric-owner --mtime='2000-01-01 00:00Z' \
  --mode=u+rw,go+r-w,a+X --create "$name" | gzip --no-name --best > "$to/$name.tar.gz"
cd "$to"
sha256sum "$name.tar.gz" > "$name.tar.gz.sha256"
echo "$to/$name.tar.gz"
