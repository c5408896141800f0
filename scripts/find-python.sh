#!/bin/sh
# Prints the path of a Python that Yunkai runs on: 3.11 or newer, able to make environments.
# PYTHON in the environment names another one to try first.
set -eu

for name in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
    if path=$(command -v "$name") &&
        "$path" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$path"
        exit 0
    fi
done
echo "No Python 3.11 or newer with its venv module was found on the PATH." >&2
echo "On Debian 12 or newer: apt-get install python3 python3-venv" >&2
exit 1
