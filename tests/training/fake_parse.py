"""Stands in for bot.parse: the model is a JSON of text to intent, or to a whole parse; "broken" breaks it.

A text with the intent "hang" is never answered, and before one with "odd" something is printed that is no JSON.
A parse with "worn_at" is at the level of a handoff where the threshold is not above it.
"""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import json
import sys
import time
from pathlib import Path

model = json.loads(Path(sys.argv[sys.argv.index("--model") + 1]).read_text("utf-8"))
if model == "broken":
    sys.exit("this is no model")
for line in sys.stdin:
    asked = json.loads(line)
    if asked.get("costs"):
        print(json.dumps({"memory_mb": 100.0, "load_seconds": 0.5}), flush=True)
        continue
    text = asked["text"]
    found = model.get(text, "out_of_scope")
    if found == "hang":
        time.sleep(600)
    if found == "odd":
        print("a library speaks", flush=True)
    parse = dict(found) if isinstance(found, dict) else {}
    if "worn_at" in parse:
        levels = (asked.get("metadata") or {}).get("frustration_levels") or {"handoff": 1.0}
        worn = parse.pop("worn_at") >= levels["handoff"]
        parse["frustration"] = {"level": "handoff" if worn else "calm"}
    name = parse.pop("name", "out_of_scope") if parse else found
    answer = {
        "text": text,
        "intent": {"name": name, "confidence": 0.9},
        "intent_ranking": [{"name": name, "confidence": 0.9}],
        "milliseconds": model.get("milliseconds", 5.0),
        **parse,
    }
    print(json.dumps(answer), flush=True)
