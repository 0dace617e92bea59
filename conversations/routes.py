"""The REST twin of the customer's socket, and the ticket for the staff socket (docs/frames.md)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from conversations import episodes, frames, messages, resume, seen, speaking, visitors
from conversations.chat_session import ask_for_person, identify, snapshot, speak, spend
from conversations.guards import CurrentVisitor, SmallBody, address_of, needs, origin_of
from conversations.models import Conversation
from server.auth import CurrentAgent, anyone, cookie_name

router = APIRouter(route_class=SmallBody)


class _Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class NewVisitor(_Body):
    origin_page: Annotated[str, Field(max_length=2000)] | None = None


class VisitorCreated(BaseModel):
    token: str
    conversation: str


class SayBody(_Body):
    client_id: frames.ClientId
    text: frames.Text
    button: frames.Button | None = None


class Sent(BaseModel):
    seq: int


class Log(BaseModel):
    messages: list[dict[str, Any]]
    last_seq: int
    state: dict[str, Any]


class PersonBody(_Body):
    seq: frames.Seq | None = None


class RatingBody(_Body):
    episode: frames.Seq
    score: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, Field(max_length=1000)] | None = None


class DetailsBody(_Body):
    name: Annotated[str, Field(max_length=200)] | None = None
    email: Annotated[str, Field(max_length=320)] | None = None
    zone: frames.Zone | None = None


class IdentityBody(_Body):
    token: Annotated[str, Field(min_length=1, max_length=8192)] | None = None
    attributes: dict[str, Any] | None = None


class ResumeBody(_Body):
    token: Annotated[str, Field(min_length=20, max_length=200)]


class SeenBody(_Body):
    seq: frames.Seq


class Ticket(BaseModel):
    ticket: str


@router.post("/api/chat/visitors", dependencies=[Depends(anyone)])
async def create_visitor(request: Request, body: NewVisitor | None = None) -> VisitorCreated:
    """A new visitor; the only time the token is shown."""
    room = needs(request)
    origin = origin_of(request) or room.settings.base_url
    room.limits.take("visitor", address_of(request))
    async with room.database.write() as db:
        visitor, token = await visitors.create(db, room.clock, origin)
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
    last_seq, state = await snapshot(room, conversation.id)
    async with room.database.read() as db:
        found = await messages.list_after(db, conversation.id, after, limit)
    shown = [frames.visible(message) for message in found]
    return Log(messages=shown, last_seq=last_seq, state=state)


@router.post("/api/chat/messages")
async def say(request: Request, visitor: CurrentVisitor, body: SayBody) -> Sent:
    conversation = await _chat(request, visitor)
    frame = frames.Say(type="message", client_id=body.client_id, text=body.text, button=body.button)
    message = await speak(
        needs(request), visitor.id, conversation.id, frame, address=address_of(request)
    )
    return Sent(seq=message.seq)


@router.post("/api/chat/person")
async def request_person(
    request: Request, visitor: CurrentVisitor, body: PersonBody | None = None
) -> dict[str, Any]:
    """Straight to the queue, without the bot; answers with the state."""
    room = needs(request)
    conversation = await _chat(request, visitor)
    await ask_for_person(
        room, visitor.id, conversation.id, address_of(request), body.seq if body else None
    )
    return (await snapshot(room, conversation.id))[1]


@router.post("/api/chat/cancel")
async def leave_queue(request: Request, visitor: CurrentVisitor) -> dict[str, Any]:
    """Out of the queue, back to the bot; answers with the state."""
    room = needs(request)
    spend(room, visitor.id, address_of(request))
    conversation = await _chat(request, visitor)
    async with room.database.write() as db:
        await speaking.leave_queue(db, room.clock, conversation.id)
    return (await snapshot(room, conversation.id))[1]


@router.post("/api/chat/rating")
async def rate(request: Request, visitor: CurrentVisitor, body: RatingBody) -> dict[str, Any]:
    room = needs(request)
    conversation = await _chat(request, visitor)
    async with room.database.write() as db:
        await episodes.rate(
            db, room.clock, conversation.id, body.episode, score=body.score, comment=body.comment
        )
        await room.desk.rated(db, conversation.id, body.episode)
    return (await snapshot(room, conversation.id))[1]


@router.post("/api/chat/details")
async def give_details(
    request: Request, visitor: CurrentVisitor, body: DetailsBody
) -> dict[str, Any]:
    room = needs(request)
    spend(room, visitor.id, address_of(request))
    conversation = await _chat(request, visitor)
    async with room.database.write() as db:
        await visitors.give_details(
            db, visitor.id, name=body.name, email=body.email, zone=body.zone
        )
        await room.desk.details_given(db, conversation.id)
    return (await snapshot(room, conversation.id))[1]


@router.post("/api/chat/identify", status_code=204)
async def identify_visitor(request: Request, visitor: CurrentVisitor, body: IdentityBody) -> None:
    """What the site says of the customer: signed, or unsigned and kept apart."""
    frame = frames.Identify(type="identify", token=body.token, attributes=body.attributes)
    token = request.headers["authorization"].partition(" ")[2].strip()
    by_link = visitors.is_by_link(visitor, token)
    await identify(needs(request), visitor.id, frame, address=address_of(request), by_link=by_link)


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
