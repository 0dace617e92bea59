"""The REST twin of what the customer is asked: details and form, consent, stars, thumbs and surveys."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from conversations import asking, frames, thumbs, visitors
from conversations.asking import AgreedVisitor
from conversations.chat_session import customer_snapshot, spend
from conversations.guards import CurrentVisitor, SmallBody, address_of, needs
from conversations.models import Conversation, Visitor

router = APIRouter(route_class=SmallBody)


class _Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class RatingBody(_Body):
    episode: frames.Seq
    score: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, Field(max_length=1000)] | None = None


class DetailsBody(_Body):
    name: Annotated[str, Field(max_length=200)] | None = None
    email: Annotated[str, Field(max_length=320)] | None = None
    zone: frames.Zone | None = None
    answers: frames.Answers | None = None


class AgreeBody(_Body):
    version: frames.Version


class ThumbBody(_Body):
    seq: frames.Seq
    up: bool
    comment: Annotated[str, Field(max_length=600)] | None = None


class SurveyBody(_Body):
    episode: frames.Seq
    kind: Literal["csat", "ces", "nps"]
    score: Annotated[int, Field(ge=0, le=10)] | None = None
    comment: Annotated[str, Field(max_length=1000)] | None = None
    skip: bool = False


@router.post("/api/chat/rating")
async def rate(request: Request, visitor: AgreedVisitor, body: RatingBody) -> dict[str, Any]:
    conversation = await _spend(request, visitor)
    await asking.rate(needs(request), conversation.id, frames.Rate(type="rate", **dict(body)))
    return await _state(request, conversation)


@router.post("/api/chat/details")
async def give_details(
    request: Request, visitor: AgreedVisitor, body: DetailsBody
) -> dict[str, Any]:
    conversation = await _spend(request, visitor)
    frame = frames.Details(type="details", **dict(body))
    await asking.give_details(needs(request), visitor.id, conversation.id, frame)
    return await _state(request, conversation)


@router.post("/api/chat/agree")
async def agree(request: Request, visitor: CurrentVisitor, body: AgreeBody) -> dict[str, Any]:
    """Consent of a visitor who is there already: the version was raised."""
    conversation = await _spend(request, visitor)
    await asking.agree(needs(request), visitor.id, conversation.id, body.version)
    return await _state(request, conversation)


@router.post("/api/chat/thumb")
async def thumb(request: Request, visitor: AgreedVisitor, body: ThumbBody) -> dict[int, bool]:
    """Up or down for one answer; answers with all that the customer has said so, by `seq`."""
    conversation = await _spend(request, visitor)
    room = needs(request)
    await asking.thumb(room, conversation.id, frames.Thumbs(type="thumb", **dict(body)))
    async with room.database.read() as db:
        return await thumbs.of(db, conversation.id)


@router.post("/api/chat/survey")
async def survey(request: Request, visitor: AgreedVisitor, body: SurveyBody) -> dict[str, Any]:
    """A question was shown, skipped or answered; answers with the state, which may ask the next one."""
    conversation = await _spend(request, visitor)
    await asking.survey(needs(request), conversation.id, frames.Survey(type="survey", **dict(body)))
    return await _state(request, conversation)


async def _spend(request: Request, visitor: Visitor) -> Conversation:
    room = needs(request)
    spend(room, visitor.id, address_of(request))
    async with room.database.read() as db:
        return await visitors.conversation_of(db, visitor.id)


async def _state(request: Request, conversation: Conversation) -> dict[str, Any]:
    return (await customer_snapshot(needs(request), conversation.id))[1]
