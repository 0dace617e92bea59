"""A label that needs two people: kept back, answered blind, written when both say the same, settled otherwise."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from server.database import Database
from server.errors import Conflict, Invalid
from tests.training.labels.test_labels import lines
from tests.training.opinions.conftest import TEXT, People, ask_for_all, labels
from tests.training.talk import Talk
from training.models import Source
from training.opinions.cases import AlreadyGiven, AlreadyWaiting, OwnOpinion
from training.opinions.models import CaseState
from training.opinions.rules import Rules
from training.paths import Paths
from training.room import TrainingRoom
from training.spans import Span


async def test_with_the_rules_off_labels_are_written_at_once(
    room: TrainingRoom, people: People, talk: Talk, paths: Paths
) -> None:
    turn = await talk.says(TEXT)
    result = await room.labels.label([turn], "deny", people.ann)
    assert (result.done, result.asked) == ((turn,), ())
    assert TEXT in lines(paths, "deny")


async def test_equal_opinions_are_written_with_both_names(
    room: TrainingRoom, people: People, talk: Talk, paths: Paths, database: Database
) -> None:
    await ask_for_all(room, people)
    turn = await talk.says("parcel FW-204999?")
    result = await room.labels.label([turn], "order_status", people.ann)
    assert result.asked == (turn,)
    assert "colleague is asked" in result.refused[0].problem
    assert await labels(database) == [] and len(lines(paths, "order_status")) == 2
    (waiting,) = (await room.opinions.lists(people.ben)).to_give
    assert waiting.text == "parcel FW-000000?"
    outcome = await room.opinions.give(waiting.id, "order_status", people.ben)
    assert (outcome.state, outcome.intent, outcome.problem) == (CaseState.DONE, "order_status", "")
    assert "parcel FW-000000?" in lines(paths, "order_status")
    (label,) = await labels(database)
    assert (label.by, label.approved_by) == (people.ann.id, people.ben.id)
    assert (label.source, label.written) == (Source.OPINION, True)
    assert (await room.opinions.lists(people.ben)).to_give == ()


async def test_marked_entities_are_written_with_the_agreed_label(
    room: TrainingRoom, people: People, talk: Talk, paths: Paths
) -> None:
    paths.domain.write_text(paths.domain.read_text("utf-8") + "entities:\n- product\n", "utf-8")
    await ask_for_all(room, people)
    turn = await talk.says("my kettle leaks")
    marks = {turn: [Span(3, 9, "product")]}
    await room.labels.label([turn], "order_status", people.ann, spans=marks)
    (waiting,) = (await room.opinions.lists(people.ben)).to_give
    await room.opinions.give(waiting.id, "order_status", people.ben)
    assert "my [kettle](product) leaks" in lines(paths, "order_status")


async def test_the_same_person_never_gives_both(
    room: TrainingRoom, people: People, talk: Talk, case: UUID, database: Database
) -> None:
    assert (await room.opinions.lists(people.ann)).to_give == ()
    assert [one.intent for one in (await room.opinions.lists(people.ann)).own] == ["deny"]
    with pytest.raises(OwnOpinion):
        await room.opinions.give(case, "deny", people.ann)
    again = await room.labels.label([await talk.says(TEXT.upper())], "deny", people.ann)
    assert (again.done, again.asked) == ((), ())
    assert "You said" in again.refused[0].problem
    assert await labels(database) == []


async def test_labelling_the_same_message_elsewhere_is_the_second_opinion(
    room: TrainingRoom, people: People, talk: Talk, case: UUID, paths: Paths
) -> None:
    result = await room.labels.label([await talk.says("Never, ever!")], "deny", people.ben)
    assert len(result.done) == 1 and result.refused == ()
    assert TEXT in lines(paths, "deny")


async def test_of_two_second_opinions_one_counts(
    room: TrainingRoom, people: People, case: UUID, database: Database
) -> None:
    answers = await asyncio.gather(
        room.opinions.give(case, "deny", people.ben),
        room.opinions.give(case, "greet", people.cleo),
        return_exceptions=True,
    )
    refused = [one for one in answers if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [AlreadyGiven]
    found = await labels(database)
    settled = await room.opinions.lists(people.cleo)
    assert (len(found) == 1) is (settled.disagreed == ())


async def test_different_opinions_are_shown_and_nothing_is_written(
    room: TrainingRoom, people: People, case: UUID, database: Database
) -> None:
    outcome = await room.opinions.give(case, "greet", people.ben)
    assert (outcome.state, outcome.intent) == (CaseState.DISAGREED, None)
    assert await labels(database) == []
    for reader, own in ((people.ann, True), (people.ben, True), (people.cleo, False)):
        (disputed,) = (await room.opinions.lists(reader)).disagreed
        assert [(one.name, one.intent) for one in disputed.said] == [
            ("Ann", "deny"),
            ("Ben", "greet"),
        ]
        assert disputed.own is own
    async with database.read() as db:
        assert [
            (one.name, one.intent)
            for said in (await room.opinions.given(db)).values()
            for one in said
        ] == [("Ann", "deny"), ("Ben", "greet")]


async def test_anybody_can_ask_about_their_own_label(
    room: TrainingRoom, people: People, talk: Talk, paths: Paths, database: Database
) -> None:
    turn = await talk.says(TEXT)
    with pytest.raises(Invalid):
        await room.opinions.ask(turn, None, people.ann)
    with pytest.raises(Invalid):
        await room.opinions.ask(turn, "pizza", people.ann)
    await room.labels.label([turn], "deny", people.ann)
    with pytest.raises(Conflict, match="Only who labelled"):
        await room.opinions.ask(turn, None, people.ben)
    asked = await room.opinions.ask(turn, None, people.ann)
    with pytest.raises(AlreadyWaiting):
        await room.opinions.ask(turn, "greet", people.ann)
    assert TEXT in lines(paths, "deny")  # it stands until the other has answered
    await room.opinions.give(asked.case_id, "greet", people.ben)
    await room.opinions.revise(asked.case_id, "greet", "Ben is right", people.ann)
    assert TEXT in lines(paths, "greet") and TEXT not in lines(paths, "deny")
    (label,) = await labels(database)
    assert (label.by, label.approved_by) == (people.ben.id, people.ann.id)


async def test_an_approved_label_stays_where_it_is(
    room: TrainingRoom, people: People, talk: Talk, paths: Paths, database: Database
) -> None:
    turn = await talk.says(TEXT)
    await room.labels.label([turn], "deny", people.ann)
    before = (paths.nlu / "deny.yml").read_bytes()
    asked = await room.opinions.ask(turn, None, people.ann)
    outcome = await room.opinions.give(asked.case_id, "deny", people.ben)
    assert outcome.state is CaseState.DONE
    assert (paths.nlu / "deny.yml").read_bytes() == before
    assert (await labels(database))[0].approved_by == people.ben.id


async def test_relabelling_alone_does_not_undo_what_two_agreed(
    room: TrainingRoom, people: People, talk: Talk, case: UUID, paths: Paths
) -> None:
    await room.opinions.give(case, "deny", people.ben)
    turn = await talk.says(TEXT)
    same = await room.labels.relabel(turn, "deny", people.cleo)
    assert same.asked == ()
    changed = await room.labels.relabel(turn, "greet", people.cleo)
    assert changed.asked == (turn,)
    assert TEXT in lines(paths, "deny")
    (waiting,) = (await room.opinions.lists(people.ann)).to_give
    await room.opinions.give(waiting.id, "greet", people.ann)
    assert TEXT in lines(paths, "greet") and TEXT not in lines(paths, "deny")


async def test_confirming_a_guess_is_a_label_like_any_other(
    room: TrainingRoom, people: People, talk: Talk
) -> None:
    await ask_for_all(room, people)
    turns = [await talk.says("hello dear", "greet"), await talk.says("hm", "pizza")]
    result = await room.labels.confirm(turns, people.ann)
    assert (result.done, result.asked) == ((), (turns[0],))
    assert {one.turn_id for one in result.refused} == set(turns)


async def test_what_stands_already_is_refused_at_once(
    room: TrainingRoom, people: People, talk: Talk
) -> None:
    await ask_for_all(room, people)
    result = await room.labels.label([await talk.says("Nope!")], "deny", people.ann)
    assert result.asked == () and "example of “deny” already" in result.refused[0].problem
    assert (await room.opinions.lists(people.ben)).to_give == ()
    with pytest.raises(Invalid):
        await room.labels.label([await talk.says("hey")], "pizza", people.ann)


async def test_messages_that_read_the_same_are_one_question(
    room: TrainingRoom, people: People, talk: Talk
) -> None:
    await ask_for_all(room, people)
    turns = [await talk.says(text) for text in ("never ever", "Never, ever!", "by no means")]
    result = await room.labels.label(turns, "deny", people.ann)
    assert result.asked == (turns[0], turns[2])
    assert "waits for a second opinion" in result.refused[0].problem
    assert len((await room.opinions.lists(people.ben)).to_give) == 2
    assert await room.opinions.counts(people.ben) == (2, 0)
    assert await room.opinions.counts(people.ann) == (0, 0)


async def test_without_a_person_there_is_no_second_one(
    room: TrainingRoom, people: People, talk: Talk, paths: Paths
) -> None:
    await ask_for_all(room, people)
    await room.labels.label([await talk.says(TEXT)], "deny", None)
    assert TEXT in lines(paths, "deny")


async def test_only_listed_intents_when_nothing_is_drawn(
    room: TrainingRoom, people: People, talk: Talk
) -> None:
    rules = Rules(enabled=True, share=0.0, new_intents=False, intents=("deny",))
    await room.opinions.set_rules(rules, people.sue)
    first = await room.labels.label([await talk.says("by no means")], "deny", people.ann)
    second = await room.labels.label([await talk.says("hey there")], "greet", people.ann)
    assert (len(first.asked), len(second.done)) == (1, 1)


async def test_agreement_is_measured_over_all_pairs(
    room: TrainingRoom, people: People, talk: Talk
) -> None:
    await ask_for_all(room, people)
    for number in range(12):
        turn = await talk.says(f"message number {'abcdefghijkl'[number]}")
        await room.labels.label([turn], "deny" if number % 2 else "greet", people.ann)
        (waiting,) = (await room.opinions.lists(people.ben)).to_give
        said = "deny" if number % 2 and number > 2 else "greet"
        await room.opinions.give(waiting.id, said, people.ben)
    measured = await room.opinions.agreement()
    assert (measured.all.pairs, measured.all.same) == (12, 11)
    assert measured.all.kappa == pytest.approx(5 / 6)
    assert measured.drawn.pairs == 12
    assert [(one.intents, one.times) for one in measured.confused] == [(("deny", "greet"), 1)]
    assert [one.names for one in measured.people] == [("Ann", "Ben")]
