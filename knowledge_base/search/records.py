"""What the index knows of an article, and the texts of it that are searched."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from knowledge_base.drafts import Draft
from knowledge_base.models import Article, ArticleVersion
from knowledge_base.rendering import plain
from knowledge_base.search.tongues import terms
from understanding.normal import words

Vector = NDArray[np.float32]

TITLE, QUESTION, PASSAGE, WHOLE = 0, 1, 2, 3

#: A passage has so many words, and the next begins so many later. Best first on half of the public sets'
#: questions: 60 words found .96 / .74 / .77 of them (stackfaq, wixqa, techqa), 120 words .94 / .71 / .73.
PASSAGE_WORDS, PASSAGE_STEP = 60, 45
#: Words of the text that stands for the whole article: what the encoder reads of it.
WHOLE_WORDS = 180


class TextEncoder(Protocol):
    """What the search needs of an encoder; `encoder.Encoder` keeps it."""

    dimension: int
    checksum: str

    def encode(self, text: str) -> Vector:
        """The text's vector, shape (dimension,), length 1."""
        ...

    def remembered(self, text: str) -> Vector | None:
        """The same if it is known without work."""
        ...

    def is_word(self, word: str) -> bool:
        """Whether it knows these letters as one word, as it does the language's common ones."""
        ...


class Recalling:
    """An encoder whose vectors come from `encode`, which keeps what it made."""

    def __init__(self, encoder: TextEncoder, encode: Callable[[str], Vector]) -> None:
        self.dimension, self.checksum = encoder.dimension, encoder.checksum
        self.encode = encode
        self.is_word = encoder.is_word

    def remembered(self, text: str) -> Vector | None:
        return None


@dataclass(frozen=True)
class Entry:
    """One searched text: a stable id, its kind, and the words."""

    id: int
    kind: int
    text: str


@dataclass(frozen=True)
class Record:
    """A published article as it answers. Equal records have equal entries."""

    id: UUID
    version: int
    slug: str
    category: str
    tags: tuple[str, ...]
    intents: tuple[str, ...]
    audience: str
    language: str
    title: str
    questions: tuple[str, ...]
    context: str
    action: str
    outcome: str
    updated: str
    """Day of the version, ISO."""

    @classmethod
    def of(cls, article: Article, version: ArticleVersion) -> Record:
        return cls(
            id=article.id,
            version=version.number,
            slug=article.slug,
            category=article.category,
            tags=tuple(article.tags),
            intents=tuple(article.intents),
            audience=article.audience,
            language=article.language,
            title=version.title,
            questions=tuple(version.questions),
            context=version.context,
            action=version.action,
            outcome=version.outcome,
            updated=version.created_at.date().isoformat(),
        )

    @classmethod
    def of_draft(cls, draft: Draft, article_id: UUID, version: int = 1) -> Record:
        """As it would answer if it were published as it stands."""
        return cls(
            id=article_id,
            version=version,
            slug=draft.slug,
            category=draft.category,
            tags=tuple(draft.unique_tags),
            intents=tuple(draft.unique_intents),
            audience=draft.audience.value,
            language=draft.language,
            title=draft.title,
            questions=tuple(draft.unique_questions),
            context=draft.context,
            action=draft.action,
            outcome=draft.outcome,
            updated="",
        )

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "id": str(self.id)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Record:
        """The record again.

        Raises:
            KeyError, TypeError, ValueError: this is not what `as_json` wrote.
        """
        lists = {name: tuple(data[name]) for name in ("tags", "intents", "questions")}
        return cls(**{**data, **lists, "id": UUID(data["id"])})

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Title, question variants, body passages, and the whole, in this order."""
        texts = [(TITLE, self.title), *((QUESTION, question) for question in self.questions)]
        texts += [(PASSAGE, passage) for passage in self._passages()]
        texts.append((WHOLE, self._whole()))
        return tuple(
            Entry(_stable_id(self.id, self.version, kind, at, text), kind, text)
            for at, (kind, text) in enumerate(texts)
        )

    @cached_property
    def variants(self) -> tuple[frozenset[str], ...]:
        """The content terms of the title and of each question."""
        return tuple(
            frozenset(terms(text, self.language)) for text in (self.title, *self.questions)
        )

    @cached_property
    def term_set(self) -> frozenset[str]:
        return frozenset(self.terms)

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """All terms for the lexical search; title and tags count twice."""
        filed = " ".join((self.category, *self.tags))
        body = self._body
        whole = " ".join((self.title, self.title, filed, *self.questions, body))
        return tuple(terms(whole, self.language))

    def _passages(self) -> Iterator[str]:
        """Each part led by the title, since "Open My orders" alone does not say what for."""
        for part in (self.context, self.action, self.outcome):
            found = plain(part).split()
            last = max(1, len(found) - (PASSAGE_WORDS - PASSAGE_STEP))
            for start in range(0, last if found else 0, PASSAGE_STEP):
                yield f"{self.title}. {' '.join(found[start : start + PASSAGE_WORDS])}"

    def _whole(self) -> str:
        return f"{self.title}. {' '.join(self._body.split()[:WHOLE_WORDS])}"

    @cached_property
    def _body(self) -> str:
        # Kept, since to read Markdown takes a millisecond and three others ask for it.
        return plain("\n\n".join((self.context, self.action, self.outcome)))

    @property
    def word_counts(self) -> Counter[str]:
        """How often each word stands in it, as it is written; names and numbers of articles are words too."""
        return Counter(words(" ".join((self.title, *self.questions, self._body))))


def _stable_id(article: UUID, version: int, kind: int, at: int, text: str) -> int:
    """63 bits from what the entry is, so every process and every rebuild gives the same id."""
    named = f"{article}/{version}/{kind}/{at}/{text}".encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(named, digest_size=8).digest(), "big") >> 1
