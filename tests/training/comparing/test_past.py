"""Past conversations as a replay needs them, from what the turn runner left in the database."""

from __future__ import annotations

import uuid
from typing import Any

from conversations.models import Turn, TurnState, TurnStep
from server.database import Database
from tests.support import FakeClock
from tests.training.talk import Talk
from training.comparing import past
from training.room import TrainingRoom

TOPICS = frozenset({"order_status", "return_policy"})


async def decided(database: Database, turn_id: uuid.UUID, *actions: str, **decision: Any) -> None:
    """Note what was done in a turn."""
    async with database.write() as db:
        turn = await db.get_one(Turn, turn_id)
        turn.decision = decision
        for action in actions:
            records = {"handoff": {"reason": "asked"}} if action == "action_handoff" else {}
            db.add(TurnStep(turn_id=turn_id, action=action, records=records, milliseconds=1.0))


async def test_what_was_known_at_each_message(database: Database, talk: Talk) -> None:
    first = await talk.says("can I send it back", "return_policy")
    await decided(database, first, "action_answer", kind="nothing", question="can I send it back")
    second = await talk.says("return a lamp", "return_policy")
    await decided(database, second, "action_answer", kind="answer", shown="a-1", excluded=["a-0"])
    await talk.says("no", "deny", button=True)
    third = await talk.says("where is FW-204411", "order_status", state=TurnState.FAILED)
    await decided(database, third, "order_status_form", "validate_order_status_form")
    fourth = await talk.says("a person now", "request_human")
    await decided(database, fourth, "validate_order_status_form", "action_handoff")
    found = await past.load(database, TOPICS)
    assert [one.shown for one in found] == [
        "can I send it back", "return a lamp", "where is FW-000000", "a person now",
    ]  # fmt: skip
    assert [one.text for one in found][2] == "where is FW-204411"
    assert [one.unanswered for one in found] == [False, True, False, False]
    assert [one.again for one in found] == ["unanswered", "denied", None, None]
    assert [one.topic for one in found] == [None, *["return_policy"] * 2, "order_status"]
    assert [one.last_question for one in found] == [None, *["can I send it back"] * 3]
    assert [one.loop for one in found] == [None, None, None, "order_status_form"]
    assert [one.failures for one in found] == [0, 0, 0, 1]
    assert [one.handed_off for one in found] == [None, None, None, "asked"]
    assert (found[1].excluded, found[1].shown_article) == (("a-0",), "a-1")


async def test_the_newest_conversations_each_as_a_whole(
    database: Database, talk: Talk, clock: FakeClock
) -> None:
    for number in range(4):
        await talk.says(f"one {number}")
        clock.advance(10)
        await talk.says(f"two {number}")
        talk.over()
        clock.advance(10)
    await talk.says("not yet read", state=TurnState.RUNNING)
    found = await past.load(database, TOPICS, conversations=2)
    assert [one.text for one in found] == ["one 3", "two 3", "one 2", "two 2"]


async def test_a_trainers_label_is_known_and_ignoring_is_none(
    database: Database, talk: Talk, room: TrainingRoom
) -> None:
    labelled = await talk.says("certainly not, ann.peeters@gmail.com", "greet")
    ignored = await talk.says("blah blah", "greet")
    await room.labels.label([labelled], "deny", None)
    await room.labels.ignore([ignored], None)
    found = await past.load(database, TOPICS)
    assert [one.label for one in found] == ["deny", None]
    assert "ann.peeters" not in found[0].shown


async def test_an_empty_house_has_no_past(database: Database) -> None:
    assert await past.load(database, TOPICS) == []
