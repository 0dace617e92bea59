"""What a line of the unanswered questions is made of: questions with their words, and the cluster they form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from knowledge_base.asked.masking import without_marks
from knowledge_base.asked.outcomes import FAILED, Fate, Question
from knowledge_base.asked.texts import Words

VARIANTS = 10
"""Question variants that one click takes over: enough wordings, and few enough to read."""


@dataclass(frozen=True)
class Chat:
    """A conversation in which it was asked."""

    conversation_id: UUID
    episode: int
    at: datetime
    solved_by_person: bool


@dataclass(frozen=True)
class Cluster:
    """Questions of one meaning."""

    key: str
    """Of the heading; names the cluster in addresses."""
    heading: str
    """The most typical wording."""
    newest: str
    """The wording that was asked last."""
    examples: tuple[str, ...]
    """Different wordings, commonest first."""
    keys: tuple[str, ...]
    """Of every wording without a good answer."""
    intents: tuple[str, ...]
    """Commonest first."""
    asked: int
    """Times asked, with and without a good answer."""
    failed: int
    """In chats each time, in the help centre each reader once a day."""
    searches: int
    """How many of the failed ones were searches of the help centre."""
    fates: Mapping[Fate, int]
    """Of the failed ones."""
    last_seen: datetime
    revision: int
    """Content revision that the newest failed question in a chat saw; 0 without one."""
    searched_at: datetime | None
    """The newest failed search of the help centre."""
    chats: tuple[Chat, ...]
    """Newest first, those that a person solved before all."""

    @property
    def share(self) -> float:
        return self.failed / self.asked

    @property
    def in_chats(self) -> int:
        """How many of the failed ones were asked in chats."""
        return self.failed - self.searches

    @property
    def variants(self) -> list[str]:
        """The wordings as question variants of an article."""
        texts = (without_marks(text) for text in self.examples)
        return list({text.casefold(): text for text in texts if 3 <= len(text) <= 200}.values())


@dataclass(frozen=True)
class Asked:
    """One question with its words, of a chat or of the help centre."""

    words: Words
    at: datetime
    fate: Fate
    who: str
    """The conversation, or who searched, by the day."""
    chat: Chat | None = None
    """None for a search of the help centre."""
    revision: int = 0
    outside: bool = False
    """It was taken for none of the house's business."""

    @property
    def failed(self) -> bool:
        return self.fate in FAILED

    @classmethod
    def in_chat(cls, one: Question, words: Words) -> Asked:
        return cls(
            words=words,
            at=one.at,
            fate=one.fate,
            who=str(one.conversation_id),
            chat=Chat(one.conversation_id, one.episode, one.at, one.solved_by_person),
            revision=one.revision,
            outside=one.outside,
        )
