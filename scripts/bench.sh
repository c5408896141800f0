#!/bin/bash
# Runs every program in bench/, shows what it prints and keeps it in bench/results.md. One that
# falls short of its target, or fails, is named at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob

results=bench/results.md
failed=()
body=$(mktemp)
trap 'rm -f "$body"' EXIT

for program in bench/[a-z]*.py; do
    name=$(basename "$program" .py)
    {
        echo "## $name"
        echo
        echo '```'
    } >>"$body"
    .venv/bin/python -m "bench.$name" | tee -a "$body" || failed+=("$name")
    echo '```' >>"$body"
    echo >>"$body"
done

{
    echo "# Results of \`make bench\`"
    echo
    echo "$(uname -sm), $(nproc) cores, $(.venv/bin/python -V), Node $(node --version)"
    echo
    cat "$body"
} >"$results"

if [ ${#failed[@]} -gt 0 ]; then
    echo "failed: ${failed[*]}" >&2
    exit 1
fi
