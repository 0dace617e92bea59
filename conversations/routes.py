"""The REST twin of the customer's socket, and the ticket for the staff socket (docs/frames.md)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from conversations import (
    consent,
    frames,
    messages,
    resume,
    seen,
    speaking,
    thumbs,
    transcript,
    transcript_mail,
    visitors,
)
from conversations.asking import AgreedVisitor
from conversations.chat_session import ask_for_person, customer_snapshot, identify, speak, spend
from conversations.guards import CurrentVisitor, SmallBody, address_of, needs, origin_of
from conversations.models import Conversation
from server.auth import CurrentAgent, anyone, cookie_name

router = APIRouter(route_class=SmallBody)


class _Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
"""One that has no words of its own gets English."""


class NewVisitor(_Body):
    origin_page: Annotated[str, Field(max_length=2000)] | None = None
    consent: frames.Version | None = None
    """The version that they have agreed to, where the house asks for that before anything is kept."""


class VisitorCreated(BaseModel):
    token: str
    conversation: str


class SayBody(_Body):
    client_id: frames.ClientId
    text: frames.Text
    button: frames.Button | None = None
    person: bool = False
    invitation: frames.Invited | None = None


class Sent(BaseModel):
    seq: int


class Log(BaseModel):
    messages: list[dict[str, Any]]
    last_seq: int
    state: dict[str, Any]
    thumbs: dict[int, bool]
    """The customer's own word on answers, by `seq`."""


class PersonBody(_Body):
    seq: frames.Seq | None = None


class IdentityBody(_Body):
    token: Annotated[str, Field(min_length=1, max_length=8192)] | None = None
    attributes: dict[str, Any] | None = None


class ResumeBody(_Body):
    token: Annotated[str, Field(min_length=20, max_length=200)]


class TranscriptBody(_Body):
    email: Annotated[str, Field(min_length=3, max_length=320)]
    language: Language = "en"


class SeenBody(_Body):
    seq: frames.Seq


class Ticket(BaseModel):
    ticket: str


@router.post("/api/chat/visitors", dependencies=[Depends(anyone)])
async def create_visitor(request: Request, body: NewVisitor | None = None) -> VisitorCreated:
    """A new visitor; the only time the token is shown.

    Raises:
        ConsentRequired: the house asks for it first, and nobody is kept who has not agreed.
    """
    room = needs(request)
    origin = origin_of(request) or room.settings.base_url
    room.limits.take("visitor", address_of(request))
    house = await room.widget.config()
    agreed = body.consent if body else None
    consent.check(house, agreed)
    async with room.database.write() as db:
        visitor, token = await visitors.create(db, room.clock, origin)
        await consent.give(db, room.clock, house, visitor.id, agreed)
        conversation = await visitors.conversation_of(db, visitor.id)
    return VisitorCreated(token=token, conversation=str(conversation.id))


@router.get("/api/chat/messages")
async def read_messages(
    request: Request,
    visitor: CurrentVisitor,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=messages.PAGE)] = messages.PAGE,
) -> Log:
    room = needs(request)
    conversation = await _chat(request, visitor)
    # The number first: so the messages reach at least as far as it says.
    last_seq, state = await customer_snapshot(room, conversation.id)
    async with room.database.read() as db:
        found = await messages.list_after(db, conversation.id, after, limit)
        said = await thumbs.of(db, conversation.id)
    shown = [frames.visible(message, room.files.links) for message in found]
    return Log(messages=shown, last_seq=last_seq, state=state, thumbs=said)


@router.post("/api/chat/messages")
async def say(request: Request, visitor: AgreedVisitor, body: SayBody) -> Sent:
    conversation = await _chat(request, visitor)
    frame = frames.Say(type="message", **dict(body))
    message = await speak(
        needs(request), visitor.id, conversation.id, frame, address=address_of(request)
    )
    return Sent(seq=message.seq)


@router.post("/api/chat/person")
async def request_person(
    request: Request, visitor: AgreedVisitor, body: PersonBody | None = None
) -> dict[str, Any]:
    """Straight to the queue, without the bot; answers with the state."""
    room = needs(request)
    conversation = await _chat(request, visitor)
    await ask_for_person(
        room, visitor.id, conversation.id, address_of(request), body.seq if body else None
    )
    return (await customer_snapshot(room, conversation.id))[1]


@router.post("/api/chat/cancel")
async def leave_queue(request: Request, visitor: CurrentVisitor) -> dict[str, Any]:
    """Out of the queue, back to the bot; answers with the state."""
    room = needs(request)
    spend(room, visitor.id, address_of(request))
    conversation = await _chat(request, visitor)
    async with room.database.write() as db:
        await speaking.leave_queue(db, room.clock, conversation.id)
    return (await customer_snapshot(room, conversation.id))[1]


@router.post("/api/chat/identify", status_code=204)
async def identify_visitor(request: Request, visitor: AgreedVisitor, body: IdentityBody) -> None:
    """What the site says of the customer: signed, or unsigned and kept apart."""
    frame = frames.Identify(type="identify", token=body.token, attributes=body.attributes)
    token = request.headers["authorization"].partition(" ")[2].strip()
    by_link = visitors.is_by_link(visitor, token)
    await identify(needs(request), visitor.id, frame, address=address_of(request), by_link=by_link)


@router.get("/api/chat/transcript", response_class=PlainTextResponse)
async def save_chat(
    request: Request,
    visitor: CurrentVisitor,
    format: transcript.Format = "text",
    language: Language = "en",
) -> Response:
    """The chat as a file: text, or one HTML page; also of a chat that has ended."""
    room = needs(request)
    room.limits.take("transcript", address_of(request))
    conversation = await _chat(request, visitor)
    async with room.database.read() as db:
        read = await transcript.read(
            db, conversation.id, now=room.clock.now(), zone=visitor.zone, language=language,
            base=room.settings.base_url,
        )  # fmt: skip
    write = transcript.as_html if format == "html" else transcript.as_text
    kind, end = ("text/html", "html") if format == "html" else ("text/plain", "txt")
    name = f"chat-{room.clock.now():%Y-%m-%d}.{end}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(
        await asyncio.to_thread(write, read), media_type=f"{kind}; charset=utf-8", headers=headers
    )


@router.post("/api/chat/transcript", status_code=204)
async def mail_chat(request: Request, visitor: AgreedVisitor, body: TranscriptBody) -> None:
    """The chat by e-mail, to the address given; three a day.

    Raises:
        TooMany, and all that `transcript_mail.send` raises.
    """
    room = needs(request)
    spend(room, visitor.id, address_of(request))
    # Before the transaction: inside it, it would take a second connection while it holds the first one.
    house = await room.widget.config()
    async with room.database.write() as db:
        await transcript_mail.send(
            db, room, house, visitor, body.email,
            language=body.language, address=address_of(request),
        )  # fmt: skip


@router.post("/api/chat/seen")
async def note_seen(request: Request, visitor: CurrentVisitor, body: SeenBody) -> None:
    """What the customer's screen has shown."""
    room = needs(request)
    conversation = await _chat(request, visitor)
    async with room.database.write() as db:
        await seen.mark(db, room.clock, conversation.id, seen.CUSTOMER, body.seq)


@router.post("/api/chat/resume", dependencies=[Depends(anyone)])
async def resume_chat(request: Request, body: ResumeBody) -> VisitorCreated:
    """A visitor token for the link of a mail; the link works once.

    Who holds a token of the same visitor already keeps it.
    """
    room = needs(request)
    origin = origin_of(request) or room.settings.base_url
    room.limits.take("visitor", address_of(request))
    held = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    async with room.database.write() as db:
        conversation, token = await resume.redeem(db, room.clock, body.token, origin, held=held)
    return VisitorCreated(token=token, conversation=str(conversation.id))


@router.post("/api/staff/ticket")
async def issue_ticket(request: Request, agent: CurrentAgent) -> Ticket:
    """Valid once, for 30 seconds, as the first frame of the staff socket."""
    room = needs(request)
    room.limits.take("ticket", str(agent.id))
    cookie = cookie_name(room.settings.secure_cookies)
    return Ticket(ticket=room.tickets.issue(request.cookies.get(cookie, "")))


async def _chat(request: Request, visitor: CurrentVisitor) -> Conversation:
    room = needs(request)
    async with room.database.read() as db:
        return await visitors.conversation_of(db, visitor.id)
