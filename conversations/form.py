"""The form before the chat: what the customer wrote becomes their name, e-mail and details."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import episodes, messages, visitors
from conversations import text as texts
from conversations.events import CustomerAsked
from conversations.house import ChatSettings, FormField
from conversations.models import Visitor
from server.clock import Clock
from server.errors import Invalid
from server.events import record_event
from understanding import patterns

LIMIT = 200
NAME, EMAIL = "name", "email"
# In these forms the bot reads and uses a detail; what has another form is left for it to ask.
_FORMED = frozenset({EMAIL, "phone", "order_number", "invoice_number", "ticket_number", "amount"})


@dataclass(frozen=True)
class Given:
    """What a valid form says."""

    name: str | None = None
    email: str | None = None
    others: dict[str, dict[str, str]] = field(default_factory=dict)
    """``{name: {label, value, kind}}``"""


def is_wanted(house: ChatSettings, visitor: Visitor, last_seq: int) -> bool:
    """Whether the form stands before the chat: only before its first message, and never twice."""
    return bool(house.form) and visitor.form_at is None and last_seq == 0


def check(fields: Sequence[FormField], answers: Mapping[str, str]) -> Given:
    """Read the answers of a form; an empty one counts as none.

    Raises:
        Invalid: a field is missing, unknown, too long or in the wrong form; `details` names it.
    """
    known = {one.name: one for one in fields}
    for name in answers:
        if name not in known:
            raise _wrong(name, "The form has no such field.")
    said = {one.name: _clean(one, answers.get(one.name, "")) for one in fields}
    others = {
        name: {"label": _label(known[name]), "value": value, "kind": known[name].kind}
        for name, value in said.items()
        if value and name not in (NAME, EMAIL)
    }
    return Given(said.get(NAME) or None, said.get(EMAIL) or None, others)


async def give(
    db: AsyncSession,
    clock: Clock,
    house: ChatSettings,
    visitor_id: uuid.UUID,
    conversation_id: uuid.UUID,
    answers: Mapping[str, str],
) -> None:
    """Keep a form; given again, as after a lost connection, its last word counts.

    What the bot would ask for goes into the episode's slots, so that it does not.

    Raises:
        Invalid: see `check`.
    """
    given = check(house.form, answers)
    if given.name or given.email:
        await visitors.give_details(db, visitor_id, name=given.name, email=given.email)
    await db.execute(
        update(Visitor)
        .where(Visitor.id == visitor_id)
        .values(answers=given.others, form_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    conversation = await messages.lock(db, conversation_id)
    episode = await episodes.current(db, conversation)
    seeds = slots_of(given)
    if seeds and episode.ended_at is None:
        slots = {**episode.slots, **seeds}
        await episodes.keep(db, conversation_id, episode.number, stage=None, slots=slots)
    record_event(db, CustomerAsked(conversation_id=conversation_id))


def slots_of(given: Given) -> dict[str, str]:
    """The answers that the bot has a slot for, in the form in which it would have read them itself.

    >>> slots_of(Given("Ann", None, {"order_number": {"label": "Order", "value": "fw 204411"}}))
    {'name': 'Ann', 'order_number': 'FW-204411'}
    """
    said = {NAME: given.name, EMAIL: given.email}
    said |= {name: one["value"] for name, one in given.others.items()}
    found: dict[str, str] = {}
    for name, value in said.items():
        if not value or name not in episodes.DETAILS:
            continue
        if name in _FORMED:
            read = next((one.value for one in patterns.find(value) if one.entity == name), None)
        else:
            read = value
        if read:
            found[name] = read
    return found


async def answers_of(db: AsyncSession, visitor_id: uuid.UUID) -> dict[str, dict[str, str]]:
    """What the visitor wrote into the form beside name and e-mail: ``{name: {label, value, kind}}``."""
    found = await db.scalar(select(Visitor.answers).where(Visitor.id == visitor_id))
    return dict(found or {})


def _clean(one: FormField, given: str) -> str:
    value = " ".join(texts.clean(given).split())
    if texts.is_blank(value):
        value = ""
    if len(value) > LIMIT:
        raise _wrong(one.name, f"At most {LIMIT} characters, please.")
    if not value:
        if one.required:
            raise _wrong(one.name, "This one we need before we can begin.")
        return ""
    if one.kind == "email":
        try:
            return visitors.email_of(value)
        except Invalid as error:
            raise _wrong(one.name, "Please check this e-mail address.") from error
    if one.kind == "choice" and value not in one.choices:
        raise _wrong(one.name, "Please choose one of the list.")
    if one.name == NAME and len(value) > 80:
        raise _wrong(one.name, "At most 80 characters, please.")
    return value


def _label(one: FormField) -> str:
    """For those who read it later: staff pages are in English, else the first language there is."""
    return one.label.get("en") or next(iter(one.label.values()), one.name.replace("_", " "))


def _wrong(name: str, words: str) -> Invalid:
    return Invalid(words, details={"field": name})
