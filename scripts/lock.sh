#!/bin/sh
# Writes requirements/*.txt anew from pyproject.toml: exact versions, each with the digests of its
# published files, and no line that says where to fetch them. Give --upgrade to move to newer
# releases; without it what is locked stays unless pyproject.toml forbids it.
set -eu
cd "$(dirname "$0")/.."

# A machine's own indexes and wheel folders hold files whose digests nobody else can match.
export PIP_CONFIG_FILE=/dev/null
unset PIP_FIND_LINKS PIP_EXTRA_INDEX_URL PIP_INDEX_URL

compile() {
    .venv/bin/pip-compile --quiet --generate-hashes --strip-extras --no-header --annotation-style=line \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
        --all-build-deps --allow-unsafe "$@" pyproject.toml
}

[ -x .venv/bin/pip-compile ] || .venv/bin/pip install --quiet pip-tools
compile --output-file requirements/run.txt "$@"
compile --constraint requirements/run.txt --extra test --output-file requirements/test.txt "$@"

if grep -nE '^ *-(-index-url|-extra-index-url|f|i|-find-links|-trusted-host)|://' requirements/*.txt; then
    echo "lock.sh: the lines above name a place; a lock file must not" >&2
    exit 1
fi
