"""What of a practice chat an agent sees so far: the next real answer only after their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.practice.masking import AGENT, Line, points_of
from handoff.practice.models import PracticeAttempt, PracticeChat

YOU = "you"


@dataclass(frozen=True)
class Replay:
    """The chat up to where the agent stands."""

    lines: tuple[Line, ...]
    """`author` is customer, assistant, agent (what was really said) or you, which comes before it."""
    point: int
    """Counted from 0: the next to answer."""
    points: int

    @property
    def answering(self) -> bool:
        return self.point < self.points


def lines_of(chat: PracticeChat) -> list[Line]:
    return [Line(one["author"], one["text"]) for one in chat.lines]


def shown(chat: PracticeChat, attempt: PracticeAttempt) -> Replay:
    """As far as this attempt has come."""
    return upto(lines_of(chat), attempt.answers)


def upto(lines: Sequence[Line], answers: Sequence[str]) -> Replay:
    """
    >>> chat = [Line("customer", "Hi"), Line("agent", "Hello!"), Line("customer", "Bye"), Line("agent", "Bye!")]
    >>> [(one.author, one.text) for one in upto(chat, ["Good morning"]).lines]
    [('customer', 'Hi'), ('you', 'Good morning'), ('agent', 'Hello!'), ('customer', 'Bye')]
    """
    points = points_of(lines)
    done = min(len(answers), len(points))
    end = points[done] if done < len(points) else len(lines)
    own = dict(zip(points, answers, strict=False))
    seen: list[Line] = []
    for at, line in enumerate(lines[:end]):
        if line.author == AGENT and at in own:
            seen.append(Line(YOU, own[at]))
        seen.append(line)
    return Replay(tuple(seen), done, len(points))
