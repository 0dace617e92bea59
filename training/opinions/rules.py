"""Which labels need a second opinion: a small record, every change kept with who made it and why."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import Role, Staff
from server.clock import Clock
from server.errors import Conflict, Invalid
from training.opinions.models import OpinionRules, Why

#: An intent with fewer examples is new: people don't agree yet on what belongs to it.
NEW_BELOW = 20
MOST_INTENTS = 200


class RulesChanged(Conflict):
    code, message = "rules_changed", "Somebody else changed these rules; look at them again."


@dataclass(frozen=True)
class Rules:
    """What holds now. `version` 0: nobody has set anything."""

    version: int = 0
    enabled: bool = False
    share: float = 0.1
    new_intents: bool = True
    intents: tuple[str, ...] = ()
    by: str | None = None
    """Name of whoever set it."""
    note: str = ""
    at: datetime | None = None

    def why(self, key: str, intent: str, examples: Mapping[str, int]) -> Why | None:
        """Return why this label needs a second opinion, or None; the same label always gives the same.

        `examples` counts those of each intent.
        """
        if not self.enabled:
            return None
        if intent in self.intents:
            return Why.LISTED
        if self.new_intents and examples.get(intent, 0) < NEW_BELOW:
            return Why.NEW_INTENT
        return Why.DRAWN if drawn(key, self.share) else None


def drawn(key: str, share: float) -> bool:
    """Whether chance takes this message; the same share draws the same ones, a larger one these and more.

    >>> drawn("any", 0.0), drawn("any", 1.0)
    (False, True)
    """
    digest = hashlib.sha256(b"second opinion\0" + key.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


async def newest(db: AsyncSession) -> Rules:
    """The rules that hold."""
    found = await db.execute(
        select(OpinionRules, Staff.name)
        .outerjoin(Staff, Staff.id == OpinionRules.by)
        .order_by(OpinionRules.id.desc())
        .limit(1)
    )
    row = found.first()
    if row is None:
        return Rules()
    kept, name = row
    return Rules(
        kept.id, kept.enabled, kept.share, kept.new_intents, tuple(kept.intents), name, kept.note,
        kept.at,
    )  # fmt: skip


async def change(
    db: AsyncSession, clock: Clock, rules: Rules, known: Collection[str], by: Staff
) -> None:
    """Let these rules hold from now on; `rules.version` is that of the ones they replace.

    Raises:
        Invalid: the share is none, or an intent is unknown. RulesChanged: others hold meanwhile.
    """
    if not 0.0 <= rules.share <= 1.0:
        raise Invalid("The share goes from 0 to 100 %.")
    if len(rules.intents) > MOST_INTENTS:
        raise Invalid(f"The list holds at most {MOST_INTENTS} intents.")
    unknown = sorted(set(rules.intents) - set(known))
    if unknown:
        raise Invalid(f"There is no intent “{unknown[0][:80]}” in domain.yml.")
    if (await newest(db)).version != rules.version:
        raise RulesChanged
    db.add(
        OpinionRules(
            # Named, so that two who saw the same record can't both follow it.
            id=rules.version + 1,
            enabled=rules.enabled,
            share=rules.share,
            new_intents=rules.new_intents,
            intents=sorted(set(rules.intents)),
            by=by.id,
            note=rules.note.strip(),
            at=clock.now(),
        )
    )


async def labellers(db: AsyncSession) -> int:
    """How many people may label; with one alone second opinions would wait for ever."""
    people = await db.scalars(select(Staff).where(Staff.active))
    return sum(one.may(Role.TRAINER) for one in people)
