"""The sentence encoder as ONNX files."""

from __future__ import annotations

import os
import subprocess
import sys

from encoder import EncoderError
from encoder.export import is_exported
from encoder.judge import read_retrieval_set
from encoder.manifest import read_manifest
from encoder.source import find_source
from server.prepare.errors import StepFailed
from server.prepare.logs import last_lines
from server.settings import ROOT, Settings

ARTICLES = ROOT / "data" / "articles"


class EncoderFiles:
    name = "encoder"
    title = "sentence encoder"

    def is_done(self, settings: Settings) -> bool:
        try:
            source = find_source(settings.encoder_source)
            # An export from before there were articles has not been judged on them.
            return is_exported(source, settings.encoder_path) and (
                bool(read_manifest(settings.encoder_path).judged)
                or not read_retrieval_set(ARTICLES)
            )
        except EncoderError:
            # `do` meets the same error and says what to do about it.
            return False

    def do(self, settings: Settings) -> str:
        """Export in a process of its own, so that torch's 1 GB is gone afterwards."""
        log = settings.var / "logs" / "encoder.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "encoder.export", "--source", settings.encoder_source]
        command += ["--target", str(settings.encoder_path), "--articles", str(ARTICLES)]
        with log.open("w") as file:
            status = subprocess.run(  # noqa: S603 - our own words
                command,
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
                check=False,
            ).returncode
        if status != 0:
            raise StepFailed(
                f"the export ended with status {status}",
                "Check HANDRAIL_ENCODER_SOURCE (an installed package or a sentence-transformers "
                f"folder) and the free disk space; the whole log is {log}.",
                last_lines(log),
            )
        return f"exported, {read_manifest(settings.encoder_path).precision} serves"
