#!/usr/bin/env bash
# Runs all tests. One debug build serves the unit tests, the scenarios and the server they drive:
# the same packages, targets and features everywhere, so that nothing is compiled twice.
set -euo pipefail
cd "$(dirname "$0")/.."

selection=(--workspace --all-targets --locked --features millrace/fault-points)
cargo build "${selection[@]}"
export MILLRACE_BIN="${CARGO_TARGET_DIR:-$PWD/target}/debug/millrace"

if [ -f web/package.json ]; then
    npm --prefix web test
fi
cargo test --workspace --doc --locked --features millrace/fault-points --quiet
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run "${selection[@]}" "$@"
else
    echo 'cargo-nextest is not installed (cargo install --locked cargo-nextest); using cargo test' >&2
    cargo test "${selection[@]}" --no-fail-fast -- "$@"
fi
