"""Every moment of the widget in turn, in whatever language and window: for checks that hold in all of them.

``walk`` finds nothing by its words, so that one walk serves all languages.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import Locator

from conversations.lines import line, payload_of
from tests.widget.conftest import Customer
from tests.widget.fake_server import BLANK, TOKEN
from tests.widget.test_states import PARTS, SOURCE
from widget.config import WidgetConfig
from widget.routes import DEMO_CSP

ASKING: dict[str, Any] = {
    "consent": {
        "text": {"en": "We keep this chat for 90 days.", "ar": "نحتفظ بهذه المحادثة 90 يومًا."},
        "link": "https://shop.example/privacy",
        "version": 3,
    },
    "form": [
        {"name": "name", "required": True},
        {"name": "email", "kind": "email"},
        {
            "name": "topic",
            "label": {"en": "Topic", "ar": "الموضوع"},
            "kind": "choice",
            "choices": ["Delivery", "Bill"],
        },
    ],
    "first": "choose",
}
STARTERS = ["Where is my order?", "How long does a refund take?"]
INVITATION = {
    "id": "offer",
    "seconds": 0,
    "text": {"en": "Any questions about delivery?", "ar": "هل لديك أسئلة عن التوصيل؟"},
    "starters": STARTERS,
}
BUTTONS = [{"title": "Yes", "style": "primary"}, {"title": "No", "style": "plain"}]
PEOPLE = {"online": True, "opens_at": None, "wait_seconds": 180}

# 1.4.10: nothing is cut off sideways, and nothing needs scrolling sideways.
SIDEWAYS = """() => {
  const root = document.querySelector("handrail-widget").shadowRoot;
  const cut = [...root.querySelectorAll("*")].filter((node) => node.checkVisibility()
    && node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== "visible"
    && !node.closest("svg") && !node.matches(".unseen, .who, textarea, input, select"));
  const page = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
  return [...page, ...cut.map((node) => node.className || node.localName)];
}"""


class Walk:
    def __init__(self, customer: Customer, lang: str) -> None:
        self.customer, self.lang = customer, lang
        self.page, self.server = customer.page, customer.server
        # The first page of a server waits until its modules are made small.
        self.page.set_default_navigation_timeout(30_000)

    def find(self, selector: str) -> Locator:
        return self.page.locator(f"handrail-widget {selector}")

    def press(self, selector: str) -> None:
        self.find(f"{selector} >> visible=true").first.click()

    def wait(self, selector: str) -> None:
        self.find(f"{selector} >> visible=true").first.wait_for()

    def visit(self, *, fragment: str = "", **settings: Any) -> None:
        """A page of its own with the strict policy of our own pages."""
        dir = "rtl" if self.lang == "ar" else "ltr"
        html = BLANK.replace(
            "<!doctype html>", f'<!doctype html><html lang="{self.lang}" dir="{dir}">'
        )
        html = html.replace("<title>", '<meta name="viewport" content="width=device-width"><title>')
        html += '<body><main><h1>Shop</h1></main><script type="module" src="/widget/handrail.js"></script>'
        self.server.hosts["page"] = (html, DEMO_CSP)
        told = {"language": "auto", "house": "Fernway", "starters": STARTERS, **settings}
        self.server.settings = WidgetConfig.model_validate(told)
        self.page.goto("about:blank")
        self.customer.visit(f"/hosts/page{fragment}")
        self.wait(".launch")

    def open(self) -> None:
        self.press(".launch")
        self.wait(".head")

    def connected(self) -> None:
        for _ in range(160):
            if self.server.sockets:
                return
            self.page.wait_for_timeout(25)
        raise AssertionError("the widget did not connect")

    def write(self, text: str) -> None:
        self.find(".write textarea").fill(text)

    def change(self, shown: str, **state: Any) -> None:
        """A new state, drawn when `shown` is visible."""
        self.server.change(**state)
        self.wait(shown)


def walk(customer: Customer, lang: str) -> Iterator[str]:
    """Put the widget into each moment, and give its name."""
    at = Walk(customer, lang)
    yield from _invited(at)
    yield from _before(at)
    yield from _chat(at)
    yield from _people(at)
    yield from _after(at)
    yield from _help(at)
    yield from _trouble(at)


def _invited(at: Walk) -> Iterator[str]:
    at.visit(invitations=[INVITATION])
    at.wait(".teaser .say")
    yield "an invitation"
    at.press(".teaser .say")
    at.wait(".row.is-invitation .choices")
    yield "an invitation, opened"
    at.page.evaluate("Handrail.forget()")


def _before(at: Walk) -> Iterator[str]:
    at.server.state["form"] = True
    at.server.state["people"] = PEOPLE
    at.visit(**ASKING)
    yield "the bubble"
    at.open()
    at.wait(".before .primary")
    yield "consent"
    at.press(".before .primary")
    at.wait("form.before")
    yield "the form"
    at.find("form.before [type=email]").fill("nobody")
    at.press("form.before .primary")
    at.wait(".wrong")
    yield "the form with errors"
    at.find("form.before input").first.fill("Mia")
    at.find("form.before [type=email]").fill("mia@shop.example")
    at.press("form.before .primary")
    at.change(".both", form=False)
    yield "whom to ask"
    at.press(".both .button:last-child")
    at.wait("#about")
    yield "what it is about"
    at.page.keyboard.press("Escape")
    at.press(".both .button:first-child")
    at.wait(".welcome ul")
    yield "the welcome"


def _chat(at: Walk) -> Iterator[str]:
    at.write("Where is my order?")
    at.page.keyboard.press("Enter")
    at.wait(".row.customer .meta")
    at.server.push({"type": "typing", "author": "bot", "on": True})
    at.wait(".dots")
    yield "sent, and somebody types"
    at.server.say("bot", "Good question.", kind="answer", parts=PARTS, source=SOURCE)
    at.server.say("bot", "Did this solve it?", kind="ask", buttons=BUTTONS)
    at.wait(".is-ask .choices")
    yield "an answer"
    at.press(".thumb.down")
    at.wait(".thumbs form")
    yield "a thumb down"
    at.find(".thumbs form input").fill("The address")
    at.page.keyboard.press("Enter")
    at.find(".thumbs form").wait_for(state="detached")
    at.server.say("bot", "What is it about?", kind="choose", buttons=BUTTONS)
    at.wait(".choices.stacked")
    yield "a choice of answers"
    at.press(".head [data-icon=more]")
    at.wait(".menu button")
    yield "the menu"
    at.page.keyboard.press("Escape")
    at.change(".notice.warn", bot="down")
    yield "the assistant is down"
    for number in range(20):
        at.server.commit(author="bot", text=f"line {number}")
    at.server.drop()
    at.wait(".row >> text=line 19")
    at.find(".scroll").evaluate("node => node.scrollTo(0, 0)")
    at.page.wait_for_timeout(50)
    at.server.say("bot", "the newest")
    at.wait(".pill")
    yield "news below"
    at.press(".launch, .head .tool:last-child")
    at.server.say("bot", "and one more")
    at.wait(".count")
    yield "the bubble with news"
    at.press(".launch")
    at.wait(".head")


def _people(at: Walk) -> Iterator[str]:
    soon = (datetime.now().astimezone() + timedelta(days=1)).isoformat()
    at.change(".face.queued", owner="queued", bot="ok", position=2, wait_seconds=240)
    yield "the queue"
    at.change("[type=email]", online=False, mail="ask", wait_seconds=None, opens_at=soon)
    at.find(".notice [type=email]").fill("nobody")
    at.page.keyboard.press("Enter")
    at.wait(".notice .wrong")
    yield "nobody is there"
    at.find(".notice [type=email]").fill("mia@shop.example")
    at.page.keyboard.press("Enter")
    at.find(".notice [type=email]").wait_for(state="hidden")
    yield "an address left"
    at.change(".face.agent", owner="agent", agent="Anna Weber", online=True, position=None)
    at.server.say("system", "Anna", **payload_of([line("event_claimed", name="Anna")], "claimed"))
    at.server.say("agent", "Hello, see https://fernway.example/x", "Anna Weber")
    at.wait(".row.agent a")
    yield "a person"
    at.write("x" * 1990)
    at.wait(".counter")
    yield "nearly too long"
    at.write("x" * 2003)
    at.wait(".counter.over")
    yield "too long"
    at.server.errors["fails"] = {"code": "too_large", "message": "?"}
    at.write("fails")
    at.page.keyboard.press("Enter")
    at.wait(".row.failed .textlink")
    yield "a message that failed"


def _after(at: Walk) -> Iterator[str]:
    at.change(".stars", owner="closed", agent=None, rateable=1, survey="csat")
    yield "stars"
    at.press(".stars label:nth-child(4)")
    at.wait(".rating textarea")
    yield "a chosen star"
    at.press(".rating .primary")
    at.wait(".day[role=status]")
    yield "thanks"
    for kind in ("ces", "nps"):
        at.change(f".scale.{kind}", rateable=None, rated=True, survey=kind)
        yield f"the scale {kind}"
        at.press(f".scale.{kind} label:nth-child(6)")
        at.wait(".rating textarea")
        yield f"a choice on the scale {kind}"
    at.press(".head [data-icon=more]")
    at.press(".menu button:has([data-name=save])")
    at.wait(".mailing")
    yield "saving the chat"
    at.find(".mailing input").fill("nobody")
    at.page.keyboard.press("Enter")
    at.find(".mailing input[aria-invalid=true]").wait_for()
    yield "saving with a wrong address"
    at.page.keyboard.press("Escape")


def _help(at: Walk) -> Iterator[str]:
    at.server.change(owner="bot", survey=None, episode=2)
    at.press(".head [data-icon=search]")
    at.wait(".hit")
    yield "the articles"
    at.find(".help [type=search]").fill("refund")
    at.page.keyboard.press("Enter")
    at.wait(".hit .best")
    yield "articles found"
    at.server.say("bot", "meanwhile")
    at.wait(".news")
    yield "news while reading"
    at.press(".hit")
    at.wait(".reading p")
    yield "an article"
    at.press("#helped + .button")
    at.find("#helped").wait_for(state="detached")
    yield "an article that helped"
    at.page.keyboard.press("Escape")
    at.find(".help [type=search]").fill("pizza")
    at.page.keyboard.press("Enter")
    at.find(".hit").first.wait_for(state="detached")
    yield "no article"
    at.customer.expected_errors.append("503")
    at.server.help.error = (503, "unavailable")
    at.find(".help [type=search]").fill("pasta")
    at.page.keyboard.press("Enter")
    at.find(".help .actions .button").first.wait_for()
    yield "articles out of reach"
    at.server.help.error = None
    at.page.keyboard.press("Escape")
    at.write("How long does my refund take")
    at.find(".write textarea").press("s")
    at.wait(".suggest .textlink")
    yield "suggestions"
    at.press(".suggest .tool")
    at.write("")


def _trouble(at: Walk) -> Iterator[str]:
    at.server.open = False
    at.server.drop()
    at.write("Are you there?")
    at.page.keyboard.press("Enter")
    at.wait(".notice.warn")
    yield "the connection is lost"
    at.server.open = True
    at.server.log.clear()
    at.server.state.update(owner="bot", survey=None, rated=False)
    at.server.tokens = {TOKEN[::-1].replace("t", "u")}
    at.page.evaluate("localStorage.clear(); localStorage.setItem('handrail:token', 'gone')")
    at.visit(fragment="#handrail-resume=" + "l" * 30)
    at.customer.expected_errors.append("410")
    at.wait(".notice + .notice")
    yield "a link that is over, and a chat that began anew"
