"""The widget in each language: which one it chooses, nothing left in English, and from right to left."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from conversations.lines import line, payload_of
from tests.widget.conftest import Customer
from tests.widget.fake_server import BLANK, FakeServer
from tests.widget.test_access import CONTRAST
from tests.widget.test_states import PARTS, SOURCE
from tests.widget.test_words import FORM, catalogue, read
from widget.config import WidgetConfig

GERMAN = {"locale": "de-AT"}
ARABIC = {"locale": "ar-EG"}
ARABIC_PHONE = {"locale": "ar-EG", "viewport": {"width": 320, "height": 640}}
ARABIC_DARK = {**ARABIC_PHONE, "color_scheme": "dark"}
PAGE = "/hosts/page"

# What the panel and the bubble say: texts, names and hints, without what customers, agents and articles say.
SPOKEN = """() => {
  const root = document.querySelector("handrail-widget").shadowRoot;
  const others = ".row:not(.system) .text, .part p, .part ol, .day:not([role]), .hit, .face";
  const said = [];
  for (const node of root.querySelectorAll("*")) {
    if (!node.checkVisibility() || node.closest(others)) continue;
    const texts = [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data.trim());
    const named = ["aria-label", "placeholder", "title"].map((name) => node.getAttribute(name));
    said.push(...[...texts, ...named].filter(Boolean));
  }
  return said.map((text) => text.replace(/[\\u2068\\u2069]/g, ""));
}"""


@pytest.fixture
def house(server: FakeServer) -> Callable[..., None]:
    def set_up(**values: Any) -> None:
        server.settings = WidgetConfig.model_validate({"language": "auto", **values})

    return set_up


def visit(customer: Customer, *, lang: str = "", language: str = "") -> None:
    """A page that names its language, with a script tag that names the widget's."""
    html = BLANK.replace("<!doctype html>", f'<!doctype html><html lang="{lang}">')
    attribute = f' data-language="{language}"' if language else ""
    html += f'<body><script type="module" src="/widget/handrail.js"{attribute}></script>'
    customer.server.hosts["page"] = (html, "")
    customer.visit(PAGE)


def opened(customer: Customer) -> None:
    customer.page.locator(".launch").click()
    customer.panel.wait_for()
    customer.page.wait_for_function(
        """() => document.querySelector("handrail-widget").shadowRoot.querySelector(".write textarea")"""
    )
    for _ in range(160):
        if customer.server.sockets:
            return
        customer.page.wait_for_timeout(50)
    raise AssertionError("the widget did not connect")


@pytest.mark.parametrize(
    ("window", "config", "lang", "attribute", "spoken"),
    [
        ({"locale": "fr-CA"}, "auto", "", "", "fr-CA"),
        ({"locale": "fr-CA"}, "auto", "es", "", "es"),
        ({"locale": "es-MX"}, "auto", "es", "", "es-MX"),
        ({"locale": "fr-CA"}, "auto", "nl-BE", "", "fr-CA"),
        ({"locale": "fr-CA"}, "de", "es", "", "de"),
        ({"locale": "fr-CA"}, "de", "es", "ar", "ar"),
        ({"locale": "fr-CA"}, "auto", "not a language", "", "fr-CA"),
        ({"locale": "nl-NL"}, "auto", "", "", "en-GB"),
    ],
)
def test_the_house_decides_then_the_page_then_the_browser(
    customer: Customer,
    house: Callable[..., None],
    config: str,
    lang: str,
    attribute: str,
    spoken: str,
) -> None:
    house(language=config)
    visit(customer, lang=lang, language=attribute)
    label = {"fr": "Ouvrir le chat", "es": "Abrir el chat", "de": "Chat öffnen", "en": "Open chat"}
    name = label.get(spoken[:2], "فتح المحادثة")
    expect(customer.page.get_by_role("button", name=name)).to_be_visible()
    opened(customer)
    expect(customer.panel).to_have_attribute("lang", spoken[:2])
    assert customer.server.said("hello")[-1]["language"] == spoken


@pytest.mark.parametrize("window", [GERMAN], ids=["de"])
def test_only_the_language_in_use_is_fetched(customer: Customer, window: dict[str, Any]) -> None:
    asked: list[str] = []
    customer.page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    visit(customer)
    opened(customer)
    assert [name for name in asked if name.startswith("words.")] == ["words.de.js"]


def patterns(language: str) -> re.Pattern[str]:
    """Every sentence of this language, its blanks filled with anything that is no word of a language."""
    sentences = [one.strip() for one in catalogue(language).values()]
    filled = [re.sub(r"\\\{\w+\\\}", ".+", re.escape(one)) for one in sentences]
    # "{name} · {time}" and the like would let anything through.
    useful = [
        one for one in filled if len(one.replace(".+", "").replace("\\", "").strip(" ·:,،–")) > 1
    ]
    bare = [r".+ · [\d٠-٩:.\s\u202fصم]+", r"[\d٠-٩]{1,2}\+?", "AW", "Fernway"]
    return re.compile("|".join([*useful, *bare]))


@pytest.mark.parametrize(("window", "language"), [(GERMAN, "de"), (ARABIC, "ar")], ids=["de", "ar"])
def test_no_state_has_a_word_of_english_left(
    customer: Customer, house: Callable[..., None], language: str
) -> None:
    server, page = customer.server, customer.page
    house(first="choose")
    visit(customer)
    opened(customer)
    known = patterns(language)
    soon = (datetime.now().astimezone() + timedelta(days=1)).isoformat()
    left: set[str] = set()
    walked: set[str] = set()

    def look() -> None:
        page.wait_for_timeout(60)  # what was sent is drawn
        said = page.evaluate(SPOKEN)
        walked.update(said)
        left.update(one for one in said if not known.fullmatch(one))

    look()
    server.change(people={"online": True, "closes_at": soon, "wait_seconds": 240})
    look()
    server.change(people={"online": False, "opens_at": soon})
    look()
    server.commit(author="customer", text="1", created_at="2026-03-01T09:00:00Z")
    server.drop()
    expect(customer.row("1").first).to_be_visible()
    server.say("bot", "2", kind="answer", parts=PARTS, source={**SOURCE, "title": "3"})
    server.say(
        "system",
        "Anna Weber has joined the chat.",
        **payload_of([line("event_claimed", name="AW")], "claimed"),
    )
    page.locator(".head [data-icon=more]").click()
    look()
    page.keyboard.press("Escape")
    states: list[dict[str, Any]] = [
        {"bot": "down"},
        {"owner": "queued", "bot": "ok", "position": 2, "wait_seconds": 120},
        {"wait_seconds": 3600, "wait_low_seconds": 600, "wait_high_seconds": 1500},
        {"wait_low_seconds": 1800, "wait_high_seconds": 7200},
        {"online": False, "mail": "ask", "wait_seconds": None},
        {"opens_at": soon},
        {"opens_at": None, "promised_at": soon},
        {"owner": "agent", "agent": "AW", "online": True},
        {"owner": "closed", "agent": None, "rateable": 1, "survey": "csat"},
    ]
    for state in states:
        server.change(**state)
        look()
        if page.locator("[type=email]").is_visible():
            page.locator("[type=email]").fill("x")
            page.locator("[type=email]").press("Enter")
            look()
    server.push({"type": "typing", "author": "bot", "on": True})
    look()
    page.locator(".stars label").last.click()
    look()
    for kind in ("ces", "nps"):
        server.change(owner="closed", rateable=None, survey=kind)
        page.locator(".scale").first.wait_for()
        look()
    server.errors["9"] = {"code": "too_large", "message": "?"}
    page.locator(".write textarea").fill("9")
    page.keyboard.press("Enter")
    page.locator(".row.failed").wait_for()
    page.locator(".write textarea").fill("9" * 1990)
    look()
    page.locator(".write textarea").fill("9" * 2003)
    look()
    page.locator(".head [data-icon=search]").click()
    page.locator(".help [type=search]").wait_for()
    look()
    assert left == set()
    assert len(walked) > 50


@pytest.mark.parametrize("window", [ARABIC], ids=["ar"])
def test_what_the_server_tells_stands_in_the_customers_language(
    customer: Customer, window: dict[str, Any]
) -> None:
    visit(customer)
    opened(customer)
    said = [
        line("promise_nobody", until="Monday", at=datetime.fromisoformat("2026-03-02T08:00+00:00"))
    ]
    said.append(line("promise_mail", email="mara@shop.example"))
    customer.server.say("system", "Nobody is here.", **payload_of(said, "promised"))
    row = customer.page.locator(".row.system .text").last
    expect(row).to_contain_text("لا يوجد أحد حاليًا. سيكون أحد موظفينا هنا يوم الاثنين")
    expect(row).to_contain_text("\u2068mara@shop.example\u2069")
    # A sentence that this version of the widget has no words for stays as it came.
    customer.server.say("system", "Something newer.", event="new", lines=[{"key": "newer"}])
    expect(customer.page.locator(".row.system .text").last).to_have_text("Something newer.")


@pytest.mark.parametrize("window", [GERMAN], ids=["de"])
def test_a_sites_own_words_win_in_their_language(
    customer: Customer, house: Callable[..., None]
) -> None:
    house(
        wording={
            "de": {"greeting": "Servus!", "event_closed": "Bis bald.", "say": "no sentence"},
            "en": {"greeting": "Hi!"},
        }
    )
    visit(customer)
    opened(customer)
    expect(customer.panel.get_by_role("heading", name="Servus!")).to_be_visible()
    customer.server.say("system", "Closed.", **payload_of([line("event_closed")], "closed"))
    expect(customer.page.locator(".row.system .text")).to_have_text("Bis bald.")


SIDES = """() => {
  const root = document.querySelector("handrail-widget").shadowRoot;
  const box = (name) => root.querySelector(name).getBoundingClientRect();
  const radius = (name) => getComputedStyle(root.querySelector(name)).borderRadius;
  const [own, bot, panel] = [box(".row.customer .text"), box(".row.bot .text"), box(".panel")];
  return {
    ownRight: own.right > panel.right - 60, botRight: bot.right > panel.right - 60,
    bubbleLeft: box(".launch").left < 100, panelLeft: panel.left < 100,
    sendLeft: box(".send").left < panel.left + panel.width / 2,
    own: radius(".row.customer .text"), bot: radius(".row.bot .text"),
    leave: getComputedStyle(root.querySelector("[data-name=leave]")).transform,
  };
}"""


@pytest.mark.parametrize("window", [ARABIC], ids=["ar"])
def test_arabic_is_laid_out_from_right_to_left(customer: Customer, window: dict[str, Any]) -> None:
    visit(customer)
    opened(customer)
    # What is written in another direction stays on its writer's side.
    customer.page.locator(".write textarea").fill("Where is my order?")
    customer.page.keyboard.press("Enter")
    customer.server.say("bot", "It left us this morning.")
    expect(customer.page.locator(".row.bot .text")).to_be_visible()
    expect(customer.page.locator(".row.bot .text")).to_have_css("direction", "ltr")
    customer.server.change(owner="queued")
    customer.page.locator(".head [data-icon=more]").click()
    expect(customer.page.locator(".menu [data-name=leave]")).to_be_visible()
    found = customer.page.evaluate(SIDES)
    assert (found["bubbleLeft"], found["panelLeft"], found["sendLeft"]) == (True, True, True)
    assert (found["ownRight"], found["botRight"]) == (False, True)
    assert (found["own"], found["bot"]) == ("18px 18px 18px 6px", "18px 18px 6px")
    assert found["leave"].startswith("matrix(-1,")


@pytest.mark.parametrize("window", [GERMAN, ARABIC_DARK], ids=["de", "ar-phone-dark"])
def test_it_fits_and_has_contrast(customer: Customer, shots: Path, window: dict[str, Any]) -> None:
    visit(customer)
    opened(customer)
    page, server = customer.page, customer.server
    page.locator(".write textarea").fill("أين طلبي FW-204411؟")
    page.keyboard.press("Enter")
    server.say("bot", "", kind="answer", parts=PARTS, source=SOURCE)
    server.say("agent", "مرحبًا، سأتحقق من طلبك.", "Anna")
    server.change(
        owner="queued", position=3, wait_seconds=240, wait_low_seconds=180, wait_high_seconds=600
    )
    expect(page.locator(".notice:visible").first).to_be_visible()
    inner, outer = page.locator(".scroll").evaluate("node => [node.scrollWidth, node.clientWidth]")
    assert inner <= outer
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.wait_for_timeout(250)  # the panel has risen
    assert page.evaluate(CONTRAST) == []
    page.screenshot(path=shots / f"widget-{window['locale'][:2]}.png")


SAY = """async ([locale, now]) => {
  const { loadWording } = await import("/widget/wording.js");
  const say = await loadWording(locale);
  const at = (days, hour) => {
    const day = new Date(now);
    day.setDate(day.getDate() + days);
    day.setHours(hour, 30, 0, 0);
    return day.toISOString();
  };
  return {
    counts: [0, 1, 2, 3, 11, 100].map((count) => say.say("new", { count })),
    when: [at(0, 13), at(1, 1), at(3, 8), at(20, 14)].map((iso) => say.when(iso, new Date(now))),
    waits: [say.wait(30), say.wait(240, 180, 600), say.wait(3600, 3000, 7200)],
    day: say.day(at(-2, 9), new Date(now)),
  };
}"""


@pytest.mark.parametrize(
    ("locale", "counts", "when", "waits", "day"),
    [
        (
            "en-GB",
            [
                "0 new messages",
                "1 new message",
                "2 new messages",
                "3 new messages",
                "11 new messages",
                "100 new messages",
            ],
            ["today at 13:30", "tomorrow at 01:30", "Thursday at 08:30", "22 March at 14:30"],
            ["about 1 minute", "about 3–10 minutes", "about 50 minutes to 2 hours"],
            "Saturday 28 February",
        ),
        (
            "de-DE",
            [
                "0 neue Nachrichten",
                "1 neue Nachricht",
                "2 neue Nachrichten",
                "3 neue Nachrichten",
                "11 neue Nachrichten",
                "100 neue Nachrichten",
            ],
            [
                "heute um 13:30 Uhr",
                "morgen um 01:30 Uhr",
                "am Donnerstag um 08:30 Uhr",
                "am 22. März um 14:30 Uhr",
            ],
            ["etwa 1 Minute", "etwa 3–10 Minuten", "etwa 50 Minuten bis 2 Stunden"],
            "Samstag, 28. Februar",
        ),
        (
            "es-ES",
            [
                "0 mensajes nuevos",
                "1 mensaje nuevo",
                "2 mensajes nuevos",
                "3 mensajes nuevos",
                "11 mensajes nuevos",
                "100 mensajes nuevos",
            ],
            [
                "hoy a las 13:30",
                "mañana a la 01:30",
                "el jueves a las 08:30",
                "el 22 de marzo a las 14:30",
            ],
            [
                "aproximadamente 1 minuto",
                "aproximadamente 3-10 minutos",
                "aproximadamente de 50 minutos a 2 horas",
            ],
            "sábado, 28 de febrero",
        ),
        (
            "fr-FR",
            [
                "0 nouveau message",
                "1 nouveau message",
                "2 nouveaux messages",
                "3 nouveaux messages",
                "11 nouveaux messages",
                "100 nouveaux messages",
            ],
            ["aujourd’hui à 13:30", "demain à 01:30", "jeudi à 08:30", "le 22 mars à 14:30"],
            ["environ 1 minute", "environ 3–10 minutes", "environ de 50 minutes à 2\u00a0heures"],
            "samedi 28 février",
        ),
        (
            "ar-EG",
            [
                "لا رسائل جديدة",
                "رسالة جديدة",
                "رسالتان جديدتان",
                "٣ رسائل جديدة",
                "١١ رسالة جديدة",
                "١٠٠ رسالة جديدة",
            ],
            None,
            None,
            "السبت، ٢٨ فبراير",
        ),
        ("ar-SA", None, None, None, "السبت، ٢٨ فبراير"),
    ],
    ids=lambda value: (
        value if isinstance(value, str) and value.isascii() and len(value) == 5 else ""
    ),
)
def test_counts_times_and_waits_are_said_as_each_language_says_them(
    customer: Customer,
    locale: str,
    counts: list[str] | None,
    when: list[str] | None,
    waits: list[str] | None,
    day: str,
) -> None:
    customer.page.goto(customer.server.url + "/tests/blank.html")
    found = customer.page.evaluate(SAY, [locale, "2026-03-02T10:00:00"])
    assert found["day"] == day
    assert counts is None or found["counts"] == counts
    assert when is None or found["when"] == when
    assert waits is None or found["waits"] == waits


@pytest.mark.parametrize("language", ["es", "fr", "ar"])
def test_plural_forms_stand_for_the_same_sentence(language: str) -> None:
    counted = {FORM.sub("", key) for key in read("words.en.js") if FORM.search(key)}
    assert counted == {"left", "over", "new", "helpFound", "suggested"}
    assert all(f"{key}_other" in read(f"words.{language}.js") for key in counted)
