"""What the doors of practice give. The agents' views know no conversation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from handoff.practice import replay
from handoff.practice.agreement import Agreement
from handoff.practice.candidates import Candidate
from handoff.practice.keeping import Kept
from handoff.practice.making import Copy
from handoff.practice.masking import Line
from handoff.practice.models import PracticeAttempt, PracticeChat
from handoff.practice.offering import Offered
from handoff.practice.scoring import Tried

ScoresView = dict[str, int]


class LineView(BaseModel):
    author: str
    text: str

    @classmethod
    def of(cls, line: Line) -> LineView:
        return cls(author=line.author, text=line.text)


class OfferedView(BaseModel):
    id: UUID
    topic: str
    messages: int
    points: int
    state: str
    """new, begun, finished or scored."""
    tries: int
    last: UUID | None

    @classmethod
    def of(cls, one: Offered) -> OfferedView:
        return cls(
            id=one.chat.id, topic=one.chat.topic, messages=one.messages, points=one.chat.points,
            state=one.state.value, tries=one.tries, last=one.last,
        )  # fmt: skip


class AgreementView(BaseModel):
    """Mean absolute differences by standard."""

    tries: int
    mean: dict[str, float]
    lately: dict[str, float]

    @classmethod
    def of(cls, one: Agreement) -> AgreementView:
        return cls(tries=len(one.pairs), mean=one.mean, lately=one.lately)


class PracticeView(BaseModel):
    """One's practice: what there is, and how near one's scores are to the lead's."""

    chats: list[OfferedView]
    on_handling: AgreementView
    on_answers: AgreementView
    leads: bool


class AttemptView(BaseModel):
    """A try as far as it has come; the lead's score of the chat only once it is finished."""

    id: UUID
    chat: UUID
    topic: str
    agent: str
    number: int
    lines: list[LineView]
    """author: customer, assistant, agent (what was really said), or you (before it)."""
    point: int
    points: int
    finished_at: datetime | None
    handled: ScoresView | None
    own: ScoresView | None
    lead_handled: ScoresView | None
    lead_handled_why: str | None
    lead_own: ScoresView | None
    lead_own_why: str | None
    scored_by: str | None

    @classmethod
    def of(cls, chat: PracticeChat, attempt: PracticeAttempt, agent: str) -> AttemptView:
        seen, done = replay.shown(chat, attempt), attempt.finished_at is not None
        scored = attempt.lead_scores is not None
        return cls(
            id=attempt.id,
            chat=chat.id,
            topic=chat.topic,
            agent=agent,
            number=attempt.number,
            lines=[LineView.of(line) for line in seen.lines],
            point=seen.point,
            points=seen.points,
            finished_at=attempt.finished_at,
            handled=attempt.handled,
            own=attempt.own,
            lead_handled=chat.scores if done else None,
            lead_handled_why=chat.why if done else None,
            lead_own=attempt.lead_scores,
            lead_own_why=attempt.lead_why if scored else None,
            scored_by=attempt.scored_by_name if scored else None,
        )


class TriedView(BaseModel):
    """A line of the list of finished tries, for leads."""

    id: UUID
    chat: UUID
    topic: str
    agent: str
    number: int
    finished_at: datetime | None
    scored_by: str | None

    @classmethod
    def of(cls, one: Tried) -> TriedView:
        return cls(
            id=one.attempt.id, chat=one.chat.id, topic=one.chat.topic, agent=one.agent,
            number=one.attempt.number, finished_at=one.attempt.finished_at,
            scored_by=one.attempt.scored_by_name or None,
        )  # fmt: skip


class CandidateView(BaseModel):
    """For leads: a chat that could be practised on."""

    conversation: UUID
    episode: int
    topic: str | None
    closed_at: datetime
    messages: int
    replies: int
    rating: int | None

    @classmethod
    def of(cls, one: Candidate) -> CandidateView:
        return cls(
            conversation=one.conversation_id, episode=one.episode, topic=one.topic,
            closed_at=one.closed_at, messages=one.messages, replies=one.replies, rating=one.rating,
        )  # fmt: skip


class CopyView(BaseModel):
    """For leads: the copy as it would be kept; `mark` is sent back as `seen`."""

    topic: str
    lines: list[LineView]
    points: int
    doubtful: list[str]
    mark: str

    @classmethod
    def of(cls, copy: Copy) -> CopyView:
        return cls(
            topic=copy.topic, lines=[LineView.of(line) for line in copy.lines],
            points=copy.points, doubtful=list(copy.doubtful), mark=copy.mark,
        )  # fmt: skip


class KeptView(BaseModel):
    """For leads: a practice chat with its source."""

    id: UUID
    conversation: UUID
    episode: int
    topic: str
    lines: list[LineView]
    points: int
    scores: ScoresView
    why: str
    made_by: str
    made_at: datetime
    retired: bool
    tries: int

    @classmethod
    def of(cls, one: Kept) -> KeptView:
        chat = one.chat
        return cls(
            id=chat.id, conversation=chat.conversation_id, episode=chat.episode, topic=chat.topic,
            lines=[LineView.of(line) for line in replay.lines_of(chat)], points=chat.points,
            scores=chat.scores, why=chat.why, made_by=chat.made_by_name, made_at=chat.made_at,
            retired=chat.retired_at is not None, tries=one.tries,
        )  # fmt: skip
