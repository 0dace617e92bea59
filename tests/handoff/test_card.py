from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from conversations import owners
from conversations.desk import Reason
from conversations.models import Outcome
from handoff import card, queue
from handoff.card import Card
from handoff.desk import HandoffDesk
from handoff.evidence import Verdict
from handoff.models import CloseOutcome
from server.auth import Role, Staff
from server.database import Database
from tests.handoff.building import Chat, article, source
from tests.handoff.conftest import FakeKnowledge, Hire
from tests.support import FakeClock

TRACKING = article("Track my parcel")
LATE = article("My parcel is late", 0.6, 0.7)

Build = Callable[[Chat], Awaitable[Card]]


@pytest.fixture
async def ada(hire: Hire) -> Staff:
    return await hire("ada", Role.AGENT)


@pytest.fixture
def build(database: Database, desk: HandoffDesk, ada: Staff) -> Build:
    async def build(chat: Chat) -> Card:
        async with database.read() as db:
            conversation = await queue.readable(db, chat.id, ada)
            return await card.build(db, desk, conversation, ada.name)

    return build


async def a_hard_case(database: Database, clock: FakeClock, desk: HandoffDesk) -> Chat:
    """A question, an article that did not help, a choice, anger, a person."""
    async with database.write() as db:
        chat = await Chat.begin(db, clock, name="Marta Nowak", email="marta@example.com")
        await chat.says("hi", "greet")
        turn = await chat.says(
            "Where is my order 4411?",
            ranking=[
                ("order_status", 0.91),
                ("delivery_info", 0.05),
                ("outage", 0.02),
                ("x", 0.01),
            ],
            entities={"order_number": "4411"},
            candidates=[TRACKING, LATE],
        )
        await chat.answers(turn, "…", kind="answer", source=source(TRACKING))
        turn = await chat.says("No, it shows nothing!!", "deny", frustration=0.4, candidates=[LATE])
        await chat.answers(
            turn,
            "…",
            kind="choose",
            buttons=[
                {"title": LATE["title"], "style": "plain"},
                {"title": "None", "style": "plain"},
            ],
            actions=[f'/give_details{{"article_id": "{LATE["article_id"]}"}}', "/deny"],
        )
        turn = await chat.says(
            "useless. a person please",
            "request_human",
            frustration=0.58,
            signals=[{"name": "strong_words", "value": 0.4, "evidence": "useless"}],
        )
        await chat.needs_person(desk, Reason.FRUSTRATION, detail="score 0.58", turn=turn)
    return chat


async def test_the_card_holds_the_evidence(
    database: Database, clock: FakeClock, desk: HandoffDesk, build: Build
) -> None:
    made = await build(await a_hard_case(database, clock, desk))
    seen = made.evidence
    assert made.reason is not None
    assert (made.reason.code, made.reason.words) == ("frustration", "Frustrated")
    assert made.reason.detail == "score 0.58"
    assert [(i.name, i.confidence) for i in seen.intents] == [
        ("order_status", 0.91),
        ("delivery_info", 0.05),
        ("outage", 0.02),
    ]
    assert seen.intents_of == "Where is my order 4411?"
    assert [(d.label, d.value) for d in seen.details] == [("Order number", "4411")]
    assert [(a.title, a.shown, a.verdict, a.probability) for a in seen.articles] == [
        ("Track my parcel", "answer", Verdict.DID_NOT_HELP, 0.83),
        ("My parcel is late", "choice", Verdict.NO_ANSWER, 0.7),
    ]
    assert [step.score for step in seen.frustration] == [0.4, 0.58]
    assert seen.frustration[1].signals[0].evidence == "useless"
    assert seen.summary.first_ask == "Where is my order 4411?"
    assert seen.summary.last_ask == "No, it shows nothing!!"
    assert seen.summary.failed == ["Track my parcel: did not help"]
    assert made.priority is not None
    assert (made.priority.level, made.priority.why) == ("high", "frustrated; growing frustration")
    assert made.at_request is None, "nothing was learnt since the request"


async def test_the_card_of_a_customer_who_only_pressed_person(
    database: Database, clock: FakeClock, desk: HandoffDesk, build: Build
) -> None:
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
    made = await build(chat)
    assert made.reason is not None
    assert made.reason.words == "Asked for a person"
    assert made.evidence.summary.first_ask is None
    assert (made.evidence.intents, made.evidence.articles, made.history) == ([], [], [])
    assert made.suggested_replies[0].title == "Greet"


async def test_the_card_grows_and_keeps_what_was_known_at_the_request(
    database: Database, clock: FakeClock, desk: HandoffDesk, build: Build
) -> None:
    chat = await a_hard_case(database, clock, desk)
    async with database.write() as db:
        chat.db = db
        await chat.says("by the way it is a gift")
    made = await build(chat)
    assert made.evidence.summary.last_ask == "by the way it is a gift"
    assert made.at_request is not None
    assert made.at_request.summary.last_ask == "No, it shows nothing!!"


async def test_a_thank_you_means_that_the_article_helped(
    database: Database, clock: FakeClock, desk: HandoffDesk, build: Build
) -> None:
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        turn = await chat.says("track order", "order_status", candidates=[TRACKING])
        await chat.answers(turn, "…", source=source(TRACKING))
        await chat.says("thanks!", "thanks")
        turn = await chat.says("and my parcel is late", "delivery_info", candidates=[LATE])
        await chat.answers(turn, "…", source=source(LATE))
        await chat.needs_person(desk)
    verdicts = [one.verdict for one in (await build(chat)).evidence.articles]
    assert verdicts == [Verdict.HELPED, Verdict.NO_ANSWER]


async def test_an_article_chosen_by_button_keeps_its_score_and_is_no_detail(
    database: Database, clock: FakeClock, desk: HandoffDesk, build: Build
) -> None:
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        turn = await chat.says("parcel", "order_status", candidates=[TRACKING, LATE])
        action = f'/give_details{{"article_id": "{LATE["article_id"]}"}}'
        await chat.answers(turn, "…", kind="choose", actions=[action])
        turn = await chat.says(
            LATE["title"], "give_details", entities={"article_id": LATE["article_id"]}
        )
        await chat.answers(turn, "…", kind="answer", source=source(LATE))
        await chat.says("no", "deny")
        await chat.needs_person(desk, Reason.NO_ANSWER)
    seen = (await build(chat)).evidence
    assert seen.details == []
    assert [(a.title, a.shown, a.probability, a.verdict) for a in seen.articles] == [
        (LATE["title"], "choice", 0.7, Verdict.NO_ANSWER),
        (LATE["title"], "answer", 0.7, Verdict.DID_NOT_HELP),
    ]


async def test_the_bots_failures_are_told(
    database: Database, clock: FakeClock, desk: HandoffDesk, build: Build
) -> None:
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.says("return it", "return_order", error="x", failed_action="action_return_order")
        await chat.says("hello?", error="bot_timeout")
        await chat.needs_person(desk, Reason.BOT_FAILURE)
    made = await build(chat)
    assert made.evidence.summary.failed == ["Return order: failed", "The assistant did not answer"]


async def test_a_form_s_value_outranks_one_merely_heard(
    database: Database, clock: FakeClock, desk: HandoffDesk, build: Build
) -> None:
    from conversations import episodes

    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.says("4411 or so", "order_status", entities={"order_number": "4411"})
        await episodes.keep(
            db,
            chat.id,
            1,
            stage=None,
            slots={"order_number": "4412", "stage": "resolve", "size": ""},
        )
        await chat.needs_person(desk)
    assert [(d.name, d.value) for d in (await build(chat)).evidence.details] == [
        ("order_number", "4412")
    ]


async def test_suggestions_skip_what_was_tried_and_survive_a_broken_search(
    database: Database,
    clock: FakeClock,
    desk: HandoffDesk,
    build: Build,
    knowledge: FakeKnowledge,
) -> None:
    chat = await a_hard_case(database, clock, desk)
    knowledge.holds("Track my parcel", "Lost in the post")
    made = await card.suggest_articles(await build(chat), desk, knowledge, "Ada")
    assert knowledge.asked == ["No, it shows nothing!!", "Where is my order 4411?"]
    assert [(a.title, a.tried) for a in made.suggested_articles] == [
        ("Track my parcel", Verdict.DID_NOT_HELP),
        ("Lost in the post", None),
    ]
    pointing = next(r for r in made.suggested_replies if r.title == "Point to an article")
    assert "Lost in the post" in pointing.text
    knowledge.broken = True
    assert (await card.suggest_articles(await build(chat), desk, knowledge, "Ada")).evidence


async def test_replies_use_the_name_and_exact_times(
    database: Database, clock: FakeClock, desk: HandoffDesk, build: Build
) -> None:
    made = await build(await a_hard_case(database, clock, desk))
    texts = {reply.title: reply.text for reply in made.suggested_replies}
    assert texts["Greet"].startswith("Hello Marta, this is Ada.")
    assert texts["Confirm the order"].startswith("I have order 4411")
    # 9:00 UTC is 10:00 in Brussels.
    assert texts["Promise a time"].endswith("by 10:15.")
    assert "Acknowledge what went wrong" in texts


async def test_history_shows_past_episodes_with_outcome_and_rating(
    database: Database, clock: FakeClock, desk: HandoffDesk, build: Build, ada: Staff
) -> None:
    from conversations import episodes

    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.says("my invoice is wrong", "invoice")
        await chat.needs_person(desk)
        await queue.claim(db, desk, chat.id, ada)
        await queue.close(db, desk, chat.id, ada, CloseOutcome.SOLVED)
        await episodes.rate(db, clock, chat.id, 1, score=4, comment="quick")
        chat.conversation = await owners.reopen(db, clock, chat.id)
        await chat.says("now the parcel", "order_status")
        await chat.needs_person(desk, Reason.NO_ANSWER)
    made = await build(chat)
    (past,) = made.history
    assert (past.number, past.outcome, past.rating) == (1, Outcome.CLOSED_BY_AGENT.value, 4)
    assert (past.first_ask, past.reason) == ("my invoice is wrong", "Asked for a person")
    assert made.evidence.summary.first_ask == "now the parcel"


async def test_the_clock_tells_promise_and_truth(
    database: Database, clock: FakeClock, desk: HandoffDesk, build: Build
) -> None:
    chat = await a_hard_case(database, clock, desk)
    first = (await build(chat)).clock
    assert first is not None
    assert (first.due_at - first.requested_at).total_seconds() == 20
    assert not first.overdue
    clock.advance(21)
    later = (await build(chat)).clock
    assert later is not None
    assert later.overdue
