"""What one client believes: the log as it was told, what it sent, and what became of that."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.desk_doors import Frame


@dataclass(frozen=True)
class Line:
    """One message as a client saw it, or as the database has it."""

    seq: int
    author: str
    text: str
    client_id: str | None = None


@dataclass
class Log:
    """One conversation, as one client was told of it: each message once, in order, without holes."""

    lines: list[Line] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def last(self) -> int:
        return self.lines[-1].seq if self.lines else 0

    def take(self, frame: Frame) -> None:
        seq = int(frame["seq"])
        if seq != self.last + 1:
            self.faults.append(f"got message {seq} after {self.last}")
            if seq <= self.last:
                return
        self.lines.append(Line(seq, frame["author"], frame["text"], frame.get("client_id")))


@dataclass
class Sent:
    """One message that a client wrote."""

    client_id: str
    conversation: str
    text: str
    seq: int | None = None
    refused: str | None = None
    retried_after_error: bool = False
    overtaken: bool = False
    """It went another way than its neighbours, or had to be sent again: the order says nothing of it."""
    tries: int = 0


@dataclass
class Outbox:
    """What was written, in that order; all that has neither arrived nor was refused is sent again."""

    sent: dict[str, Sent] = field(default_factory=dict)

    def write(self, conversation: str, text: str) -> Sent:
        one = Sent(secrets.token_hex(12), conversation, text)
        self.sent[one.client_id] = one
        return one

    @property
    def pending(self) -> list[Sent]:
        return [one for one in self.sent.values() if one.seq is None and one.refused is None]

    def acknowledged(self, client_id: str, seq: int) -> str | None:
        """Note where it stands; returns what is wrong with that, if anything."""
        one = self.sent.get(client_id)
        if one is None:
            return f"acknowledged {client_id}, which was not sent"
        if one.seq not in (None, seq):
            return f"{client_id} was acknowledged as {one.seq} and as {seq}"
        one.seq = seq
        return None

    def failed(self, client_id: str, code: str, *, for_good: bool) -> None:
        one = self.sent.get(client_id)
        if one is None:
            return
        if for_good:
            one.refused = code
        else:
            one.retried_after_error = one.overtaken = True


@dataclass
class End:
    """When everybody stops; put off by the time in which a process was down."""

    at: float
    """`time.monotonic`"""

    @property
    def reached(self) -> bool:
        return time.monotonic() >= self.at


@dataclass
class Tally:
    """What happened, for the table."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    kills: int = 0
    drops: int = 0
