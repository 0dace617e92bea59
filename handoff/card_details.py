"""What the customer gave, one line for each kind of detail: so that nobody asks for it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from conversations.episodes import DETAILS
from conversations.models import Author, Episode, Message, Turn
from handoff import card_name, words
from handoff.evidence import Detail
from understanding.bank_numbers import hide
from understanding.numbers import UNSURE
from understanding.patterns import PERSONAL

NAME = "name_given"
FILES_NAMED = 3
# `article_id` is carried by a button (actions/clarify.py), the customer never said it; a person may be
# anybody, see `card_name`.
_NO_DETAIL = frozenset({"article_id", "PERSON"})
# What a component or a slot calls differently from the card. `name` is the visitor's own, typed by them
# into the widget; what was said in the chat is shown as said in the chat.
_CALLED = {"GPE": "place", "LOC": "place", "DATE": "date", "name": NAME}
_LABELS = {
    **words.DETAILS,
    "invoice_number": "Invoice number",
    "ticket_number": "Ticket number",
    "amount": "Amount",
    "date": "Date",
    "place": "Place",
    "card_number": "Card number",
    "iban": "Bank account",
    "language": "Language",
}
_SLOTS = DETAILS | frozenset(words.DETAILS) | {"date", "language"}
_MASKED = PERSONAL | {NAME, "name"}


def given(
    episode: Episode | None,
    turns: Sequence[Turn],
    answers: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> list[Detail]:
    """What was given, by name; a value that a form accepted outranks one merely heard.

    ``answers``: of the house's form before the chat, ``{name: {label, value, kind}}``, which come first.
    """
    found: dict[str, str] = {}
    doubts: dict[str, str] = {}
    for entity in _entities(turns):
        name, value = str(entity["entity"]), str(entity["value"])
        found[_CALLED.get(name, name)] = value
        doubts[value] = _doubt(entity)
    if own_name := card_name.given(turns):
        found[NAME] = own_name
    for name, value in (episode.slots if episode else {}).items():
        if name in _SLOTS and isinstance(value, str | int | float) and str(value).strip():
            found[_CALLED.get(name, name)] = str(value)
    for name in [name for name in found if name.endswith(UNSURE)]:
        if name.removesuffix(UNSURE) in found:
            del found[name]  # the right one was given after it
    asked = [
        # Nobody knows what a house asks for: whoever copies the card masks it.
        Detail(name=name, label=one["label"], value=hide(one["value"]), masked=True)
        for name, one in answers.items()
        if name not in found
    ]
    order = {name: place for place, name in enumerate(_LABELS)}
    return asked + [
        Detail(
            name=name,
            label=_label(name),
            value=_value(name, found[name]) + doubts.get(found[name], ""),
            masked=name in _MASKED,
        )
        for name in sorted(found, key=lambda name: (order.get(name, len(order)), name))
    ]


def files(messages: Sequence[Message]) -> list[Detail]:
    """The names of what the customer sent, in one line; the pictures themselves stand in the chat."""
    sent = [hide(one.text) for one in messages if one.author is Author.CUSTOMER and one.is_file]
    if not sent:
        return []
    more = f" and {len(sent) - FILES_NAMED} more" if len(sent) > FILES_NAMED else ""
    named = ", ".join(sent[:FILES_NAMED]) + more
    return [Detail(name="files", label="Files sent", value=named, masked=True)]


def _entities(turns: Sequence[Turn]) -> Iterator[Mapping[str, Any]]:
    for turn in turns:
        for entity in turn.parse.get("entities") or []:
            if entity.get("entity") and entity["entity"] not in _NO_DETAIL and entity.get("value"):
                yield entity


def _label(name: str) -> str:
    if name.endswith(UNSURE):
        return f"{_label(name.removesuffix(UNSURE))} (check digit wrong)"
    return _LABELS.get(name) or words.humanise(name)


def _value(name: str, value: str) -> str:
    """``2026-11-16/2026-11-22`` → ``2026-11-16 to 2026-11-22``."""
    return value.replace("/", " to ") if name == "date" else value


def _doubt(entity: Mapping[str, Any]) -> str:
    """What else a date may have meant: "3/4/2026" is 2026-04-03 (or 2026-03-04)."""
    if not entity.get("ambiguous"):
        return ""
    return f" (or {entity['otherwise']})" if entity.get("otherwise") else " (not certain)"
