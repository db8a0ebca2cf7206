#!/usr/bin/env bash
# Formatting and lints of everything.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --all --check
cargo clippy --workspace --all-targets --locked --features millrace/fault-points -- -D warnings

if [ -d web/node_modules ]; then
    npm --prefix web run lint
fi
