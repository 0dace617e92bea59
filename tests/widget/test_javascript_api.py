"""What a site's own code can do with the widget: window.Handrail, an element that comes and goes, and the
examples of docs/widget.md as they stand there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.settings import ROOT
from tests.widget.conftest import Customer
from tests.widget.fake_server import BLANK, FakeServer
from tests.widget.frameworks import build

DOCS = (ROOT / "docs" / "widget.md").read_text("utf-8")
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:"
MAKE = "document.body.append(window.one = document.createElement('handrail-widget'))"


def example(heading: str, kind: str) -> str:
    """The first block of code of this kind under the heading."""
    part = DOCS.split(f"\n### {heading}\n")[1]
    found = re.search(rf"```{kind}\n(.*?)```", part, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def site(customer: Customer, server: FakeServer) -> Callable[..., Page]:
    """A page of these scripts, by name, under a strict policy; `html` comes before them."""

    def make(html: str = "", /, **scripts: str) -> Page:
        page = customer.page
        own = {
            f"{server.url}/own/{name}.js": source.replace("https://help.example", server.url)
            for name, source in scripts.items()
        }
        page.route(
            "**/own/*",
            lambda route: route.fulfill(
                body=own[route.request.url], content_type="text/javascript"
            ),
        )
        tags = "".join(f'<script type="module" src="/own/{name}.js"></script>' for name in scripts)
        server.hosts["site"] = (f"{BLANK}{html}{tags}", POLICY)
        customer.visit("/hosts/site")
        return page

    return make


def wait_for(page: Page, condition: Callable[[], Any]) -> None:
    for _ in range(160):
        if condition():
            return
        page.wait_for_timeout(25)
    raise AssertionError("it did not happen")


def settled(page: Page) -> None:
    page.wait_for_timeout(150)


def test_the_plain_page_of_the_docs(
    customer: Customer, server: FakeServer, site: Callable[..., Page]
) -> None:
    html = example("A plain page", "html").replace("https://help.example", "")
    customer.page.route("**/support.js", lambda route: route.fulfill(
        body=example("A plain page", "js"), content_type="text/javascript"))  # fmt: skip
    tokens = iter(["stale", "fresh"])
    customer.page.route("**/support-token", lambda route: route.fulfill(body=next(tokens)))
    server.identity_error = "identity_refused"
    page = site(html)
    page.get_by_role("button", name="Help").click()
    expect(customer.field).to_be_focused()
    wait_for(page, lambda: len(server.said("identify")) == 2)
    assert [one["token"] for one in server.said("identify")] == ["stale", "fresh"]
    page.keyboard.press("Escape")
    server.say("agent", "Here you are", "Anna")
    expect(page.get_by_role("button", name="Help 1")).to_be_visible()
    assert page.evaluate("[Handrail.unread, Handrail.isOpen]") == [1, False]


def test_calls_wait_for_the_module_and_for_the_widget(
    customer: Customer, server: FakeServer, site: Callable[..., Page]
) -> None:
    customer.expected_errors.append("there is no")
    page = site(
        early="""
          window.Handrail = [["identify", "token-1", {plan: "pro"}]];
          window.heard = [];
          const handrail = (...call) => (window.Handrail ??= []).push(call);
          handrail("on", "open", () => heard.push("open"));
          handrail("nonsense");
          handrail("attributes", {cart: 3});
          handrail("ask", "Where is my order?");
        """
    )
    assert page.evaluate("Array.isArray(window.Handrail)")
    page.evaluate("import('/widget/handrail.js')")
    page.wait_for_function("!Array.isArray(window.Handrail)")
    assert page.evaluate("heard.length") == 0, "no widget is on the page yet"
    page.evaluate(MAKE)
    wait_for(page, lambda: server.texts() == ["Where is my order?"])
    assert [{k: v for k, v in one.items() if k != "type"} for one in server.said("identify")] == [
        {"token": "token-1", "attributes": {"cart": 3}}
    ]
    assert page.evaluate("heard") == ["open"]
    # Attributes come anew without the token, which may be used up by then.
    page.evaluate("Handrail.attributes({cart: 4})")
    wait_for(page, lambda: len(server.said("identify")) == 2)
    assert server.said("identify")[1] == {"type": "identify", "attributes": {"cart": 4}}
    page.evaluate("() => { window.end = Handrail.on('close', () => heard.push('close')); }")
    page.evaluate("Handrail.toggle()")
    page.evaluate("end()")
    page.evaluate("Handrail.push(['open'], ['close'])")
    assert page.evaluate("heard") == ["open", "close", "open"]


def test_a_widget_that_is_moved_goes_on_and_one_that_is_removed_ends(
    customer: Customer, server: FakeServer, site: Callable[..., Page]
) -> None:
    page = site("<main></main>", load='import "/widget/handrail.js";')
    page.wait_for_function("Boolean(customElements.get('handrail-widget'))")
    page.evaluate(MAKE)
    customer.open()
    customer.say("hello")
    expect(customer.row("hello")).to_contain_text("Sent")
    page.evaluate("document.querySelector('main').append(one)")
    page.evaluate("document.body.prepend(one)")
    settled(page)
    expect(customer.row("hello")).to_be_visible()
    assert len(server.said("hello")) == 1, "the connection went on"
    page.evaluate("one.remove()")
    wait_for(page, lambda: not server.sockets)
    assert page.evaluate("Handrail.isOpen") is False
    page.evaluate("document.body.append(one)")
    expect(customer.row("hello")).to_be_visible()
    assert page.evaluate("one.shadowRoot.querySelectorAll('.panel').length") == 1


def test_coming_and_going_while_it_loads_leaves_one_chat(
    customer: Customer, server: FakeServer, site: Callable[..., Page]
) -> None:
    page = site(load='import "/widget/handrail.js";')
    page.wait_for_function("Boolean(customElements.get('handrail-widget'))")
    page.evaluate(MAKE)
    page.evaluate("""async () => {
      for (let time = 0; time < 3; time += 1) {
        Handrail.open();
        await null;
        one.remove();
        await null;
        await null;
        document.body.append(one);
      }
    }""")
    expect(customer.field).to_be_visible()
    wait_for(page, lambda: len(server.sockets) == 1)
    settled(page)
    assert page.evaluate("one.shadowRoot.querySelectorAll('.panel').length") == 1
    assert (len(server.sockets), server.visitors) == (1, 1)


def test_the_element_keeps_all_that_every_element_has(
    customer: Customer, server: FakeServer, site: Callable[..., Page]
) -> None:
    page = site('<script type="module" src="/widget/handrail.js"></script>')
    page.wait_for_function("Boolean(customElements.get('handrail-widget'))")
    covered = page.evaluate("""() => {
        const own = Object.getOwnPropertyNames(customElements.get("handrail-widget").prototype);
        return own.filter((name) => name !== "constructor" && name in HTMLElement.prototype);
    }""")
    assert covered == []


def test_a_placed_widget_takes_the_place_of_the_tags(
    customer: Customer, server: FakeServer, site: Callable[..., Page]
) -> None:
    page = site('<script type="module" src="/widget/handrail.js" data-house="Tag"></script>')
    expect(page.get_by_role("button", name="Open chat")).to_have_count(1)
    page.evaluate(MAKE)
    expect(page.get_by_role("button", name="Open chat")).to_have_count(1)
    page.evaluate("Handrail.open()")
    assert page.evaluate("one.isOpen")


def test_who_signs_out_leaves_nothing_to_the_next_one(
    customer: Customer, server: FakeServer, site: Callable[..., Page]
) -> None:
    page = site('<script type="module" src="/widget/handrail.js"></script>')
    customer.open()
    customer.say("my secret")
    expect(customer.row("my secret")).to_contain_text("Sent")
    page.evaluate("Handrail.forget()")
    expect(customer.panel).to_be_hidden()
    wait_for(page, lambda: not server.sockets)
    kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert [key for key in kept if key.startswith("handrail:")] == []
    assert page.evaluate("document.activeElement === document.body"), "and the focus where it was"
    server.log.clear()
    customer.open()
    assert server.visitors == 2
    assert server.said("hello")[-1]["after"] == 0
    expect(page.get_by_text("my secret")).to_have_count(0)


APP = """
  window.customer = null;
  window.tokens = 0;
  window.getToken = async () => `token-${(tokens += 1)}`;
"""


def tried(page: Page, customer: Customer, server: FakeServer) -> None:
    """The same life in both frameworks: `go(route, customer)` draws the app."""
    page.evaluate("go('shop', null)")
    expect(page.get_by_role("button", name="Open chat")).to_have_count(1)
    page.evaluate("go('shop', {id: 'anna', plan: 'pro'})")
    customer.open()
    wait_for(page, lambda: server.said("identify"))
    assert server.said("identify")[0]["attributes"] == {"plan": "pro"}
    customer.say("hello")
    expect(customer.row("hello")).to_contain_text("Sent")
    # A token that has expired: the page brings another one.
    server.push({"type": "error", "code": "identity_refused", "message": "?"})
    wait_for(page, lambda: len(server.said("identify")) == 2)
    # A route on which it stays, one without it, and back.
    page.evaluate("go('cart', {id: 'anna', plan: 'pro'})")
    expect(customer.row("hello")).to_be_visible()
    assert len(server.said("hello")) == 1
    page.evaluate("go('bare', {id: 'anna', plan: 'pro'})")
    expect(page.locator("handrail-widget")).to_have_count(0)
    wait_for(page, lambda: not server.sockets)
    page.evaluate("go('shop', {id: 'anna', plan: 'pro'})")
    expect(customer.row("hello")).to_be_visible()
    assert (len(server.sockets), server.visitors) == (1, 1)
    # What was cleaned up hears nothing any more.
    before = len(server.said("identify"))
    server.push({"type": "error", "code": "identity_refused", "message": "?"})
    wait_for(page, lambda: len(server.said("identify")) > before)
    settled(page)
    assert len(server.said("identify")) == before + 1
    page.evaluate("forgetCustomer()")
    page.evaluate("go('shop', null)")
    expect(customer.panel).to_be_hidden()
    assert page.evaluate("localStorage.getItem('handrail:token')") is None


def test_the_react_example_of_the_docs_lives_with_its_app(
    customer: Customer, server: FakeServer, site: Callable[..., Page]
) -> None:
    source = example("React", "jsx")
    source = source.replace(
        'import { useEffect } from "react";', "const { useEffect, createElement } = React;"
    )
    # The one line that a site's own build would turn into this.
    written, built = '<handrail-widget house="Fernway" />', (
        'createElement("handrail-widget", { house: "Fernway" })'
    )  # fmt: skip
    assert source.count(written) == 1
    app = (
        APP
        + source.replace(written, built).replace("export ", "")
        + """
      const { StrictMode } = React;
      const root = ReactDOM.createRoot(document.querySelector("#app"));
      window.forgetCustomer = forgetCustomer;
      window.go = (route, customer) => root.render(createElement(StrictMode, null, createElement("div", null,
        createElement("h1", { key: route }, route),
        route === "bare" ? null : createElement(Support, { key: "support", customer, getToken }))));
    """
    )
    customer.expected_errors.append("Download the React DevTools")
    page = site('<div id="app"></div>', react=build("react.js"), dom=build("react-dom.js"), app=app)
    page.wait_for_function("Boolean(window.go)")
    tried(page, customer, server)


def test_the_vue_example_of_the_docs_lives_with_its_app(
    customer: Customer, server: FakeServer, site: Callable[..., Page]
) -> None:
    source = example("Vue", "js")
    taken = re.search(r'import (\{.*?\}) from "vue";', source)
    assert taken is not None
    source = source.replace(taken[0], f"const {taken[1]} = Vue;").replace("export ", "")
    app = (
        APP
        + source
        + """
      const state = Vue.reactive({ route: "bare", customer: null });
      Vue.createApp({ render: () => h("div", null, [h("h1", { key: state.route }, state.route),
        state.route === "bare" ? null : h(Support, { key: "support", customer: state.customer, getToken })]) })
        .mount("#app");
      window.forgetCustomer = forgetCustomer;
      window.go = (route, customer) => Object.assign(state, { route, customer });
    """
    )
    # As a classic script, which is how it is published for the browser, its one name is global.
    vue = build("vue.js") + "\nwindow.Vue = Vue;"
    page = site('<div id="app"></div>', vue=vue, app=app)
    page.wait_for_function("Boolean(window.go)")
    tried(page, customer, server)
