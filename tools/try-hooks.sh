#!/usr/bin/env bash
# Tries the hooks of this repository with a real pre-commit in a scratch repository.
# Usage: tools/try-hooks.sh PRE-COMMIT FLINT
set -euo pipefail
pre_commit=$1
flint=$2
here=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PRE_COMMIT_HOME=$scratch/cache

# A clean copy of the committed tree: what a user's pre-commit would clone.
git clone --quiet --no-hardlinks "$here" "$scratch/flint"
revision=$(git -C "$scratch/flint" rev-parse HEAD)
mkdir "$scratch/repo"
cd "$scratch/repo"
git init --quiet
git config user.email you@example.org
git config user.name you
bad() {
  printf '%s\n' 'jobmanager.memory.process.size: 1600m' 'taskmanager.memory.process.size: 1728m' \
    'taskmanager.numberOfTaskSlots: 2' 'taskmanager.numberOfTaskSlots: 4' > flink-conf.yaml
}
fail() { cat ../log; echo "$1"; exit 1; }

echo "pre-commit try-repo: a bad file fails the hook"
bad
git add flink-conf.yaml
if "$pre_commit" try-repo "$scratch/flint" flint --all-files > ../log 2>&1; then
  fail "the hook passed a bad file"
fi
grep -q 'duplicate-key' ../log || fail "the hook failed for another reason"

echo "flint fix mends it"
"$flint" fix --quiet . > /dev/null
git add flink-conf.yaml

echo "pre-commit run: the mended file passes, the fixing hook mends a bad one and says so"
cat > .pre-commit-config.yaml <<YAML
repos:
  - repo: $scratch/flint
    rev: $revision
    hooks:
      - id: flint
      - id: flint-fix
YAML
git add .pre-commit-config.yaml
"$pre_commit" run --all-files > ../log 2>&1 || fail "the hooks fail on a good file"
bad
git add flink-conf.yaml
if "$pre_commit" run flint-fix --all-files > ../log 2>&1; then
  fail "the fixing hook changed nothing"
fi
grep -q 'files were modified by this hook' ../log || fail "the fixing hook failed for another reason"
git add flink-conf.yaml
"$pre_commit" run --all-files > ../log 2>&1 || fail "the mended file does not pass"
echo "the hooks work"
