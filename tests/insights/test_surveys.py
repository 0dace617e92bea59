"""The figures of the surveys: counted over who was asked, with intervals, and comments that name nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conversations import visitors
from conversations.models import SurveyAnswer
from conversations.surveys import Kind
from insights.surveys import intervals
from insights.surveys.page import said
from insights.surveys.results import COMMENTS, Result, SurveyResults
from server.database import Database
from tests.support import FakeClock


async def asked(
    database: Database,
    clock: FakeClock,
    kind: Kind,
    *scores: int | None,
    days_ago: float = 1,
    comment: str | None = None,
    skipped: bool = False,
) -> None:
    """So many customers who were asked; None: they gave no answer."""
    at = clock.now() - timedelta(days=days_ago)
    async with database.write() as db:
        for score in scores:
            visitor, _ = await visitors.create(db, clock, "https://shop.example")
            conversation = await visitors.conversation_of(db, visitor.id)
            db.add(
                SurveyAnswer(
                    conversation_id=conversation.id, visitor_id=visitor.id, episode=1,
                    kind=kind.value, score=score, comment=comment, asked_at=at,
                    answered_at=None if score is None else at + timedelta(minutes=1),
                    skipped_at=at if skipped else None,
                )
            )  # fmt: skip


async def read(database: Database, clock: FakeClock, days: int = 30) -> dict[Kind, Result]:
    found = await SurveyResults(database, clock).read(days)
    return {one.kind: one for one in found.questions}


async def test_each_question_is_counted_over_who_was_asked(
    any_database: Database, clock: FakeClock
) -> None:
    await asked(any_database, clock, Kind.CSAT, 5, 5, 5, 4, 4, 4, 4, 4, 1, 3)
    await asked(any_database, clock, Kind.CSAT, None, None, None, None, None)
    await asked(any_database, clock, Kind.CSAT, None, skipped=True)
    await asked(any_database, clock, Kind.CES, 7, 6, 6, 5)
    await asked(any_database, clock, Kind.NPS, 10, 9, 9, 8, 7, 0)
    await asked(any_database, clock, Kind.NPS, 0, 0, 0, days_ago=31)
    found = await read(any_database, clock)
    csat, ces, nps = (found[kind] for kind in Kind)
    assert (csat.asked, csat.answered, csat.skipped) == (16, 10, 1)
    assert csat.figure is not None
    assert csat.response is not None
    assert (csat.figure.value, csat.figure.of) == (80.0, 10)
    assert (round(csat.figure.low, 1), round(csat.figure.high, 1)) == (49.0, 94.3)
    assert (csat.response.value, csat.response.of) == (10 / 16, 16)
    assert ces.figure is not None
    # As scipy has it, for these four answers.
    assert (ces.figure.value, round(ces.figure.low, 2), ces.figure.high) == (6.0, 4.7, 7.0)
    assert nps.figure is not None
    assert (round(nps.figure.value, 1), nps.asked) == (33.3, 6)
    assert (await read(any_database, clock, 90))[Kind.NPS].asked == 9


async def test_comments_name_nobody_and_are_the_newest(
    any_database: Database, clock: FakeClock
) -> None:
    words = "<script>x</script> mail ann@example.com, card 4111 1111 1111 1111"
    await asked(any_database, clock, Kind.CES, 2, comment=words)
    await asked(any_database, clock, Kind.CSAT, *([5] * COMMENTS), days_ago=3, comment="old")
    found = await SurveyResults(any_database, clock).read(30)
    assert len(found.comments) == COMMENTS
    first = found.comments[0]
    assert (first.kind, first.score) == (Kind.CES, 2)
    assert "<script>x</script>" in first.text
    assert "ann@" not in first.text
    assert "4111 1111" not in first.text


async def test_without_answers_there_is_no_figure(database: Database, clock: FakeClock) -> None:
    await asked(database, clock, Kind.NPS, None)
    found = await read(database, clock, 12345)
    assert (found[Kind.NPS].figure, found[Kind.CES].response) == (None, None)
    assert found[Kind.NPS].response is not None


def test_intervals_stay_on_their_scale_and_shrink_with_more_answers() -> None:
    one = intervals.mean({7: 1}, 1, 7)
    same = intervals.mean({7: 5}, 1, 7)
    assert one is not None
    assert same is not None
    assert (one.low, one.high) == (1.0, 7.0)
    assert 1 < same.low < 7 == same.high
    few, many = (intervals.net_promoter({10: 5 * n, 8: 3 * n, 3: 2 * n}) for n in (1, 40))
    assert few is not None
    assert many is not None
    assert few.value == many.value == 30.0
    assert -100 <= few.low < many.low < 30 < many.high < few.high <= 100
    # As scipy has it.
    for freedom, point in {1: 12.706, 4: 2.776, 5: 2.571, 9: 2.262, 100: 1.984}.items():
        assert intervals.t_point(freedom) == pytest.approx(point, abs=0.004)


def test_figures_are_said_with_their_sign() -> None:
    assert [said(Kind.NPS, value) for value in (41.6, -0.2, 0.3, -12)] == ["+42", "0", "0", "−12"]
