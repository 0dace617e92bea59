"""Stands in for bot.train: FAKE_TRAIN says how it goes; the model is FAKE_MODEL, a JSON of text to intent."""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

out = Path(sys.argv[sys.argv.index("--out") + 1])
how = os.environ.get("FAKE_TRAIN", "ok")


def step(name: str) -> None:
    print(json.dumps({"step": name, "seconds": 0.01}), flush=True)


print("a library greets", flush=True)
step("load")
if how == "fail":
    print("bot.train: InvalidDomain: domain.yml, line 3", file=sys.stderr)
    sys.exit(1)
if how == "hang":
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (out.parent / "child.pid").write_text(str(child.pid))
    step("hanging")
    time.sleep(600)
if how == "slow":
    for number in range(int(os.environ.get("FAKE_STEPS", "4"))):
        time.sleep(0.5)
        step(f"run_component_{number}")
if how != "no_model":
    out.write_text(os.environ.get("FAKE_MODEL", "{}"), "utf-8")
step("package")
print(json.dumps({"done": str(out), "seconds": 0.1}), flush=True)
