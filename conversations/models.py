"""The tables of the message log. The database is the truth; frames and events are hints to read it."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Enum,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class Owner(enum.StrEnum):
    """Who answers the conversation now."""

    BOT = "bot"
    QUEUED = "queued"
    AGENT = "agent"
    CLOSED = "closed"


class Author(enum.StrEnum):
    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Stage(enum.StrEnum):
    """Where an episode stands; moved only by actions/stage.py."""

    ACKNOWLEDGE = "acknowledge"
    CLARIFY = "clarify"
    RESOLVE = "resolve"
    CONFIRM = "confirm"


class Outcome(enum.StrEnum):
    """How an episode ended."""

    CONFIRMED = "confirmed"
    ASSUMED = "assumed"
    ABANDONED = "abandoned"
    HANDED_BACK = "handed_back"
    CANCELLED = "cancelled"
    CLOSED_BY_AGENT = "closed_by_agent"


class TurnState(enum.StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"
    """The owner changed while the bot was thinking: its reply was not sent."""


def _enum(kind: type[enum.StrEnum]) -> Enum:
    return Enum(kind, native_enum=False, length=20, values_callable=lambda k: [m.value for m in k])


class Visitor(Base):
    """An anonymous customer, known by a 256-bit token of which only the hash is stored."""

    __tablename__ = "visitors"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    origin: Mapped[str] = mapped_column(String(255))
    name: Mapped[str | None] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254))
    """Typed by the visitor: a label, never an identity."""
    external_id: Mapped[str | None] = mapped_column(String(120), index=True)
    """The site's own id of this customer; only ever set from a signed context."""
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the site says of them: ``{name: text, number or boolean}``, at most 40."""
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the site's signature was last seen and good; null: nothing is proven."""
    claimed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """As `attributes`, but without a signature: anybody may have written them."""
    zone: Mapped[str | None] = mapped_column(String(64))
    """IANA time zone of their browser, for times said to them."""
    language: Mapped[str | None] = mapped_column(String(35))
    """What their widget speaks, as a BCP 47 tag: ``de-AT``; null before it has greeted."""
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """What they wrote into the form before the chat, beside name and e-mail: ``{name: {label, value, kind}}``,
    kind as the house's field had it: a choice is one of the house's own words, a text may be anything."""
    form_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they gave the form, or passed it over; null: they were not asked yet."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Conversation(Base):
    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_owner_queued", "owner", "queued_at"),)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    visitor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visitors.id"), index=True)
    owner: Mapped[Owner] = mapped_column(_enum(Owner), default=Owner.BOT)
    epoch: Mapped[int] = mapped_column(Integer, default=0)
    """Rises by one with every change of owner; what was decided under an older epoch is void."""
    agent_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    episode: Mapped[int] = mapped_column(Integer, default=1)
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    answered_seq: Mapped[int] = mapped_column(Integer, default=0)
    """Customer messages up to here belong to a finished turn, or came while a person owned the chat."""
    running_turn: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Kept when a chat returns to the queue, so that nobody loses their place."""
    bot_failures: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Episode(Base):
    """One issue from first word to outcome; Rasa's sender is ``<conversation>:<number>``."""

    __tablename__ = "episodes"
    __table_args__ = (UniqueConstraint("conversation_id", "number"),)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    stage: Mapped[Stage] = mapped_column(_enum(Stage), default=Stage.ACKNOWLEDGE)
    slots: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Details the customer gave (order_number, email, …); seeded into the next episode."""
    outcome: Mapped[Outcome | None] = mapped_column(_enum(Outcome))
    rating: Mapped[int | None] = mapped_column(Integer, index=True)
    """1 to 5, asked once when the episode closes."""
    rating_comment: Mapped[str | None] = mapped_column(String(1000))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Message(Base):
    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_id"),
    )
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int] = mapped_column(Integer)
    """1, 2, 3 … within the conversation, without holes; the order everybody sees."""
    episode: Mapped[int] = mapped_column(Integer)
    author: Mapped[Author] = mapped_column(_enum(Author))
    agent_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    agent_name: Mapped[str | None] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """buttons, source, options, event, …: see docs/frames.md."""
    client_id: Mapped[str | None] = mapped_column(String(64))
    body_hash: Mapped[str | None] = mapped_column(String(64))
    """Tells a retry (same body) from a reused client_id (another body)."""
    turn_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def is_file(self) -> bool:
        """Whether it is a file (conversations.files): its text is the file's name, and nobody's words."""
        return "file" in self.payload


class Turn(Base):
    """One thing the customer said (perhaps in several messages) and all the bot made of it."""

    __tablename__ = "turns"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    episode: Mapped[int] = mapped_column(Integer)
    epoch: Mapped[int] = mapped_column(Integer)
    first_seq: Mapped[int] = mapped_column(Integer)
    last_seq: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[TurnState] = mapped_column(_enum(TurnState), default=TurnState.RUNNING)
    error: Mapped[str | None] = mapped_column(String(80))
    intent: Mapped[str | None] = mapped_column(String(80), index=True)
    confidence: Mapped[float | None] = mapped_column(Float)
    parse: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Rasa's parse: intent, intent_ranking, entities, scope, frustration."""
    decision: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the knowledge base decided: kind, candidates with scores, probability."""
    stage: Mapped[Stage | None] = mapped_column(_enum(Stage))
    frustration: Mapped[float | None] = mapped_column(Float)
    timings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Milliseconds by step."""
    versions: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """model, encoder, index and thresholds that made this turn."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TurnStep(Base):
    """One action run for a turn, recorded by the app's action endpoint itself.

    Rasa answers 200 [] when an action fails, so its word can't be taken for it.
    """

    __tablename__ = "turn_steps"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    turn_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("turns.id"), index=True)
    action: Mapped[str] = mapped_column(String(80))
    failed: Mapped[str | None] = mapped_column(String(120))
    """The error's class name, or null."""
    records: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the action wants the turn to carry: decision, handoff, outcome, effect."""
    milliseconds: Mapped[float] = mapped_column(Float)


class Participant(Base):
    """A member of staff who joined a chat that another one has; they may write there, too."""

    __tablename__ = "participants"
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id"), primary_key=True
    )
    staff_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Seen(Base):
    """How far the customer, or the staff, has read a conversation."""

    __tablename__ = "seen_marks"
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id"), primary_key=True
    )
    side: Mapped[str] = mapped_column(String(10), primary_key=True)
    """customer or agent."""
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ResumeLink(Base):
    """A way back into a chat from a mail: works once, for a short time; only hashes are stored."""

    __tablename__ = "resume_links"
    link_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    visitor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visitors.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The visitor token that was given for it: a second key to the same visitor."""
    origin: Mapped[str | None] = mapped_column(String(255))
    """The page that it was given to."""
    token_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IdentityUse(Base):
    """A signed identity's nonce, kept until it has expired: nobody else can bring it again."""

    __tablename__ = "identity_uses"
    nonce_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    visitor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visitors.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class StaffConnection(Base):
    """The open consoles of one member of staff in one app process, refreshed while they live."""

    __tablename__ = "staff_connections"
    staff_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    process: Mapped[str] = mapped_column(String(40), primary_key=True)
    sockets: Mapped[int] = mapped_column(Integer)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffState(Base):
    """Whether a member of staff takes chats; no row means that they do while they are connected."""

    __tablename__ = "staff_states"
    staff_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    away: Mapped[bool] = mapped_column(default=False)
    automatic: Mapped[bool] = mapped_column(default=False)
    """Set by the console after some minutes without a key or a click, and taken back by the next one."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The last sign of life, kept when every console is closed."""


class ConsentGiven(Base):
    """A visitor agreed to a version of the house's words on their data; never changed, for it is the proof."""

    __tablename__ = "consents"
    visitor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visitors.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Thumb(Base):
    """What the customer says of one answer; of each message the last word."""

    __tablename__ = "thumbs"
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    episode: Mapped[int] = mapped_column(Integer)
    turn_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)
    """The turn that showed the answer."""
    article_id: Mapped[str] = mapped_column(String(36))
    up: Mapped[bool] = mapped_column(Boolean)
    comment: Mapped[str | None] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SurveyAnswer(Base):
    """One question put to a customer after an episode: asked once, then answered, skipped or left alone."""

    __tablename__ = "survey_answers"
    __table_args__ = (UniqueConstraint("conversation_id", "episode", "kind"),)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"))
    visitor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visitors.id"), index=True)
    episode: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(8))
    """csat (1 to 5), ces (1 to 7) or nps (0 to 10)."""
    score: Mapped[int | None] = mapped_column(Integer)
    comment: Mapped[str | None] = mapped_column(String(1000))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When it stood on their screen."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    skipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
