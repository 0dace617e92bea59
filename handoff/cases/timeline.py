"""A case's time line: its journal in the agents' words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from handoff import words
from handoff.models import HandoffEvent

SOMEBODY = "Somebody"
CLOCKS = {
    "first": "first answer",
    "next": "next answer",
    "resolve": "resolution",
    "promise": "promised answer",
}


class Moment(BaseModel):
    """One line: when, what, and who did it (nobody: rules and clocks)."""

    id: int
    at: datetime
    what: str
    """The journal's code."""
    words: str
    who: str | None


def moments(events: Iterable[HandoffEvent], names: Mapping[UUID, str]) -> list[Moment]:
    """The journal's lines, oldest first; a code that is not known here is shown as its words."""
    return [
        Moment(
            id=one.id,
            at=one.at,
            what=one.what,
            words=_said(one.what, one.detail, names),
            who=names.get(one.staff_id, SOMEBODY) if one.staff_id else None,
        )
        for one in events
    ]


def _said(what: str, detail: Mapping[str, Any], names: Mapping[UUID, str]) -> str:
    match what:
        case "requested":
            return f"A person was asked for: {words.reason(str(detail.get('reason', '')))}"
        case "routed":
            return f"Sent to {detail.get('team', 'a team')} ({detail.get('because', '')})"
        case "transferred":
            return f"Transferred to {_target(detail, names)}"
        case "escalated":
            return (
                f"Escalated to {words.humanise(str(detail.get('to') or detail.get('level', '')))}"
            )
        case "overflowed":
            return f"Also offered to {detail.get('to', 'another team')}"
        case "warned" | "breached":
            clock = CLOCKS.get(str(detail.get("promise")), "an answer")
            return f"Time for the {clock} {'runs out' if what == 'warned' else 'was missed'}"
        case "prioritised":
            return f"Priority {detail.get('was', '')} → {detail.get('priority', '')}"
        case "alarm_raised":
            return f"Alarm raised: {detail.get('why', '')}"
        case "remedied":
            amount = detail.get("amount")
            worth = f" of {amount:g} {detail.get('currency', '')}" if amount is not None else ""
            return f"Remedy: {detail.get('kind', '')}{worth}"
        case "rated":
            return f"Rated {detail.get('score', '')} of 5 by the customer"
        case "closed":
            return f"Closed: {words.humanise(str(detail.get('outcome', ''))).lower()}"
    return WORDS.get(what) or words.humanise(what)


def _target(detail: Mapping[str, Any], names: Mapping[UUID, str]) -> str:
    if team := detail.get("team"):
        return str(team)
    try:
        return names.get(UUID(str(detail.get("to"))), SOMEBODY)
    except ValueError:
        return SOMEBODY


WORDS = {
    "offered": "Offered",
    "declined": "Offer declined",
    "offer_lapsed": "Offer not answered",
    "claimed": "Taken",
    "released": "Put back into the queue",
    "returned": "Returned to the queue",
    "someone_else": "The customer wanted somebody else",
    "joined": "Joined",
    "left": "Left",
    "alarm_owned": "Alarm owned",
    "promised": "An answer was promised",
    "contact_given": "The customer left an address",
    "mailed": "Answers were sent by mail",
    "told_mended": "Was told that it is mended",
    "file_removed": "A file was removed",
}
