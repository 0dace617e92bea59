"""The target precision and the house's own weights: what is measured, fitted, stored and followed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from knowledge_base.asked import questions
from knowledge_base.asked.questions import CONFIRMED, EDITOR, REFUSED, STARTER, Labelled
from knowledge_base.models import StoredQuestion
from knowledge_base.quality import fit, labels, settle
from knowledge_base.quality.fit import Figures, is_better
from knowledge_base.quality.gauge import Gauge
from knowledge_base.quality.judged import Asked, measure
from knowledge_base.quality.policy import Policy, policy_of
from knowledge_base.search import evaluation
from knowledge_base.search.calibration import TOP_FEATURES, Calibration, from_json, load_calibration
from knowledge_base.search.decision import Kind, judge
from knowledge_base.search.evaluation import Case, Example
from knowledge_base.search.find import FEATURES, Found
from knowledge_base.search.fitting import Logistic
from knowledge_base.service import KnowledgeBase
from server.database import Database
from server.errors import Invalid
from server.events import LocalBus
from tests.knowledge_base.support import (
    INVOICE,
    LAMP,
    RETURN,
    FakeEncoder,
    draft,
    published,
    record,
    settings_at,
)
from tests.support import FakeClock

#: Too sure of itself wherever a text is near; the real file changes with every fit.
SHIPPED = Calibration(
    version="shipped",
    fusion=(4.0,) * len(FEATURES),
    first=Logistic(-2.0, (6.0,) + (0.0,) * (len(TOP_FEATURES) - 1)),
    any_option=Logistic(-1.5, (6.0,) + (0.0,) * (len(TOP_FEATURES) - 1)),
    curve=((0.5, 0.6, 0.8), (0.6, 0.75, 0.6), (0.8, 0.9, 0.4), (0.95, 0.97, 0.1)),
    about={"encoder": "elsewhere"},
)
MINE = replace(
    SHIPPED, version="mine", about={"encoder": "fake", "at": "2026-03-01T09:00:00+00:00"}
)
ENDINGS = ("please", "today", "again", "quickly", "thanks", "somehow", "tonight", "urgently")
STRANGE = ("weather", "football", "president", "recipe", "horoscope", "lottery", "traffic", "poem")


def asked(label: str | None, *nearness: float, source: str = EDITOR, golden: bool = False) -> Asked:
    """A question for which articles a0, a1, … were found, so near."""
    words = f"question {label} {nearness} {source}"
    labelled = Labelled(words, label, golden, source)
    found = [
        Found(record(at + 1, f"A{at}", slug=f"a{at}"), np.full(len(FEATURES), near))
        for at, near in enumerate(nearness)
    ]
    return Asked(labelled, Case(labels.example(labelled), found))


@pytest.fixture
async def knowledge(
    tmp_path: Path, database: Database, clock: FakeClock, bus: LocalBus, encoder: FakeEncoder
) -> AsyncIterator[KnowledgeBase]:
    settings = settings_at(tmp_path)
    knowledge = KnowledgeBase(settings, clock, database, encoder, bus=bus, calibration=SHIPPED)
    await knowledge.start()
    yield knowledge
    await knowledge.stop()


@pytest.fixture
async def app(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Any]:
    for wanted in (RETURN, LAMP, INVOICE):
        article = await published(database, clock, wanted)
    await knowledge.wait_for_revision(article.revision)
    yield SimpleNamespace(
        knowledge=knowledge, database=database, clock=clock, settings=settings_at(tmp_path)
    )


async def label(app: Any, clicks: tuple[tuple[str, str, str], ...] = ()) -> None:
    """24 questions with an article and eight without, and what customers clicked: text, slug, source."""
    async with app.database.write() as db:
        for wanted in (RETURN, LAMP, INVOICE):
            for ending in ENDINGS:
                text = f"{wanted.questions[0]} {ending}"
                await questions.add(db, app.clock, text, wanted.slug, golden=ending == "today")
        for odd in STRANGE:
            await questions.add(db, app.clock, f"tell me the {odd} of my friend", None)
        for said, slug, source in clicks:
            row = await questions.add(db, app.clock, said, slug)
            row.source = source


def test_a_stored_calibration_is_read_back_as_it_was_and_a_damaged_one_never() -> None:
    whole = json.loads(json.dumps(SHIPPED.as_json()))
    for one in (SHIPPED, load_calibration()):
        assert from_json(json.loads(json.dumps(one.as_json()))).as_json() == one.as_json()
    damaged: list[Any] = [None, [], "x", 3, {}, {**whole, "format": 1}]
    damaged += [{**whole, "features": whole["features"][::-1]}]
    damaged += [{**whole, "fusion": whole["fusion"][:-1]}, {**whole, "fusion": None}]
    for wild in (float("nan"), float("inf"), 1e300, -(10**400)):
        damaged += [{**whole, "fusion": [wild] * len(FEATURES)}]
    damaged += [{**whole, "first": {"intercept": "x", "weights": []}}, {**whole, "curve": [[1, 2]]}]
    damaged += [{**whole, "curve": 3}, {**whole, "about": 3}, {**whole, "any_option": []}]
    damaged += [{name: value for name, value in whole.items() if name != "first"}]
    for one in damaged:
        with pytest.raises(ValueError, match=r"damaged|features|numbers|convert"):
            from_json(one)


@pytest.mark.parametrize(
    "stored",
    [None, "null", "{", "[]", '{"format": 2}', json.dumps(SHIPPED.as_json())],
    ids=["none", "null", "torn", "list", "partial", "another encoder"],
)
def test_what_cannot_be_used_leaves_the_shipped_weights(stored: str | None) -> None:
    shipped = Policy(SHIPPED, 0.8)
    assert policy_of(None, stored, shipped, "fake") == shipped


def test_the_house_s_own_target_and_weights_judge_where_they_can() -> None:
    shipped = Policy(SHIPPED, 0.8)
    stored = json.dumps(MINE.as_json())
    assert policy_of(0.9, stored, shipped, "fake").calibration.version == "mine"
    assert policy_of(0.9, stored, shipped, "other") == Policy(SHIPPED, 0.9)
    for wrong in (0.2, 1.0, float("nan"), 7.0):
        assert policy_of(wrong, None, shipped, "fake") == shipped


def test_each_target_gives_the_very_decisions_of_the_policy() -> None:
    some = [
        asked(right, *near)
        for right in ("a0", "a1", None)
        for near in ((), (0.9,), (0.9, 0.1), (0.8, 0.79), (0.6, 0.3, 0.2), (0.3, 0.2), (0.05,))
    ]
    measured = measure(some, [SHIPPED] * len(some))
    kinds = set()
    for target in (0.5, 0.6, 0.75, 0.9, 0.95, 0.99):
        expected = [judge(SHIPPED.rank(one.case.found), SHIPPED, target).kind for one in some]
        edge = SHIPPED.threshold(target)
        assert [one.kind(edge) for one in measured.judged] == expected
        row = measured.row(target)
        assert (row.answered, row.choices) == tuple(
            expected.count(kind) for kind in (Kind.ANSWER, Kind.CHOOSE)
        )
        assert row.questions == len(some) == row.answered + row.choices + row.nothing
        kinds |= set(expected)
    assert Kind.ANSWER in kinds and Kind.NOTHING in kinds


def test_a_refused_question_counts_only_where_the_refused_article_would_be_shown_again() -> None:
    again, other = asked("a0", 0.9, 0.1, source=REFUSED), asked("a1", 0.9, 0.1, source=REFUSED)
    praised = asked("a0", 0.9, 0.1, source=CONFIRMED)
    measured = measure([again, other, praised], [SHIPPED] * 3)
    row = measured.row(0.5)
    assert (row.questions, row.answered, row.helped) == (2, 2, 1)
    assert [one.label.source for one in measured.wrong(0.5)] == [REFUSED]
    assert measured.wrong(0.5)[0].right is None


def test_golden_questions_are_served_by_the_answer_a_choice_or_rightly_nothing() -> None:
    some = [asked("a0", 0.9, 0.1, golden=True), asked("a1", 0.9, 0.1, golden=True)]
    some += [
        asked(None, 0.05, 0.04, golden=True),
        asked(None, 0.9, 0.1, golden=True),
        asked("a1", 0.9),
    ]
    measured = measure(some, [SHIPPED] * len(some))
    assert len(measured.golden) == 4
    assert [one.label for one in measured.golden_lost(0.5)] == [some[1].label, some[3].label]


def test_questions_that_the_weights_were_fitted_on_are_not_counted() -> None:
    seen = next(n for n in range(99) if Example(f"q{n}", frozenset()).fits)
    assert labels.seen_by_shipped(Labelled(f"q{seen}", None, False, STARTER))
    assert not labels.seen_by_shipped(Labelled(f"q{seen}", None, False, EDITOR))
    measured = measure([asked("a0", 0.9)] * 2, [SHIPPED] * 2, lambda _: False)
    assert measured.row(0.5).questions == 0
    assert measured.row(0.5).precision is None


def figures(error: float, auroc: float | None) -> Figures:
    return Figures(100, 50, None, None, auroc, error)


@pytest.mark.parametrize(
    ("after", "better"),
    [
        (figures(0.05, 0.80), True),
        (figures(0.10, 0.85), True),
        (figures(0.105, 0.85), True),
        (figures(0.10, 0.80), False),
        (figures(0.15, 0.90), False),
        (figures(0.05, 0.70), False),
        (figures(0.05, None), True),
    ],
)
def test_a_fit_is_kept_only_when_it_gains_and_costs_nothing(after: Figures, better: bool) -> None:
    assert is_better(figures(0.10, 0.80), after) is better


def test_each_question_is_compared_under_weights_fitted_without_it(
    monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    fitted_on: dict[str, set[str]] = {}

    def refit(before: Calibration, cases: list[Case], mixed: list[Case], **_: Any) -> Calibration:
        name = str(len(fitted_on))
        fitted_on[name] = {case.example.text for case in [*cases, *mixed]}
        return replace(before, version=name)

    monkeypatch.setattr(evaluation, "refit", refit)
    some = [asked("a0", 0.9, at / 100) for at in range(25)]
    some += [asked(None, 0.1, at / 100) for at in range(10)]
    by = fit.crossed(SHIPPED, some, clock.now())
    for one, calibration in zip(some, by, strict=True):
        assert one.case.example.text not in fitted_on[calibration.version]
        assert len(fitted_on[calibration.version]) == 28


async def test_too_few_questions_are_refused_with_what_is_missing(app: Any) -> None:
    quality = await Gauge.of(app).look()
    assert (quality.measured, quality.rows(0.8)) == (None, [])
    with pytest.raises(Invalid, match="there are 0, 0 with one"):
        await settle.refit(app, "lena")


async def test_a_fit_is_stored_followed_by_every_process_and_undone(
    app: Any, tmp_path: Path, clock: FakeClock
) -> None:
    await label(app)
    other_database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}", LocalBus())
    other = KnowledgeBase(
        settings_at(tmp_path / "other"), clock, other_database, FakeEncoder(), calibration=SHIPPED
    )
    await other.start()
    try:
        clock.advance(60)
        outcome = await settle.refit(app, "lena")
        assert outcome.kept
        assert (outcome.questions, outcome.answerable) == (32, 24)
        assert outcome.after.calibration_error < outcome.before.calibration_error
        version = outcome.calibration.version
        assert app.knowledge.policy.calibration.version == version
        await _until(lambda: other.policy.calibration.version == version)
        decision = await other.decide("my lamp is broken")
        assert decision.versions["calibration"] == version

        quality = await Gauge.of(app).look()
        assert quality.fitted and quality.new == 0
        assert quality.policy.calibration.about["by"] == "lena"
        clock.advance(1)
        async with app.database.write() as db:
            await questions.add(db, clock, "one more about lamps", LAMP.slug)
        assert (await Gauge.of(app).look()).new == 1

        await settle.undo(app, "lena")
        assert app.knowledge.policy == app.knowledge.shipped
        await _until(lambda: other.policy == other.shipped)
    finally:
        await other.stop()
        await other_database.close()


async def test_a_fit_that_judges_worse_changes_nothing(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await label(app)
    monkeypatch.setattr(fit, "is_better", lambda *_: False)
    assert not (await settle.refit(app, "lena")).kept
    assert app.knowledge.policy == app.knowledge.shipped


async def test_a_target_is_set_followed_and_given_back_to_the_settings(app: Any) -> None:
    low = app.knowledge.threshold
    await settle.set_precision(app, 0.97, "lena")
    assert app.knowledge.policy.precision == 0.97
    assert app.knowledge.threshold > low
    decision = await app.knowledge.decide("lamp")
    assert decision.versions["threshold"] == round(app.knowledge.threshold, 4)
    for wrong in (0.2, 1.0, float("nan")):
        with pytest.raises(Invalid):
            await settle.set_precision(app, wrong, "lena")
    await settle.set_precision(app, None, "lena")
    assert app.knowledge.policy == app.knowledge.shipped


async def test_it_can_be_set_before_anything_was_published_and_publishing_keeps_it(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock
) -> None:
    app = SimpleNamespace(knowledge=knowledge, database=database, clock=clock)
    await settle.set_precision(app, 0.9, "lena")
    article = await published(database, clock, LAMP)
    assert await knowledge.wait_for_revision(article.revision)
    assert knowledge.policy.precision == 0.9


async def test_a_broken_row_stops_neither_the_answers_nor_the_following(
    app: Any, database: Database, clock: FakeClock
) -> None:
    async with database.write() as db:
        await db.execute(
            text("UPDATE knowledge_state SET calibration = '{torn', answer_precision = 7")
        )
    assert await app.knowledge.read_policy() == app.knowledge.shipped
    article = await published(database, clock, draft("The kettle leaks", "water under my kettle"))
    assert await app.knowledge.wait_for_revision(article.revision)
    assert (await app.knowledge.search("kettle"))[0].slug == article.slug


async def test_only_what_customers_can_be_answered_is_measured(app: Any, clock: FakeClock) -> None:
    secret = await published(app.database, clock, draft("Vouchers", "vouchers", audience="staff"))
    await app.knowledge.wait_for_revision(secret.revision)
    clicks = (("no good lamp answer", LAMP.slug, REFUSED), ("lamp yes", LAMP.slug, CONFIRMED))
    await label(app, clicks)
    async with app.database.write() as db:
        await questions.add(db, clock, "when may I give a voucher", secret.slug)
    async with app.database.read() as db:
        known = await labels.read(db, app.knowledge.snapshot)
    assert (known.labelled, known.answerable, known.waiting) == (33, 25, 1)
    assert len(known.questions) == 34


async def test_of_too_many_questions_golden_and_editors_ones_are_measured_first(
    app: Any, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "MOST", 33)
    await label(app)
    async with app.database.write() as db:
        for at in range(40):
            row = StoredQuestion(key=f"!{at}", text=f"lamp {at}", source=CONFIRMED, golden=False)
            row.article_id = (await _record(app)).id
            row.created_at = clock.now()
            db.add(row)
    async with app.database.read() as db:
        known = await labels.read(db, app.knowledge.snapshot)
    assert [one.golden for one in known.questions[:3]] == [True] * 3
    assert sum(one.source == CONFIRMED for one in known.questions) == 1
    assert known.left_out == 39


async def _record(app: Any) -> Any:
    return app.knowledge.snapshot.by_slug[LAMP.slug]


async def _until(true: Callable[[], bool], seconds: float = 3.0) -> None:
    for _ in range(round(seconds / 0.02)):
        if true():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it was not followed in time")
