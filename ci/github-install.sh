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
    python=$(command -v python3 || command -v python)
    "$python" -m venv "$to"
    # Windows has Scripts where others have bin.
    pip=$to/bin/pip
    [ -x "$pip" ] || pip=$to/Scripts/pip
    "$pip" install --quiet --disable-pip-version-check --only-binary flink-lint "flink-lint==$VERSION"
    ;;
esac
bin=$to/bin
[ -d "$bin" ] || bin=$to/Scripts
echo "$bin" >> "$GITHUB_PATH"
"$bin/flint" --version
