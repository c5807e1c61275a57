#!/usr/bin/env bash
# The second step of action.yml: runs flint once, for the annotations, code scanning and the summary of the job.
# The shell may be as old as macOS' 3.2, where an empty array must not be expanded.
set -euo pipefail
command=(flint check --format github)
sarif_file=$RUNNER_TEMP/flint.sarif
summary_file=$RUNNER_TEMP/flint-summary.md
rm -f "$sarif_file" "$summary_file"
[ "$SARIF" != true ] || command+=(--format "sarif=$sarif_file")
[ "$SUMMARY" != true ] || command+=(--format "markdown=$summary_file")
[ -z "$SINCE" ] || command+=(--since "$SINCE")
# Words between blanks: no quotes, no patterns, nothing is run.
read -r -d '' -a words <<< "$ARGS" || true
[ "${#words[@]}" -eq 0 ] || command+=("${words[@]}")
# Whatever a path looks like, it is no option.
command+=(--)
while IFS= read -r path; do
  [ -z "$path" ] || command+=("$path")
done <<< "$PATHS"

code=0
"${command[@]}" || code=$?

echo "exit-code=$code" >> "$GITHUB_OUTPUT"
[ ! -f "$sarif_file" ] || echo "sarif-file=$sarif_file" >> "$GITHUB_OUTPUT"
if [ -f "$summary_file" ]; then
  # GitHub refuses a summary of more than a mebibyte.
  if [ "$(wc -c < "$summary_file")" -le 1000000 ]; then
    cat "$summary_file" >> "$GITHUB_STEP_SUMMARY"
  else
    echo "flint found more than a summary holds; see the log of this job." >> "$GITHUB_STEP_SUMMARY"
  fi
fi
exit "$code"
