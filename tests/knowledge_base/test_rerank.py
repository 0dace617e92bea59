"""A reranker is one more feature of the ranking where it serves, and nothing at all where it does not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from encoder.errors import EncoderError
from encoder.manifest import TOKENIZER
from encoder.reranker import MODEL, RERANKER, PairReader, read_manifest
from knowledge_base.quality.policy import policy_of
from knowledge_base.search.calibration import Calibration, from_json, load_calibration
from knowledge_base.search.decision import DecisionContext
from knowledge_base.search.evaluation import Case, Example, search_all
from knowledge_base.search.find import FEATURES, RERANKED, Query, find
from knowledge_base.search.index import Snapshot, build_base, encode_records
from knowledge_base.search.records import PASSAGE, Record
from knowledge_base.search.rerank import (
    READ,
    Reranker,
    judged_by,
    nearest_passage,
    reranker_in,
)
from knowledge_base.search.rerank_fit import fit_reranked, fit_weight, widened
from knowledge_base.service import KnowledgeBase
from server.database import Database
from server.events import LocalBus
from tests.knowledge_base.reranking import FakeReader, by_nothing, by_shared_words, write_tiny
from tests.knowledge_base.support import (
    INVOICE,
    LAMP,
    RETURN,
    FakeEncoder,
    published,
    record,
    settings_at,
)
from tests.support import FakeClock

SHIPPED = load_calibration()


@pytest.fixture
def records() -> list[Record]:
    """Twenty articles of the same title; only their bodies tell them apart."""
    return [
        record(
            at,
            "Change a setting",
            slug=f"setting-{at}",
            context=f"It is about the word{at} of the page.",
        )
        for at in range(20)
    ]


@pytest.fixture
def snapshot(records: list[Record], encoder: FakeEncoder) -> Snapshot:
    base = build_base(records, encode_records(records, encoder.dimension, encoder.encode))
    return Snapshot.overlay(1, base, {one.id: one for one in records}, encoder.encode)


@pytest.fixture
def cases(snapshot: Snapshot, encoder: FakeEncoder) -> list[Case]:
    """Each article's word, asked for beside another's, so that the search alone has two to choose from."""
    asked = [
        Example(f"change word{at} word{(at + 7) % 20}", frozenset([snapshot.base.records[at].slug]))
        for at in range(20)
    ]
    return search_all(snapshot, encoder, asked, lambda _: ("", 0.0))


def only_the_first(question: str, passage: str) -> float:
    """Fits what names the question's second word."""
    return by_shared_words(question.split()[1], passage)


def test_the_best_are_read_and_the_others_count_as_the_least(
    snapshot: Snapshot, encoder: FakeEncoder
) -> None:
    reader = FakeReader(by_shared_words)
    query = Query("change word3 of the page")
    vector = encoder.encode(query.text)
    found = find(snapshot, query, vector)
    read = Reranker(reader, widened(SHIPPED)).read(snapshot, query, vector, found)
    assert len(found) > READ
    ((question, passages),) = reader.read
    assert question == query.text
    best = [one.found.record for one in SHIPPED.rank(found)[:READ]]
    assert set(passages) == {nearest_passage(snapshot, one, vector) for one in best}
    for before, after in zip(found, read, strict=True):
        assert (after.features[:-1] == before.features).all()
        assert RERANKED not in before.signals
        assert after.signals[RERANKED] == (0.6 if before.record in best else after.features[-1])
    least = min(one.features[-1] for one in read if one.record in best)
    assert {one.features[-1] for one in read if one.record not in best} == {least}


def test_the_passage_is_the_nearest_of_the_article_and_its_beginning_where_it_has_none(
    snapshot: Snapshot, encoder: FakeEncoder
) -> None:
    long = record(40, "Much", context="alpha beta gamma " * 40, action="delta epsilon", outcome="")
    bare = record(41, "Little", context="", action="x", outcome="")
    over = Snapshot.overlay(
        2, snapshot.base, {**snapshot.alive, long.id: long, bare.id: bare}, encoder.encode
    )
    asked = encoder.encode("delta epsilon")
    assert "delta epsilon" in nearest_passage(over, long, asked)
    assert "alpha" in nearest_passage(over, long, encoder.encode("alpha beta"))
    passages = [entry for entry in bare.entries if entry.kind == PASSAGE]
    assert nearest_passage(over, bare, asked) == passages[0].text


def test_what_counts_nothing_yet_changes_no_rank_and_no_probability(
    snapshot: Snapshot, encoder: FakeEncoder, cases: list[Case]
) -> None:
    wide = widened(SHIPPED)
    read = Reranker(FakeReader(by_shared_words), wide).read_cases(snapshot, encoder, cases)
    for before, after in zip(cases, read, strict=True):
        plain, ranked = SHIPPED.rank(before.found), wide.rank(after.found)
        assert [one.found.record for one in plain] == [one.found.record for one in ranked]
        assert SHIPPED.probabilities(plain) == pytest.approx(wide.probabilities(ranked))
    assert widened(wide) is wide
    # Where none has read, its weight stays out.
    odd = replace(wide, fusion=(*wide.fusion[:-1], 50.0))
    assert odd.rank(cases[0].found) == SHIPPED.rank(cases[0].found)


def test_the_weight_is_as_large_as_the_questions_say(
    snapshot: Snapshot, encoder: FakeEncoder, cases: list[Case]
) -> None:
    def fitted(reader: FakeReader) -> tuple[list[Case], Calibration]:
        read = Reranker(reader, widened(SHIPPED)).read_cases(snapshot, encoder, cases)
        return read, replace(widened(SHIPPED), fusion=fit_weight(SHIPPED, read))

    def right(some: list[Case], calibration: Calibration) -> int:
        return sum(case.right(calibration.rank(case.found)[0].found) for case in some)

    read, knowing = fitted(FakeReader(only_the_first))
    assert knowing.fusion[: len(FEATURES)] == SHIPPED.fusion
    assert knowing.fusion[-1] > 1.0
    assert right(read, knowing) == 20
    assert right(cases, SHIPPED) < 20
    assert fitted(FakeReader(by_nothing))[1].fusion[-1] == pytest.approx(0.0, abs=1e-6)
    wrong = FakeReader(lambda question, passage: -only_the_first(question, passage))
    assert fitted(wrong)[1].fusion[-1] == 0.0
    assert fit_weight(SHIPPED, []) == (*SHIPPED.fusion, 0.0)


def test_its_calibration_is_written_with_its_feature_and_the_shipped_one_without(
    snapshot: Snapshot, encoder: FakeEncoder, cases: list[Case]
) -> None:
    read = Reranker(FakeReader(only_the_first), widened(SHIPPED)).read_cases(
        snapshot, encoder, cases
    )
    fitted = fit_reranked(SHIPPED, read, read, today=date(2026, 3, 2), about={})
    again = from_json(json.loads(json.dumps(fitted.as_json())))
    assert again.reads_reranker
    assert again.as_json() == fitted.as_json()
    assert fitted.as_json()["features"] == [*FEATURES, RERANKED]
    assert SHIPPED.as_json()["features"] == list(FEATURES)
    with pytest.raises(ValueError, match="numbers"):
        from_json({**fitted.as_json(), "fusion": list(SHIPPED.fusion)})


def kept(folder: Path, encoder_checksum: str) -> PairReader:
    manifest = write_tiny(folder)
    seen = {"encoder": judged_by(encoder_checksum, manifest.checksum)}
    calibration = replace(widened(SHIPPED), about=seen).as_json()
    replace(manifest, about={"calibration": calibration}).write(folder)
    return PairReader.load(folder)


def test_a_kept_one_reads_pairs_and_remembers_them(tmp_path: Path) -> None:
    reader = kept(tmp_path / "reranker", "fake")
    first = reader.scores("lamp", ["lamp invoice", "lamp", "\ud800"])
    assert first == pytest.approx([5.0, 3.0, 1.5])
    assert (reader.scores("lamp", ["lamp invoice", "lamp", "\ud800"]) == first).all()
    assert reader.scores("lamp", []).shape == (0,)
    assert np.isfinite(reader.scores("lamp " * 9000, ["invoice " * 9000])).all()


def test_one_that_is_missing_torn_or_of_another_encoder_is_said_and_left_out(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "reranker"
    kept(folder, "fake")
    served = reranker_in(str(folder), "fake")
    assert served is not None
    assert served.calibration.reads_reranker
    assert reranker_in("", "fake") is None

    def reason(setting: Path, checksum: str = "fake") -> str:
        with capture_logs() as logs:
            assert reranker_in(str(setting), checksum) is None
        (line,) = logs
        assert (line["event"], line["log_level"]) == ("reranker_ignored", "warning")
        return str(line["reason"])

    assert "missing" in reason(tmp_path / "nowhere")
    assert "another encoder" in reason(folder, "other")
    for name, said in ((MODEL, "not the file"), (TOKENIZER, "not the file"), (RERANKER, "read")):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: len(whole) // 2])
        assert said in reason(folder)
        (folder / name).write_bytes(whole)
    (folder / MODEL).unlink()
    assert "missing" in reason(folder)
    manifest = read_manifest(folder)
    replace(manifest, about={}).write(folder)
    assert "damaged" in reason(folder)
    replace(manifest, about={"calibration": SHIPPED.as_json()}).write(folder)
    assert "does not weigh" in reason(folder)
    replace(manifest, files={"other": "0"}).write(folder)
    with pytest.raises(EncoderError, match="other files"):
        read_manifest(folder)


async def test_the_served_search_reads_with_it_and_a_calibration_without_it_is_left_alone(
    tmp_path: Path, database: Database, clock: FakeClock, bus: LocalBus, encoder: FakeEncoder
) -> None:
    for wanted in (RETURN, LAMP, INVOICE):
        await published(database, clock, wanted)
    reader = FakeReader(lambda _, passage: 8.0 if "invoice" in passage.lower() else -8.0)
    wide = widened(SHIPPED)
    judges = replace(wide, fusion=(*wide.fusion[:-1], 30.0), version="with it")

    async def first(reranker: Reranker | None) -> tuple[str, dict[str, object], str]:
        knowledge = KnowledgeBase(
            settings_at(tmp_path), clock, database, encoder, bus=bus, reranker=reranker
        )
        await knowledge.start()
        decision = await knowledge.decide("my lamp is broken", DecisionContext())
        (searched, *_) = await knowledge.search("my lamp is broken")
        await knowledge.stop()
        assert searched.title == decision.candidates[0].title
        return searched.title, decision.versions, knowledge.judged_by

    title, versions, judged = await first(None)
    assert (title, versions["calibration"], judged) == (LAMP.title, SHIPPED.version, "fake")
    title, versions, judged = await first(Reranker(reader, judges))
    assert (title, versions["calibration"]) == (INVOICE.title, "with it")
    assert judged == "fake+reader"
    assert reader.read[0][0] == "my lamp is broken"

    knowledge = KnowledgeBase(
        settings_at(tmp_path), clock, database, encoder, reranker=Reranker(reader, judges)
    )
    plain = json.dumps({**SHIPPED.as_json(), "about": {"encoder": "fake"}})
    policy = policy_of(None, plain, knowledge.shipped, knowledge.judged_by)
    assert policy.calibration is judges
