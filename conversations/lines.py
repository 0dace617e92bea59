"""What we tell a customer ourselves, sentence by sentence: in English, and by its key in the widget's catalogue.

The English text is kept, mailed and read by agents; a widget of another language says the same sentences from
its own words (widget/static/words.<language>.js), where each key below stands with the same blanks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

ENGLISH: Final[dict[str, str]] = {
    "event_queued": "A person will take over here. They can read everything you wrote.",
    "event_claimed": "{name} has joined the chat.",
    "event_joined": "{name} has joined the chat.",
    "event_left": "{name} has left the chat.",
    "event_released": "You are back in the queue and have kept your place.",
    "released_someone": "Somebody else of our team will take over. You have kept your place.",
    "released_specialist": "{name} is passing you to a specialist. You have kept your place.",
    "released_team": "{name} is passing you to {team}. You have kept your place.",
    "event_transferred": "{to} takes over from {name}.",
    "event_closed": "This chat is closed. Write again whenever you like.",
    "event_handed_back": "{name} has handed the chat back to the assistant.",
    "event_cancelled": "You have left the queue. The assistant is here again.",
    "event_reopened": "The chat is open again.",
    "language_unspoken": "Nobody of our team speaks your language. A person answers you in English.",
    "queue_how": "You are still in the queue. To leave it, press “Leave the queue”.",
    "file_kept": "I can’t open files myself. A person of our team can: it stays in this chat for them. "
    "You can also tell me in words what it is about.",
    "promise_unknown": "Nobody is here right now, and we can't say yet when somebody will be.",
    "promise_staffed": "Nobody is at the desk at this moment. Somebody answers you by {until}.",
    "promise_outside": "It is outside our hours. A colleague may still answer now; "
    "otherwise somebody is here on {until}.",
    "promise_nobody": "Nobody is here right now. Somebody will be here on {until}.",
    "promise_kept": "Your request is kept: you can close this page, and need not ask again.",
    "promise_mail": "If you are not here when we answer, the answer also goes to {email}.",
    "promise_ask": "Leave your e-mail address, and the answer also goes there.",
    "promise_here": "You find the answer here, in this chat.",
    "promise_thanks": "Thank you.",
    "promise_missed": "We said that somebody would be here by {until}, and nobody has answered you. We are sorry. "
    "Your request is now the first in line, and everybody on duty has been alerted.",
}


@dataclass(frozen=True)
class Line:
    """One sentence; ``at`` is the moment behind its blank ``until``, which the widget says on its own clock."""

    key: str
    blanks: dict[str, str] = field(default_factory=dict)
    at: datetime | None = None

    @property
    def text(self) -> str:
        return ENGLISH[self.key].format(**self.blanks)

    @property
    def sent(self) -> dict[str, str]:
        """As `payload.lines` has it."""
        moment = {"until": self.at.isoformat()} if self.at else {}
        return {"key": self.key, **self.blanks, **moment}


def line(key: str, *, at: datetime | None = None, **blanks: str) -> Line:
    """
    >>> line("event_claimed", name="Anna").text
    'Anna has joined the chat.'
    >>> line("event_claimed", name="Anna").sent
    {'key': 'event_claimed', 'name': 'Anna'}
    """
    return Line(key, blanks, at)


def text_of(lines: Sequence[Line]) -> str:
    return " ".join(one.text for one in lines)


def payload_of(lines: Sequence[Line], event: str | None = None) -> dict[str, Any]:
    """A system message's payload."""
    named = {"event": event} if event else {}
    return {"kind": "event", **named, "lines": [one.sent for one in lines]}
