"""How fed up a customer is: a sum of named signals that a person can check.

    score = what is left of the earlier score + the signals of this message

The signals of one message together count at most `message_limit`, which is below the handoff
threshold: the first angry message is acknowledged, the second one is handed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from understanding import wording

FRUSTRATED = "frustrated"
COMPLAINT = "complaint"
DENY = "deny"
#: Intents of a customer for whom things go well.
PLEASED = frozenset({"thanks", "praise", "affirm", "goodbye"})
EARLIER = "earlier"


class Level(str, Enum):
    """What the score calls for."""

    CALM = "calm"
    ACKNOWLEDGE = "acknowledge"
    OFFER = "offer"
    HANDOFF = "handoff"


#: The most that each signal adds. Chosen with `Arithmetic` by search on 120 labelled chats
#: (data/frustration/develop.jsonl), rounded; insults, capitals, failures and waiting, which those chats
#: hardly weigh, by hand. On the other 120 chats they were tried once: docs/benchmarks/nlu.md.
WEIGHTS: dict[str, float] = {
    "wording": 0.40,
    "intent": 0.50,
    "insults": 0.15,
    "capitals": 0.08,
    "punctuation": 0.05,
    "impatience": 0.10,
    "repetition": 0.35,
    "denied": 0.15,
    "bot_failures": 0.05,
    "waiting": 0.05,
}


@dataclass(frozen=True)
class Thresholds:
    """The least score of each level."""

    acknowledge: float = 0.40
    offer: float = 0.55
    handoff: float = 0.60

    def __post_init__(self) -> None:
        if not 0.0 < self.acknowledge <= self.offer <= self.handoff <= 1.0:
            raise ValueError(
                "frustration thresholds must rise from above 0 to 1: "
                f"{self.acknowledge}, {self.offer}, {self.handoff}"
            )

    def level(self, score: float) -> Level:
        if score >= self.handoff:
            return Level.HANDOFF
        if score >= self.offer:
            return Level.OFFER
        return Level.ACKNOWLEDGE if score >= self.acknowledge else Level.CALM


@dataclass(frozen=True)
class Arithmetic:
    """How signals add up and fade; shares of 1."""

    thresholds: Thresholds = field(default_factory=Thresholds)
    message_limit: float = 0.59
    upset: float = 0.12
    """A message whose signals add up to this or more is still an upset one."""
    carry_upset: float = 0.95
    carry_calm: float = 0.70
    carry_pleased: float = 0.10
    mood: float = 0.25
    """The probability of being upset from which wording counts; half of all calm messages have .2."""
    beside: float = 0.40
    """How upset the learned wording must be for listed words to add to it."""
    alike: float = 0.70
    """Cosine from which a message takes up an earlier one; 1 means word for word."""
    patience: float = 300.0
    """Seconds of waiting that count fully."""


@dataclass(frozen=True)
class Signal:
    """`value` is what the signal added to the score; `evidence` is for a person to read."""

    name: str
    value: float
    evidence: str


@dataclass(frozen=True)
class Frustration:
    """The score from 0 to 1 is exactly the sum of its signals."""

    score: float
    level: Level
    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class Memory:
    """What earlier messages of this episode left behind."""

    score: float = 0.0
    vectors: Sequence[NDArray[np.float32]] = ()
    """Sentence vectors of the customer's earlier messages, of length 1."""
    denials: int = 0
    """Earlier messages that said no to what the bot asked."""


@dataclass(frozen=True)
class Turn:
    """One message and what is known about it."""

    text: str
    probabilities: Mapping[str, float]
    """By intent; missing ones count as 0."""
    intent: str | None = None
    vector: NDArray[np.float32] | None = None
    bot_failures: int = 0
    waiting_seconds: float = 0.0
    mood: float | None = None
    """The probability that its words are an upset person's (`understanding.mood`), if it is known."""


def assess(turn: Turn, memory: Memory, arithmetic: Arithmetic | None = None) -> Frustration:
    """Weigh one message on top of what the episode left.

    >>> assess(Turn("where is my parcel", {}), Memory()).level
    <Level.CALM: 'calm'>
    """
    rules = arithmetic or Arithmetic()
    signals = _limit(_signals(turn, memory, rules), rules.message_limit)
    fresh = sum(signal.value for signal in signals)
    carry = _carry(turn, fresh, rules)
    left = min(carry * _share(memory.score), 1.0 - fresh)
    if left > 0.0:
        evidence = f"{carry:.0%} of {memory.score:.2f} from earlier messages"
        signals.append(Signal(EARLIER, left, evidence))
    score = min(1.0, sum((signal.value for signal in signals), 0.0))
    return Frustration(score, rules.thresholds.level(score), tuple(signals))


def _signals(turn: Turn, memory: Memory, rules: Arithmetic) -> list[Signal]:
    strengths = {
        "wording": _wording(turn, rules),
        "intent": _intent(turn.probabilities),
        "insults": wording.insults(turn.text),
        "capitals": wording.capitals(turn.text),
        "punctuation": wording.punctuation(turn.text),
        "impatience": wording.impatience(turn.text),
        "repetition": _repetition(turn, memory, rules.alike),
        "denied": _denied(turn, memory),
        "bot_failures": (turn.bot_failures / 3, f"{turn.bot_failures} failed answers"),
        "waiting": (turn.waiting_seconds / rules.patience, f"waited {turn.waiting_seconds:.0f} s"),
    }
    return [
        Signal(name, WEIGHTS[name] * _share(strength), evidence)
        for name, (strength, evidence) in strengths.items()
        if _share(strength) > 0.0
    ]


def _wording(turn: Turn, rules: Arithmetic) -> tuple[float, str]:
    listed, words = wording.displeasure(turn.text)
    if turn.mood is None:
        return listed, words
    said = f": {words}" if words else ""
    learned = (turn.mood - rules.mood) / (1.0 - rules.mood)
    # A listed word beside upset ones says more; alone it is the "worst case" of a calm customer.
    beside = listed if learned >= rules.beside else 0.0
    return 1.0 - (1.0 - learned) * (1.0 - beside), f"sounds upset, {turn.mood:.0%}{said}"


def _intent(probabilities: Mapping[str, float]) -> tuple[float, str]:
    frustrated = _share(probabilities.get(FRUSTRATED, 0.0))
    # A complaint may be made quite calmly, so it says less than venting.
    complaint = _share(probabilities.get(COMPLAINT, 0.0))
    strength = min(1.0, frustrated + 0.5 * complaint)
    said = (("venting", frustrated), ("complaining", complaint))
    evidence = ", ".join(f"{word} {share:.0%}" for word, share in said if share >= 0.005)
    # Five percent is what the classifier gives to any message.
    return (strength if strength >= 0.05 else 0.0), evidence


def _repetition(turn: Turn, memory: Memory, alike: float) -> tuple[float, str]:
    # "yes" and "no" are said twice in any conversation, and so is a thank you.
    if turn.vector is None or not memory.vectors or len(turn.text.split()) < 3:
        return 0.0, ""
    closest = max(float(turn.vector @ earlier) for earlier in memory.vectors)
    return (closest - alike) / (1.0 - alike), f"{min(1.0, closest):.0%} like an earlier message"


def _denied(turn: Turn, memory: Memory) -> tuple[float, str]:
    if turn.intent != DENY:
        return 0.0, ""
    times = memory.denials + 1
    return times / 3, f"said no {times} times" if times > 1 else "said no"


def _limit(signals: list[Signal], limit: float) -> list[Signal]:
    total = sum(signal.value for signal in signals)
    if total <= limit:
        return signals
    return [replace(signal, value=signal.value * limit / total) for signal in signals]


def _carry(turn: Turn, fresh: float, rules: Arithmetic) -> float:
    if fresh >= rules.upset:
        return rules.carry_upset
    return rules.carry_pleased if turn.intent in PLEASED else rules.carry_calm


def _share(value: float) -> float:
    return min(1.0, max(0.0, value)) if np.isfinite(value) else 0.0
