"""One correction as the card shows it."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

INTENT, WRONG, MISSING = "intent", "article_wrong", "no_article"


class Correction(BaseModel):
    """What stands on the card: one correction that somebody made."""

    id: UUID
    kind: str
    """intent, article_wrong or no_article."""
    turn_id: UUID | None = None
    intent: str | None = None
    intent_words: str | None = None
    article_id: UUID | None = None
    by: str
    mine: bool
    settled: bool
    """A trainer or an editor has dealt with it."""
