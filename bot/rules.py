"""Which rules can apply, found by what the customer said and what the bot did last.

RulePolicy compares every rule with every state of the conversation, two or three times a turn: 0.6 ms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import State

#: Where a policy keeps its indexes.
_INDEXES = "handrail_rules"

PossibleKeys = Callable[[RulePolicy, dict[str, str], list[State]], set[str]]
Present = tuple[str | None, str | None]
"""Action and intent that a rule asks for in the present state; None: it doesn't ask."""


def find_rules_quickly() -> None:
    """Let a policy look only at rules whose last state has the present action and intent."""
    stock: PossibleKeys = RulePolicy._get_possible_keys

    def possible_keys(self: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
        # Before the bot's first action only the lack of one counts, not what was said.
        if not states or not states[-1].get(PREVIOUS_ACTION):
            return stock(self, lookup, states)
        indexes: dict[int, Index] = self.__dict__.setdefault(_INDEXES, {})
        index = indexes.get(id(lookup))
        if index is None or not index.is_of(lookup):
            index = indexes[id(lookup)] = Index(lookup)
        return stock(self, index.narrowed(states[-1]), states)

    RulePolicy._get_possible_keys = possible_keys


class Index:
    """The rules of one lookup by action and intent of their last state."""

    def __init__(self, lookup: dict[str, str]) -> None:
        self._lookup = lookup
        self._size = len(lookup)
        self._keys: dict[Present, list[str]] = defaultdict(list)
        for key in lookup:
            last = RulePolicy._rule_key_to_state(key)[-1]
            self._keys[_present(last)].append(key)

    def is_of(self, lookup: dict[str, str]) -> bool:
        """Tell whether these are the rules it was made of; training adds to them."""
        return self._lookup is lookup and self._size == len(lookup)

    def narrowed(self, state: State) -> dict[str, str]:
        """Return the rules that this present state doesn't exclude."""
        action, intent = _present(state)
        asked = {(action, intent), (action, None), (None, intent), (None, None)}
        return {key: self._lookup[key] for one in asked for key in self._keys.get(one, ())}


def _present(state: State) -> Present:
    return (
        _asked(state.get(PREVIOUS_ACTION, {}).get("action_name")),
        _asked(state.get(USER, {}).get("intent")),
    )


def _asked(value: object) -> str | None:
    return value if isinstance(value, str) and value != SHOULD_NOT_BE_SET else None
