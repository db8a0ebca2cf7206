#!/usr/bin/env bash
# Lets the client packages that people use drive the server: both generations of tb-rest-client,
# paho-mqtt and a plain WebSocket client, against Mosquitto. Packages go into virtual environments
# under the target directory, in pinned versions.
set -euo pipefail
cd "$(dirname "$0")/.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
export MILLRACE_BIN="${MILLRACE_BIN:-$target/debug/millrace}"
export PYTHONDONTWRITEBYTECODE=1

for generation in 4.4 4.3; do
    place="$target/clients/$generation"
    pinned="$place/requirements.txt"
    if ! cmp --silent tests/clients/requirements.txt "$pinned"; then
        rm -rf "$place"
        python3 -m venv "$place"
        "$place/bin/pip" install --quiet --disable-pip-version-check --no-deps \
            --requirement tests/clients/requirements.txt "tb-rest-client==$generation"
        cp tests/clients/requirements.txt "$pinned"
    fi
    echo "clients: tb-rest-client $generation"
    "$place/bin/python" -m pytest -p no:cacheprovider --quiet tests/clients "$@"
done
