"""The simulated month on messages made up of numbers: its books are right, and orders make a difference."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.learning import fit_wrongness, page
from benchmarks.learning.days import Curve, live
from benchmarks.learning.orders import ORDERS, Morning, as_the_queue
from benchmarks.learning.scene import A_DAY, DAYS, SHOTS, Scene, cut, month
from training.benchmarks.heads import Examples

INTENTS, EACH, WIDE = 6, 120, 16


def examples(seed: int, each: int) -> tuple[Examples, tuple[str, ...]]:
    """Clouds around fixed points; half of each lies apart, where no early example may show the way."""
    middle = np.random.default_rng(0).normal(size=(INTENTS, 2, WIDE))
    random = np.random.default_rng(seed)
    vectors, names = [], []
    for number in range(each):
        for intent in range(INTENTS):
            one = middle[intent, number % 2] + 0.9 * random.normal(size=WIDE)
            vectors.append(one / np.linalg.norm(one))
            names.append(f"intent_{intent}")
    rows = np.array(vectors, dtype=np.float32)
    return Examples(tuple(f"message {n}" for n in range(len(rows))), rows), tuple(names)


@pytest.fixture(scope="module")
def scene() -> Scene:
    train, train_intents = examples(1, EACH)
    test, test_intents = examples(2, 40)
    return Scene("made up", train, train_intents, test, test_intents)


def test_a_month_deals_every_message_once_and_begins_with_a_few_of_each(scene: Scene) -> None:
    days = month(scene, 3)
    dealt = [place for day in days.came for place in day]
    assert len(days.came) == DAYS
    assert sorted([*dealt, *days.start]) == list(range(len(scene.train)))
    begun = [scene.train_intents[place] for place in days.start]
    assert {begun.count(intent) for intent in set(scene.train_intents)} == {SHOTS}
    assert month(scene, 3) == days
    assert month(scene, 4) != days


@pytest.mark.parametrize("name", ORDERS)
def test_every_order_labels_twenty_a_day_and_learns(scene: Scene, name: str) -> None:
    curve = live(scene, month(scene, 1, days=10), ORDERS[name], 1, goal=0.99, most=10)
    # 72 messages a day are more than the trainer labels.
    assert curve.labels == tuple(A_DAY * day for day in range(11))
    assert curve.accuracy[-1] > curve.accuracy[0] + 0.03


def test_labels_given_wrongly_teach_less(scene: Scene) -> None:
    days = month(scene, 1, days=8)
    right = live(scene, days, ORDERS["by chance"], 1, goal=2.0, most=8)
    wrong = live(scene, days, ORDERS["by chance"], 1, goal=2.0, errs=0.6, most=8)
    assert wrong.accuracy[-1] < right.accuracy[-1] - 0.05


def test_the_queue_asks_for_what_nobody_has_taught() -> None:
    taught = np.eye(4, dtype=np.float32)[:2]
    near, far = np.eye(4, dtype=np.float32)[[0]], np.eye(4, dtype=np.float32)[[3]]
    vectors = np.vstack([np.repeat(near, 5, axis=0), np.repeat(far, 5, axis=0)])
    morning = Morning(
        waiting=np.arange(10),
        vectors=vectors,
        probabilities=np.tile([[0.5, 0.5]], (10, 1)),
        intents=("a", "b"),
        taught_vectors=taught,
        taught_intents=("a", "b"),
        seen=(),
        random=np.random.default_rng(0),
    )
    first, second = as_the_queue(morning, 2)
    assert first >= 5, "the untaught one first"
    assert second < 5, "and then not the same again"
    assert as_the_queue(replace(morning, waiting=morning.waiting[:0], vectors=vectors[:0],
                                probabilities=morning.probabilities[:0]), 3) == []  # fmt: skip


def test_the_area_is_the_mean_accuracy_while_labels_grow() -> None:
    curve = Curve((0, 20, 40, 100), (0.5, 0.7, 0.8, 0.9), 40)
    assert curve.area(40) == pytest.approx((0.6 + 0.75) / 2)


def test_the_table_and_the_picture_say_what_was_found() -> None:
    days = tuple(range(0, A_DAY * DAYS + 1, A_DAY))
    low = tuple(0.5 + 0.0001 * label for label in days)
    high = tuple(one + 0.02 for one in low)
    curves = {
        "the queue": [Curve(days, high, 100)] * 3,
        "by chance": [Curve(days, low, None)] * 3,
    }
    found = page.Found("made up", 0.6, 1000, curves)
    queue, chance = page.table(found, "by chance")[2:]
    assert "+2.00 (+2.00 to +2.00)" in queue
    assert "100 labels | 10.0 %" in queue
    assert "0 of 3 runs" in chance
    drawn = ElementTree.fromstring(page.picture(found))  # noqa: S314 - our own
    assert sum(one.tag.endswith("polyline") for one in drawn.iter()) == 4


def test_a_quick_look_keeps_the_first_intents(scene: Scene) -> None:
    small = cut(scene, 2)
    assert set(small.train_intents) == set(small.test_intents) == {"intent_0", "intent_1"}
    assert len(small.train) == len(small.train_intents) == 2 * EACH


def test_the_weights_that_made_the_answers_are_found_again() -> None:
    random = np.random.default_rng(0)
    rows = np.column_stack(
        [np.ones(20_000), random.random((20_000, 2)), random.random(20_000) < 0.1]
    )
    true = np.array([-3.0, 4.0, 1.5, 0.5])
    wrong = random.random(len(rows)) < fit_wrongness.chances(rows, true)
    told = fit_wrongness.Told(rows, wrong)
    assert fit_wrongness.fit(told) == pytest.approx(true, abs=0.3)


def test_the_area_counts_pairs_and_ties_by_half() -> None:
    scores, wrong = np.array([0.1, 0.5, 0.5, 0.9]), np.array([False, True, False, True])
    assert fit_wrongness.area(scores, wrong) == pytest.approx((1 + 0.5 + 1 + 1) / 4)


def test_a_draw_learns_from_a_few_and_reads_others(scene: Scene) -> None:
    told = fit_wrongness.gather(scene, seeds=1)
    rest = [len(scene.train) - shots * INTENTS for shots in fit_wrongness.SHOTS]
    assert told.rows.shape == (sum(rest), len(fit_wrongness.NAMES))
    assert set(told.rows[:, 0]) == {1.0} and set(told.rows[:, -1]) <= {0.0, 1.0}
    assert 0.0 < told.wrong.mean() < 0.9
    text = "\n".join(fit_wrongness.page(told, told, fit_wrongness.fit(told), 1))
    assert "| unsure | " in text and "| +4.6 |" in text
