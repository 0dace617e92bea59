"""What the customer was asked stands on the card: the form's answers, and thumbs with their sentence."""

from __future__ import annotations

from conversations import thumbs
from conversations.desk import Reason
from conversations.models import Conversation, Visitor
from handoff import card
from handoff.desk import HandoffDesk
from handoff.evidence import Verdict
from server.database import Database
from tests.handoff.building import Chat
from tests.support import FakeClock

LAMP = {
    "article_id": "00000000-0000-0000-0000-000000000009",
    "title": "A lamp that flickers",
    "url": "/help/lamp",
}


async def test_answers_of_the_form_and_marks_are_on_the_card(
    database: Database, clock: FakeClock, desk: HandoffDesk
) -> None:
    async with database.write() as db:
        chat = await Chat.begin(db, clock, name="Marta Nowak", email="marta@example.com")
        visitor = await db.get_one(Visitor, (await db.get_one(Conversation, chat.id)).visitor_id)
        visitor.answers = {
            "serial": {"label": "Serial number", "value": "<b>S-1</b>"},
            "payment": {"label": "Paid with", "value": "4111 1111 1111 1111"},
        }
        turn = await chat.says("my lamp flickers", "product_question")
        shown = await chat.answers(turn, "…", kind="answer", source=LAMP)
        # Their words alone sound content; the mark is what they say of the answer.
        thanks = await chat.says("thanks", "thanks")
        await thumbs.give(
            db, clock, chat.id, shown.seq, up=False, comment="card 4111 1111 1111 1111, <i>no</i>"
        )
        await chat.needs_person(desk, Reason.ASKED, turn=thanks)
    async with database.read() as db:
        made = await card.build(db, desk, await db.get_one(Conversation, chat.id), "Ada")
    article = made.evidence.articles[0]
    assert (article.verdict, article.thumb) == (Verdict.DID_NOT_HELP, False)
    assert article.comment == "card ************1111, <i>no</i>"
    given = {one.label: one.value for one in made.evidence.details}
    assert given["Serial number"] == "<b>S-1</b>"
    assert given["Paid with"] == "************1111"
    assert all(one.masked for one in made.evidence.details if one.name in visitor.answers)
    async with database.write() as db:
        await thumbs.give(db, clock, chat.id, shown.seq, up=True)
    async with database.read() as db:
        made = await card.build(db, desk, await db.get_one(Conversation, chat.id), "Ada")
    article = made.evidence.articles[0]
    assert (article.verdict, article.thumb, article.comment) == (Verdict.HELPED, True, None)
    assert made.at_request is not None, "the mark came after the request"
