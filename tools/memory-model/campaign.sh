#!/usr/bin/env bash
# Holds the memory model against real Flink on random settings of all versions.
#
#   tools/memory-model/campaign.sh [COUNT [SEED]]
#
# The questions come from tests/memory_model/mod.rs; run.sh says what is needed to answer them. What does not
# match is printed by the last command, and all answers are kept where the first line says.
set -euo pipefail
cd "$(dirname "$0")/../.."
export FLINT_MEMORY_COUNT=${1:-24000} FLINT_MEMORY_SEED=${2:-$(date +%s)}
folder=$(mktemp -d)
export FLINT_MEMORY_QUESTIONS=$folder/questions.jsonl FLINT_MEMORY_ANSWERS=$folder/answers.jsonl
echo "$FLINT_MEMORY_COUNT questions of seed $FLINT_MEMORY_SEED: $folder"
cargo test --quiet --test conformance_memory fresh_questions_are_written -- --ignored
tools/memory-model/run.sh < "$FLINT_MEMORY_QUESTIONS" > "$FLINT_MEMORY_ANSWERS"
cargo test --quiet --test conformance_memory fresh_answers_are_given -- --ignored
