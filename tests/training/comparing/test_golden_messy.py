"""The messy golden set is read as the other one is, and nothing in it was trained on."""

from __future__ import annotations

import yaml

from server.settings import ROOT
from training.comparing import golden
from training.nlu_files import NluFile
from training.texts import normalise

MESSY = ROOT / "data" / "golden" / "messy.yml"


def test_no_message_is_a_training_example() -> None:
    paths = sorted((ROOT / "data" / "nlu").glob("*.yml"))
    trained = [one for p in paths for one in NluFile(p.name, p.read_text("utf-8")).examples()]
    messages = golden.read(MESSY)
    assert len(messages) >= 120
    assert golden.fair(messages, trained).left_out == 0
    whole = yaml.safe_load(MESSY.read_text("utf-8"))
    others = [one["text"] for key in ("two", "one", "follow") for one in whole[key]]
    seen = {normalise(one.text) for one in trained}
    assert [text for text in others if normalise(text) in seen] == []
