"""The widget on other people's sites, and how its files are served."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import BrowserContext, expect

from server.errors import install_error_handlers
from server.settings import Settings
from server.web import doors
from tests.widget.conftest import Customer
from tests.widget.fake_server import BLANK, Running
from widget.config import DEFAULT, LANGUAGES, WidgetConfig
from widget.modules import modules, version
from widget.routes import DEMO_CSP, router

SHOP = "https://shop.example"


class House:
    """What it has set."""

    def __init__(self) -> None:
        self.set = DEFAULT

    async def config_or_default(self) -> WidgetConfig:
        return self.set


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    app = FastAPI()
    settings = Settings(environment="test", widget_origins=[SHOP])
    app.state.services = SimpleNamespace(settings=settings, widget=house)
    install_error_handlers(app)
    app.include_router(router)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/demo/demo.css", "text/css"),
        ("/demo/fern.svg", "image/svg+xml"),
        ("/widget/handrail.js", "text/javascript"),
        ("/widget/protocol.js", "text/javascript"),
    ],
)
def test_a_file_is_served_with_its_type_and_a_tag(client: TestClient, path: str, kind: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    assert first.headers["content-type"].startswith(kind)
    assert first.headers["x-content-type-options"] == "nosniff"
    again = client.get(path, headers={"If-None-Match": f"W/{first.headers['etag']}"})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(path).status_code == 200


def test_the_entry_leads_to_modules_that_may_be_kept(client: TestClient) -> None:
    entry = client.get("/widget/handrail.js")
    assert entry.headers["cache-control"] == "no-cache"
    assert f"./v/{version()}/handrail.js" in entry.text
    assert "start({" in entry.text
    kept = client.get(f"/widget/v/{version()}/handrail.js")
    assert "immutable" in kept.headers["cache-control"]
    assert "customElements" in kept.text
    old = client.get("/widget/v/0123456789abcdef/handrail.js")
    assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (SHOP, SHOP),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://shop.example.evil.test", None),
        ("https://evil.test", None),
        ("http://shop.example", None),
        ("null", None),
        ("", None),
    ],
)
def test_only_listed_sites_may_run_the_modules(
    client: TestClient, origin: str, allowed: str | None
) -> None:
    for path in ("/widget/handrail.js", f"/widget/v/{version()}/chat.js"):
        answer = client.get(path, headers={"Origin": origin})
        assert answer.headers.get("access-control-allow-origin") == allowed
        assert answer.headers["vary"] == "Origin, Accept-Encoding"


@pytest.mark.parametrize(
    "path",
    [
        "/widget/nothing.js",
        "/widget/..%2froutes.py",
        "/widget/%2e%2e%2froutes.py",
        "/widget/routes.py",
        "/demo/..%2f__init__.py",
        "/widget/v/x/..%2f..%2froutes.py",
        "/demo/index.html%00.js",
    ],
)
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_demo_page_has_a_strict_policy_and_every_route_an_audience(client: TestClient) -> None:
    assert client.get("/").headers["content-security-policy"] == DEMO_CSP
    assert "unsafe" not in DEMO_CSP
    app = client.app
    assert isinstance(app, FastAPI)
    ours = [door for door in doors(app) if door.methods]
    assert len(ours) == 5
    assert {door.who for door in ours} == {("public",)}


def test_it_stays_small() -> None:
    """Under 20 kB gzip before the bubble is pressed, under 40 kB in all (issue 7)."""
    sizes = {name: len(file.packed) for name, file in modules().sent.items()}
    # A customer reads one language; that of the most bytes stands for all of them.
    words = {f"words.{language}.js" for language in LANGUAGES}
    code = sum(size for name, size in sizes.items() if name not in words)
    assert sizes["handrail.js"] < 20_000
    assert code + max(sizes[name] for name in words) < 40_000


def host(server_url: str, **attributes: str) -> str:
    data = " ".join(f'data-{name}="{value}"' for name, value in attributes.items())
    script = f'<script type="module" src="{server_url}/widget/handrail.js" {data}></script>'
    return f"{BLANK}<h1>Somebody's shop</h1>{script}"


def strict(server_url: str) -> str:
    socket = server_url.replace("http", "ws")
    return (
        f"default-src 'none'; script-src {server_url}; connect-src {server_url} {socket}; "
        "img-src data:; style-src 'none'; require-trusted-types-for 'script'"
    )


@pytest.fixture
def stranger(context: BrowserContext) -> Iterator[tuple[Running, Running]]:
    """A shop on one port whose page loads the widget from another."""
    shop = Running()
    help_desk = Running(widget_origins=[f"http://127.0.0.1:{shop.fake.port}"])
    with shop, help_desk:
        yield shop, help_desk


def test_it_runs_under_a_strangers_strict_policy(
    context: BrowserContext, stranger: tuple[Running, Running]
) -> None:
    shop, desk = stranger[0].fake, stranger[1].fake
    shop.hosts["page.html"] = (host(desk.url, house="Shop", side="start"), strict(desk.url))
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda one: errors.append(one.text) if one.type == "error" else None)
    customer = Customer(page, desk)
    page.goto(f"{shop.url}/hosts/page.html")
    customer.open()
    customer.say("hello from afar")
    expect(customer.row("hello from afar")).to_contain_text("Sent")
    assert desk.texts() == ["hello from afar"]
    box = customer.panel.bounding_box()
    assert box is not None
    assert box["x"] < 100, "side=start puts it at the left"
    assert page.evaluate("window.violations") == []
    assert errors == []


def test_a_site_that_is_not_listed_gets_no_widget(
    context: BrowserContext, stranger: tuple[Running, Running]
) -> None:
    shop, desk = stranger[0].fake, stranger[1].fake
    # The other way round: the desk's origin is on no list of the shop.
    desk.hosts["page.html"] = (host(shop.url), strict(shop.url))
    page = context.new_page()
    page.goto(f"{desk.url}/hosts/page.html")
    page.wait_for_timeout(500)
    assert page.evaluate("customElements.get('handrail-widget')") is None


def test_the_pages_own_styles_do_not_reach_it(customer: Customer) -> None:
    customer.visit()
    customer.page.evaluate(
        """() => {
          const rude = new CSSStyleSheet();
          rude.replaceSync("* { color: red !important; font-size: 40px !important } button { display: none }");
          document.adoptedStyleSheets = [rude];
        }"""
    )
    customer.open()
    customer.say("hello")
    size = (
        customer.row("hello").locator(".text").evaluate("node => getComputedStyle(node).fontSize")
    )
    assert size == "15px"


def test_the_element_can_be_placed_moved_worded_and_removed(customer: Customer) -> None:
    customer.visit()
    widget: dict[str, Any] = customer.page.evaluate(
        """async () => {
          const widget = document.querySelector("handrail-widget");
          widget.wording = { greeting: "Bonjour !", openChat: "Ouvrir" };
          const heard = [];
          widget.addEventListener("handrail-open", () => heard.push("open"));
          widget.addEventListener("handrail-close", () => heard.push("close"));
          document.querySelector("main").append(widget);
          await widget.open();
          widget.close();
          await widget.open();
          const text = widget.shadowRoot.querySelector(".welcome").textContent;
          widget.remove();
          await new Promise((done) => setTimeout(done, 50));
          return { heard, text, left: widget.shadowRoot.childElementCount };
        }"""
    )
    assert widget["heard"] == ["open", "close", "open"]
    assert widget["text"].startswith("Bonjour !")
    assert widget["left"] == 0


def test_the_entry_carries_what_the_house_has_set(client: TestClient, house: House) -> None:
    before = client.get("/widget/handrail.js")
    house.set = WidgetConfig(house="Fernway </script> ☂", accent="#b3261e")
    after = client.get("/widget/handrail.js", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    told = json.loads(after.text.split("start(")[1].rsplit(")", 1)[0])
    assert told == house.set.public()


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip, deflate, br", True),
        ("*", True),
        ("GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("identity", False),
        ("br", False),
        ("", False),
    ],
)
def test_who_takes_gzip_gets_it(client: TestClient, accepted: str, packed: bool) -> None:
    for path in ("/", "/widget/handrail.js", f"/widget/v/{version()}/chat.js"):
        answer = client.get(path, headers={"Accept-Encoding": accepted})
        assert (answer.headers.get("content-encoding") == "gzip") is packed
        assert "Accept-Encoding" in answer.headers["vary"]
        other = client.get(path, headers={"Accept-Encoding": "identity" if packed else "gzip"})
        assert other.text == answer.text
        assert other.headers["etag"] != answer.headers["etag"]
        again = {"If-None-Match": answer.headers["etag"], "Accept-Encoding": accepted}
        assert client.get(path, headers=again).status_code == 304


def test_what_the_house_has_set_shows_and_the_page_wins_over_it(customer: Customer) -> None:
    customer.server.settings = WidgetConfig(
        house="Fernway",
        starters=("Where is my order?",),
        side="start",
        theme="dark",
        accent="#ffcc00",
        wording={"en": {"greeting": "Ahoy!", "greetingNote": "Say it."}},
    )
    customer.server.hosts["page.html"] = (
        host(customer.server.url, theme="light"),
        "default-src 'self'; img-src data:; connect-src *",
    )
    customer.visit("/hosts/page.html")
    customer.page.evaluate(
        "document.querySelector('handrail-widget').wording = { greetingNote: 'From the page.' }"
    )
    customer.open()
    widget = customer.page.locator("handrail-widget")
    expect(widget).to_have_attribute("theme", "light")
    expect(widget).to_have_attribute("side", "start")
    expect(customer.panel).to_have_accessible_name("Chat with Fernway")
    expect(customer.panel).to_contain_text("Ahoy!")
    expect(customer.panel).to_contain_text("From the page.")
    expect(customer.page.get_by_role("button", name="Where is my order?")).to_be_visible()
    colours = "node => [getComputedStyle(node).backgroundColor, getComputedStyle(node).color]"
    assert widget.locator(".launch").evaluate(colours) == ["rgb(255, 204, 0)", "rgb(0, 0, 0)"]
    customer.page.evaluate(
        "document.querySelector('handrail-widget').style.setProperty('--handrail-accent', '#123456')"
    )
    assert widget.locator(".launch").evaluate(colours)[0] == "rgb(18, 52, 86)"
