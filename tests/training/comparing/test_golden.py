"""The shipped golden set is fit to judge models by."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import Unavailable
from training import domain
from training.comparing import golden
from training.nlu_files import Example, NluFolder
from training.texts import normalise, prepare

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "data" / "golden" / "intents.yml"


def test_it_has_no_intent_that_is_not_there_and_no_message_that_is_an_example(
    tmp_path: Path,
) -> None:
    """An intent that has too few is a finding of the data's health (training/health/golden.py): a house that
    adds one has a working system before it has written them."""
    messages = golden.read(GOLDEN)
    assert {message.intent for message in messages} <= set(domain.intents(ROOT / "domain.yml"))
    assert len(messages) >= 220
    assert len({normalise(message.text) for message in messages}) == len(messages)
    examples = NluFolder(ROOT / "data" / "nlu", tmp_path / "lock").examples()
    assert golden.fair(messages, examples).left_out == 0


def test_golden_messages_name_nobody() -> None:
    for message in golden.read(GOLDEN):
        assert "@" not in prepare(message.text, {}).replace("name@example.com", "")


def test_what_became_an_example_is_left_out() -> None:
    messages = [Example("greet", "Hello you!"), Example("greet", "morning all")]
    fair = golden.fair(messages, [Example("greet", "hello you")])
    assert (fair.messages, fair.left_out) == ((messages[1],), 1)


@pytest.mark.parametrize("content", ["", "golden: 3", "nlu: []", "golden: {a: b: c}"])
def test_an_unreadable_golden_set_says_so(tmp_path: Path, content: str) -> None:
    path = tmp_path / "golden.yml"
    path.write_text(content)
    with pytest.raises(Unavailable, match="golden set"):
        golden.read(path)
