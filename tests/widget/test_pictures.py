"""The pictures of docs/widget.md, each with a look at what it must show; made anew by

HANDRAIL_SHOTS=docs/screenshots python -m pytest tests/widget/test_pictures.py tests/widget/test_builder.py
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.pictures import keep
from tests.widget.conftest import Customer
from tests.widget.fake_server import MOMENT
from tests.widget.moments import ASKING, PEOPLE, SIDEWAYS, Walk

DESK = {"width": 500, "height": 800}  # as wide as it takes to be no phone
PHONE = {"width": 375, "height": 667}


@dataclass
class Talk:
    """What customer, article and person say in one language."""

    question: str
    title: str
    parts: tuple[str, str, str]
    solved: str
    buttons: tuple[str, str]
    greeting: str


TALKS = {
    "en": Talk(
        "How long does a refund take?",
        "How long a refund takes",
        (
            "Your money is on its way **within 5 days** of your parcel's arrival.",
            "1. Send the parcel with the label.\n2. Keep the receipt.",
            "We write to you on the day we pay.",
        ),
        "Did this help?",
        ("Yes", "No"),
        "Hello! I am looking at your order now.",
    ),
    "es": Talk(
        "¿Cuánto tarda un reembolso?",
        "Cuánto tarda un reembolso",
        (
            "Su dinero sale **en 5 días** desde que llega su paquete.",
            "1. Envíe el paquete con la etiqueta.\n2. Guarde el recibo.",
            "Le escribimos el día en que pagamos.",
        ),
        "¿Le ha servido?",
        ("Sí", "No"),
        "¡Hola! Estoy mirando su pedido.",
    ),
    "de": Talk(
        "Wie lange dauert eine Erstattung?",
        "Wie lange eine Erstattung dauert",
        (
            "Ihr Geld ist **innerhalb von 5 Tagen** nach Ankunft des Pakets unterwegs.",
            "1. Senden Sie das Paket mit dem Etikett.\n2. Bewahren Sie den Beleg auf.",
            "Wir schreiben Ihnen am Tag der Zahlung.",
        ),
        "Hat das geholfen?",
        ("Ja", "Nein"),
        "Guten Tag! Ich sehe mir Ihre Bestellung an.",
    ),
    "fr": Talk(
        "Combien de temps prend un remboursement ?",
        "Délai d’un remboursement",
        (
            "Votre argent part **sous 5 jours** après l’arrivée du colis.",
            "1. Envoyez le colis avec l’étiquette.\n2. Gardez le reçu.",
            "Nous vous écrivons le jour du paiement.",
        ),
        "Cela vous a-t-il aidé ?",
        ("Oui", "Non"),
        "Bonjour ! Je regarde votre commande.",
    ),
    "ar": Talk(
        "كم يستغرق استرداد المبلغ؟",
        "مدة استرداد المبلغ",
        (
            "نرسل مبلغك **خلال 5 أيام** من وصول الطرد.",
            "1. أرسل الطرد مع الملصق.\n2. احتفظ بالإيصال.",
            "نكتب إليك في يوم الدفع.",
        ),
        "هل أفادك هذا؟",
        ("نعم", "لا"),
        "مرحبًا! أنظر في طلبك الآن.",
    ),
}
LOCALES = {"en": "en-GB", "es": "es-ES", "de": "de-DE", "fr": "fr-FR", "ar": "ar-EG"}
LOOKS: dict[str, dict[str, Any]] = {
    **{lang: {"viewport": DESK, "locale": locale} for lang, locale in LOCALES.items()},
    "dark": {"viewport": DESK, "locale": "en-GB", "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "locale": "en-GB"},
    "phone-ar-dark": {"viewport": PHONE, "locale": "ar-EG", "color_scheme": "dark"},
}
CASES = [
    pytest.param(
        {**window, "reduced_motion": "reduce", "timezone_id": "Europe/Brussels"}, name, id=name
    )
    for name, window in LOOKS.items()
]


def answered(at: Walk, talk: Talk) -> None:
    """A question, and the answer of an article."""
    at.write(talk.question)
    at.page.keyboard.press("Enter")
    at.wait(".row.customer .meta")
    parts = dict(zip(("context", "action", "outcome"), talk.parts, strict=True))
    source = {"article_id": "a", "title": talk.title, "url": "/help/a"}
    at.server.say("bot", "", kind="answer", parts=parts, source=source)
    buttons = [
        {"title": title, "style": style}
        for title, style in zip(talk.buttons, ("primary", "plain"), strict=True)
    ]
    at.server.say("bot", talk.solved, kind="ask", buttons=buttons)
    at.wait(".is-ask .choices")


def welcomed(at: Walk, _: Talk) -> None:
    at.wait(".both")


def with_a_person(at: Walk, talk: Talk) -> None:
    at.write(talk.question)
    at.page.keyboard.press("Enter")
    at.wait(".row.customer .meta")
    at.change(".face.agent", owner="agent", agent="Anna")
    at.server.say("agent", talk.greeting, "Anna")
    at.wait(".row.agent")
    at.server.push({"type": "typing", "author": "agent", "on": True})
    at.wait(".dots")


SCENES: dict[str, Callable[[Walk, Talk], None]] = {
    "dark": with_a_person,
    "phone": welcomed,
    "phone-ar-dark": answered,
}


@pytest.mark.parametrize(("window", "name"), CASES)
def test_the_picture_of_docs(
    customer: Customer, window: dict[str, Any], name: str, shots: Path
) -> None:
    lang = window["locale"][:2]
    scene = SCENES.get(name, answered)
    customer.server.state["people"] = PEOPLE
    at = Walk(customer, lang)
    at.page.clock.set_fixed_time(MOMENT)
    at.visit(**({"first": ASKING["first"]} if scene is welcomed else {}))
    at.open()
    at.connected()
    scene(at, TALKS[lang])
    at.page.evaluate("document.querySelector('h1').hidden = true")
    expect(customer.panel).to_have_attribute("dir", "rtl" if lang == "ar" else "ltr")
    expect(customer.panel).to_have_attribute("lang", lang)
    assert at.page.evaluate(SIDEWAYS) == []
    keep(at.page.screenshot(), shots / f"widget-{name}.png")
