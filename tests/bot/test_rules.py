"""Rules found by action and intent are the ones that Rasa finds by comparing all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import SHOULD_NOT_BE_SET

from bot.rules import find_rules_quickly

STOCK = RulePolicy._get_possible_keys

ACTIONS = st.sampled_from(["action_listen", "action_answer", "order_form"])
INTENTS = st.sampled_from(["ask", "order", "thanks"])
LOOPS = st.sampled_from(["order_form", SHOULD_NOT_BE_SET])


@st.composite
def states(draw: st.DrawFn, *, of_a_rule: bool) -> dict[str, dict[str, str]]:
    """A state as rules or trackers have them: what is left out is not asked, or not there."""
    state = {}
    unset = st.just(SHOULD_NOT_BE_SET) if of_a_rule else st.nothing()
    if draw(st.booleans()):
        state["prev_action"] = {"action_name": draw(ACTIONS | unset)}
    if draw(st.booleans()):
        state["user"] = {"intent": draw(INTENTS | unset)}
    if draw(st.booleans()):
        state["active_loop"] = {"name": draw(LOOPS)}
    return state


RULES = st.lists(st.lists(states(of_a_rule=True), min_size=1, max_size=3), max_size=30)
PASTS = st.lists(st.lists(states(of_a_rule=False), max_size=6), max_size=4)


@pytest.fixture(scope="module")
def policy() -> RulePolicy:
    return RulePolicy.__new__(RulePolicy)  # its rules are asked, nothing else of it


@given(RULES, PASTS)
def test_the_same_rules_apply(policy: RulePolicy, rules: list[object], pasts: list[object]) -> None:
    lookup = {json.dumps(rule): "action_answer" for rule in rules}
    wanted = [STOCK(policy, lookup, past) for past in pasts]
    find_rules_quickly()
    try:
        assert [policy._get_possible_keys(lookup, past) for past in pasts] == wanted
    finally:
        RulePolicy._get_possible_keys = STOCK


def test_a_rule_that_training_adds_is_found(policy: RulePolicy) -> None:
    here = {"prev_action": {"action_name": "action_listen"}, "user": {"intent": "ask"}}
    lookup: dict[str, str] = {}
    find_rules_quickly()
    try:
        assert policy._get_possible_keys(lookup, [here]) == set()
        lookup[json.dumps([here])] = "action_answer"
        assert policy._get_possible_keys(lookup, [here]) == set(lookup)
    finally:
        RulePolicy._get_possible_keys = STOCK
