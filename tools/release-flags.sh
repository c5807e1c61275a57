#!/usr/bin/env bash
# Prints the flags of a release for CARGO_ENCODED_RUSTFLAGS, in which paths may have blanks: the same source gives
# the same bytes wherever it is built.
set -euo pipefail
home=${CARGO_HOME:-$HOME/.cargo}
printf -- '--remap-path-prefix=%s=/cargo\x1f--remap-path-prefix=%s=/flint\n' "$home" "$PWD"
