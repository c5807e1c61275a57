#!/usr/bin/env bash
# Tries the hooks of this repository with the real pre-commit, prek and lefthook, in scratch repositories.
# Usage: tools/try-hooks.sh VENV FLINT WHEELS
# VENV is a virtual environment with pre-commit, prek, uv (which prek calls) and lefthook, FLINT is flint of this
# source, WHEELS a folder with its wheel. The hooks are those of the last commit, which is what users clone.
# The hooks from source need the registry of crates, all need that of Python's packages.
set -euo pipefail
venv=$(realpath "$1")
flint=$(realpath "$2")
wheels=$(realpath "$3")
here=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
log=$scratch/log
fail() {
  [ ! -f "$log" ] || tail -n 60 "$log"
  echo "$1"
  exit 1
}

# A shell where there is no cargo, no flint, and the wheel is to be had as if it had been published.
bare=
IFS=: read -r -a folders <<< "$PATH"
for folder in "${folders[@]}"; do
  if [ -x "$folder/cargo" ] || [ -x "$folder/flint" ]; then continue; fi
  bare=$bare:$folder
done
bare=${bare#:}
if [ -z "$bare" ] || ! PATH=$bare command -v git python3 > /dev/null; then
  fail "cargo shares a folder of PATH with git or Python: the wheel can't be tried without it"
fi
without_cargo() {
  env PATH="$bare:$venv/bin" PIP_FIND_LINKS="$wheels ${PIP_FIND_LINKS:-}" UV_FIND_LINKS="$wheels" \
    CARGO_HOME=/nonexistent RUSTUP_HOME=/nonexistent "$@"
}
# A shell where flint is on PATH.
mkdir "$scratch/system"
ln -s "$flint" "$scratch/system/flint"
with_flint() { env PATH="$scratch/system:$bare:$venv/bin" "$@"; }
# A shell with cargo. What a hook builds is tried, not timed: no optimisation, and what one manager builds several
# times shares its dependencies. The managers call cargo in different ways and would undo each other's.
with_cargo() {
  env PATH="$PATH:$venv/bin" CARGO_TARGET_DIR="$scratch/target-$1" CARGO_PROFILE_RELEASE_OPT_LEVEL=0 \
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 "$@"
}
export PRE_COMMIT_HOME=$scratch/pre-commit PREK_HOME=$scratch/prek

# A clean copy of the committed tree: what a user's pre-commit would clone.
git clone --quiet --no-hardlinks "$here" "$scratch/flint"
revision=$(git -C "$scratch/flint" rev-parse HEAD)

repository() {
  mkdir "$scratch/$1"
  cd "$scratch/$1"
  git init --quiet
  git config user.email you@example.org
  git config user.name you
}
# The hooks named by the arguments, each with what HOOK_OPTIONS says.
configure() {
  printf 'repos:\n  - repo: %s\n    rev: %s\n    hooks:\n' "$scratch/flint" "$revision" > .pre-commit-config.yaml
  for id in "$@"; do
    printf '      - {id: %s%s}\n' "$id" "${HOOK_OPTIONS:-}" >> .pre-commit-config.yaml
  done
  git add --all
}
# The findings in the log, whatever the manager puts around them.
findings() { sed -n 's/^ *\([^ ]*:[0-9]*:[0-9]*: .*\)/\1/p' "$log" | sort; }

repository sixty
"$here/tools/sixty-files.sh" .
git add --all
code=0
"$flint" check --format concise . 2> /dev/null | sort > "$scratch/expected" || code=$?
[ "$code" -eq 1 ] || fail "exit code $code on the sixty files"
[ "$(wc -l < "$scratch/expected")" -ge 60 ] || fail "the sixty files have too few findings to show anything"

echo "60 files, $(wc -l < "$scratch/expected") findings: the same for shuffled batches of 1, 4, 7, 30 and 60 names"
for size in 1 4 7 30 60; do
  # A batch with findings makes xargs end with 123.
  git ls-files -z | sort -zR | xargs -0 -n "$size" "$flint" check --format concise 2> /dev/null | sort \
    > "$scratch/batches" || [ "${PIPESTATUS[2]}" -eq 123 ] || fail "a batch could not be checked"
  diff -u "$scratch/expected" "$scratch/batches" || fail "other findings in batches of $size"
done

# try NAME SHELL COMMAND...: the hook reports all findings of the sixty files, and fails.
try() {
  local name=$1 start
  shift
  start=$SECONDS
  if "$@" > "$log" 2>&1; then fail "$name passed files with errors"; fi
  findings > "$scratch/found"
  diff -u "$scratch/expected" "$scratch/found" || fail "$name reports other findings"
  echo "  $name: the same findings ($((SECONDS - start)) s)"
}
concise=', args: [--format, concise], verbose: true'
for shuffled in '' ', require_serial: false'; do
  echo "flint-system, flint on PATH${shuffled:+, split by the manager}"
  HOOK_OPTIONS="$concise$shuffled" configure flint-system
  try pre-commit with_flint pre-commit run --all-files
  try prek with_flint prek run --all-files
done
echo "flint, from the wheel, no cargo on PATH"
HOOK_OPTIONS=$concise configure flint
try pre-commit without_cargo pre-commit run --all-files
try prek without_cargo prek run --all-files
echo "flint-src, built by cargo"
HOOK_OPTIONS=$concise configure flint-src
try pre-commit with_cargo pre-commit run --all-files
try prek with_cargo prek run --all-files
rm .pre-commit-config.yaml

echo "try-repo, as someone would who looks at flint for the first time: the same report, word for word"
# Without the blanks around lines, which prek adds and pre-commit drops.
plain() { sed 's/^ *//; s/ *$//' "$1"; }
"$flint" check . > "$scratch/report" 2> /dev/null || true
plain "$scratch/report" > "$scratch/expected-report"
for way in "without_cargo pre-commit flint" "with_cargo pre-commit flint-src" "without_cargo prek flint"; do
  read -r shell manager hook <<< "$way"
  start=$SECONDS
  if "$shell" "$manager" try-repo "$scratch/flint" "$hook" --all-files > "$log" 2>&1; then
    fail "$hook passed files with errors"
  fi
  plain "$log" > "$scratch/plain-log"
  python3 -c 'import sys; a, b = (open(name).read() for name in sys.argv[1:]); sys.exit(a not in b)' \
    "$scratch/expected-report" "$scratch/plain-log" || fail "$manager try-repo $hook prints another report"
  echo "  $manager try-repo $hook ($((SECONDS - start)) s)"
done

echo "lefthook, flint on PATH"
"$here/tools/fenced.py" "$here/docs/ci.md" lefthook.yml > "$scratch/lefthook.yml"
sed 's/flint check/& --format concise/' "$scratch/lefthook.yml" > lefthook.yml
git add --all
try lefthook with_flint lefthook run pre-commit --colors off

echo "a name that begins with a dash is no option"
repository dashes
printf 'parallelism.default: 2\n' > ./--format=json=other.py
echo "untouched = True" > other.py
for manager in pre-commit prek; do
  configure flint-system flint-fix-system
  with_flint "$manager" run --all-files > "$log" 2>&1 || fail "$manager: a name was taken for an option"
done
[ "$(cat other.py)" = "untouched = True" ] || fail "a name made flint write a report"

# What a manager says when a hook has written to a file.
changed='[Ff]iles were modified by this hook'
bad() {
  printf '%s\n' 'jobmanager.memory.process.size: 1600m' 'taskmanager.memory.process.size: 1728m' \
    'taskmanager.numberOfTaskSlots: 2' 'taskmanager.numberOfTaskSlots: 4' > flink-conf.yaml
  git add flink-conf.yaml
}
# mend SHELL MANAGER HOOK: fixes and fails the first time, passes the second; leaves other files alone.
mend() {
  local shell=$1 manager=$2 hook=$3
  bad
  if "$shell" "$manager" run "$hook" --all-files > "$log" 2>&1; then fail "$hook changed nothing"; fi
  grep -q "$changed" "$log" || fail "$hook failed for another reason"
  [ "$(git diff --name-only)" = flink-conf.yaml ] || fail "$hook changed other files"
  [ "$(git diff --numstat)" = "$(printf '0\t1\tflink-conf.yaml')" ] || fail "$hook changed more than a line"
  git add flink-conf.yaml
  "$shell" "$manager" run --all-files > "$log" 2>&1 || fail "the mended file does not pass"
  echo "  $manager: $hook fixes and fails the first time, passes the second"
}
repository mend
echo "parallelism.default: 2" > other.yaml
for manager in pre-commit prek; do
  configure flint flint-fix
  mend without_cargo "$manager" flint-fix
  configure flint-src flint-fix-src
  mend with_cargo "$manager" flint-fix-src
  configure flint-system flint-fix-system
  mend with_flint "$manager" flint-fix-system
done
