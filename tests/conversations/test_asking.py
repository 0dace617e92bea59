"""What the customer is asked: consent first, the form, thumbs and surveys; over the socket and over REST."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from conversations import consent, messages, owners, speaking
from conversations.models import (
    Author,
    ConsentGiven,
    Episode,
    Outcome,
    Owner,
    SurveyAnswer,
    Thumb,
    Turn,
    Visitor,
)
from tests.conversations.conftest import SHOP, Chat, Room

TERMS = {"text": {"en": "We keep it."}, "version": 2}
FORM = [
    {"name": "name", "required": True},
    {"name": "email", "kind": "email"},
    {"name": "order_number", "label": {"de": "Bestellung", "en": "Order number"}},
    {"name": "topic", "label": {"en": "Topic"}, "kind": "choice", "choices": ["Bill", "Lamp"]},
]
ARTICLE = str(uuid.UUID(int=7))
ANSWER = {"kind": "answer", "source": {"article_id": ARTICLE, "title": "Lamp", "url": "/help/lamp"}}


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8080", headers={"Origin": SHOP}
    ) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def count(room: Room, table: type[Any]) -> int:
    async with room.database.read() as db:
        return int(await db.scalar(select(func.count()).select_from(table)) or 0)


async def visitor_of(room: Room, conversation: uuid.UUID) -> Visitor:
    async with room.database.read() as db:
        return await db.get_one(Visitor, (await _conversation(room, conversation)).visitor_id)


async def _conversation(room: Room, conversation: uuid.UUID) -> Any:
    return await room.conversation(conversation)


async def answered(room: Room, conversation: uuid.UUID, **payload: Any) -> int:
    """An answer of the bot; returns its seq."""
    async with room.database.write() as db:
        held = await messages.lock(db, conversation)
        made = await messages.append(
            db, room.clock, held, author=Author.BOT, text="Unplug it.", payload=payload
        )
    return made.seq


async def ended(
    room: Room, conversation: uuid.UUID, *, mood: str = "calm", outcome: Outcome = Outcome.CONFIRMED
) -> None:
    """The customer writes, the bot answers, and the episode ends."""
    async with room.database.write() as db:
        held = await messages.lock(db, conversation)
        if held.owner.value == "closed":
            held = await owners.reopen(db, room.clock, conversation)
        db.add(
            Turn(
                conversation_id=conversation, episode=held.episode, epoch=held.epoch,
                first_seq=held.last_seq + 1, last_seq=held.last_seq + 1, text="lamp", frustration=0.5,
                parse={"frustration": {"score": 0.5, "level": mood}}, started_at=room.clock.now(),
            )
        )  # fmt: skip
        await owners.end(db, room.clock, held, epoch=held.epoch, outcome=outcome)


# ---- consent ----


async def test_without_consent_nobody_is_kept(room: Room, http: httpx.AsyncClient) -> None:
    room.widget.set(consent=TERMS)
    for body in ({}, {"consent": 1}, {"consent": 3}):
        answer = await http.post("/api/chat/visitors", json=body)
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "consent_required"
        assert answer.json()["error"]["details"] == {"version": 2}
    assert await count(room, Visitor) == 0
    made = (await http.post("/api/chat/visitors", json={"consent": 2})).json()
    told = await http.get("/api/chat/messages", headers=bearer(made["token"]))
    assert told.json()["state"]["consent"] is None
    said = {"client_id": "a" * 8, "text": "hello"}
    sent = await http.post("/api/chat/messages", headers=bearer(made["token"]), json=said)
    assert sent.status_code == 200


async def test_a_raised_version_stops_every_word_until_it_is_agreed_to(
    room: Room, chat: Chat, http: httpx.AsyncClient
) -> None:
    conversation, token = await room.visitor()
    seq = await answered(room, conversation, **ANSWER)
    room.widget.set(consent=TERMS)
    frames: list[dict[str, Any]] = [
        {"type": "message", "client_id": "b" * 8, "text": "hello"},
        {"type": "typing", "on": True, "text": "hel"},
        {"type": "person"},
        {"type": "details", "email": "ann@example.com"},
        {"type": "identify", "attributes": {"plan": "pro"}},
        {"type": "thumb", "seq": seq, "up": True},
        {"type": "rate", "episode": 1, "score": 5},
        {"type": "survey", "episode": 1, "kind": "nps", "score": 9},
    ]
    async with chat() as socket:
        await socket.send({"type": "hello", "token": token})
        assert (await socket.until("welcome"))["state"]["consent"] == 2
        for frame in frames:
            await socket.send(frame)
            refused = await socket.until("error")
            assert (refused["code"], refused["details"]) == ("consent_required", {"version": 2})
        await socket.send({"type": "agree", "version": 1})
        assert (await socket.until("error"))["code"] == "consent_required"
        for path, body in (
            ("messages", {"client_id": "b" * 8, "text": "hello"}),
            ("person", {}),
            ("details", {"email": "ann@example.com"}),
            ("identify", {"attributes": {"plan": "pro"}}),
            ("rating", {"episode": 1, "score": 5}),
            ("thumb", {"seq": seq, "up": True}),
            ("survey", {"episode": 1, "kind": "nps", "score": 9}),
        ):
            answer = await http.post(f"/api/chat/{path}", headers=bearer(token), json=body)
            assert (path, answer.status_code) == (path, 403)
        assert [one.author for one in await room.log(conversation)] == [Author.BOT]
        room.clock.advance(5)
        for _ in range(2):  # said again after a lost connection: one row, the first moment
            await socket.send({"type": "agree", "version": 2})
            room.clock.advance(60)
        assert (await socket.until("state", consent=None))["consent"] is None
        await socket.send(frames[0])
        await socket.until("ack")
    visitor = await visitor_of(room, conversation)
    async with room.database.read() as db:
        proof = await consent.proof(db, visitor.id)
    assert [one["version"] for one in proof] == [2]
    assert await count(room, ConsentGiven) == 1


async def test_each_version_stays_on_record(room: Room, http: httpx.AsyncClient) -> None:
    room.widget.set(consent=TERMS)
    token = (await http.post("/api/chat/visitors", json={"consent": 2})).json()["token"]
    first = room.clock.now()
    room.clock.advance(3600)
    room.widget.set(consent={**TERMS, "version": 5})
    answer = await http.post("/api/chat/agree", headers=bearer(token), json={"version": 5})
    assert answer.json()["consent"] is None
    async with room.database.read() as db:
        kept = (await db.scalars(select(ConsentGiven).order_by(ConsentGiven.version))).all()
    assert [(one.version, one.at) for one in kept] == [
        (2, first),
        (5, first + timedelta(hours=1)),
    ]


# ---- the form ----


async def test_the_form_is_asked_once_and_its_answers_are_known_everywhere(
    room: Room, chat: Chat
) -> None:
    room.widget.set(form=FORM)
    conversation, token = await room.visitor()
    answers = {"name": " Ann  Lee ", "email": "ann@example.com", "order_number": "fw 204411"}
    async with chat() as socket:
        await socket.send({"type": "hello", "token": token})
        assert (await socket.until("welcome"))["state"]["form"] is True
        await socket.send({"type": "details", "answers": answers})
        await socket.until("state", form=False)
        await socket.send({"type": "message", "client_id": "c" * 8, "text": "where is it?"})
        await socket.until("message", author="bot")
    visitor = await visitor_of(room, conversation)
    assert (visitor.name, visitor.email) == ("Ann Lee", "ann@example.com")
    assert visitor.answers == {
        "order_number": {"label": "Order number", "value": "fw 204411", "kind": "text"}
    }
    assert room.desk.reached == [conversation]
    # The bot begins with them in its slots, in its own form.
    assert room.bot.seen[0].metadata["slots"] == {
        "name": "Ann Lee", "email": "ann@example.com", "order_number": "FW-204411",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "name"),
        ({"name": " \u200b "}, "name"),
        ({"name": "A" * 81}, "name"),
        ({"name": "Ann", "email": "nobody"}, "email"),
        ({"name": "Ann", "topic": "Cats"}, "topic"),
        ({"name": "Ann", "order_number": "1" * 201}, "order_number"),
        ({"name": "Ann", "password": "x"}, "password"),
    ],
)
async def test_a_wrong_answer_is_refused_at_its_field(
    room: Room, http: httpx.AsyncClient, answers: dict[str, str], field: str
) -> None:
    room.widget.set(form=FORM)
    conversation, token = await room.visitor()
    answer = await http.post("/api/chat/details", headers=bearer(token), json={"answers": answers})
    assert answer.status_code == 422
    assert answer.json()["error"]["details"] == {"field": field}
    visitor = await visitor_of(room, conversation)
    assert (visitor.name, visitor.form_at) == (None, None)


async def test_who_has_written_already_gets_no_form(room: Room, http: httpx.AsyncClient) -> None:
    conversation, token = await room.visitor()
    await room.say(conversation, "hello")
    room.widget.set(form=FORM)
    told = await http.get("/api/chat/messages", headers=bearer(token))
    assert told.json()["state"]["form"] is False


# ---- a person first ----


async def test_one_line_for_a_person_goes_to_the_queue_and_not_to_the_bot(
    room: Room, chat: Chat
) -> None:
    conversation, token = await room.visitor()
    room.bot.down = True
    line = {"type": "message", "client_id": "d" * 8, "text": "A broken lamp", "person": True}
    async with chat() as socket:
        await socket.send({"type": "hello", "token": token})
        await socket.until("caught_up")
        for _ in range(2):  # a repeat changes nothing
            await socket.send(line)
            await socket.until("ack")
    assert (await room.conversation(conversation)).owner is Owner.QUEUED
    first = (await room.log(conversation))[0]
    assert (first.author, first.text) == (Author.CUSTOMER, "A broken lamp")
    assert [request[1] for request in room.desk.requests] == ["asked"]
    assert (room.bot.seen, room.bot.expected) == ([], [])


async def test_a_button_that_says_it_is_for_a_person_is_refused(
    room: Room, http: httpx.AsyncClient
) -> None:
    _, token = await room.visitor()
    body = {"client_id": "e" * 8, "text": "x", "person": True, "button": {"seq": 1, "index": 0}}
    answer = await http.post("/api/chat/messages", headers=bearer(token), json=body)
    assert answer.status_code == 422


# ---- thumbs ----


async def test_a_thumb_is_kept_once_may_change_and_comes_back_after_a_reload(
    room: Room, chat: Chat, http: httpx.AsyncClient
) -> None:
    conversation, token = await room.visitor()
    seq = await answered(room, conversation, **ANSWER)
    comment = "<!-- <script>alert(1)</script> --> no\u202e"
    for body in (
        {"up": False},
        {"up": False, "comment": comment},
        {"up": False},  # the sentence stays
    ):
        answer = await http.post(
            "/api/chat/thumb", headers=bearer(token), json={"seq": seq, **body}
        )
        assert answer.json() == {str(seq): False}
    async with room.database.read() as db:
        kept = (await db.scalars(select(Thumb))).one()
    assert (kept.up, kept.comment) == (False, "<!-- <script>alert(1)</script> --> no")
    assert (kept.article_id, kept.episode) == (ARTICLE, 1)
    async with chat() as socket:
        await socket.send({"type": "hello", "token": token})
        assert (await socket.until("thumbs"))["thumbs"] == {str(seq): False}
        await socket.send({"type": "thumb", "seq": seq, "up": True})
        await socket.send({"type": "ping"})
        await socket.until("pong")
    async with room.database.read() as db:
        kept = (await db.scalars(select(Thumb))).one()
    assert (kept.up, kept.comment) == (True, None)


async def test_another_tab_is_told_of_a_thumb_at_once(room: Room, chat: Chat) -> None:
    conversation, token = await room.visitor()
    seq = await answered(room, conversation, **ANSWER)
    async with chat() as one, chat() as other:
        for socket in (one, other):
            await socket.send({"type": "hello", "token": token})
            await socket.until("caught_up")
        for up in (True, False):
            await one.send({"type": "thumb", "seq": seq, "up": up})
            assert (await other.until("thumbs"))["thumbs"] == {str(seq): up}


async def test_only_ones_own_answers_from_articles_have_thumbs(
    room: Room, http: httpx.AsyncClient
) -> None:
    conversation, token = await room.visitor()
    other, _ = await room.visitor()
    for _ in range(4):
        await answered(room, other, **ANSWER)
    greeting = await answered(room, conversation)
    broken = await answered(room, conversation, source={"article_id": "x' or 1=1", "title": "?"})
    for seq in (greeting, broken, 0, 3, 4, 2**31 - 1):
        answer = await http.post(
            "/api/chat/thumb", headers=bearer(token), json={"seq": seq, "up": True}
        )
        assert (seq, answer.status_code) == (seq, 404)
    seq = await answered(room, conversation, **ANSWER)
    long = {"seq": seq, "up": False, "comment": "x" * 301}
    assert (await http.post("/api/chat/thumb", headers=bearer(token), json=long)).status_code == 422
    assert (await http.post("/api/chat/thumb", json={"seq": seq, "up": True})).status_code == 401
    room.widget.set(thumbs=False)
    answer = await http.post(
        "/api/chat/thumb", headers=bearer(token), json={"seq": seq, "up": True}
    )
    assert answer.status_code == 403
    assert await count(room, Thumb) == 0


# ---- surveys ----


async def survey_of(http: httpx.AsyncClient, token: str) -> Any:
    told = await http.get("/api/chat/messages", headers=bearer(token))
    return told.json()["state"]["survey"]


async def say_survey(http: httpx.AsyncClient, token: str, **body: Any) -> Any:
    body = {"episode": 1, **body}
    return await http.post("/api/chat/survey", headers=bearer(token), json=body)


ALL = {"surveys": {"csat": True, "ces": True, "nps": True}}


async def test_one_question_after_the_other_and_none_twice(
    room: Room, http: httpx.AsyncClient
) -> None:
    room.widget.set(**ALL)
    conversation, token = await room.visitor()
    assert await survey_of(http, token) is None  # not in the middle of it
    early = await say_survey(http, token, kind="ces", score=7)
    assert early.status_code == 404
    await ended(room, conversation)
    assert await survey_of(http, token) == "csat"
    assert (await say_survey(http, token, kind="ces", score=7)).status_code == 404
    assert (await say_survey(http, token, kind="csat")).json()["survey"] == "csat"
    rating = {"episode": 1, "score": 5, "comment": "good"}
    rated = await http.post("/api/chat/rating", headers=bearer(token), json=rating)
    assert rated.json()["survey"] == "ces"
    room.clock.advance(30)
    assert (await say_survey(http, token, kind="ces")).json()["survey"] == "ces"
    for score in (0, 8, 11, -1):
        assert (await say_survey(http, token, kind="ces", score=score)).status_code == 422
    answer = await say_survey(http, token, kind="ces", score=6, comment=" <b>quick</b> ")
    assert answer.json()["survey"] == "nps"
    # Sent again, as after a lost connection; and another score.
    assert (await say_survey(http, token, kind="ces", score=6)).status_code == 200
    again = await say_survey(http, token, kind="ces", score=1)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_rated")
    assert (await say_survey(http, token, kind="nps", score=0)).json()["survey"] is None
    async with room.database.read() as db:
        kept = {one.kind: one for one in await db.scalars(select(SurveyAnswer))}
    assert {kind: one.score for kind, one in kept.items()} == {"csat": 5, "ces": 6, "nps": 0}
    assert kept["ces"].comment == "<b>quick</b>"
    assert kept["csat"].asked_at < kept["ces"].asked_at


async def test_who_skips_is_left_in_peace(room: Room, http: httpx.AsyncClient) -> None:
    room.widget.set(**ALL)
    conversation, token = await room.visitor()
    await ended(room, conversation)
    for _ in range(2):
        skipped = await say_survey(http, token, kind="csat", skip=True)
        assert skipped.json()["survey"] is None
    assert (await say_survey(http, token, kind="ces", score=7)).status_code == 404
    async with room.database.read() as db:
        kept = (await db.scalars(select(SurveyAnswer))).one()
    assert (kept.score, kept.answered_at, kept.skipped_at) == (None, None, room.clock.now())


async def test_the_recommendation_is_asked_once_in_90_days_of_a_customer(
    room: Room, http: httpx.AsyncClient
) -> None:
    room.widget.set(surveys={"csat": False, "nps": True})
    conversation, token = await room.visitor()
    other, other_token = await room.visitor()
    stranger, stranger_token = await room.visitor()
    async with room.database.write() as db:
        for one in (conversation, other):
            mine = await db.get_one(Visitor, (await room.conversation(one)).visitor_id)
            mine.external_id, mine.verified_at = "customer-1", room.clock.now()
    for one in (conversation, other, stranger):
        await ended(room, one)
    assert await survey_of(http, other_token) == "nps"
    await say_survey(http, token, kind="nps")  # shown, and never answered
    assert await survey_of(http, token) == "nps"
    assert await survey_of(http, other_token) is None
    assert (await say_survey(http, other_token, kind="nps", score=9)).status_code == 404
    assert await survey_of(http, stranger_token) == "nps"
    await ended(room, conversation)
    assert await survey_of(http, token) is None
    room.clock.advance(91 * 86400)
    assert await survey_of(http, token) == "nps"


async def test_nobody_is_asked_to_recommend_us_while_angry_or_while_something_is_open(
    room: Room, http: httpx.AsyncClient
) -> None:
    room.widget.set(surveys={"csat": True, "ces": True, "nps": True})
    angry, angry_token = await room.visitor()
    await ended(room, angry, mood="handoff")
    bad = {"episode": 1, "score": 3}
    rated = await http.post("/api/chat/rating", headers=bearer(angry_token), json=bad)
    assert rated.json()["survey"] == "ces"  # about this very issue: an angry answer counts, too
    assert (await say_survey(http, angry_token, kind="ces", score=4)).json()["survey"] is None

    low, low_token = await room.visitor()
    await ended(room, low)
    bad = {"episode": 1, "score": 2}
    await http.post("/api/chat/rating", headers=bearer(low_token), json=bad)
    assert (await say_survey(http, low_token, kind="ces", score=7)).json()["survey"] is None

    waits, waits_token = await room.visitor()
    await ended(room, waits)
    room.desk.open_matters.add(waits)
    good = {"episode": 1, "score": 5}
    rated = await http.post("/api/chat/rating", headers=bearer(waits_token), json=good)
    assert rated.json()["survey"] is None
    room.desk.open_matters.clear()
    assert await survey_of(http, waits_token) == "ces"


async def test_an_episode_that_nobody_solved_is_not_asked_about(
    room: Room, http: httpx.AsyncClient
) -> None:
    room.widget.set(**ALL)
    conversation, token = await room.visitor()
    await ended(room, conversation, outcome=Outcome.ABANDONED)
    assert await survey_of(http, token) is None
    async with room.database.write() as db:
        await speaking.request_person(db, room.clock, room.desk, conversation)
    assert await survey_of(http, token) is None


async def test_an_answer_counts_although_the_customer_writes_on_meanwhile(
    room: Room, http: httpx.AsyncClient
) -> None:
    room.widget.set(surveys={"csat": False, "ces": True})
    conversation, token = await room.visitor()
    await ended(room, conversation)
    await say_survey(http, token, kind="ces")
    async with room.database.write() as db:
        await owners.reopen(db, room.clock, conversation)
    assert (await say_survey(http, token, kind="ces", score=5)).status_code == 200
    assert (await say_survey(http, token, kind="ces", episode=2, score=5)).status_code == 404
    assert (await say_survey(http, token, kind="ces", episode=9, score=5)).status_code == 404


async def test_the_same_question_in_two_tabs_leaves_one_row(
    room: Room, chat: Chat, http: httpx.AsyncClient
) -> None:
    conversation, token = await room.visitor()
    await ended(room, conversation)
    async with chat() as one, chat() as two:
        for socket in (one, two):
            await socket.send({"type": "hello", "token": token})
            await socket.until("caught_up")
        for socket in (one, two):
            await socket.send({"type": "survey", "episode": 1, "kind": "csat"})
        await one.send({"type": "rate", "episode": 1, "score": 4})
        assert (await two.until("state", survey=None))["rated"] is True
    assert await count(room, SurveyAnswer) == 1
    async with room.database.read() as db:
        assert (await db.scalars(select(Episode.rating))).one() == 4


async def test_what_is_asked_has_the_limits_of_what_is_said(
    room: Room, http: httpx.AsyncClient
) -> None:
    conversation, token = await room.visitor()
    seq = await answered(room, conversation, **ANSWER)
    allowed = room.settings.messages_per_minute
    body = {"seq": seq, "up": True}
    statuses = [
        (await http.post("/api/chat/thumb", headers=bearer(token), json=body)).status_code
        for _ in range(allowed + 1)
    ]
    assert statuses == [200] * allowed + [429]
