"""Which labels are asked about: the draw, the lists, and who may change the rules when."""

from __future__ import annotations

import asyncio

import pytest

from server.database import Database
from server.errors import Invalid
from tests.training.opinions.conftest import People
from training.opinions.models import Why
from training.opinions.rules import NEW_BELOW, Rules, RulesChanged, drawn
from training.room import TrainingRoom
from training.texts import key

KEYS = [key(f"message number {number}") for number in range(4000)]
OLD = {"greet": NEW_BELOW, "deny": NEW_BELOW + 1, "fresh": NEW_BELOW - 1}


def test_the_draw_keeps_to_its_share_and_to_its_choice() -> None:
    tenth = {name for name in KEYS if drawn(name, 0.1)}
    assert len(tenth) == pytest.approx(400, abs=80)  # four standard deviations
    assert tenth == {name for name in KEYS if drawn(name, 0.1)}
    assert tenth < {name for name in KEYS if drawn(name, 0.2)}
    assert not any(drawn(name, 0.0) for name in KEYS) and all(drawn(name, 1.0) for name in KEYS)


def test_rules_say_why() -> None:
    rules = Rules(enabled=True, share=0.0, new_intents=True, intents=("deny",))
    assert rules.why(KEYS[0], "deny", OLD) is Why.LISTED
    assert rules.why(KEYS[0], "fresh", OLD) is Why.NEW_INTENT
    assert rules.why(KEYS[0], "unheard_of", OLD) is Why.NEW_INTENT
    assert rules.why(KEYS[0], "greet", OLD) is None
    everything = Rules(enabled=True, share=1.0, new_intents=False)
    assert everything.why(KEYS[0], "fresh", OLD) is Why.DRAWN
    assert Rules(enabled=False, share=1.0).why(KEYS[0], "fresh", OLD) is None


async def test_off_by_default(room: TrainingRoom) -> None:
    rules = await room.opinions.rules()
    assert (rules.version, rules.enabled) == (0, False)


async def test_every_change_is_kept_with_who_and_why(room: TrainingRoom, people: People) -> None:
    first = Rules(
        version=0, enabled=True, share=0.25, intents=("greet", "deny", "greet"), note="Q2"
    )
    kept = await room.opinions.set_rules(first, people.sue)
    assert (kept.version, kept.share, kept.intents) == (1, 0.25, ("deny", "greet"))
    assert (kept.by, kept.note) == ("Sue", "Q2")
    after = await room.opinions.set_rules(Rules(version=1, enabled=False), people.sue)
    assert (after.version, after.enabled) == (2, False)


async def test_rules_that_nobody_could_keep_are_refused(room: TrainingRoom, people: People) -> None:
    for wrong in (
        Rules(enabled=True, share=1.01),
        Rules(enabled=True, share=-0.1),
        Rules(enabled=True, share=float("nan")),
        Rules(enabled=True, intents=("pizza",)),
    ):
        with pytest.raises(Invalid):
            await room.opinions.set_rules(wrong, people.sue)
    assert (await room.opinions.rules()).version == 0


async def test_of_two_who_saw_the_same_rules_one_changes_them(
    room: TrainingRoom, people: People, database: Database
) -> None:
    wanted = [Rules(version=0, enabled=True, share=share) for share in (0.1, 0.2)]
    results = await asyncio.gather(
        *(room.opinions.set_rules(one, people.sue) for one in wanted), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == ["Rules", "RulesChanged"]
    with pytest.raises(RulesChanged):
        await room.opinions.set_rules(wanted[0], people.sue)
