"""bot.measure_parse from the outside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.bot.processes import ROOT, environment


def run(model: Path, texts: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.measure_parse", "--model", str(model)],
        cwd=ROOT,
        env=environment(
            HANDRAIL_VAR=str(model.parent),
            HANDRAIL_RASA_TOKEN="a token for nobody",
            HANDRAIL_CHANNEL_SECRET="a secret for nobody",
        ),
        input="".join(json.dumps({"text": text}) + "\n" for text in texts),
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_line_says_what_reading_and_loading_took(model: Path) -> None:
    result = run(model, [f"where is order {number}" for number in range(30)])
    found = json.loads(result.stdout)
    assert found["messages"] == 10
    assert 0 < found["p50_ms"] <= found["p95_ms"]
    assert found["processor_p50_ms"] > 0
    assert 0 < found["detectors_s"] < found["load_s"]["model"] + 1
    assert {"encoder", "spacy", "model", "IntentClassifier"} <= set(found["load_s"])
    assert "SentenceEncoder" in found["parts_ms"]


def test_too_few_messages_and_a_missing_model_are_refused_with_their_reason(
    model: Path, tmp_path: Path
) -> None:
    few = run(model, ["hello"])
    assert (few.returncode, few.stdout) == (1, "")
    assert "messages" in few.stderr
    absent = run(tmp_path / "absent.tar.gz", ["hello"] * 30)
    assert (absent.returncode, absent.stdout) == (1, "")
    assert "absent.tar.gz" in absent.stderr
