"""Every intent has one kind, and the rule of its kind answers it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import intents

ROOT = Path(__file__).resolve().parents[2]
FALLBACK = "nlu_fallback"


@pytest.fixture(scope="module")
def kinds() -> dict[str, str]:
    from rasa.shared.core.domain import Domain

    domain = Domain.load(str(ROOT / "domain.yml"))
    return {
        name: properties["kind"]
        for name, properties in domain.intent_properties.items()
        if "kind" in properties
    }


@pytest.fixture(scope="module")
def rules() -> dict[str, str]:
    """The action that the rules give each intent first."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "data" / "rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            first, *rest = rule["steps"]
            named = [first] if "intent" in first else first.get("or", [])
            for step in named:
                assert step["intent"] not in found, f"two rules for {step['intent']}"
                found[step["intent"]] = rest[0]["action"]
    return found


def of_kind(kinds: dict[str, str], kind: str) -> set[str]:
    return {name for name, its in kinds.items() if its == kind}


def test_kinds_are_kept_by_rasa(kinds: dict[str, str]) -> None:
    assert set(kinds.values()) == {"social", "task", "topic"}


def test_every_intent_with_examples_has_a_kind_and_the_reverse(kinds: dict[str, str]) -> None:
    examples = {path.stem for path in (ROOT / "data" / "nlu").glob("*.yml")}
    assert set(kinds) - {FALLBACK} == examples


def test_every_topic_goes_to_the_articles(kinds: dict[str, str], rules: dict[str, str]) -> None:
    topics = of_kind(kinds, "topic")
    assert {name for name, action in rules.items() if action == "action_answer"} == topics
    assert topics >= intents.NOT_SURE


def test_every_task_opens_its_form_or_reaches_a_person(
    kinds: dict[str, str], rules: dict[str, str]
) -> None:
    assert of_kind(kinds, "task") == {*intents.FORMS, *intents.HANDOFF}
    assert {name: rules[name] for name in intents.FORMS} == intents.FORMS
    assert {rules[name] for name in intents.HANDOFF} == {"action_handoff"}


def test_every_social_intent_has_its_reply(kinds: dict[str, str], rules: dict[str, str]) -> None:
    social = of_kind(kinds, "social")
    assert social == intents.SOCIAL | intents.ANSWERS | intents.OTHER_SOCIAL
    assert {rules[name] for name in intents.SOCIAL} == {"action_social"}
    assert {rules[name] for name in intents.ANSWERS} == {"action_confirm"}


def test_no_topic_is_a_topic_and_trouble_is_known(kinds: dict[str, str]) -> None:
    assert intents.NO_TOPIC - {"give_details"} - intents.NOT_SURE <= (
        of_kind(kinds, "social") | of_kind(kinds, "task")
    )
    assert set(kinds) >= intents.TROUBLE


def test_sessions_never_expire(kinds: dict[str, str]) -> None:
    domain: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert domain["session_config"] == {
        "session_expiration_time": 0,
        "carry_over_slots_to_new_session": True,
    }
