"""Which answers and handoffs would change, and what that means for the customers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from tests.training.comparing.test_deeds import RULES, said
from training.comparing import replay
from training.comparing.asking import Pair
from training.comparing.past import Said
from training.comparing.searching import Asker


@dataclass
class Article:
    article_id: uuid.UUID
    title: str


@dataclass
class Decision:
    kind: str
    candidates: list[Article]


@dataclass
class Search:
    """Finds the article that is named like the intent; "sizing" offers two, and "outage" finds nothing."""

    asked: list[tuple[str, Any]] = field(default_factory=list)

    async def decide(self, question: str, context: Any) -> Decision:
        self.asked.append((question, context))
        if context.intent in (None, "outage"):
            return Decision("nothing", [])
        names = [context.intent, "shoes"] if context.intent == "sizing" else [context.intent]
        found = [Article(uuid.uuid5(uuid.NAMESPACE_OID, name), name) for name in names]
        return Decision("choose" if len(found) > 1 else "answer", found)


def parse(intent: str, **more: Any) -> dict[str, Any]:
    guess = {"name": intent, "confidence": 0.8}
    return {"intent": guess, "intent_ranking": [guess], **more}


def turn(before: str, after: str, chat: int = 1, **known: Any) -> tuple[Said, Pair]:
    one = said(conversation_id=uuid.UUID(int=chat), **known)
    return one, Pair(parse(before), parse(after))


async def summary(*turns: tuple[Said, Pair], search: Search | None = None) -> dict[str, Any]:
    found = await replay.decide(turns, RULES, Asker(search))
    return replay.summarise(found, asked=len(turns), searched=search is not None)


async def test_changes_are_counted_and_listed_the_doubtful_first() -> None:
    later = said().at + timedelta(hours=1)
    found = await summary(
        turn("sizing", "sizing"),
        turn("exchange", "return_policy", shown="swap it", label="return_policy", chat=2),
        turn("exchange", "warranty", shown="broken", label="exchange", at=later, chat=3),
        turn("exchange", "request_human", shown="talk to me", chat=4),
        turn("greet", "thanks", shown="cheers", chat=4),
        search=Search(),
    )
    assert found["counts"] == {
        "answers": 3, "handoffs": 1, "read_otherwise": 4, "right": 1, "wrong": 1, "neither": 0,
    }  # fmt: skip
    assert (found["messages"], found["conversations"], found["left_out"]) == (5, 4, 0)
    assert [one["text"] for one in found["changes"]] == [
        "talk to me",
        "broken",
        "swap it",
        "cheers",
    ]
    first, wrong, right, _ = found["changes"]
    assert (first["handoff"], first["known"]) == (True, None)
    assert first["before"]["kind"] == "answer" and first["before"]["what"] == "exchange"
    assert (first["after"]["kind"], first["after"]["what"]) == ("person", "asked")
    assert (wrong["known"], right["known"]) == ("wrong", "right")
    assert found["labelled"] == {"messages": 2, "before": 1, "after": 1}


async def test_what_is_said_again_and_changes_the_same_way_is_listed_once() -> None:
    later = said().at + timedelta(hours=1)
    found = await summary(
        turn("exchange", "warranty", shown="it broke", chat=1),
        turn("exchange", "warranty", shown="it broke", chat=2, at=later),
        turn("exchange", "sizing", shown="it broke", chat=3),
        search=Search(),
    )
    assert found["counts"]["answers"] == 3
    assert [(one["times"], one["after"]["intent"]) for one in found["changes"]] == [
        (2, "warranty"), (1, "sizing"),
    ]  # fmt: skip
    assert found["changes"][0]["at"] == later.isoformat()


async def test_another_topic_changes_nothing_where_the_search_finds_the_same() -> None:
    class Same(Search):
        async def decide(self, question: str, context: Any) -> Decision:
            return Decision("answer", [Article(uuid.UUID(int=9), "the only one")])

    found = await summary(turn("exchange", "warranty"), search=Same())
    assert (found["counts"]["answers"], found["counts"]["read_otherwise"]) == (0, 1)
    assert found["changes"] == []


async def test_without_a_search_another_kind_or_question_is_a_change() -> None:
    one, pair = turn("exchange", "exchange")
    asked = replace(pair, after=parse("exchange", question="other words"))
    found = await summary((one, asked), turn("exchange", "warranty"), turn("exchange", "greet"))
    assert (found["counts"]["answers"], found["searched"]) == (2, False)
    assert found["criteria"]["clear"] is None
    assert found["criteria"]["scale"] == {"total": 1, "before": 1, "after": 1, "won": 0, "lost": 0}


async def test_the_search_is_asked_as_the_actions_ask_it_and_each_question_once() -> None:
    search = Search()
    article = str(uuid.UUID(int=5))
    known: dict[str, Any] = {"topic": "exchange", "excluded": (article,), "text": "how long"}
    await summary(
        turn("warranty", "warranty", **known), turn("warranty", "warranty", **known), search=search
    )
    ((question, context),) = search.asked
    assert (question, context.intent, context.topic) == ("how long", "warranty", "exchange")
    assert context.excluded == {uuid.UUID(int=5)}
    assert (context.audience, context.language) == ("public", "en")


def counts(total: int, before: int, after: int, won: int, lost: int) -> dict[str, int]:
    return {"total": total, "before": before, "after": after, "won": won, "lost": lost}


async def test_the_four_questions_are_answered_with_counts() -> None:
    shown = str(uuid.uuid5(uuid.NAMESPACE_OID, "warranty"))
    found = await summary(
        turn("outage", "exchange", chat=1, again="unanswered"),
        turn("greet", "greet", chat=1),
        turn("sizing", "outage", chat=2),
        turn("warranty", "warranty", chat=2, again="denied", shown_article=shown),
        turn("exchange", "request_human", chat=3),
        turn("order_status", "order_status", chat=4),
        search=Search(),
    )
    criteria = found["criteria"]
    assert criteria["at_once"] == counts(4, 2, 2, 1, 1)
    assert criteria["clear"] == counts(5, 3, 3, 1, 1)
    assert criteria["repeats"] == counts(2, 0, 1, 1, 0)
    assert criteria["scale"] == counts(4, 4, 3, 0, 1)


async def test_an_answer_to_what_nobody_asked_is_not_a_clear_one() -> None:
    found = await summary(turn("warranty", "exchange", label="exchange"), search=Search())
    criteria = found["criteria"]
    assert criteria["at_once"] == criteria["clear"] == counts(1, 0, 1, 1, 0)


async def test_a_moment_of_truth_that_is_missed_is_counted() -> None:
    found = await summary(
        turn("self_harm", "greet", label="self_harm"), turn("greet", "greet", label="legal_threat"),
        turn("greet", "greet"), search=Search(),
    )  # fmt: skip
    assert found["moments"] == {"messages": 2, "serving": 1, "candidate": 0}


async def test_frustration_alone_makes_a_handoff() -> None:
    one, pair = turn("exchange", "exchange")
    worn = replace(pair, after=parse("exchange", frustration={"level": "handoff"}))
    found = await summary((one, worn), search=Search())
    assert found["counts"]["handoffs"] == 1
    assert found["changes"][0]["after"]["what"] == "frustration"


def test_a_model_is_told_what_was_known() -> None:
    asked = replay.request(said(text="t", episode=3, failures=2, loop="f", last_question="q"))
    assert asked.as_line() == {
        "text": "t", "thread": f"{uuid.UUID(int=2)}:3", "metadata": {"bot_failures": 2},
        "slots": {"last_question": "q"}, "loop": "f",
    }  # fmt: skip


def test_a_model_is_told_the_threshold_of_today() -> None:
    levels = {"acknowledge": 0.3, "offer": 0.5, "handoff": 0.8, "version": 4}
    asked = replay.request(said(text="t"), levels).as_line()
    assert asked["metadata"]["frustration_levels"] == levels
