#!/usr/bin/env bash
# Prints the RUSTFLAGS of a release: the same source gives the same bytes wherever it is built.
set -euo pipefail
home=${CARGO_HOME:-$HOME/.cargo}
printf -- '--remap-path-prefix=%s=/cargo --remap-path-prefix=%s=/flint\n' "$home" "$PWD"
