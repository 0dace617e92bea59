"""The shape of everything that crosses the sockets, and what of a message a client may see."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from conversations.files.links import Links
from conversations.models import Author, Message
from server.errors import HandrailError, Invalid, TooLarge

FRAME_BYTES = 16_384
PAYLOAD_KEYS = ("kind", "parts", "source", "event", "lines")

F = TypeVar("F")
ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
# Far above the message limit, so that `messages.post` can answer `too_large` rather than `invalid`.
Text = Annotated[str, Field(max_length=FRAME_BYTES)]
Seq = Annotated[int, Field(ge=0, le=2**31 - 1)]
Version = Annotated[int, Field(ge=1, le=1_000_000)]
Answers = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")],
        Annotated[str, Field(max_length=1000)],
    ],
    Field(max_length=12),
]
Zone = Annotated[str, Field(max_length=64)]
"""An IANA name, such as Europe/Brussels; whether it is one is looked up (`visitors.known_zone`)."""
Language = Annotated[str, Field(max_length=64)]
"""A BCP 47 tag, such as de-AT; whether it looks like one is told by `visitors.known_language`."""


class Frame(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Button(Frame):
    """Which button of which bot message was pressed."""

    seq: Annotated[int, Field(ge=1, le=2**31 - 1)]
    index: Annotated[int, Field(ge=0, le=99)]


class Invited(Frame):
    """The invitation that a message answers, as it stood on the screen."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    text: Annotated[str, Field(min_length=1, max_length=400)]


class Hello(Frame):
    type: Literal["hello"]
    token: Annotated[str, Field(min_length=1, max_length=200)]
    after: Seq = 0
    zone: Zone | None = None
    language: Language | None = None


class Say(Frame):
    type: Literal["message"]
    client_id: ClientId
    text: Text
    button: Button | None = None
    person: bool = False
    """What it is about, said to ask for a person: straight to the queue, the bot does not answer it."""
    invitation: Invited | None = None


class Types(Frame):
    type: Literal["typing"]
    on: bool
    text: Annotated[str, Field(max_length=2000)] | None = None
    """What stands in the field; sent only where `welcome` said that the house shows it."""


class Person(Frame):
    type: Literal["person"]
    seq: Seq | None = None
    """The last message that the customer had seen; void if people were asked after it already."""


class SomeoneElse(Frame):
    """Another person than the one who has the chat; void once it changed hands after `seq`."""

    type: Literal["someone_else"]
    seq: Seq


class Cancel(Frame):
    type: Literal["cancel"]


class Rate(Frame):
    type: Literal["rate"]
    episode: Seq
    score: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, Field(max_length=1000)] | None = None


class Details(Frame):
    type: Literal["details"]
    name: Annotated[str, Field(max_length=200)] | None = None
    email: Annotated[str, Field(max_length=320)] | None = None

    zone: Zone | None = None
    answers: Answers | None = None
    """Of the form before the chat; empty: passed over."""


class Agree(Frame):
    """The customer agrees to this version of what the house says about their data."""

    type: Literal["agree"]
    version: Version


class Thumbs(Frame):
    """The customer's word on the answer in message `seq`; the last one counts."""

    type: Literal["thumb"]
    seq: Seq
    up: bool
    comment: Annotated[str, Field(max_length=600)] | None = None


class Survey(Frame):
    """What became of a question: with neither score nor skip it stands on the screen."""

    type: Literal["survey"]
    episode: Seq
    kind: Literal["csat", "ces", "nps"]
    score: Annotated[int, Field(ge=0, le=10)] | None = None
    comment: Annotated[str, Field(max_length=1000)] | None = None
    skip: bool = False


class Identify(Frame):
    """Who the customer is to the site (conversations.identity): signed, or only said by the page."""

    type: Literal["identify"]
    token: Annotated[str, Field(min_length=1, max_length=8192)] | None = None
    attributes: dict[str, Any] | None = None


class Sees(Frame):
    """The customer's screen has shown everything up to this message."""

    type: Literal["seen"]
    seq: Seq


class Ping(Frame):
    type: Literal["ping"]


class StaffHello(Frame):
    type: Literal["hello"]
    ticket: Annotated[str, Field(min_length=1, max_length=200)]


class Watch(Frame):
    type: Literal["watch"]
    conversation: uuid.UUID
    after: Seq = 0


class Unwatch(Frame):
    type: Literal["unwatch"]
    conversation: uuid.UUID


class StaffSay(Frame):
    type: Literal["message"]
    conversation: uuid.UUID
    client_id: ClientId
    text: Text


class StaffSees(Frame):
    type: Literal["seen"]
    conversation: uuid.UUID
    seq: Seq


class StaffPresence(Frame):
    """This person takes no new chats, or takes them again."""

    type: Literal["presence"]
    away: bool
    automatic: bool = False
    """Said by the console, not by the person: nobody has touched it for a while, or somebody has again."""


class StaffAsksQueue(Frame):
    """What this console shows of the desk may be old."""

    type: Literal["queue"]


class StaffTypes(Frame):
    type: Literal["typing"]
    conversation: uuid.UUID
    on: bool


class StaffAttends(Frame):
    """This console shows the chat on its screen, writes there, or does so no more."""

    type: Literal["attend"]
    conversation: uuid.UUID
    does: Literal["open", "types", "gone"]


CustomerFrame = Annotated[
    Hello
    | Say
    | Types
    | Person
    | SomeoneElse
    | Cancel
    | Rate
    | Details
    | Identify
    | Agree
    | Thumbs
    | Survey
    | Sees
    | Ping,
    Field(discriminator="type"),
]
StaffFrame = Annotated[
    StaffHello
    | Watch
    | Unwatch
    | StaffSay
    | StaffTypes
    | StaffSees
    | StaffPresence
    | StaffAttends
    | StaffAsksQueue
    | Ping,
    Field(discriminator="type"),
]
CUSTOMER: TypeAdapter[CustomerFrame] = TypeAdapter(CustomerFrame)
STAFF: TypeAdapter[StaffFrame] = TypeAdapter(StaffFrame)


def parse(adapter: TypeAdapter[F], raw: str | bytes) -> F:
    """Read one frame.

    Raises:
        TooLarge: more than 16 kB. Invalid: not JSON, unknown type, or a field out of bounds.
    """
    if isinstance(raw, bytes):
        raise Invalid("Frames are text.")
    # A lone surrogate can't be encoded; the parser below refuses it by name.
    if len(raw.encode("utf-8", "surrogatepass")) > FRAME_BYTES:
        raise TooLarge()
    try:
        return adapter.validate_json(raw)
    except (ValidationError, UnicodeEncodeError) as error:
        # The input itself stays out of the answer and the log.
        raise Invalid("This frame does not have the expected form.") from error


def visible(message: Message, links: Links) -> dict[str, Any]:
    """A message as its reader may see it: what its buttons do stays on the server; a file has its address."""
    payload = {key: message.payload[key] for key in PAYLOAD_KEYS if message.payload.get(key)}
    file = message.payload.get("file")
    if file:
        payload["file"] = links.shown(file)
    buttons = message.payload.get("buttons")
    if buttons:
        payload["buttons"] = [{"title": b["title"], "style": b["style"]} for b in buttons]
    frame: dict[str, Any] = {
        "type": "message",
        "seq": message.seq,
        "author": message.author.value,
        "name": message.agent_name if message.author is Author.AGENT else None,
        "text": message.text,
        "payload": payload,
        "created_at": stamp(message.created_at),
        "episode": message.episode,
    }
    if message.client_id is not None:
        frame["client_id"] = message.client_id
    return frame


def again(message: Message, links: Links) -> dict[str, Any]:
    """A message that the reader has, as it is now."""
    return {**visible(message, links), "type": "again"}


def stamp(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def refusal(
    error: HandrailError, *, client_id: str | None = None, fatal: bool = False
) -> dict[str, Any]:
    """The `error` frame."""
    frame: dict[str, Any] = {"type": "error", "code": error.code, "message": str(error)}
    if client_id is not None:
        frame["client_id"] = client_id
    if error.details is not None:
        frame["details"] = error.details
    if fatal:
        frame["fatal"] = True
    return frame
