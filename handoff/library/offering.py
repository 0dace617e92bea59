"""The canned replies as one chat sees them: filled, and those made for such a case first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.library.facts import Facts
from handoff.library.models import CannedReply
from handoff.library.variables import Filled, fill


@dataclass(frozen=True)
class Offer:
    """One reply as it would be sent in one chat."""

    reply: CannedReply
    filled: Filled
    suggested: bool
    """It was written for such a case, and nothing is missing."""


def offers(replies: Sequence[CannedReply], facts: Facts) -> list[Offer]:
    """All replies, filled: those made for such a case first, then the general ones, those for other cases last."""
    made = []
    for reply in replies:
        filled = fill(reply.text, facts.values(reply.minutes))
        fits = _fits(reply, facts)
        special = bool(reply.reasons or reply.intents)
        rank = (0 if special else 1) if fits else 2
        suggested = fits and special and not filled.missing
        made.append((rank, bool(filled.missing), Offer(reply, filled, suggested)))
    return [offer for *_, offer in sorted(made, key=lambda one: one[:2])]


def _fits(reply: CannedReply, facts: Facts) -> bool:
    return (
        (not reply.reasons or facts.reason in reply.reasons)
        and (not reply.intents or not facts.intents.isdisjoint(reply.intents))
        and (facts.language or "en") == reply.language
    )
