"""Turns that read the same, folded into one case each, with what speaks for a look at it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from training.review.log import by_episode
from training.review.reasons import (
    SOCIAL,
    After,
    Alike,
    Doubt,
    Reason,
    happened,
    most_telling,
    reasons_for,
)
from training.review.said import Said

#: What was said so long ago counts half.
HALF_LIFE = timedelta(days=14)


@dataclass(slots=True)
class Case:
    """One distinct message."""

    key: str
    said: Said
    """The latest time."""
    times: int = 0
    first: datetime | None = None
    chats: set[UUID] = field(default_factory=set)
    reasons: frozenset[Reason] = frozenset()
    after: After = After.NOTHING
    weight: float = 0.0
    """How often it was said, what is long ago counting less."""
    reasons_of: dict[UUID, frozenset[Reason]] = field(default_factory=dict)
    """Of each turn in which it was said."""


def fold(
    turns: Sequence[Said],
    *,
    low_rated: Collection[tuple[UUID, int]],
    thumbs: Mapping[UUID, bool],
    proposed: Collection[UUID],
    alike: Alike,
    doubt: Doubt,
    now: datetime,
) -> list[Case]:
    """Return the cases, the one said last first; `turns` are newest first, `proposed` are ids of turns."""
    found: dict[str, Case] = {}
    episodes = by_episode(turns)
    later = _later(episodes.values())
    closing = {episode: _last_question(said) for episode, said in episodes.items()}
    # Thousands of messages have a few dozen sets of reasons: one object of each.
    sets: dict[frozenset[Reason], frozenset[Reason]] = {}
    for one in turns:
        if not one.key or not one.typed:
            continue
        case = found.get(one.key)
        if case is None:
            case = found[one.key] = Case(one.key, one)
        episode = (one.conversation_id, one.episode)
        came = happened(
            one, later.get(one.turn_id, ()), alike, doubt,
            rated_low=episode in low_rated and closing[episode] == one.turn_id,
            thumb=thumbs.get(one.turn_id),
        )  # fmt: skip
        own = reasons_for(one, came, doubt, proposed=one.turn_id in proposed)
        own = sets.setdefault(own, own)
        both = case.reasons | own
        case.reasons = sets.setdefault(both, both)
        case.reasons_of[one.turn_id] = own
        case.after = most_telling({case.after, *came} - {After.NOTHING})
        case.times += 1
        case.weight += 0.5 ** (max(timedelta(0), now - one.at) / HALF_LIFE)
        case.first = one.at
        case.chats.add(one.conversation_id)
    return list(found.values())


def _later(episodes: Iterable[Sequence[Said]]) -> Mapping[UUID, Sequence[Said]]:
    """For each turn the next few of the same episode."""
    return {
        one.turn_id: said[place + 1 : place + 1 + Doubt.soon]
        for said in episodes
        for place, one in enumerate(said)
    }


def _last_question(said: Iterable[Said]) -> UUID | None:
    """The turn that a rating speaks of: the last one that asked for something."""
    asked = [one.turn_id for one in said if one.typed and one.intent not in SOCIAL]
    return asked[-1] if asked else None
