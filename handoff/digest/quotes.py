"""What customers wrote, as it may be read outside of their chat: masked, on one line, short."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.practice import masking, source
from handoff.practice.masking import Second

LENGTH = 160


async def masked(
    db: AsyncSession, second: Second, said: Mapping[UUID, str | None]
) -> dict[UUID, str]:
    """The words said in these conversations without what names or reaches anybody who is known there."""
    found = {}
    for conversation_id, text in said.items():
        if not text or not text.strip():
            found[conversation_id] = ""
            continue
        known = await source.known(db, conversation_id)
        people = masking.people_in([masking.Line(masking.CUSTOMER, text)], known)
        found[conversation_id] = short(masking.mask(text, known, people, second))
    return found


def short(text: str) -> str:
    """One line of 160 characters at most, cut between words."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if len(line) <= LENGTH:
        return line
    cut = textwrap.shorten(line, LENGTH, placeholder=" …")
    # A single word may be longer than the line.
    return cut if cut.strip(" …") else f"{line[: LENGTH - 1]}…"
