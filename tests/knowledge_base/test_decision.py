"""The policy over probabilities, and the models behind it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.search.calibration import TOP_FEATURES, Calibration, Ranked, load_calibration
from knowledge_base.search.decision import Kind, judge
from knowledge_base.search.evaluation import Case, Example, fit_calibration, report
from knowledge_base.search.find import FEATURES, Found
from knowledge_base.search.fitting import (
    Choice,
    Logistic,
    fit_choice,
    fit_classes,
    fit_logistic,
    sigmoid,
)
from tests.knowledge_base.support import FakeEncoder, record

FUSION = (10.0, *[0.0] * (len(FEATURES) - 1))


def found(*nearest: float) -> list[Found]:
    return [
        Found(record(at, f"Article {at}"), np.array([value, *[0.0] * (len(FEATURES) - 1)]))
        for at, value in enumerate(nearest)
    ]


def calibration(first: float, any_option: float) -> Calibration:
    """Always these two probabilities."""

    def always(probability: float) -> Logistic:
        return Logistic(float(np.log(probability / (1 - probability))), (0.0,) * len(TOP_FEATURES))

    return Calibration("test", FUSION, always(first), always(any_option), (), {})


def verdict(fitted: Calibration, *nearest: float) -> tuple[Kind, int]:
    judged = judge(fitted.rank(found(*nearest)), fitted, 0.8)
    return judged.kind, len(judged.shown)


def test_likely_enough_is_answered_the_rest_is_offered_or_left() -> None:
    assert verdict(calibration(0.9, 0.95), 0.9, 0.2)[0] is Kind.ANSWER
    assert verdict(calibration(0.4, 0.9), 0.8, 0.8, 0.1, 0.1) == (Kind.CHOOSE, 2)
    assert verdict(calibration(0.2, 0.8), 0.5, 0.5, 0.5, 0.5, 0.5) == (Kind.CHOOSE, 4)
    assert verdict(calibration(0.1, 0.2), 0.5, 0.5)[0] is Kind.NOTHING
    assert verdict(calibration(0.6, 0.7), 0.5) == (Kind.NOTHING, 1)
    assert verdict(calibration(0.9, 0.9)) == (Kind.NOTHING, 0)


def test_of_two_alike_none_is_guessed_however_sure_the_first_looks() -> None:
    assert verdict(calibration(0.9, 0.95), 0.8, 0.77, 0.1)[0] is Kind.CHOOSE
    assert verdict(calibration(0.9, 0.95), 0.8, 0.4, 0.1)[0] is Kind.ANSWER


@given(
    st.floats(0.01, 0.99),
    st.floats(0.01, 0.99),
    st.lists(st.floats(-1, 1), min_size=1, max_size=8),
)
def test_every_verdict_keeps_its_promises(
    first: float, any_option: float, nearest: list[float]
) -> None:
    fitted = calibration(first, any_option)
    judged = judge(fitted.rank(found(*nearest)), fitted, 0.8)
    assert len(judged.shown) == len(judged.probabilities) <= 4
    assert sum(judged.probabilities) <= max(first, any_option) + 1e-6
    assert max(judged.probabilities) == judged.probabilities[0] <= first + 1e-9
    if judged.kind is Kind.ANSWER:
        assert first >= 0.8
    if judged.kind is Kind.CHOOSE:
        assert 2 <= len(judged.shown) <= 4


def test_the_threshold_is_the_lowest_that_was_precise_enough() -> None:
    flat = Logistic(0.0, (0.0,) * len(TOP_FEATURES))
    curve = ((0.3, 0.6, 0.9), (0.7, 0.79, 0.8), (0.8, 0.85, 0.6), (0.9, 0.95, 0.3))
    fitted = Calibration("test", FUSION, flat, flat, curve, {})
    assert fitted.threshold(0.8) == 0.8
    assert fitted.threshold(0.75) == 0.7
    assert fitted.threshold(0.99) == 0.99
    # More likely wrong than right is no answer.
    assert fitted.threshold(0.5) == 0.5


def test_equal_scores_are_ranked_the_same_everywhere() -> None:
    fitted = calibration(0.5, 0.5)
    one, other = fitted.rank(found(0.5, 0.5, 0.5)), fitted.rank(found(0.5, 0.5, 0.5)[::-1])
    assert [x.found.record.id for x in one] == [x.found.record.id for x in other]


def test_the_shipped_calibration_is_readable_complete_and_says_where_it_comes_from(
    tmp_path: Path,
) -> None:
    shipped = load_calibration()
    shipped.save(tmp_path / "again.json")
    assert load_calibration(tmp_path / "again.json") == shipped
    assert {"fitted", "split", "encoder", "houses", "held_out"} <= set(shipped.about)
    broken = (tmp_path / "again.json").read_text().replace('"nearest"', '"nearly"')
    (tmp_path / "again.json").write_text(broken)
    with pytest.raises(ValueError, match="other features"):
        load_calibration(tmp_path / "again.json")


def test_a_fit_recovers_what_made_the_data() -> None:
    chance = np.random.default_rng(3)
    rows = chance.standard_normal((3000, 2))
    yes = (chance.random(3000) < sigmoid(0.5 + rows @ np.array([2.0, -1.0]))).astype(float)
    model = fit_logistic(rows, yes, np.ones(3000), l2=0.01)
    assert (model.intercept, *model.weights) == pytest.approx((0.5, 2.0, -1.0), abs=0.25)

    weights = np.array([3.0, 0.0])
    choices = []
    for _ in range(800):
        candidates = chance.random((4, 2))
        noise = chance.gumbel(size=4)
        choices.append(Choice(candidates, (int((candidates @ weights + noise).argmax()),)))
    assert fit_choice(choices, l2=0.01) == pytest.approx(weights, abs=0.5)


def test_any_of_several_right_answers_is_enough() -> None:
    chance = np.random.default_rng(4)
    choices = []
    for _ in range(300):
        candidates = chance.random((5, 2)) * 0.3
        candidates[:2, 0] += 0.7 * chance.permutation([0.0, 1.0])
        choices.append(Choice(candidates, (0, 1)))
    first, second = fit_choice(choices, l2=0.1)
    assert first > 2 * abs(second)


def test_a_few_questions_leave_the_weights_near_the_ones_before() -> None:
    before = Logistic(-1.0, (2.0, 0.0))
    rows, yes = np.array([[0.0, 1.0], [0.0, 0.9], [0.0, 1.1]]), np.ones(3)
    after = fit_logistic(rows, yes, np.ones(3), l2=3.0, prior=before)
    assert after.weights[0] == pytest.approx(2.0)
    assert 0 < after.weights[1] < 1
    assert fit_choice(
        [Choice(np.eye(2), (1,))], l2=5.0, prior=np.array([1.0, 0.0])
    ) == pytest.approx([1.0, 0.0], abs=0.25)


def test_separable_data_does_not_break_the_fit() -> None:
    rows = np.array([[0.0], [0.1], [0.9], [1.0]])
    model = fit_logistic(rows, np.array([0.0, 0, 1, 1]), np.ones(4), l2=0.1)
    assert model.probability(np.array([1.0])) > 0.7
    assert model.probability(np.array([0.0])) < 0.3


def test_a_linear_head_tells_classes_apart() -> None:
    encoder = FakeEncoder()
    texts = [
        ("lamp dark", "lamp"),
        ("lamp off", "lamp"),
        ("parcel late", "post"),
        ("parcel gone", "post"),
    ]
    head = fit_classes(np.stack([encoder.encode(text) for text, _ in texts]), [x for _, x in texts])
    assert head.best(encoder.encode("my lamp"))[0] == "lamp"
    assert head.best(encoder.encode("my parcel"))[0] == "post"


def test_calibration_fits_one_half_and_reports_on_the_other() -> None:
    chance = np.random.default_rng(5)
    cases = []
    for number in range(400):
        answerable = number % 4 != 0
        features = chance.random((5, len(FEATURES))) * 0.5
        if answerable:
            features[0, 0] = 0.4 + 0.6 * chance.random()
        records = [record(at, f"Article {at}") for at in range(5)]
        candidates = [Found(one, row) for one, row in zip(records, features, strict=True)]
        right = frozenset(["article-0"] if answerable else [])
        cases.append(Case(Example(f"question {number}", right), candidates))
    fitting = [case for case in cases if case.example.fits]
    others = [case for case in cases if not case.example.fits]
    fitted = fit_calibration(fitting, today=date(2026, 3, 2), about={})
    held_out = report(others, fitted, 0.8)
    assert 150 < held_out["questions"] == len(others) < 250
    assert held_out["recall@1"] > 0.6
    assert held_out["precision"] > 0.75
    assert held_out["auroc"] > 0.8
    assert held_out["calibration_error"] < 0.15
    assert fitted.fusion[0] > max(fitted.fusion[1:])


def test_ranked_shares_sum_to_one() -> None:
    ranked: list[Ranked] = calibration(0.5, 0.6).rank(found(0.1, 0.5, 0.9))
    assert sum(one.share for one in ranked) == pytest.approx(1.0)
    assert [one.found.record.id.int for one in ranked] == [2, 1, 0]
