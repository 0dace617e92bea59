"""Stands in for `training.suspects.find`. FAKE_FIND: fail, or a file to wait for. FAKE_FOUND: a list that was made
before, to hand out: what makes lists takes seconds to load, and has tests of its own."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

arguments = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
wanted = os.environ.get("FAKE_FIND", "")
if wanted == "fail":
    sys.exit(3)
while wanted and not Path(wanted).exists():
    time.sleep(0.02)
if made := os.environ.get("FAKE_FOUND"):
    shutil.copyfile(made, arguments["--out"])
else:
    from tests.training.suspects.house import WordEncoder
    from training.suspects.finding import write_found

    write_found(Path(arguments["--nlu"]), Path(arguments["--out"]), WordEncoder())
