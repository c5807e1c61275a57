#!/usr/bin/env bash
# Lets the shells of this machine parse and use flint's completions, and man format its pages.
# Usage: tools/try-share.sh FLINT
set -euo pipefail
flint=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "$1"; exit 1; }
"$here/share.sh" "$flint" "$scratch"
cd "$scratch"
mkdir bin
ln -s "$flint" bin/flint
PATH=$scratch/bin:$PATH

bash -n bash-completion/completions/flint
# What the first TAB after `flint check --error` offers.
offered=$(bash -c 'source bash-completion/completions/flint
  COMP_WORDS=(flint check --error); COMP_CWORD=2; _flint flint --error check; echo "${COMPREPLY[*]}"')
[ "$offered" = "--error-on" ] || fail "bash offers: $offered"
echo "bash: parsed, and completes an option"

if command -v zsh > /dev/null; then
  zsh -n zsh/site-functions/_flint
  # compinit reads the first line of the file for the command that it completes.
  known=$(zsh -fc 'fpath=(zsh/site-functions $fpath); autoload -U compinit; compinit -D -u; echo $_comps[flint]')
  [ "$known" = "_flint" ] || fail "zsh knows no completion of flint: $known"
  echo "zsh: parsed, and found by compinit"
fi
if command -v fish > /dev/null; then
  fish --no-execute fish/vendor_completions.d/flint.fish
  offered=$(HOME=$scratch fish --no-config -c 'source fish/vendor_completions.d/flint.fish; complete -C "flint ch"')
  case $offered in check*) ;; *) fail "fish offers: $offered" ;; esac
  echo "fish: parsed, and completes a command"
fi
if command -v pwsh > /dev/null; then
  # shellcheck disable=SC2016 # These are variables of PowerShell.
  pwsh -NoProfile -Command '$e = $null
    [void][System.Management.Automation.Language.Parser]::ParseFile("flint/completions/flint.ps1", [ref]$null, [ref]$e)
    exit $e.Count'
  echo "powershell: parsed"
fi
if command -v elvish > /dev/null; then
  elvish -compileonly flint/completions/flint.elv
  echo "elvish: parsed"
fi

if command -v groff > /dev/null; then
  for page in man/man1/*.1; do
    groff -man -Tutf8 -ww "$page" > formatted 2> warnings
    [ ! -s warnings ] || { cat warnings; fail "groff complains about $page"; }
  done
  echo "groff: formats $(find man/man1 -name '*.1' | wc -l) manual pages without a warning"
fi
