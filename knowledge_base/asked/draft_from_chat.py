"""A draft from a conversation that a person solved: sentences that were said, masked, each with its source."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.messages import WORDS
from conversations.models import Author, Conversation, Episode, Message, Outcome, Turn, Visitor
from knowledge_base import articles
from knowledge_base.asked.chat_sentences import ACTION, CONTEXT, OUTCOME, flags_of, score, sentences
from knowledge_base.asked.drafting import NO_TOPIC, title_of
from knowledge_base.asked.masking import mask, people_in, without_marks
from knowledge_base.drafts import Draft, read_draft, slug_of
from knowledge_base.models import Article
from server.clock import Clock
from server.errors import Conflict, HandrailError, Invalid, NotFound

#: Customer's sentences that tell the problem, and those of a part that are offered at all.
PROBLEM, OFFERED = 2, 30
_WORDS_OF_A_PROBLEM = 4
#: Messages of one episode that are read.
MESSAGES = 400


class NotSolvedByPerson(HandrailError):
    code, status = "not_solved_by_person", 409
    message = "Only a chat that a person has answered and closed makes a draft."


@dataclass(frozen=True)
class Sentence:
    """One sentence of the draft, masked."""

    number: int
    """Names it when it is left out or put in."""
    part: str
    text: str
    score: float
    taken: bool
    """Whether it stands in the draft unless the editor says otherwise."""
    imperative: bool
    flags: tuple[str, ...]
    seq: int
    """The message that it comes from."""
    author: str
    source: str
    """That whole message, masked."""


@dataclass(frozen=True)
class ChatDraft:
    conversation_id: UUID
    episode: int
    title: str
    intents: tuple[str, ...]
    sentences: tuple[Sentence, ...]

    @property
    def taken(self) -> frozenset[int]:
        return frozenset(one.number for one in self.sentences if one.taken)

    def draft(self, chosen: Collection[int] | None = None) -> Draft:
        """The article that these sentences make; without a choice, those that were taken.

        Raises:
            Invalid: no sentence is chosen.
        """
        kept = self.taken if chosen is None else frozenset(chosen)
        parts: dict[str, Any] = {}
        for part in (CONTEXT, ACTION, OUTCOME):
            found = [one for one in self.sentences if one.part == part and one.number in kept]
            parts[part] = _written(found)
        if not any(parts.values()):
            raise Invalid("Choose at least one sentence.")
        questions = [without_marks(one.text) for one in self.sentences if one.part == CONTEXT]
        return read_draft(
            {
                "title": self.title,
                "questions": [text for text in questions if 3 <= len(text) <= 200][:1],
                "intents": list(self.intents),
                **parts,
            }
        )


async def read(db: AsyncSession, conversation_id: UUID, number: int) -> ChatDraft:
    """The sentences of one episode that are worth keeping, and those that were passed over.

    Raises:
        NotFound: there is no such conversation or episode.
        NotSolvedByPerson: the bot ended it, or nobody has yet.
    """
    row = (
        await db.execute(
            select(Episode, Visitor.name)
            .join(Conversation, Conversation.id == Episode.conversation_id)
            .join(Visitor, Visitor.id == Conversation.visitor_id)
            .where(Episode.conversation_id == conversation_id, Episode.number == number)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such conversation.")
    episode, visitor = row
    messages = (
        await db.scalars(
            select(Message)
            .where(
                Message.conversation_id == conversation_id,
                Message.episode == number,
                Message.author.in_((Author.CUSTOMER, Author.AGENT)),
                WORDS,
            )
            .order_by(Message.seq)
            .limit(MESSAGES)
        )
    ).all()
    agents = [message for message in messages if message.author is Author.AGENT]
    if episode.outcome is not Outcome.CLOSED_BY_AGENT or not agents:
        raise NotSolvedByPerson()
    turns = (
        await db.execute(
            select(Turn.intent, Turn.parse["entities"].as_json())
            .where(Turn.conversation_id == conversation_id, Turn.episode == number)
            .order_by(Turn.first_seq)
        )
    ).all()
    people = _people(episode, visitor, agents, [found for _, found in turns])
    intents = [intent for intent, _ in turns if intent and intent not in NO_TOPIC]
    # Hundreds of messages, each searched for names and addresses: not on the event loop.
    found = await asyncio.to_thread(_sentences, messages, people, _details(episode))
    problem = next((one.text for one in found if one.part == CONTEXT and one.taken), "")
    return ChatDraft(
        conversation_id=conversation_id,
        episode=number,
        title=title_of(problem or "A solved chat"),
        intents=tuple(intent[:40] for intent in dict.fromkeys(intents))[:1],
        sentences=tuple(found),
    )


async def create(
    db: AsyncSession,
    clock: Clock,
    chat: ChatDraft,
    login: str,
    chosen: Collection[int] | None = None,
) -> Article:
    """Store the draft of a chat; where its address is taken, under the next free one.

    Raises:
        Invalid: no sentence is chosen. Conflict: nine drafts of this title are there already.
    """
    wanted = chat.draft(chosen)
    slug = slug_of(wanted.title)
    for ending in ("", *(f"-{number}" for number in range(2, 10))):
        name = f"{slug}{ending}"
        if await db.scalar(select(Article.id).where(Article.slug == name)) is None:
            named = wanted.model_copy(update={"slug": name})
            return await articles.create(db, clock, named, login)
    raise Conflict("There are drafts of this title already. Finish or archive one first.")


def _sentences(
    messages: Sequence[Message], people: Sequence[str], details: Sequence[str]
) -> list[Sentence]:
    found: list[Sentence] = []
    told = 0
    for message in messages:
        source = mask(message.text, people, details)
        for text in sentences(source):
            if message.author is Author.AGENT:
                scored = score(text)
                part, value, taken = scored.part, scored.score, scored.taken
                imperative = scored.imperative
            else:
                part, value, imperative = CONTEXT, 0.0, False
                says_something = len(text.split()) >= _WORDS_OF_A_PROBLEM
                # The first message that tells anything is the problem; later ones answer questions.
                if not says_something or told >= PROBLEM or _later(found, message):
                    continue
                told += 1
                taken = "personal" not in flags_of(text)
            number = len(found)
            found.append(
                Sentence(
                    number=number,
                    part=part,
                    text=text,
                    score=value,
                    taken=taken,
                    imperative=imperative,
                    flags=flags_of(text),
                    seq=message.seq,
                    author=message.author.value,
                    source=source,
                )
            )
            if number >= 3 * OFFERED:
                return found
    return found


def _later(found: Sequence[Sentence], message: Message) -> bool:
    return any(one.part == CONTEXT and one.seq != message.seq for one in found)


def _written(found: Sequence[Sentence]) -> str:
    """Steps as a numbered list where they stood among the others; without two steps, one paragraph."""
    steps = [at for at, one in enumerate(found) if one.imperative]
    lines = [f"{one.text[:1].upper()}{one.text[1:]}" for one in found]
    if len(steps) < 2:
        return " ".join(lines)
    listed = "\n".join(f"{number}. {lines[at]}" for number, at in enumerate(steps, start=1))
    before = " ".join(lines[: steps[0]])
    after = " ".join(line for at, line in enumerate(lines) if at > steps[0] and at not in steps)
    return "\n\n".join(part for part in (before, listed, after) if part)


def _details(episode: Episode) -> list[str]:
    """What else the customer gave that names or reaches them, as the assistant remembers it."""
    given = ("email", "phone", "postcode", "order_number", "invoice_number", "ticket_number")
    values = {str(episode.slots.get(name) or "") for name in given}
    return sorted((value for value in values if len(value) > 3), key=lambda one: (-len(one), one))


def _people(
    episode: Episode, visitor: str | None, agents: Iterable[Message], entities: Iterable[Any]
) -> list[str]:
    """Every name that the chat is known to hold, whole and word by word, longest first."""
    whole = {visitor or "", str(episode.slots.get("name") or "")}
    whole |= {message.agent_name or "" for message in agents}
    for found in entities:
        whole |= set(people_in({"entities": found}))
    every = {name.strip() for name in whole} | {word for name in whole for word in name.split()}
    return sorted((name for name in every if len(name) > 2), key=lambda name: (-len(name), name))
