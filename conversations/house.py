"""What conversations need to know of the house's settings for the chat; the widget's room has them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession


class Consent(Protocol):
    @property
    def version(self) -> int:
        """Who agreed to a lower one is asked again."""
        ...


class FormField(Protocol):
    """One question of the form before the chat."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> Mapping[Any, str]:
        """By language; may be empty for `name` and `email`."""
        ...

    @property
    def kind(self) -> str:
        """text, email or choice."""
        ...

    @property
    def choices(self) -> Sequence[str]: ...

    @property
    def required(self) -> bool: ...


class Surveys(Protocol):
    @property
    def csat(self) -> bool: ...

    @property
    def ces(self) -> bool: ...

    @property
    def nps(self) -> bool: ...


class ChatSettings(Protocol):
    @property
    def first(self) -> str:
        """bot, or choose: the customer is offered both before the first message."""
        ...

    @property
    def consent(self) -> Consent | None:
        """What must be agreed to before anything is said; None: nothing."""
        ...

    @property
    def form(self) -> Sequence[FormField]: ...

    @property
    def thumbs(self) -> bool: ...

    @property
    def surveys(self) -> Surveys: ...

    @property
    def files(self) -> bool:
        """Whether customers may send pictures and files."""
        ...

    @property
    def transcript(self) -> bool:
        """Whether customers may have their chat mailed."""
        ...


class House(Protocol):
    async def config(self) -> ChatSettings:
        """As it is now, at most some seconds old."""
        ...

    async def invites(self, invitation: str, text: str) -> bool:
        """Whether the house's invitation of this id says so, or has said so."""
        ...

    async def answered(self, db: AsyncSession, visitor_id: uuid.UUID, invitation: str) -> None:
        """A customer answers it; called in the transaction that logs it."""
        ...
