"""What customers mark themselves: a thumb down brings the message to the review queue."""

from __future__ import annotations

import uuid

from conversations.models import Thumb, Turn
from server.database import Database
from tests.support import FakeClock
from tests.training.talk import Talk
from training.review.cases import fold
from training.review.log import TurnLog
from training.review.reasons import After, Doubt, Reason


async def marked(
    database: Database, clock: FakeClock, turn_id: uuid.UUID, seq: int, up: bool
) -> None:
    async with database.write() as db:
        turn = await db.get_one(Turn, turn_id)
        await db.merge(
            Thumb(
                conversation_id=turn.conversation_id, seq=seq, episode=turn.episode,
                turn_id=turn_id, article_id=str(uuid.UUID(int=9)), up=up, at=clock.now(),
            )
        )  # fmt: skip


def cases(log: TurnLog, clock: FakeClock) -> dict[str, tuple[set[Reason], After]]:
    found = fold(
        log.turns, low_rated=log.low_rated, thumbs=log.thumbs, proposed=(),
        alike=lambda *_: False, doubt=Doubt(), now=clock.now(),
    )  # fmt: skip
    return {one.said.text: (set(one.reasons), one.after) for one in found}


async def test_a_thumb_down_is_a_reason_and_a_thumb_up_takes_it_back(
    any_database: Database, clock: FakeClock
) -> None:
    talk = Talk(any_database, clock)
    lamp = await talk.says("my lamp flickers", "product_question")
    clock.advance(5)
    await talk.says("and the kettle?", "product_question")
    log = TurnLog(any_database)
    await log.refresh()
    before = log.version
    assert cases(log, clock)["my lamp flickers"] == (set(), After.NOTHING)
    await marked(any_database, clock, lamp, 2, up=False)
    await log.refresh()
    assert log.version > before
    found = cases(log, clock)
    assert found["my lamp flickers"] == ({Reason.THUMBS_DOWN}, After.THUMBS_DOWN)
    assert found["and the kettle?"] == (set(), After.NOTHING)
    await marked(any_database, clock, lamp, 2, up=True)
    await log.refresh()
    assert cases(log, clock)["my lamp flickers"] == (set(), After.CONFIRMED)
    # Of two answers in one turn the one that did not help counts.
    await marked(any_database, clock, lamp, 3, up=False)
    await log.refresh()
    assert cases(log, clock)["my lamp flickers"][1] is After.THUMBS_DOWN
