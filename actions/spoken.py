"""Articles in the customer's own language: offered in it, and what is asked about them is asked in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from actions import memory
from actions.exchange import Button, Exchange

_WORD = re.compile(r"[^\W\d_]+")
#: With one of these a yes is none: "ja, aber das hilft nicht".
_BUT = frozenset({
    "nicht", "kein", "keine", "aber", "pas", "mais", "no", "pero", "non", "ma", "niet", "geen", "maar", "não",
    "mas", "nie", "ale", "inte", "nej", "men", "değil", "ama", "hayır", "لا", "ليس", "لم", "لكن",
})  # fmt: skip


def offer(x: Exchange, articles: Iterable[tuple[str, str]], language: str) -> None:
    """Ask which of these it is, by id and title, beside a person; ``language`` (ISO 639-1) is theirs."""
    choices = [
        {"article_id": article_id, "title": title, "language": language}
        for article_id, title in articles
    ]
    name = x.heard.language or x.text(memory.LANGUAGE) or language
    text = line(x, "foreign_articles", language) or x.phrase("foreign_articles.en", language=name)
    buttons = [Button.article(one["article_id"], one["title"]) for one in choices]
    x.say(text, kind="choose", buttons=[*buttons, person(x, language)])
    x.set(memory.CHOICES, choices)
    x.set(memory.AWAITING, "choice")


def person(x: Exchange, language: str | None) -> Button:
    return Button(
        line(x, "foreign_button", language) or x.phrase("button.person"), "/request_human"
    )


def of_choices(x: Exchange) -> str | None:
    """Language of the articles offered last, if they were offered as ones in the customer's own."""
    for choice in x.get(memory.CHOICES) or []:
        if choice.get("language"):
            return str(choice["language"])
    return None


def code(x: Exchange) -> str | None:
    """The same of the article shown last, if it is one of those."""
    last, language = x.text(memory.LAST_ARTICLE), of_choices(x)
    offered = {str(choice["article_id"]) for choice in x.get(memory.CHOICES) or []}
    return language if last in offered else None


def helped(x: Exchange) -> bool | None:
    """What typed words of that language say to the article shown last; None: neither yes nor no."""
    language = code(x)
    said = _WORD.findall(x.heard.text.casefold())
    if x.get(memory.AWAITING) != "solved" or language is None or not said:
        return None
    yes, no = (
        (line(x, entry, language) or "").casefold() for entry in ("foreign_yes", "foreign_no")
    )
    if said[0] == no:
        return False
    return True if said[0] == yes and _BUT.isdisjoint(said) else None


def phrase(x: Exchange, entry: str, instead: str) -> str:
    """The line of this group in the language of the article shown last, else the English entry ``instead``."""
    return line(x, entry, code(x)) or x.phrase(instead)


def line(x: Exchange, entry: str, language: str | None) -> str | None:
    """The line of this group in this language, where we have one."""
    own = f"{entry}.{language}"
    return x.phrase(own) if own in x.words else None
