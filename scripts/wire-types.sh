#!/bin/bash
# Writes web/src/wire/api.ts from the server's own description of its interface. With --check it
# only says whether the checked-in file is what the server would give now.
set -euo pipefail
cd "$(dirname "$0")/.."

kept=web/src/wire/api.ts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

.venv/bin/yunkai openapi >"$work/openapi.json"
(cd web && node_modules/.bin/openapi-typescript "$work/openapi.json" --output "$work/api.ts" >/dev/null)

if [ "${1:-}" = --check ]; then
    if ! diff -u "$kept" "$work/api.ts"; then
        echo "$kept is not what the server describes: run make types and commit it" >&2
        exit 1
    fi
else
    mkdir -p "$(dirname "$kept")"
    cp "$work/api.ts" "$kept"
fi
