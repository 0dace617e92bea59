"""What the page of second opinions says; plain functions, so that tests read the sentences."""

from __future__ import annotations

from training.models import IGNORED
from training.opinions.agreement import ENOUGH, Agreement, Together
from training.opinions.models import CaseState
from training.opinions.rules import NEW_BELOW, Rules
from training.opinions.service import Outcome

TEACHES_NOTHING = "teaches nothing"


def intent(name: str) -> str:
    """Return an intent as people read it: `order_status` is "order status"."""
    return TEACHES_NOTHING if name == IGNORED else name.replace("_", " ")


def outcome(result: Outcome) -> tuple[str, str]:
    """A tone (good, warn) and what became of a message by an answer."""
    if result.state is CaseState.DISAGREED:
        return "warn", "Your colleague sees it differently. Talk about it, below."
    if result.problem:
        return "warn", result.problem
    if result.intent == IGNORED:
        return "good", "It is settled: this message teaches nothing."
    return "good", f"It is settled and written: “{intent(result.intent or '')}”."


def agreement(found: Agreement) -> str:
    """What the figure says, in a sentence."""
    if found.pairs == 0:
        return "Nobody has labelled the same message twice yet."
    same = f"{found.same} of {found.pairs} messages got the same intent from both."
    if found.kappa is None:
        if found.pairs < ENOUGH:
            return f"{same} From {ENOUGH} pairs on, agreement beyond chance is shown."
        return same
    return f"{same} {_strength(found.kappa)}"


def kappa(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def interval(found: Agreement) -> str:
    if found.low is None or found.high is None:
        return ""
    return f"{kappa(found.low)} to {kappa(found.high)}"


def together(one: Together) -> str:
    return f"{one.names[0]} and {one.names[1]}: same on {one.same} of {one.pairs}"


def rules(held: Rules) -> str:
    """What holds, in one sentence."""
    if not held.enabled:
        return "Off: labels are written at once. Anybody can still ask for a second opinion."
    parts = [f"{100 * held.share:g} % of all labels, drawn by chance"] if held.share else []
    if held.new_intents:
        parts.append(f"intents with fewer than {NEW_BELOW} examples")
    if held.intents:
        parts.append(", ".join(f"“{intent(name)}”" for name in held.intents))
    if not parts:
        return "On, but no label is chosen."
    return "A second opinion is asked for " + "; ".join(parts) + "."


def _strength(value: float) -> str:
    # Landis and Koch 1977, in plain words.
    if value < 0.21:
        return "That is hardly more than chance: the intents need a word among you."
    if value < 0.41:
        return "That is a fair agreement; look at the intents below together."
    if value < 0.61:
        return "That is a moderate agreement; look at the intents below together."
    if value < 0.81:
        return "That is a good agreement."
    return "That is nearly perfect agreement."
