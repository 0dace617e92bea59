"""What customers, agents, names and articles may contain: it is shown as text, and nothing of it runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.conftest import Customer
from tests.widget.fake_server import Frame

HOSTILE = (
    "<script>window.ran++</script>",
    "<img src=x onerror=window.ran++>",
    "<svg/onload=window.ran++>",
    "<iframe srcdoc='<script>parent.ran++</script>'></iframe>",
    "<style>*{display:none}</style>",
    "<a href=javascript:window.ran++>click</a>",
    "[click](javascript:window.ran++)",
    "[click](JaVaScRiPt:window.ran++)",
    "[click](data:text/html;base64,PHNjcmlwdD53aW5kb3cucmFuKys8L3NjcmlwdD4=)",
    '[click](https://x.example/"onmouseover="window.ran++)',
    "**<b onclick=window.ran++>bold</b>**",
    "{{constructor.constructor('window.ran++')()}}",
    "${window.ran++}",
    "'\"><input autofocus onfocus=window.ran++>",
    "<details open ontoggle=window.ran++>",
    "</textarea><script>window.ran++</script>",
    "\u202egpj.exe\u202c \u0000 \ufeff",
)


@pytest.mark.parametrize("field", ["text", "name", "button", "parts", "source", "event"])
def test_hostile_text_is_only_shown(customer: Customer, field: str) -> None:
    customer.visit().open()
    for text in HOSTILE:
        match field:
            case "text":
                for author in ("bot", "agent", "system", "customer"):
                    customer.server.say(author, text)
            case "name":
                customer.server.change(owner="agent", agent=text)
                customer.server.say("agent", "hello", text)
                customer.server.push({"type": "typing", "author": "agent", "on": True})
            case "button":
                buttons = [{"title": text, "style": "plain"}]
                customer.server.say("bot", "?", kind="choose", buttons=buttons)
            case "parts":
                parts = dict.fromkeys(
                    ("context", "action", "outcome"), f"- {text}\n\n1. {text}\n\n{text}"
                )
                customer.server.say("bot", "", kind="answer", parts=parts)
            case "source":
                source = {"article_id": "x", "title": text, "url": text}
                parts = {"context": "c", "action": "a", "outcome": "o"}
                customer.server.say("bot", "", kind="answer", parts=parts, source=source)
                source = {**source, "url": "https://elsewhere.example/help/x"}
                customer.server.say("bot", "", kind="answer", parts=parts, source=source)
            case _:
                customer.server.say("system", text, event=text)
    customer.server.say("bot", "the end")
    expect(customer.row("the end")).to_be_visible()
    found = customer.page.evaluate(
        """() => {
          const root = document.querySelector("handrail-widget").shadowRoot;
          const nodes = [...root.querySelectorAll("*")];
          // The paperclip's own field is hidden, and no message makes one.
          const known = "[type=radio], [type=email], [type=file][hidden]";
          const foreign = `script, img, iframe, style, input:not(${known}), details, b, object`;
          return {
            foreign: nodes.filter((node) => node.matches(foreign)).map((node) => node.localName),
            handlers: nodes.flatMap((node) => node.getAttributeNames()).filter((name) => /^on/.test(name)),
            links: [...root.querySelectorAll("a")].map((node) => node.href)
              .filter((href) => !/^https:/.test(href) && !href.startsWith(location.origin)),
          };
        }"""
    )
    assert found == {"foreign": [], "handlers": [], "links": []}
    for link in customer.page.locator("handrail-widget a:visible").all():
        link.hover()
    if field == "text":
        expect(customer.row(HOSTILE[0]).first).to_be_visible()
    if field == "source":
        expect(customer.page.get_by_role("link", name="elsewhere")).to_have_count(0)
        hrefs = customer.page.locator(".source a").evaluate_all(
            "all => all.map(({ href }) => href)"
        )
        assert all(href.startswith(customer.server.url) for href in hrefs)


def test_what_the_customer_writes_is_shown_as_written(customer: Customer) -> None:
    customer.visit().open()
    for text in HOSTILE[:6]:
        customer.say(text)
        expect(customer.row(text)).to_contain_text("Sent")
    shown = customer.page.locator(".row.customer .text").all_inner_texts()
    assert shown == list(HOSTILE[:6])


def test_ten_thousand_emoji_and_a_word_without_end_fit(customer: Customer) -> None:
    customer.visit().open()
    customer.server.say("bot", "😀" * 10_000)
    customer.server.say("agent", "x" * 5000, "N" * 80)
    customer.server.say("bot", "the end")
    expect(customer.row("the end")).to_be_visible()
    widths = "node => [node.scrollWidth, node.clientWidth]"
    inner, outer = customer.page.locator(".scroll").evaluate(widths)
    assert inner <= outer


def test_right_to_left_text_takes_its_own_direction(customer: Customer) -> None:
    customer.visit().open()
    customer.say("أين طلبي FW-204411؟")
    customer.server.say("bot", "سيصل غدًا.", buttons=[{"title": "شكرا", "style": "primary"}])
    row = customer.row("سيصل غدًا.")
    expect(row).to_be_visible()
    direction = "node => getComputedStyle(node).direction"
    assert row.locator(".text").evaluate(direction) == "rtl"
    assert customer.page.locator(".row.customer .text").evaluate(direction) == "rtl"
    customer.field.fill("مرحبا")
    assert customer.field.evaluate(direction) == "rtl"
    customer.server.say("bot", "English again")
    assert customer.row("English again").locator(".text").evaluate(direction) == "ltr"


def test_frames_without_sense_do_no_harm(customer: Customer) -> None:
    customer.visit().open()
    frames: list[Frame] = [
        {"type": "unknown"},
        {"type": "message", "seq": 1, "author": "bot", "text": "no payload", "created_at": "never"},
        {
            "type": "message",
            "seq": 2,
            "author": "bot",
            "text": None,
            "payload": {"parts": {}, "buttons": "x"},
        },
        {
            "type": "message",
            "seq": 3,
            "author": "bot",
            "text": "",
            "payload": {"parts": {"context": 3}},
        },
        {"type": "state", "owner": "nobody"},
        {"type": "typing", "author": "martian", "on": True},
        {"type": "error", "code": "invalid", "message": "?"},
        {"type": "ack", "client_id": "unknown-id", "seq": 99},
    ]
    for frame in frames:
        customer.server.push(frame)
    for number in range(1, 4):
        customer.server.commit(author="bot", text=f"like the hostile frame {number}")
    customer.server.say("bot", "still fine")
    expect(customer.row("still fine")).to_be_visible()
    customer.say("me too")
    expect(customer.row("me too")).to_contain_text("Sent")
