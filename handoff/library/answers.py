"""What the library's routes give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from conversations.frames import ClientId
from handoff.library import steps
from handoff.library.canned import may_change
from handoff.library.inputs import TEXT_LIMIT
from handoff.library.mentions import Waiting
from handoff.library.models import CannedReply, Macro
from handoff.library.offering import Offer
from handoff.library.running import Planned
from handoff.models import Handoff
from server.auth import Staff
from server.errors import Invalid
from understanding.vague_times import ADVICE, vague_times


class ReplyView(BaseModel):
    """A canned reply with its blanks."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    title: str
    shortcut: str | None
    text: str
    reasons: list[str]
    intents: list[str]
    language: str
    minutes: int | None
    uses: int
    by: str
    at: datetime
    archived: bool
    mine: bool = False
    """Whether the reader may change it."""
    warnings: list[VagueView] = []

    @classmethod
    def of(cls, reply: CannedReply, reader: Staff) -> ReplyView:
        view = cls.model_validate(reply)
        view.mine = may_change(reply.by, reader)
        view.warnings = [VagueView.of(one) for one in vague_times(reply.text)]
        return view


class VagueView(BaseModel):
    """A vague time in a text: characters from ``start`` to ``end``, the end excluded."""

    model_config = ConfigDict(from_attributes=True)
    start: int
    end: int
    words: str

    @classmethod
    def of(cls, found: object) -> VagueView:
        return cls.model_validate(found)


class CheckView(BaseModel):
    """A warning, never a refusal: the agent decides."""

    vague: list[VagueView]
    advice: str

    @classmethod
    def of(cls, text: str) -> CheckView:
        return cls(vague=[VagueView.of(one) for one in vague_times(text)], advice=ADVICE)


class OfferView(BaseModel):
    """A canned reply, filled for one chat."""

    id: UUID
    title: str
    shortcut: str | None
    text: str
    missing: list[str]
    suggested: bool
    language: str

    @classmethod
    def of(cls, offer: Offer) -> OfferView:
        return cls(
            id=offer.reply.id,
            title=offer.reply.title,
            shortcut=offer.reply.shortcut,
            text=offer.filled.text,
            missing=list(offer.filled.missing),
            suggested=offer.suggested,
            language=offer.reply.language,
        )


class MacroView(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    title: str
    steps: list[dict[str, Any]]
    words: list[str] = []
    """The steps as they read; empty: another version wrote them, and it can't run."""
    uses: int
    by: str
    at: datetime
    archived: bool
    mine: bool = False

    @classmethod
    def of(cls, macro: Macro, reader: Staff) -> MacroView:
        view = cls.model_validate(macro)
        view.mine = may_change(macro.by, reader)
        try:
            view.words = [step.words() for step in steps.stored(macro.steps)]
        except Invalid:
            view.words = []
        return view


class PlannedView(BaseModel):
    do: str
    words: str
    text: str | None
    missing: list[str]
    to_customer: bool
    refused: str | None

    @classmethod
    def of(cls, planned: Planned) -> PlannedView:
        return cls(
            do=planned.step.do,
            words=planned.words,
            text=planned.text,
            missing=list(planned.missing),
            to_customer=isinstance(planned.step, steps.ReplyStep),
            refused=planned.refused,
        )


class PlanView(BaseModel):
    title: str
    version: str
    """To be sent with the run: one that was changed since is not run."""
    steps: list[PlannedView]


class RunRequest(BaseModel):
    """``run`` names this run: the same again does nothing twice."""

    model_config = ConfigDict(extra="forbid")
    run: Annotated[ClientId, Field(max_length=40)]
    texts: Annotated[
        dict[int, Annotated[str, Field(max_length=4 * TEXT_LIMIT)]],
        Field(max_length=steps.MOST_STEPS),
    ] = {}
    """The agent's own words for a step, by its place from 0."""
    version: Annotated[str, Field(max_length=40)] | None = None
    """The preview's; None: it was run without one."""


class RanView(BaseModel):
    steps: list[str]
    repeated: bool
    state: dict[str, Any]


class SavedViewView(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    name: str
    filters: dict[str, Any]
    shared: bool
    mine: bool
    deletable: bool
    """By the reader."""


class LabelsView(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    topic: str | None
    tags: list[str]

    @classmethod
    def of(cls, handoff: Handoff) -> LabelsView:
        return cls.model_validate(handoff)


class MentionView(BaseModel):
    note: UUID
    conversation: UUID
    by: str
    text: str
    at: datetime
    read_at: datetime | None


class MentionsView(BaseModel):
    unread: int
    mentions: list[MentionView]

    @classmethod
    def of(cls, waiting: Waiting) -> MentionsView:
        return cls(
            unread=waiting.unread,
            mentions=[
                MentionView(
                    note=note.id,
                    conversation=note.conversation_id,
                    by=note.staff_name,
                    text=note.text,
                    at=note.created_at,
                    read_at=mention.read_at,
                )
                for mention, note in waiting.mentions
            ],
        )
