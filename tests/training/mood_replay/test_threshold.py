"""The threshold as data: read at once, bounded, with a reason, and brought back."""

from __future__ import annotations

import pytest

from server.auth import Staff
from server.database import Database
from server.errors import Invalid, NotFound
from server.settings import Settings
from tests.support import FakeClock
from training.mood_replay.threshold import Patience, Setting, ThresholdChanged

WHY = "too many calm people were handed over"


@pytest.fixture
def patience(any_database: Database, clock: FakeClock, settings: Settings) -> Patience:
    return Patience(any_database, clock, settings)


async def test_the_houses_settings_hold_until_somebody_sets_it(
    database: Database, clock: FakeClock, settings: Settings
) -> None:
    patience = Patience(database, clock, settings)
    assert await patience.now() == Setting(0, 0.60)
    assert await patience.levels() == {
        "acknowledge": 0.40, "offer": 0.55, "handoff": 0.60, "version": 0,
    }  # fmt: skip
    other = Patience(database, clock, settings.model_copy(update={"frustration_handoff": 0.8}))
    assert await other.now() == Setting(0, 0.80)
    assert await patience.history() == []


async def test_what_one_process_saves_another_reads_at_once(
    patience: Patience, any_database: Database, clock: FakeClock, settings: Settings
) -> None:
    elsewhere = Patience(any_database, clock, settings)
    assert await patience.save(0.5, WHY, None, seen=0) == Setting(1, 0.5)
    assert await elsewhere.now() == Setting(1, 0.5)
    assert await elsewhere.levels() == {
        "acknowledge": 0.40, "offer": 0.50, "handoff": 0.50, "version": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("handoff", "reason"),
    [
        (0.39, WHY),
        (1.01, WHY),
        (0.5, "too short"),
        (0.5, "  a   b   "),
        (0.5, "x" * 501),
        (0.6, WHY),
    ],
)
async def test_refused(
    database: Database, clock: FakeClock, settings: Settings, handoff: float, reason: str
) -> None:
    patience = Patience(database, clock, settings)
    with pytest.raises(Invalid):
        await patience.save(handoff, reason, None, seen=0)
    assert await patience.now() == Setting(0, 0.60)


async def test_who_looked_at_an_older_version_is_told(patience: Patience) -> None:
    await patience.save(0.5, WHY, None, seen=0)
    with pytest.raises(ThresholdChanged):
        await patience.save(0.7, WHY, None, seen=0)
    assert await patience.now() == Setting(1, 0.5)


async def test_the_history_says_who_when_why_and_is_brought_back(
    database: Database, clock: FakeClock, settings: Settings, trainer: Staff
) -> None:
    patience = Patience(database, clock, settings)
    await patience.save(0.5, WHY, trainer, seen=0)
    clock.advance(3600)
    await patience.save(0.7, "and now too few were", trainer, seen=1)
    assert await patience.restore(1, "the first was better", trainer, seen=2) == Setting(3, 0.5)
    with pytest.raises(NotFound):
        await patience.restore(9, "there is none such", trainer, seen=3)
    assert await patience.restore(0, "back to how it was shipped", trainer, seen=3) == Setting(
        4, 0.6
    )
    history = await patience.history()
    assert [(one.version, one.before, one.handoff, one.restores) for one in history] == [
        (4, 0.5, 0.6, 0),
        (3, 0.7, 0.5, 1),
        (2, 0.5, 0.7, None),
        (1, 0.6, 0.5, None),
    ]
    assert {one.by for one in history} == {"Tess"}
    assert (history[2].at - history[3].at).total_seconds() == 3600
    assert history[3].reason == WHY


async def test_a_database_that_fails_keeps_what_was_known(
    database: Database, clock: FakeClock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = Patience(database, clock, settings)

    def broken() -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(database, "read", broken)
        assert await patience.levels() is None
    await patience.save(0.7, WHY, None, seen=0)
    known = await patience.levels()
    monkeypatch.setattr(database, "read", broken)
    assert await patience.levels() == known


async def test_a_turn_elsewhere_hears_of_it_within_a_second(
    database: Database, clock: FakeClock, settings: Settings
) -> None:
    patience, elsewhere = (Patience(database, clock, settings) for _ in range(2))
    before = await elsewhere.levels()
    await patience.save(0.5, WHY, None, seen=0)
    now = await patience.levels()
    assert now is not None
    assert now["handoff"] == 0.5
    assert await elsewhere.levels() == before
    clock.advance(1)
    assert await elsewhere.levels() == now
