#!/usr/bin/env bash
# Holds findings against mistakes that people labelled by hand.
#
#     tools/corpus-labels.sh LABELS FINDINGS
#
# LABELS has a line for each mistake: path below `files/`, line (0 for the whole file), class, and more,
# with tabs between them. FINDINGS is what `flint check --format concise files` printed there. Prints the
# labels, sorted, each with the rules that speak on its line, for a whole file with all that speak in it,
# or `-`.
set -euo pipefail
labels=$1 findings=$2

awk -F '\t' '
function speak(at) {
  if (index(" " spoken[at] " ", " " rule " ") == 0) spoken[at] = spoken[at] (spoken[at] ? " " : "") rule
}
FNR == NR {
  # path:line:column: severity[rule] message
  if (!match($0, /:[0-9]+:[0-9]+: (error|warning|note)\[[a-z-]+\]/)) next
  rest = substr($0, RSTART + 1, RLENGTH - 2)
  line = rest; sub(/:.*/, "", line)
  rule = rest; sub(/.*\[/, "", rule)
  file = "files/" substr($0, 1, RSTART - 1)
  speak(file ":" line)
  speak(file ":0")
  next
}
FNR > 1 {
  at = $1 ":" $2
  print $3 "\t" at "\t" (at in spoken ? spoken[at] : "-")
}' "$findings" "$labels" | LC_ALL=C sort
