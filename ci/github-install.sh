#!/usr/bin/env bash
# The first step of action.yml: puts the flint that VERSION names on the PATH of the next steps.
set -euo pipefail
manifest=$GITHUB_ACTION_PATH/Cargo.toml
own=$(sed -n 's/^version = "\(.*\)"/\1/p' "$manifest" | head -n 1)
to=$RUNNER_TEMP/flint
case ${VERSION:=$own} in
  system)
    flint --version
    exit
    ;;
  source)
    cargo install --quiet --locked --root "$to" --path "$GITHUB_ACTION_PATH"
    ;;
  *[!0-9A-Za-z.]*)
    echo "::error title=flint::version is neither a release, source nor system"
    exit 2
    ;;
  *)
    if ! python=$(command -v python3 || command -v python); then
      echo "::error title=flint::no Python on PATH; set it up, or install flint yourself and say version: system"
      exit 2
    fi
    "$python" -m venv "$to"
    # Windows has Scripts where others have bin.
    pip=$to/bin/pip
    [ -x "$pip" ] || pip=$to/Scripts/pip
    if ! "$pip" install --quiet --disable-pip-version-check --only-binary flink-lint "flink-lint==$VERSION"; then
      echo "::error title=flint::flink-lint $VERSION can't be installed; version: source builds it with cargo"
      exit 2
    fi
    ;;
esac
bin=$to/bin
[ -d "$bin" ] || bin=$to/Scripts
echo "$bin" >> "$GITHUB_PATH"
"$bin/flint" --version
