"""What became of each question that customers put to the knowledge base, told by the steps of its turns."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Fate(enum.StrEnum):
    """How one question ended."""

    HELPED = "helped"
    """Answered, and the customer said yes, or left content."""
    UNKNOWN = "unknown"
    """Answered, and nothing was said of it."""
    NOT_HELPED = "not_helped"
    """Answered, and the last word on it was no."""
    CHOICE_LEFT = "choice_left"
    """A choice of articles was offered and none was taken."""
    NOTHING = "nothing"
    """No article came near enough."""
    PERSON = "person"
    """Answered, unrefused, and a person was needed all the same."""


#: No good answer.
FAILED = frozenset({Fate.NOT_HELPED, Fate.CHOICE_LEFT, Fate.NOTHING, Fate.PERSON})


class Step(NamedTuple):
    """What one turn did, as the log has it."""

    turn_id: UUID
    conversation_id: UUID
    episode: int
    at: datetime
    kind: str | None
    """answer, choose or nothing; None when nothing was searched for."""
    attempt: int | None
    """1 for a new question, more for another try at the same one."""
    chosen: bool
    """The article was picked from a choice."""
    shown: str | None
    helped: bool | None
    """The customer's verdict; None without one, or when it was on a task's result."""
    judged: str | None
    """Id of the article that the verdict is on."""
    person: bool
    """A person was asked for in this turn."""
    revision: int | None
    """Content revision of the articles that were searched."""
    ended_well: bool
    """The episode ended confirmed or assumed."""
    by_agent: bool
    """A person closed it."""
    outside: bool = False
    """The message was taken for none of the house's business, and no article came near."""

    @property
    def says_something(self) -> bool:
        return self.kind is not None or self.helped is not None or self.person


class Verdict(NamedTuple):
    article: str
    helped: bool
    at: datetime


@dataclass
class Question:
    """One question and its fate; the words are read by the turn when they are needed."""

    turn_id: UUID
    conversation_id: UUID
    episode: int
    at: datetime
    fate: Fate
    shown: list[str]
    """Ids of the articles shown for it, in order."""
    choice_taken: bool = False
    to_person: bool = False
    """A person took over before another question was asked."""
    solved_by_person: bool = False
    """And closed the episode."""
    revision: int = 0
    """Content revision of the articles that were searched last."""
    verdict: Verdict | None = None
    """The last one."""
    outside: bool = False
    """It was taken for none of the house's business."""

    @property
    def failed(self) -> bool:
        return self.fate in FAILED


def fates(steps: Iterable[Step]) -> list[Question]:
    """The questions in these turns."""
    episodes: dict[tuple[UUID, int], list[Step]] = {}
    for step in steps:
        episodes.setdefault((step.conversation_id, step.episode), []).append(step)
    found: list[Question] = []
    # Many small sorts: one of all of them would hold the interpreter, and with it the event loop.
    for episode in episodes.values():
        found += _in_episode(sorted(episode, key=lambda step: (step.at, step.turn_id)))
    return found


def _in_episode(steps: Sequence[Step]) -> Iterator[Question]:
    questions: list[Question] = []
    for step in steps:
        now = questions[-1] if questions else None
        if now is not None and step.helped is not None and step.judged is not None:
            now.fate = Fate.HELPED if step.helped else Fate.NOT_HELPED
            now.verdict = Verdict(step.judged, step.helped, step.at)
        if step.kind is not None:
            if now is None or not (step.chosen or (step.attempt or 1) > 1):
                now = _opened(step)
                questions.append(now)
            else:
                _go_on(now, step)
        if now is not None and step.person:
            now.to_person = True
            if now.fate is Fate.UNKNOWN:
                now.fate = Fate.PERSON
    # A silence after the last answer is a yes where the sweeper took it for one.
    if questions and questions[-1].fate is Fate.UNKNOWN and steps[-1].ended_well:
        questions[-1].fate = Fate.HELPED
    if questions and questions[-1].to_person:
        questions[-1].solved_by_person = steps[-1].by_agent
    yield from questions


_FATE_OF = {"answer": Fate.UNKNOWN, "choose": Fate.CHOICE_LEFT}


def _opened(step: Step) -> Question:
    return Question(
        turn_id=step.turn_id,
        conversation_id=step.conversation_id,
        episode=step.episode,
        at=step.at,
        fate=_FATE_OF.get(step.kind or "", Fate.NOTHING),
        shown=[step.shown] if step.shown else [],
        revision=step.revision or 0,
        outside=step.outside,
    )


def _go_on(question: Question, step: Step) -> None:
    """A choice taken, or another try at the same question."""
    if step.chosen:
        question.choice_taken = True
    if step.shown:
        question.shown.append(step.shown)
        question.fate = Fate.UNKNOWN
    elif step.kind == "choose":
        question.fate = Fate.CHOICE_LEFT
    elif question.fate is not Fate.NOT_HELPED:
        question.fate = Fate.NOTHING
    question.revision = step.revision or question.revision
