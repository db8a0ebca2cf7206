#!/usr/bin/env bash
# Builds the web application that the server embeds; does nothing when it is up to date.
set -euo pipefail
cd "$(dirname "$0")/../web"

if ! command -v npm >/dev/null; then
    echo 'Node.js is not installed: the server is built without its web application (nodejs.org, 20 or newer)' >&2
    exit 0
fi
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund
fi
# The description of the API is a source too: the types of requests and replies come from it.
sources=(src public scripts index.html vite.config.ts package-lock.json ../crates/api/tests/api/snapshots)
if [ -f dist/index.html ] && [ -z "$(find "${sources[@]}" -newer dist/index.html -print -quit)" ]; then
    exit 0
fi
npm run build
