#!/usr/bin/env bash
# Builds the web application that the server embeds; does nothing when it is up to date.
set -euo pipefail
cd "$(dirname "$0")/../web"

if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund
fi
if [ -f dist/index.html ] && [ -z "$(find src index.html package-lock.json -newer dist/index.html -print -quit)" ]; then
    exit 0
fi
npm run build
