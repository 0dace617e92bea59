"""What the routes of corrections take and give."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from handoff.corrections.service import NOTE


class NewCorrection(BaseModel):
    """One click. ``intent`` names the message's turn (the card's `evidence.intents_turn`) and the intent;
    ``article_wrong`` names the article; ``no_article`` names nothing."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["intent", "article_wrong", "no_article"]
    turn_id: UUID | None = None
    intent: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    article_id: UUID | None = None
    note: Annotated[str, Field(max_length=NOTE)] = ""

    @model_validator(mode="after")
    def _complete(self) -> NewCorrection:
        if self.kind == "intent" and (self.turn_id is None or self.intent is None):
            raise ValueError("name the turn and the intent")
        if self.kind == "article_wrong" and self.article_id is None:
            raise ValueError("name the article")
        return self


class IntentOption(BaseModel):
    name: str
    words: str
