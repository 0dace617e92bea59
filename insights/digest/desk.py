"""The desk's sections: complaints, missed promises, root causes, what leads found."""

from __future__ import annotations

from insights.digest.found import Change, Item, Room, Section
from insights.digest.protocols import (
    CauseLine,
    Causes,
    ChatLine,
    Chats,
    DeskWeek,
    Finding,
    Findings,
)
from insights.digest.words import humanise

CHAT = "/staff/chat"
CAUSES = "/staff/desk/causes"
PRACTICE = "/staff/desk/practice"


def sections(found: DeskWeek) -> tuple[Section, ...]:
    return (
        _chats(
            "low_ratings", "Low ratings", found.low_ratings,
            "Nobody gave one or two stars.", "Chats that ended with one or two stars of five.",
        ),
        _chats(
            "not_helped", "Answers that did not help", found.not_helped,
            "No customer said that an answer did not help.",
            "By a no or a thumb down; the chats with most of them stand first.",
        ),
        _chats(
            "somebody_else", "Asked for somebody else", found.somebody_else,
            "Nobody wanted another person.", "",
        ),
        _chats(
            "late", "Missed promises", found.late,
            "Every promise was kept.", "Requests for a person with a clock or a promise missed.",
        ),
        _causes(found.causes),
        _findings(found.findings),
    )  # fmt: skip


def _chats(key: str, title: str, found: Chats, empty: str, note: str) -> Section:
    return Section(
        key=key,
        room=Room.DESK,
        title=title,
        change=Change(found.now, found.before),
        items=tuple(map(_chat, found.lines)),
        empty=empty,
        note=note,
    )


def _chat(one: ChatLine) -> Item:
    text = f"“{one.quote}”" if one.quote else "A chat without words to quote"
    return Item(text=text, said=one.what, path=f"{CHAT}/{one.conversation_id}")


def _causes(found: Causes) -> Section:
    return Section(
        key="causes",
        room=Room.DESK,
        title="Root causes",
        change=Change(found.now, found.before),
        items=tuple(map(_cause, found.lines)),
        empty="No case of this week was given a root cause.",
        note="Cases that were closed with a root cause.",
    )


def _cause(one: CauseLine) -> Item:
    if not one.action:
        action = "nothing is planned against it"
    elif one.done:
        action = f"done: {one.action}"
    else:
        action = f"{'late' if one.late else 'planned'}: {one.action}"
    return Item(text=one.text, said=action, path=CAUSES, change=Change(one.now, one.before))


def _findings(found: Findings) -> Section:
    none = "Everything that leads scored this week has three points or more in all four standards."
    nobody = (
        "Leads scored nothing this week. Practice is where past chats and agents' tries are scored."
    )
    return Section(
        key="findings",
        room=Room.DESK,
        title="Findings of leads",
        change=Change(found.now, found.before),
        items=tuple(map(_finding, found.lines)),
        empty=none if found.scored else nobody,
        note=f"Two points of five or fewer in a standard; {found.scored} scored in the week.",
    )


def _finding(one: Finding) -> Item:
    low = ", ".join(f"{humanise(name)} {score} of 5" for name, score in one.low.items())
    kind, place = ("A try at", "attempts") if one.tried else ("A real chat about", "chats")
    said = f"{low} · {one.why}" if one.why else low
    return Item(
        f"{kind} {one.topic[:1].lower()}{one.topic[1:]}", said, f"{PRACTICE}/{place}/{one.id}"
    )
