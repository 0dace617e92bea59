"""`python -m server.prepare [STEP…]`: do all steps, or only those named."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from server.prepare.secrets import Secrets, write_secrets
from server.prepare.steps import STEPS, PrepareFailed, prepare
from server.settings import ROOT, load_settings


def main(arguments: list[str]) -> int:
    """Run the steps; return the exit status."""
    unknown = set(arguments) - set(STEPS)
    if unknown:
        sys.stderr.write(f"unknown: {', '.join(sorted(unknown))}; steps: {', '.join(STEPS)}\n")
        return 2
    var = Path(os.environ.get("HANDRAIL_VAR") or ROOT / "var")
    if not arguments or Secrets.name in arguments:
        # Before the settings: in production they refuse to be read without secrets.
        write_secrets(var)
    try:
        prepare(load_settings(), arguments or None)
    except PrepareFailed:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
