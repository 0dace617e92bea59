"""What the actions declare fits what the other rooms give, and the domain names what is built."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from actions import memory, registry, services
from actions.services import QuestionContext
from business.protocol import BusinessSystem
from knowledge_base.search.decision import DecisionContext
from tests.actions.fakes import Customer

DOMAIN: dict[str, Any] = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))


def test_the_context_has_the_knowledge_bases_own_fields() -> None:
    ours = {(field.name, field.default) for field in fields(QuestionContext)}
    theirs = {(field.name, field.default) for field in fields(DecisionContext)}
    assert {name for name, _ in ours} == {name for name, _ in theirs}
    assert dict(ours)["audience"] == dict(theirs)["audience"]


def accepted(system: BusinessSystem) -> services.BusinessSystem:
    """mypy reads here that every business system fits the actions."""
    return system


def test_the_domain_names_every_action_and_no_other() -> None:
    built = [action.name() for action in registry.build(Customer().services)]
    assert sorted(built) == sorted(DOMAIN["actions"])


def test_the_domain_names_every_slot_and_no_other() -> None:
    ours = {
        value for name, value in vars(memory).items() if name.isupper() and isinstance(value, str)
    }
    ours = ours | set(memory.DETAILS) - {memory.REQUESTED, memory.NOT_GIVEN}
    assert ours - {memory.REQUESTED, memory.NOT_GIVEN} == set(DOMAIN["slots"])


def test_no_slot_sways_the_policies() -> None:
    assert all(
        slot["type"] == "any" or slot["influence_conversation"] is False
        for slot in DOMAIN["slots"].values()
    )
