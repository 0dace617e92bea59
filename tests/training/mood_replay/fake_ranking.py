"""Stands in for bot.parse: a text with "useless" in it is venting, a model named "broken" answers nothing."""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import json
import sys

if "broken" in sys.argv[sys.argv.index("--model") + 1]:
    sys.exit("this is no model")
for line in sys.stdin:
    text = json.loads(line)["text"]
    vents = "useless" in text
    name = "frustrated" if vents else "order_status"
    ranking = [{"name": name, "confidence": 0.95}, {"name": "greet", "confidence": 0.02}]
    print(json.dumps({"text": text, "intent": ranking[0], "intent_ranking": ranking}), flush=True)
