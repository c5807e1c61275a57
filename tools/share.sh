#!/usr/bin/env bash
# Writes flint's manual pages and completions below a folder, where Unix systems look for them below `share`.
# Usage: tools/share.sh FLINT FOLDER
set -euo pipefail
flint=$1
to=$2
"$flint" man --into "$to/man/man1"
completions() {
  mkdir -p "$(dirname "$to/$2")"
  "$flint" completions "$1" > "$to/$2"
}
completions bash bash-completion/completions/flint
completions zsh zsh/site-functions/_flint
completions fish fish/vendor_completions.d/flint.fish
# These two have no folder of their own: their users source the file.
completions elvish flint/completions/flint.elv
completions powershell flint/completions/flint.ps1
