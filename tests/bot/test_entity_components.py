"""From a text to the slots: what the components find and the domain keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.components.pattern_entities import PatternEntities
from bot.components.spacy_entities import SpacyEntities
from understanding import numbers, products, safe_regex

ROOT = Path(__file__).resolve().parents[2]
SAID_AT = "2026-11-22T23:30:00+00:00"  # in Brussels it is the 23rd already, a Monday


@pytest.fixture
def parse(component: Callable[..., Any]) -> Callable[..., list[dict[str, Any]]]:
    parts = [component(PatternEntities), component(SpacyEntities)]

    def parse(text: str, said_at: str = SAID_AT) -> list[dict[str, Any]]:
        messages = [Message({"text": text, "metadata": {"said_at": said_at}})]
        for part in parts:
            messages = part.process(messages)
        found: list[dict[str, Any]] = messages[0].get("entities")
        return found

    return parse


@pytest.fixture(scope="module")
def domain() -> Any:
    from rasa.shared.core.domain import Domain

    return Domain.load(str(ROOT / "domain.yml"))


def slots_of(domain: Any, text: str, entities: list[dict[str, Any]]) -> dict[str, Any]:
    """The slots that Rasa fills from these entities, by the domain's own mappings."""
    from rasa.core.actions.action import ActionExtractSlots
    from rasa.core.channels.channel import CollectingOutputChannel
    from rasa.core.nlg import TemplatedNaturalLanguageGenerator
    from rasa.shared.core.events import UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    tracker = DialogueStateTracker.from_events("a:1", [], slots=domain.slots)
    tracker.update(UserUttered(text, {"name": "give_details"}, entities))
    events = asyncio.run(
        ActionExtractSlots(None).run(
            CollectingOutputChannel(), TemplatedNaturalLanguageGenerator({}), tracker, domain
        )
    )
    return {event.key: event.value for event in events if event.value is not None}


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("where is fw 204411", "order_number", "FW-204411"),
        ("invoice inv 2026 00871", "invoice_number", "INV-2026-00871"),
        ("ticket 50213", "ticket_number", "T-50213"),
        ("mail Ann@example.com", "email", "ann@example.com"),
        ("0470 12 34 56", "phone", "0470123456"),
        ("you took €1.299,50", "amount", "1299.50 EUR"),
        ("it came yesterday", "date", "2026-11-22"),
        ("ordered last week", "date", "2026-11-16/2026-11-22"),
        ("my ketle leaks", "product", "Fernway Kettle"),
        ("Hello, I'm Jonas Weber and my parcel is late", "name", "Jonas Weber"),
        ("my name is marta kowalska", "name", "marta kowalska"),
        ("do you ship to Poland?", "place", "Poland"),
    ],
)
def test_each_detail_reaches_its_slot(
    parse: Callable[..., list[dict[str, Any]]], domain: Any, text: str, slot: str, value: str
) -> None:
    assert slots_of(domain, text, parse(text)) == {slot: value}


@pytest.mark.parametrize(
    "text",
    [
        "card 4111 1111 1111 1111",
        "account BE68 5390 0754 7034",
        "my sister Anna ordered it",
        "refund status 4411, open 24/7",
        "WHERE IS MY ORDER",
        "can i pay with klarna",
    ],
)
def test_what_must_not_be_kept_fills_no_slot(
    parse: Callable[..., list[dict[str, Any]]], domain: Any, text: str
) -> None:
    assert slots_of(domain, text, parse(text)) == {}


def test_every_entity_is_the_domains(
    parse: Callable[..., list[dict[str, Any]]], domain: Any
) -> None:
    text = (
        "I'm Anna Kowalska from Ghent, 0470 12 34 56, ann@example.com, fw 204411, T-50213, INV 2026 00871, €5, "
        "4111 1111 1111 1111, BE68 5390 0754 7034, my lamp, yesterday"
    )
    found = {entity["entity"] for entity in parse(text)}
    assert len(found) >= 11
    assert found <= set(domain.entities)


def test_personal_data_is_masked_and_a_card_is_not_in_clear(
    parse: Callable[..., list[dict[str, Any]]],
) -> None:
    entities = parse(
        "I'm Anna Kowalska, ann@example.com, 0470 12 34 56, 4111 1111 1111 1111, a lamp"
    )
    masked = {entity["entity"]: entity["value"] for entity in entities if entity["masked"]}
    assert masked == {
        "PERSON": "Anna Kowalska",
        "email": "ann@example.com",
        "phone": "0470123456",
        "card_number": "************1111",
    }


def test_the_moment_it_was_said_decides_and_nonsense_means_now(
    parse: Callable[..., list[dict[str, Any]]],
) -> None:
    for said_at, value in (
        ("2026-11-22T23:30:00+00:00", "2026-11-24"),
        ("2026-11-22T12:00:00", "2026-11-23"),
    ):
        assert [entity["value"] for entity in parse("tomorrow", said_at)] == [value]
    assert [entity["entity"] for entity in parse("tomorrow", "nonsense")] == ["date"]


def test_a_doubtful_date_says_so(parse: Callable[..., list[dict[str, Any]]]) -> None:
    (entity,) = parse("bought on 3/4/2026")
    assert (entity["value"], entity["ambiguous"]) == ("2026-04-03", True)
    assert entity["otherwise"] == "2026-03-04"


def test_the_fingerprint_follows_the_lists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = PatternEntities.fingerprint_addon({})
    other = tmp_path / "products.yml"
    other.write_text("products: [{name: Lamp}]")
    monkeypatch.setattr(products, "FILE", other)
    assert PatternEntities.fingerprint_addon({}) != before


def test_product_names_are_learned_from_marks(component: Callable[..., Any]) -> None:
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    data = RasaYAMLReader().reads(
        'version: "3.1"\nnlu:\n- intent: item_damaged\n  examples: |\n'
        "    - my [slow pot](product:Fernway Kettle) leaks\n"
        "    - the [crumpet rack](product) is bent\n"
        "    - since [yesterday](date)\n"
    )
    text = "is the slow pot or the crumpet racks in stock"
    assert said(component(PatternEntities), text) == []
    # A model of before this had nothing to keep; going back to it must stay possible.
    assert said(component(PatternEntities, "load"), "my kettle") == ["Fernway Kettle"]
    component(PatternEntities).train(data)
    learned = component(PatternEntities, "load")
    assert said(learned, text) == ["Fernway Kettle", "crumpet rack"]
    assert said(learned, "my kettle") == ["Fernway Kettle"]


def said(part: PatternEntities, text: str) -> list[str]:
    message = Message({"text": text})
    part.process([message])
    return [entity["value"] for entity in message.get("entities")]


@pytest.mark.parametrize("form", ["(?:a?){30}b", "(?:[0-9]+ ?)+", "fw(?=[0-9])"])
def test_this_python_refuses_hostile_expressions_too(form: str) -> None:
    with pytest.raises(safe_regex.UnsafePattern):
        safe_regex.check(form)
    assert numbers.load(numbers.FILE).kinds
