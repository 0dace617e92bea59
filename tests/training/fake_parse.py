"""Stands in for bot.parse: the model is a JSON of text to intent; "broken" breaks it."""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import json
import sys
from pathlib import Path

model = json.loads(Path(sys.argv[sys.argv.index("--model") + 1]).read_text("utf-8"))
if model == "broken":
    sys.exit("this is no model")
for line in sys.stdin:
    text = json.loads(line)["text"]
    name = model.get(text, "out_of_scope")
    print(json.dumps({"text": text, "intent": {"name": name, "confidence": 0.9}}), flush=True)
