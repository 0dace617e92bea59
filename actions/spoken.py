"""What is said about an article in the customer's own language: in that language, as they chose it."""

from __future__ import annotations

from collections.abc import Iterable

from actions import memory
from actions.exchange import Exchange
from actions.services import Candidate


def offer(x: Exchange, articles: Iterable[Candidate], code: str) -> None:
    """Remember what is offered, and that it is in this language (ISO 639-1)."""
    x.set(
        memory.CHOICES,
        [
            {"article_id": str(one.article_id), "title": one.title, "language": code}
            for one in articles
        ],
    )


def code(x: Exchange) -> str | None:
    """Language of the article shown last, if it was offered as one in the customer's own."""
    last = x.text(memory.LAST_ARTICLE)
    if last is None:
        return None
    for choice in x.get(memory.CHOICES) or []:
        if str(choice["article_id"]) == last and choice.get("language"):
            return str(choice["language"])
    return None


def phrase(x: Exchange, entry: str, instead: str) -> str:
    """The line of this group in the language of the article shown last, else the English entry ``instead``."""
    return line(x, entry, code(x)) or x.phrase(instead)


def line(x: Exchange, entry: str, language: str | None) -> str | None:
    """The line of this group in this language, where we have one."""
    own = f"{entry}.{language}"
    return x.phrase(own) if own in x.words else None
