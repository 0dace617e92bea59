"""Base, delta and tombstones together find exactly what an index built afresh finds."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.search.find import FEATURES, Query, find
from knowledge_base.search.index import Snapshot, build_base, encode_records
from knowledge_base.search.lexical import LexicalBase, LexicalDelta, Statistics
from knowledge_base.search.records import Record
from knowledge_base.search.tongues import terms
from knowledge_base.search.words import correct, stem
from tests.knowledge_base.support import FakeEncoder, record

WORDS = ("return", "lamp", "invoice", "delivery", "refund", "box", "size", "password")

LEXICAL = FEATURES.index("lexical")


def built(records: list[Record], encoder: FakeEncoder) -> Snapshot:
    alive = {one.id: one for one in records}
    vectors = encode_records(alive.values(), encoder.dimension, encoder.encode)
    return Snapshot.overlay(1, build_base(list(alive.values()), vectors), alive, encoder.encode)


def nearest(snapshot: Snapshot, text: str, encoder: FakeEncoder) -> list[tuple[UUID, int, float]]:
    """(article, text id, cosine) of all texts that the vectors find, in one order for both."""
    rows = []
    allowed = snapshot.allowed("public", None, ())
    for segment, mask in zip(snapshot.segments, allowed, strict=True):
        for row, cosine in segment.nearest(encoder.encode(text), segment.size, mask):
            owner = segment.records[segment.article_of[row]]
            rows.append((owner.id, int(segment.ids[row]), round(cosine, 5)))
    return sorted(rows, key=lambda row: (-row[2], row[1]))


titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
changes = st.lists(
    st.tuples(st.integers(0, 7), st.one_of(st.none(), titles), st.booleans()), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(start=st.lists(titles, max_size=6), then=changes, asked=titles)
def test_delta_and_tombstones_equal_a_rebuilt_index(
    start: list[str], then: list[tuple[int, str | None, bool]], asked: str
) -> None:
    encoder = FakeEncoder(dimension=16)
    snapshot = built([record(at, title) for at, title in enumerate(start)], encoder)
    version = 1
    for number, title, staff in then:
        alive = dict(snapshot.alive)
        version += 1
        audience = "staff" if staff else "public"
        if title is None:
            alive.pop(UUID(int=number), None)
        else:
            changed = record(number, title, f"q {title}", version=version, audience=audience)
            alive[changed.id] = changed
        snapshot = Snapshot.overlay(
            version, snapshot.base, alive, encoder.encode, previous=snapshot.delta
        )
    rebuilt = built(list(snapshot.alive.values()), encoder)
    assert nearest(snapshot, asked, encoder) == nearest(rebuilt, asked, encoder)
    query = Query(asked)
    vector = encoder.encode(asked)
    found = {one.record for one in find(snapshot, query, vector)}
    assert found == {one.record for one in find(rebuilt, query, vector)}
    assert all(one.audience == "public" for one in found)


def test_an_edit_encodes_only_what_is_new() -> None:
    encoder = FakeEncoder()
    snapshot = built([record(at, title) for at, title in enumerate(WORDS)], encoder)
    encoder.encoded.clear()
    changed = record(1, "lamp", "is my lamp broken", version=2)
    alive = {**snapshot.alive, changed.id: changed}
    snapshot = Snapshot.overlay(2, snapshot.base, alive, encoder.encode)
    assert encoder.encoded == ["is my lamp broken"]
    encoder.encoded.clear()
    other = record(2, "invoice", "the bill", version=2)
    Snapshot.overlay(3, snapshot.base, {**alive, other.id: other}, encoder.encode, snapshot.delta)
    assert encoder.encoded == ["the bill"]


def test_ids_are_stable_and_distinct() -> None:
    one, same, newer = (
        record(1, "lamp", "a"),
        record(1, "lamp", "a"),
        record(1, "lamp", "a", version=2),
    )
    assert [entry.id for entry in one.entries] == [entry.id for entry in same.entries]
    everything = [entry.id for entry in (*one.entries, *newer.entries)]
    assert len(set(everything)) == len(everything)
    assert all(0 <= number < 2**63 for number in everything)


def test_excluded_articles_other_audiences_and_languages_are_not_found() -> None:
    encoder = FakeEncoder()
    records = [
        record(1, "lamp"),
        record(2, "lamp", slug="lamp-two"),
        record(3, "lamp", slug="lamp-staff", audience="staff"),
        record(4, "lamp", slug="lampe", language="de"),
    ]
    snapshot = built(records, encoder)

    def numbers(**limits: object) -> set[int]:
        query = Query("lamp", **limits)  # type: ignore[arg-type]
        return {one.record.id.int for one in find(snapshot, query, encoder.encode("lamp"))}

    assert numbers() == {1, 2, 4}
    assert numbers(excluded=frozenset({UUID(int=1), UUID(int=99)})) == {2, 4}
    assert numbers(audience="staff") == {1, 2, 3, 4}
    assert numbers(language="de") == {4}


def test_an_empty_index_finds_nothing() -> None:
    encoder = FakeEncoder()
    assert find(built([], encoder), Query("lamp"), encoder.encode("lamp")) == []


def test_a_slip_an_accent_and_an_ending_still_find_the_words() -> None:
    encoder = FakeEncoder()
    snapshot = built([record(1, "Return an item"), record(2, "Café deliveries")], encoder)
    for asked, number in (("retrun", 1), ("returning", 1), ("CAFE", 2), ("delivry", 2)):
        best = max(
            find(snapshot, Query(asked), encoder.encode(asked)),
            key=lambda one: one.features[LEXICAL],
        )
        assert best.record.id.int == number, asked
        assert best.features[LEXICAL] > 0, asked


@pytest.mark.parametrize(
    "group",
    [
        ("return", "returns", "returned", "returning"),
        ("delivery", "deliveries"),
        ("charge", "charged", "charges", "charging"),
        ("cancel", "cancelled", "cancelling", "cancellation"),
        ("pay", "payment", "payments", "paying"),
    ],
)
def test_relatives_share_a_stem(group: tuple[str, ...]) -> None:
    assert len({stem(word) for word in group}) == 1


def test_corrections_prefer_common_words_and_leave_the_known_and_the_short() -> None:
    known = {"lamp": 1, "damp": 9, "box": 3}
    assert correct("xamp", known) == "damp"
    assert correct("lamp", known) == "lamp"
    assert correct("bax", known) == "bax"
    assert correct("x" * 5000, known) == "x" * 5000


def test_a_question_of_small_words_keeps_them() -> None:
    assert terms("where is it?") == ["wher", "is", "it"]
    assert terms("") == []


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=6))
def test_the_lexical_delta_scores_as_bm25s_does(documents: list[list[str]]) -> None:
    base = LexicalBase(documents)
    delta = LexicalDelta(documents, Statistics.of([]))
    for term in WORDS:
        assert np.allclose(
            base.scores([term, "unknown"]), delta.scores([term, "unknown"]), atol=1e-4
        )
    asked = ["lamp", "box"]
    assert base.scores(asked).max() <= base.statistics.best_possible(asked) + 1e-4
    for _ in range(2):
        together = base.statistics.weight(frozenset(asked))
        assert together == pytest.approx(base.statistics.best_possible(asked))
