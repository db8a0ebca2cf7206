#!/usr/bin/env python3
"""Writes starting points for both targets: the scripts of conformance vectors, JSON lines with a field
"script", from the folder given as the argument."""

import hashlib
import json
import pathlib
import sys

here = pathlib.Path(__file__).parent
scripts = set()
for file in pathlib.Path(sys.argv[1]).glob("*.jsonl"):
    for line in file.read_text().splitlines():
        script = json.loads(line).get("script", "")
        if 0 < len(script) < 4000:
            scripts.add(script)
for target in ("parse", "optimise"):
    corpus = here / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    for script in scripts:
        name = hashlib.sha1(script.encode()).hexdigest()
        (corpus / name).write_text(script)
print(f"{len(scripts)} scripts for each target")
