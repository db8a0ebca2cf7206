#!/usr/bin/env bash
# Runs all tests. One debug build serves the unit tests, the scenarios and the server they drive:
# the same packages, targets and features everywhere, so that nothing is compiled twice.
set -euo pipefail
cd "$(dirname "$0")/.."

selection=(--workspace --all-targets --locked --features millrace/fault-points)
cargo build "${selection[@]}"
export MILLRACE_BIN="${CARGO_TARGET_DIR:-$PWD/target}/debug/millrace"

if command -v npm >/dev/null; then
    npm --prefix web test
fi
cargo test --workspace --doc --locked --features millrace/fault-points --quiet
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run "${selection[@]}" "$@"
else
    echo 'cargo-nextest is not installed (cargo install --locked cargo-nextest); using cargo test' >&2
    cargo test "${selection[@]}" --no-fail-fast -- "$@"
fi

# The client packages that people use, against the same server.
if [ $# -eq 0 ]; then
    scripts/clients.sh
fi

# Last, the application in a browser, against the same server. With arguments only Rust tests are meant.
if [ $# -eq 0 ] && command -v npm >/dev/null; then
    npm --prefix web run e2e
else
    echo 'the tests in the browser were left out (they need Node.js and a run without arguments)' >&2
fi
