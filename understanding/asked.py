"""What a message asks: one thing under politeness, two things at once, or on with what was asked before.

The classifier reads the whole message first. Only where the form of the words says that there is more to
it (`segments`, `followups`) is a part of it, or it with the last question, read again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from understanding import followups
from understanding.scope import OUT_OF_SCOPE
from understanding.segments import (
    LEAST_WORDS,
    Clause,
    clauses,
    core,
    is_thanked_report,
    short_question,
    tidy,
)

#: Both parts of a message must be as clear as this to count as two requests. On data/nlu, held out, where
#: each of the 2,550 examples is one request, none was taken for two.
CLEAR = 0.7
#: A request among greetings and thanks wins from here.
AMONG_POLITENESS = 0.6
#: "Really? Thanks!" is politeness by .99, "amex ok? thanks" by .60.
SURELY_POLITE = 0.9
#: A follow-up is read with the last question when it is less clear than this alone.
CLEAR_ALONE = 0.8
#: The same, when it isn't even a question.
CLEAR_STATEMENT = 0.4

#: Read so from few words, these may be a question that goes on from the last one.
DOUBTFUL = frozenset({"affirm", "deny", "give_details", "never_mind", "praise", "bot_challenge"})
THANKS = "thanks"
POLITE = frozenset({"greet", THANKS, "goodbye", "small_talk"})


@dataclass(frozen=True)
class Judged:
    """What the classifier makes of some words."""

    intent: str
    confidence: float
    in_scope: bool


@dataclass(frozen=True)
class Request:
    intent: str
    confidence: float
    text: str
    in_scope: bool = True


@dataclass(frozen=True)
class Asked:
    """`first` is what to act upon; `also` the second request, if there is one."""

    first: Request
    also: Request | None = None


@dataclass(frozen=True)
class Kinds:
    """Which intents are requests. Those in one group of `alike` are never two requests."""

    tasks: frozenset[str]
    topics: frozenset[str]
    alike: tuple[frozenset[str], ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    """The topic of questions about a task: only a request to act opens its form."""

    def is_request(self, intent: str) -> bool:
        return intent in self.tasks or intent in self.topics

    def differ(self, one: str, other: str) -> bool:
        return one != other and not any(one in group and other in group for group in self.alike)


Judge = Callable[[str], Judged]


def read(text: str, whole: Judged, judge: Judge, kinds: Kinds, before: str = "") -> Asked | None:
    """What the message asks where that is other than its words as a whole; None for most messages.

    `judge` reads some words alone; it is asked only when the form gives a reason. `before` is the last
    question of the conversation.
    """
    if not (_may_ask(whole, kinds) or _is_doubtful(text, whole)):
        # A yes, a wish for a person, danger: that is what counts, whatever stands beside it.
        return None
    if kinds.is_request(whole.intent) and is_thanked_report(text):
        return Asked(Request(THANKS, whole.confidence, text))
    parts = clauses(text)
    if len(parts) > 1 and (asked := _two([(one, judge(one.text)) for one in parts], kinds)):
        return asked
    if (asked := _among_politeness(text, whole, parts, judge, kinds)) is not None:
        return asked
    if before and len(parts) == 1:
        return _asked_on(core(text), whole, parts[0].asks, judge, kinds, before)
    return None


def under_politeness(text: str, whole: Judged, judge: Judge, kinds: Kinds) -> Asked | None:
    """The request that stands among politeness; None where the message isn't polite, or nothing but that."""
    if not whole.in_scope or whole.intent not in POLITE:
        return None
    return _among_politeness(text, whole, clauses(text), judge, kinds)


def _may_ask(whole: Judged, kinds: Kinds) -> bool:
    return not whole.in_scope or kinds.is_request(whole.intent) or whole.intent in POLITE


def _is_doubtful(text: str, whole: Judged) -> bool:
    """Tell whether it may be a question after all: "and if it's later than that?" was a no at .49."""
    said = core(text)
    if whole.intent not in DOUBTFUL or not followups.goes_on(said):
        return False
    # "And when does it come?" was details by .63, and there are none in it.
    return whole.confidence < AMONG_POLITENESS or ("?" in said and not followups.content(said))


def _two(judged: Sequence[tuple[Clause, Judged]], kinds: Kinds) -> Asked | None:
    clear = [
        (clause, found) for clause, found in judged if found.confidence >= CLEAR and found.in_scope
    ]
    if any(not kinds.is_request(found.intent) and found.intent not in POLITE for _, found in clear):
        return None
    wanted = [(clause, found) for clause, found in clear if kinds.is_request(found.intent)]
    for place, (one, first) in enumerate(wanted):
        for other, second in wanted[place + 1 :]:
            # A statement and a question are mostly one request: "my parcel is late. where is it?"
            apart = (one.asks or other.marked) and other.asks and not followups.leans(other.text)
            if apart and kinds.differ(first.intent, second.intent):
                return _ordered(_request(one, first), _request(other, second), kinds)
    return None


def _ordered(one: Request, other: Request, kinds: Kinds) -> Asked:
    """A task comes first: its form goes on for some messages, and a question is answered beside it."""
    if other.intent in kinds.tasks and one.intent not in kinds.tasks:
        return Asked(other, one)
    return Asked(one, other)


def _request(clause: Clause, found: Judged) -> Request:
    return Request(found.intent, found.confidence, clause.text)


def _among_politeness(
    text: str, whole: Judged, parts: Sequence[Clause], judge: Judge, kinds: Kinds
) -> Asked | None:
    polite = whole.in_scope and whole.intent in POLITE
    unclear = polite or not whole.in_scope or whole.confidence < AMONG_POLITENESS
    if polite and (short := short_question(text)) is not None:
        parts = [Clause(short, True, False)]
    if not unclear or (len(parts) == 1 and parts[0].text == tidy(text)):
        return None
    found = [(clause, judge(clause.text)) for clause in parts]
    wanted = [
        _request(clause, one)
        for clause, one in found
        if one.in_scope and one.confidence >= AMONG_POLITENESS and kinds.is_request(one.intent)
        and (clause.asks or (whole.in_scope and not polite))
    ]  # fmt: skip
    best = max(wanted, key=lambda one: one.confidence, default=None)
    if best is None:
        return _unread(found, whole) if polite else None
    if whole.intent == best.intent and whole.in_scope:
        return None
    return Asked(best)


def _unread(found: Sequence[tuple[Clause, Judged]], whole: Judged) -> Asked | None:
    """A request under politeness whose matter is strange or unclear: it is searched with; "hello" is no answer.

    "Can I ask you something?" names no matter, and is best answered by "hello".
    """
    for clause, one in found:
        short = len(clause.text.split()) < LEAST_WORDS
        if not clause.asks or (short and whole.confidence >= SURELY_POLITE):
            continue
        unclear = not one.in_scope or one.confidence < AMONG_POLITENESS
        if unclear and one.intent not in POLITE and followups.content(clause.text):
            return Asked(Request(OUT_OF_SCOPE, one.confidence, clause.text, one.in_scope))
    return None


def _asked_on(
    text: str, whole: Judged, asks: bool, judge: Judge, kinds: Kinds, before: str
) -> Asked | None:
    if not followups.leans(text):
        return None
    alone = whole.confidence if whole.in_scope else 0.0
    asks = asks or followups.goes_on(text)
    # "And when does it come?" names nothing: how sure the classifier is of it says nothing either.
    empty = asks and not followups.content(text)
    if alone >= (CLEAR_ALONE if asks else CLEAR_STATEMENT) and not empty:
        return None
    joined = followups.with_before(text, before)
    together = judge(joined)
    if not together.in_scope or not kinds.is_request(together.intent):
        return None
    if alone >= CLEAR_ALONE and together.confidence < AMONG_POLITENESS:
        return None
    intent = together.intent
    if followups.inquires(text):
        intent = kinds.about.get(intent, intent)
    return Asked(Request(intent, together.confidence, joined))
