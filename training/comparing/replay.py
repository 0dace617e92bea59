"""Past conversations, message by message, as both models would have them: what would change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.comparing import criteria
from training.comparing.asking import Both, Pair, Request
from training.comparing.deeds import Deed, Kind, Reading, Rules, deed, searches
from training.comparing.past import Said
from training.comparing.score import moments
from training.comparing.searching import Asker

#: Changes that are kept for the page; the counts are of all.
LISTED = 300
QUARTERS = 4


@dataclass(frozen=True)
class Replayed:
    """One message, read by both models."""

    said: Said
    before: Reading
    after: Reading
    old: Deed
    new: Deed

    @property
    def changed(self) -> bool:
        """Whether the bot would do something else."""
        if self.old.kind is self.new.kind is Kind.SEARCH:
            return self.before.question != self.after.question
        return self.old != self.new

    @property
    def handoff(self) -> bool:
        """Whether a person would come who did not, or the other way round, or for another reason."""
        return self.changed and Kind.PERSON in (self.old.kind, self.new.kind)

    @property
    def misread(self) -> tuple[bool, bool]:
        """Whether a trainer's label says that the old model misread it, and the new one."""
        label = self.said.label
        return (
            label is not None and self.before.intent != label,
            label is not None and self.after.intent != label,
        )

    @property
    def known(self) -> str | None:
        """What a trainer's label says of a change: right, wrong or neither; None without a label."""
        label = self.said.label
        if label is None:
            return None
        if self.after.intent == label:
            return "right"
        return "wrong" if self.before.intent == label else "neither"


def request(said: Said, levels: Mapping[str, float] | None = None) -> Request:
    """Return what a model is asked of one past message; `levels` are the thresholds of frustration that hold
    today, for today's handoffs are what would change."""
    slots = {} if said.last_question is None else {"last_question": said.last_question}
    thread = f"{said.conversation_id}:{said.episode}"
    metadata: dict[str, Any] = {"bot_failures": said.failures}
    if levels:
        metadata["frustration_levels"] = dict(levels)
    return Request(said.text, thread, metadata, slots, said.loop)


async def read_all(
    both: Both,
    every: Sequence[Said],
    say: Callable[[str], Awaitable[None]],
    late: Callable[[], bool],
    levels: Mapping[str, float] | None = None,
) -> list[tuple[Said, Pair]]:
    """Have both models read every message, or as many as there is time for (`late` says when to stop).

    Raises:
        ProgramFailed: a model ended or took too long.
    """
    found: list[tuple[Said, Pair]] = []
    for place, said in enumerate(every):
        if late():
            break
        found.append((said, await both.read(request(said, levels))))
        told = QUARTERS * (place + 1) // len(every)
        if told > QUARTERS * place // len(every):
            await say(f"compare_past_chats_{100 * told // QUARTERS}_percent")
    return found


async def decide(pairs: Sequence[tuple[Said, Pair]], rules: Rules, asker: Asker) -> list[Replayed]:
    """Return what would be done about each message; questions go to the search of today."""
    found = []
    for said, pair in pairs:
        if pair.before is None:
            continue
        readings = [Reading.of(parse, said.text, rules) for parse in (pair.before, pair.after)]
        deeds = []
        for reading in readings:
            answer = None
            if searches(reading, said, rules):
                answer = await asker.find(reading.asks(said))
            deeds.append(deed(reading, said, rules, answer))
        found.append(Replayed(said, readings[0], readings[1], deeds[0], deeds[1]))
    return found


def summarise(replayed: Sequence[Replayed], *, asked: int, searched: bool) -> dict[str, Any]:
    """Return the section as it is stored::

        {"messages", "left_out", "conversations", "since": ISO time | None, "searched": bool,
         "counts": {"answers", "handoffs", "read_otherwise", "right", "wrong", "neither"},
         "changes": [{"text", "times": how often it was said and changes so, "at", "turn_id",
                      "conversation_id", "handoff": bool,
                      "before": {"intent", "confidence", "kind", "what"}, "after": the same,
                      "label": intent | None, "known": right | wrong | neither | None}],
         "labelled": {"messages", "before", "after"}, "moments": {"messages", "serving", "candidate"},
         "criteria": see `criteria.of_replay`}

    `asked` is the number of messages there were; those past the time limit are left out.
    """
    changes = [one for one in replayed if one.changed]
    labelled = [one for one in replayed if one.said.label is not None]
    old = [one.before.intent == one.said.label for one in labelled]
    new = [one.after.intent == one.said.label for one in labelled]
    handoffs = sum(one.handoff for one in changes)
    # What may be wrong first, then what is known to be right, then the rest; the newest first.
    weight = {"wrong": 0, "neither": 1, "right": 2, None: 3}
    changes.sort(key=lambda one: one.said.at, reverse=True)
    changes.sort(key=lambda one: (not one.handoff, weight[one.known]))
    return {
        "messages": len(replayed),
        "left_out": asked - len(replayed),
        "conversations": len({one.said.conversation_id for one in replayed}),
        "since": min((one.said.at.isoformat() for one in replayed), default=None),
        "searched": searched,
        "counts": {
            "answers": len(changes) - handoffs,
            "handoffs": handoffs,
            "read_otherwise": sum(one.before.intent != one.after.intent for one in replayed),
            "right": sum(one.known == "right" for one in changes),
            "wrong": sum(one.known == "wrong" for one in changes),
            "neither": sum(one.known == "neither" for one in changes),
        },
        "changes": [_change(one, len(alike)) for one, *alike in _folded(changes)[:LISTED]],
        "labelled": {"messages": len(labelled), "before": sum(old), "after": sum(new)},
        "moments": moments([one.said.label for one in labelled], old, new),
        "criteria": criteria.of_replay(
            [criteria.Turn(one.said, one.old, one.new, one.misread) for one in replayed],
            searched=searched,
        ),
    }


def _folded(changes: Sequence[Replayed]) -> list[list[Replayed]]:
    """Return what reads the same and changes the same way together, each in its first one's place."""
    found: dict[tuple[object, ...], list[Replayed]] = {}
    for one in changes:
        name = (one.said.shown, one.before.intent, one.after.intent, one.old, one.new, one.known)
        found.setdefault(name, []).append(one)
    return list(found.values())


def _change(one: Replayed, alike: int) -> dict[str, Any]:
    return {
        "times": 1 + alike,
        "text": one.said.shown,
        "at": one.said.at.isoformat(),
        "turn_id": str(one.said.turn_id),
        "conversation_id": str(one.said.conversation_id),
        "before": _side(one.before, one.old),
        "after": _side(one.after, one.new),
        "handoff": one.handoff,
        "label": one.said.label,
        "known": one.known,
    }


def _side(reading: Reading, what: Deed) -> dict[str, Any]:
    return {
        "intent": reading.intent,
        "confidence": round(reading.confidence, 3),
        "kind": what.kind.value,
        "what": what.what,
    }
