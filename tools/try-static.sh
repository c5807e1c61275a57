#!/usr/bin/env bash
# Builds flint as the image of the Dockerfile holds it, and runs it where there is nothing else: no C library, no
# shell, no /proc, another user.
# Usage: tools/try-static.sh [ARGUMENT OF CARGO BUILD]...
# Needs the target x86_64-unknown-linux-musl of the toolchain, and the right to change the root folder (being root,
# or user namespaces).
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "$1"; exit 1; }
target=$(uname -m)-unknown-linux-musl
cargo build --quiet --locked --target "$target" "$@"
case " $* " in
  *" --release "*) flint=target/$target/release/flint ;;
  *) flint=target/$target/debug/flint ;;
esac

if readelf --program-headers "$flint" | grep -q INTERP; then fail "the binary asks for a loader"; fi
if readelf --dynamic "$flint" | grep -q NEEDED; then fail "the binary asks for libraries"; fi
echo "$target: no loader, no libraries, $(stat -c %s "$flint") bytes"

mkdir "$scratch/root"
cp "$flint" "$scratch/root/flint"
cp -r testdata/demo "$scratch/root/work"
chmod -R a+rX "$scratch"
if [ "$(id -u)" -eq 0 ]; then
  # As the image does it.
  inside() { chroot --userspec=65532:65532 "$scratch/root" "$@"; }
else
  inside() { unshare --map-root-user --root "$scratch/root" "$@"; }
fi
code=0
inside /flint check /work > "$scratch/inside" 2>&1 || code=$?
[ "$code" -eq 1 ] || { cat "$scratch/inside"; fail "exit code $code in an empty root"; }
code=0
"$flint" check "$scratch/root/work" > "$scratch/outside" 2>&1 || code=$?
# Paths from the folder where each one stands.
sed "s|$scratch/root||; s|^\(.*\)\[work/|\1[|" "$scratch/outside" > "$scratch/expected"
sed 's|\[work/|[|' "$scratch/inside" > "$scratch/found"
diff -u "$scratch/expected" "$scratch/found" || fail "another report in an empty root"
echo "the same report in an empty root"
code=0
inside /flint check --format json=/none/report /work > "$scratch/inside" 2>&1 || code=$?
[ "$code" -eq 2 ] || fail "exit code $code where nothing can be written"
