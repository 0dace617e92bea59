"""`training.suspects.find` with an encoder of words. FAKE_FIND: fail, or a file to wait for."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tests.training.suspects.house import WordEncoder
from training.suspects.finding import write_found

arguments = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
wanted = os.environ.get("FAKE_FIND", "")
if wanted == "fail":
    sys.exit(3)
while wanted and not Path(wanted).exists():
    time.sleep(0.02)
write_found(Path(arguments["--nlu"]), Path(arguments["--out"]), WordEncoder())
