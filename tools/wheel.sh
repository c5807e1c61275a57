#!/usr/bin/env bash
# Builds the wheel of this source into a folder.
# Usage: tools/wheel.sh MATURIN FLINT FOLDER [ARGUMENT OF MATURIN BUILD]...
# FLINT is flint of this source for this machine, which prints the manual pages and completions. Without
# arguments the wheel is that of the release profile, for the system it is built on; a wheel for everyone's:
#   pip install 'maturin[zig]' && tools/wheel.sh maturin FLINT FOLDER --release --zig --compatibility manylinux2014
set -euo pipefail
maturin=$(command -v "$1")
flint=$(realpath "$2")
mkdir -p "$3"
to=$(realpath "$3")
shift 3
[ $# -gt 0 ] || set -- --release --compatibility linux
cd "$(dirname "$0")/.."
# maturin takes the licences and the data from beside its own file.
rm -rf packaging/wheel/data packaging/wheel/LICENSE-*
cp LICENSE-* packaging/wheel
tools/share.sh "$flint" packaging/wheel/data/data/share
cd packaging/wheel
"$maturin" build --quiet --locked --out "$to" "$@"
