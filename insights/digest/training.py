"""The training room's sections: misunderstood intents, and the pairs that are taken for one another."""

from __future__ import annotations

from urllib.parse import urlencode

from insights.digest.found import Change, Item, Room, Section
from insights.digest.protocols import Looks, Misread, Pair, TrainingWeek
from insights.digest.words import humanise, listed

REVIEW = "/staff/training"


def sections(found: TrainingWeek) -> tuple[Section, ...]:
    looked = found.now.looked_at
    nobody = (
        "No message was labelled or corrected this week. The review queue has what to begin with."
    )
    return (
        Section(
            key="misread_intents",
            room=Room.TRAINING,
            title="Misunderstood intents",
            change=Change(found.now.misread, found.before.misread),
            items=tuple(map(_misread, found.intents)),
            empty="Every message that somebody looked at was understood." if looked else nobody,
            note="Messages that a trainer or an agent said were about something else, "
            f"of {looked} looked at (the week before: {found.before.looked_at}).",
        ),
        Section(
            key="misread_pairs",
            room=Room.TRAINING,
            title="Most misread pairs",
            change=None,
            items=tuple(map(_pair, found.pairs)),
            empty="No two intents were confused twice.",
        ),
    )


def _misread(one: Misread) -> Item:
    really = listed([f"{humanise(name).lower()} {count}" for name, count in one.really])
    read = f"read {one.read} times in the week" if one.read != 1 else "read once in the week"
    return Item(
        text=humanise(one.intent),
        said=f"{_share(one.now)} (the week before: {_share(one.before)}) · really: {really} · {read}",
        path=_queue(one.intent),
        change=Change(one.now.misread, one.before.misread),
    )


def _share(looks: Looks) -> str:
    if not looks.looked_at:
        return "none looked at"
    return f"{looks.misread / looks.looked_at:.0%} of {looks.looked_at} looked at"


def _pair(one: Pair) -> Item:
    return Item(
        text=f"{humanise(one.taken_for)}, when {humanise(one.meant).lower()} was meant",
        said="",
        path=_queue(one.taken_for),
        change=Change(one.now, one.before),
    )


def _queue(intent: str) -> str:
    """The open messages that were taken for this intent."""
    return f"{REVIEW}?{urlencode({'intent': intent})}"
