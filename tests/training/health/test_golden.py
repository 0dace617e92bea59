"""An intent without golden messages is a finding; they are added where it stands, and taken out again."""

from __future__ import annotations

import pytest
import yaml

from server.auth import Staff
from server.errors import Invalid, Unavailable
from server.settings import ROOT
from tests.training.health.test_desk import looked, of
from training.comparing.golden import read
from training.health import golden, words
from training.health.desk import DataHealth
from training.health.findings import Finding, Kind
from training.health.golden import LEAST, GoldenNotReadable
from training.nlu_files import Example
from training.paths import Paths

FILE = """# Ours.
golden:
  greet:
  - "hello you"
  - morning all # early
  deny:
  - 'not at all'
  - "nope: no"
  - "no way"
  - "never"
"""


@pytest.fixture
def house(taught: Paths) -> Paths:
    taught.golden.write_text(FILE, "utf-8")
    return taught


def lacking(paths: Paths, *examples: Example) -> dict[str, float]:
    return {one.intents[0]: one.figures["golden"] for one in golden.lacking(paths, examples)}


def test_an_intent_needs_four_that_are_no_examples(house: Paths) -> None:
    assert lacking(house) == {"order_status": 0, "greet": 2}
    assert lacking(house, Example("deny", "Never!")) == {"order_status": 0, "greet": 2, "deny": 3}


def test_the_finding_says_how_many_to_add(house: Paths) -> None:
    none, two = golden.lacking(house, [])
    assert words.title(none) == "“order status”: no golden messages yet, add four."
    assert words.title(two) == "“greet”: 2 golden messages, add two more."


def test_messages_are_added_masked_and_taken_out_to_the_byte(house: Paths) -> None:
    said = ["where's FW-204411?", 'she said "soon": when', "where's FW-204411?", "# what"]
    added = golden.add(house, "order_status", said, [])
    assert added == ["where's FW-000000?", 'she said "soon": when', "# what"]
    assert golden.add(house, "greet", ["hey ho"], []) == ["hey ho"]
    text = house.golden.read_text("utf-8")
    assert [line for line in FILE.splitlines() if line not in text.splitlines()] == []
    found = yaml.safe_load(text)["golden"]
    assert found["order_status"] == added and found["greet"][-1] == "hey ho"
    assert lacking(house) == {"greet": 3, "order_status": 3}
    golden.remove(house, "order_status", added)
    golden.remove(house, "greet", ["hey ho", "never said"])
    assert house.golden.read_text("utf-8") == FILE


@pytest.mark.parametrize(
    ("intent", "texts", "why"),
    [
        ("pizza", ["one"], "no intent"),
        ("greet", ["/"], "Write 1 to"),
        ("greet", [f"hi {n} you" for n in range(21)], "Write 1 to"),
        ("greet", ["Never"], "golden set already"),
        ("greet", ["hiya", "Good day!"], "example of greet"),
    ],
)
def test_what_would_test_nothing_is_refused(
    house: Paths, intent: str, texts: list[str], why: str
) -> None:
    with pytest.raises(Invalid, match=why):
        golden.add(house, intent, texts, [Example("greet", "good day")])
    assert house.golden.read_text("utf-8") == FILE


@pytest.mark.parametrize("text", ["golden: {greet: [hello]}\n", "golden:\n  greet: [hello]\n"])
def test_a_file_in_another_form_is_left_alone(house: Paths, text: str) -> None:
    house.golden.write_text(text, "utf-8")
    with pytest.raises(GoldenNotReadable):
        golden.add(house, "greet", ["hey ho"], [])
    assert house.golden.read_text("utf-8") == text


def test_without_a_golden_set_nothing_can_be_added(house: Paths) -> None:
    house.golden.unlink()
    with pytest.raises(Unavailable):
        golden.add(house, "greet", ["hey ho"], [])


async def test_it_is_found_settled_and_mended_without_another_look(
    desk: DataHealth, house: Paths, trainer: Staff
) -> None:
    def about(found: list[Finding]) -> list[str]:
        return [one.intents[0] for one in of(found, Kind.GOLDEN)]

    assert about(await looked(desk)) == ["order_status", "greet"]
    assert len(await desk.add_golden("order_status", list("abcd"))) == LEAST
    left = list((await desk.standing()).findings)
    assert about(left) == ["greet"]
    await desk.settle(of(left, Kind.GOLDEN)[0].key, trainer)
    assert about(list((await desk.standing()).findings)) == []
    await desk.remove_golden("order_status", ["a"])
    assert about(list((await desk.standing()).findings)) == ["order_status"]


async def test_a_golden_set_that_can_not_be_read_hides_nothing_else(
    desk: DataHealth, house: Paths
) -> None:
    house.golden.write_text("golden: 3", "utf-8")
    found = await looked(desk)
    assert of(found, Kind.GOLDEN) == [] and of(found, Kind.DOUBLE) != []


def test_the_shipped_file_takes_messages(house: Paths) -> None:
    shipped = (ROOT / "data" / "golden" / "intents.yml").read_text("utf-8")
    house.golden.write_text(shipped, "utf-8")
    before = len(read(house.golden))
    golden.add(house, "greet", ["an unheard of greeting"], [])
    golden.add(house, "deny", ["an unheard of no"], [])
    assert len(read(house.golden)) == before + 2
    golden.remove(house, "greet", ["an unheard of greeting"])
    golden.remove(house, "deny", ["an unheard of no"])
    assert house.golden.read_text("utf-8") == shipped
