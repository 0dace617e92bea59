"""A model that reads along understands a message otherwise: the list says so, with its name."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from server.database import Database
from tests.support import FakeClock
from tests.training.review.test_reasons import item_of
from tests.training.talk import Talk
from training.models import RunState, TrainingRun
from training.review.items import Filter
from training.review.reasons import Reason
from training.room import TrainingRoom
from training.shadowing.models import ShadowResult, ShadowTrial, TrialState


class Along:
    """A trial whose results are written down here."""

    def __init__(self, database: Database, trial_id: uuid.UUID) -> None:
        self._database, self._trial_id = database, trial_id

    @classmethod
    async def begin(cls, database: Database, at: datetime, model: str = "candidate") -> Along:
        async with database.write() as db:
            run = TrainingRun(state=RunState.DONE, model=f"/m/{model}.tar.gz", started_at=at)
            db.add(run)
            await db.flush()
            trial = ShadowTrial(
                state=TrialState.RUNNING, run_id=run.id, model=f"/m/{model}.tar.gz", share=1.0,
                wanted=500, started_at=at,
            )  # fmt: skip
            db.add(trial)
            await db.flush()
            return cls(database, trial.id)

    async def reads(self, turn: uuid.UUID, intent: str, at: datetime) -> None:
        async with self._database.write() as db:
            db.add(
                ShadowResult(
                    trial_id=self._trial_id, turn_id=turn, intent=intent, confidence=0.7, at=at
                )
            )


@pytest.fixture
async def along(database: Database, clock: FakeClock) -> Along:
    return await Along.begin(database, clock.now())


async def test_a_model_that_reads_it_otherwise_is_named(
    room: TrainingRoom, talk: Talk, along: Along, clock: FakeClock
) -> None:
    await along.reads(await talk.says("my kettle drips", "warranty"), "item_damaged", clock.now())
    await along.reads(await talk.says("do you ship to Malta", "delivery_info"), "delivery_info",
                      clock.now())  # fmt: skip
    found = await item_of(room, "my kettle drips")
    assert (found.second, found.second_model) == ("item_damaged", "candidate")
    assert found.reasons == (Reason.MODELS_DISAGREE,)
    assert found.wrong > (await item_of(room, "do you ship to Malta")).wrong
    page = await room.inbox.page(Filter(reason=Reason.MODELS_DISAGREE))
    assert [one.text for one in page.items] == ["my kettle drips"]


async def test_what_it_says_later_is_shown_at_once(
    room: TrainingRoom, talk: Talk, along: Along, clock: FakeClock, database: Database
) -> None:
    turn = await talk.says("my kettle drips", "warranty")
    assert (await item_of(room, "my kettle drips")).reasons == ()
    await along.reads(turn, "item_damaged", clock.now())
    assert (await item_of(room, "my kettle drips")).second == "item_damaged"
    later = clock.now() + timedelta(hours=1)
    await (await Along.begin(database, later, "better")).reads(turn, "warranty", later)
    assert (await item_of(room, "my kettle drips")).second is None


async def test_the_last_time_it_was_said_counts(
    room: TrainingRoom, talk: Talk, along: Along, clock: FakeClock
) -> None:
    for intent, heard in (("warranty", "sizing"), ("warranty", "item_damaged")):
        await along.reads(await talk.says("my kettle drips", intent), heard, clock.now())
        talk.over()
        clock.advance(60)
    assert (await item_of(room, "my kettle drips")).second == "item_damaged"
    # A model of today that says what it said: nobody disagrees any more.
    await talk.says("my kettle drips", "item_damaged")
    assert (await item_of(room, "my kettle drips")).second is None


@pytest.mark.parametrize(("said", "heard"), [("frustrated", "sizing"), ("sizing", "frustrated")])
async def test_patience_is_no_disagreement(
    room: TrainingRoom, talk: Talk, along: Along, clock: FakeClock, said: str, heard: str
) -> None:
    await along.reads(await talk.says("and the size", said), heard, clock.now())
    assert Reason.MODELS_DISAGREE not in (await item_of(room, "and the size")).reasons
