"""The steps of a macro, as data: what each needs, and how it reads."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from handoff.library import variables
from handoff.library.inputs import TAGS, Body, Tag, Title, Topic, Why
from handoff.models import CloseOutcome, Priority
from handoff.words import humanise
from server.errors import Invalid

MOST_STEPS = 12


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def words(self) -> str:
        raise NotImplementedError


class ReplyStep(_Step):
    """A text of its own, or a canned reply as it is when the macro runs."""

    do: Literal["reply"]
    text: Body | None = None
    reply_id: UUID | None = None

    @model_validator(mode="after")
    def _one(self) -> ReplyStep:
        if (self.text is None) == (self.reply_id is None):
            raise ValueError("a reply has a text or names a canned reply")
        return self

    def words(self) -> str:
        return "Reply to the customer"


class NoteStep(_Step):
    do: Literal["note"]
    text: Body

    def words(self) -> str:
        return "Note for colleagues"


class TagStep(_Step):
    do: Literal["tag"]
    tags: Annotated[list[Tag], Field(min_length=1, max_length=TAGS)]

    def words(self) -> str:
        return f"Tag: {', '.join(self.tags)}"


class TopicStep(_Step):
    do: Literal["topic"]
    topic: Topic

    def words(self) -> str:
        return f"Topic: {humanise(self.topic)}"


class PriorityStep(_Step):
    do: Literal["priority"]
    priority: Priority
    why: Why

    def words(self) -> str:
        return f"Priority {self.priority.value}: {self.why}"


class TransferStep(_Step):
    """To a colleague or to a team, one of the two."""

    do: Literal["transfer"]
    to: UUID | None = None
    team: UUID | None = None
    note: Annotated[str, Field(max_length=2000)] = ""

    @model_validator(mode="after")
    def _one(self) -> TransferStep:
        if (self.to is None) == (self.team is None):
            raise ValueError("a transfer names a colleague or a team")
        return self

    def words(self) -> str:
        return "Transfer to a colleague" if self.to else "Transfer to a team"


class AlarmStep(_Step):
    do: Literal["alarm"]
    why: Why

    def words(self) -> str:
        return f"Raise the alarm: {self.why}"


class CloseStep(_Step):
    do: Literal["close"]
    outcome: CloseOutcome

    def words(self) -> str:
        return f"Close: {humanise(self.outcome.value).lower()}"


class HandBackStep(_Step):
    do: Literal["hand_back"]

    def words(self) -> str:
        return "Hand back to the assistant"


Step = Annotated[
    ReplyStep
    | NoteStep
    | TagStep
    | TopicStep
    | PriorityStep
    | TransferStep
    | AlarmStep
    | CloseStep
    | HandBackStep,
    Field(discriminator="do"),
]
ENDING = (TransferStep, CloseStep, HandBackStep)
"""After these the chat is nobody's or somebody else's: each can only be the last."""
_STEPS: TypeAdapter[list[Step]] = TypeAdapter(list[Step])


class MacroChange(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: Title
    steps: Annotated[list[Step], Field(min_length=1, max_length=MOST_STEPS)]

    @model_validator(mode="after")
    def _ends_once(self) -> MacroChange:
        if any(isinstance(step, ENDING) for step in self.steps[:-1]):
            raise ValueError("only the last step may transfer, close or hand back")
        return self

    def check(self) -> None:
        """Raises:
        UnknownVariable: a blank in one of the texts that nobody can fill.
        """
        for step in self.steps:
            text = text_of(step)
            if text is not None:
                variables.check(text)


def text_of(step: Step) -> str | None:
    """The step's own text with its blanks, if it has one."""
    return step.text if isinstance(step, (ReplyStep, NoteStep)) else None


def stored(steps: list[dict[str, object]]) -> list[Step]:
    """Steps as the table holds them.

    Raises:
        Invalid: another version wrote them.
    """
    try:
        return _STEPS.validate_python(steps)
    except ValidationError as error:
        raise Invalid("This macro can't be read any more. Write it anew.") from error
