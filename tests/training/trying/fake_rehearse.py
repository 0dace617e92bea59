"""Stands in for bot.rehearse: the model is a JSON of text to intent; one action a turn, `action_<intent>`.

A text of "crash" ends the program, "hang" makes it wait, and a model of "broken" can't be loaded.
"""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def say(**record: Any) -> None:
    print(json.dumps(record), flush=True)


def walk(asked: dict[str, Any]) -> None:
    model = json.loads(Path(asked["model"]).read_text("utf-8"))
    if model == "broken":
        raise RuntimeError("it cannot be loaded")
    for said in asked["said"]:
        text = said.get("text") or said["payload"]
        if text == "crash":
            sys.exit(1)
        if text == "hang":
            time.sleep(60)
        name = said.get("intent") or model.get(text) or text.lstrip("/").split("{")[0]
        action = f"action_{name}"
        metadata = {**said["metadata"], "turn_id": said["turn_id"]}
        say(
            call={
                "next_action": action,
                "tracker": {"latest_message": {"text": text, "metadata": metadata}},
            }
        )
        answer = json.loads(sys.stdin.readline())
        failed = None if answer["status"] == 200 else f"{action}: refused"
        parse = {
            "intent": {"name": name, "confidence": 0.9},
            "intent_ranking": [
                {"name": name, "confidence": 0.9},
                {"name": "deny", "confidence": 0.1},
            ],
            "entities": model.get("entities", []),
            "scope": {"probability": 0.8, "in_scope": True},
            "frustration": {
                "score": 0.2,
                "level": "calm",
                "signals": [{"name": "shouting", "value": 0.2}],
            },
            "language": {"code": "en", "name": "English", "probability": 0.9, "sure": True},
        }
        say(
            turn={
                "turn_id": said["turn_id"],
                "parse": parse,
                "messages": (answer["body"] or {}).get("responses", []),
                "slots": {},
                "failed": failed,
                "timings": {"total": 1.0},
                "ran": [{"action": action, "policy": "RulePolicy", "confidence": 1.0}],
                "steps": [{"action": action}],
            }
        )
    say(done=True)


print("a library greets", flush=True)
say(ready=True)
for line in sys.stdin:
    try:
        walk(json.loads(line))
    except RuntimeError as error:
        say(error=str(error))
