"""The four questions before a change goes live: quicker, clearer, fewer repeats, more without a person?

Each is answered with counts of the replayed chats, before and after, so that both have the same total.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from training.comparing.deeds import Deed, Kind
from training.comparing.past import Said

#: What a question comes to.
ASKED = frozenset({Kind.ANSWER, Kind.CHOOSE, Kind.NOTHING, Kind.TASK})


@dataclass(frozen=True)
class Turn:
    said: Said
    old: Deed
    new: Deed
    misread: tuple[bool, bool] = (False, False)
    """Whether a trainer's label says that the old and the new model misread it: then no answer is clear."""

    @property
    def asks(self) -> bool:
        """Whether either model takes it for a question or a request."""
        return self.old.kind in ASKED or self.new.kind in ASKED


def of_replay(turns: Sequence[Turn], *, searched: bool) -> dict[str, Any]:
    """Return each criterion as counts, ``{"total", "before", "after", "won", "lost"}``, or None if unknown:

    at_once   conversations whose first question or request is answered or begun at once
    clear     questions and requests that get a clear answer, not a choice and not "in other words?", and not one
              to something else than was asked, where a trainer has said what was
    repeats   messages that the customer had to say again, and that get another, clear answer now
    scale     conversations in which no person is called

    Without a search only `scale` is known, and that without the handoffs for want of an answer.
    """
    first: dict[Any, Turn] = {}
    for turn in turns:
        if turn.asks:
            first.setdefault(turn.said.conversation_id, turn)
    chats: dict[Any, list[Turn]] = {}
    for turn in turns:
        chats.setdefault(turn.said.conversation_id, []).append(turn)
    again = [turn for turn in turns if turn.said.again is not None]
    return {
        "at_once": _count(first.values(), _is_clear) if searched else None,
        "clear": _count((turn for turn in turns if turn.asks), _is_clear) if searched else None,
        "repeats": _count(again, _helps) if searched else None,
        "scale": _of_pairs((_alone(c, old=True), _alone(c, old=False)) for c in chats.values()),
    }


def _count(turns: Iterable[Turn], good: Callable[[Said, Deed], bool]) -> dict[str, int]:
    return _of_pairs(
        (
            good(turn.said, turn.old) and not turn.misread[0],
            good(turn.said, turn.new) and not turn.misread[1],
        )
        for turn in turns
    )


def _of_pairs(pairs: Iterable[tuple[bool, bool]]) -> dict[str, int]:
    every = list(pairs)
    return {
        "total": len(every),
        "before": sum(before for before, _ in every),
        "after": sum(after for _, after in every),
        "won": sum(after and not before for before, after in every),
        "lost": sum(before and not after for before, after in every),
    }


def _alone(chat: Sequence[Turn], *, old: bool) -> bool:
    return all((turn.old if old else turn.new).kind is not Kind.PERSON for turn in chat)


def _is_clear(_: Said, what: Deed) -> bool:
    return what.clear


def _helps(said: Said, what: Deed) -> bool:
    # Who said no to an article is not helped by the same again.
    return what.clear and not (said.again == "denied" and what.article == said.shown_article)
