"""The site tells the widget who the customer is; the widget passes it on, and keeps customers apart."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.widget.conftest import Customer
from tests.widget.test_embedding import host, strict


def until(customer: Customer, count: int) -> list[dict[str, object]]:
    """The identities that the server has heard, once there are so many."""
    for _ in range(100):
        if len(customer.server.said("identify")) >= count:
            break
        customer.page.wait_for_timeout(50)
    return customer.server.said("identify")


def test_a_token_of_the_page_goes_before_what_is_written(customer: Customer) -> None:
    server = customer.server
    page = host(
        server.url, identity="token-1", attributes="{&quot;page&quot;: &quot;checkout&quot;}"
    )
    server.hosts["shop.html"] = (page, strict(server.url))
    customer.visit("/hosts/shop.html").open()
    customer.say("hello")
    first = {"type": "identify", "token": "token-1", "attributes": {"page": "checkout"}}
    assert until(customer, 1) == [first]
    expect(customer.row("hello")).to_contain_text("Sent")
    kinds = [frame["type"] for frame in server.frames]
    assert kinds.index("identify") < kinds.index("message")
    customer.page.evaluate("Handrail.identify('token-2')")
    assert until(customer, 2)[1] == {"type": "identify", "token": "token-2"}
    # A dropped connection brings what was heard not again.
    server.drop()
    customer.say("still here")
    customer.row("still here").wait_for()
    assert len(server.said("identify")) == 2


def test_the_page_hears_that_a_token_was_refused_and_the_chat_goes_on(customer: Customer) -> None:
    customer.server.identity_error = "identity_refused"
    customer.visit()
    customer.page.evaluate(
        "window.refused = 0; document.addEventListener('handrail-identity-refused', () => refused++)"
    )
    customer.page.evaluate("Handrail.identify('stale')")
    customer.open()
    customer.wait("window.refused === 1")
    customer.say("hello")
    customer.row("hello").wait_for()
    assert customer.page.get_by_role("alert").count() == 0


def test_another_customer_on_the_same_browser_gets_a_chat_of_their_own(customer: Customer) -> None:
    server = customer.server
    customer.visit().open()
    customer.say("the first one's secret")
    customer.row("the first one's secret").wait_for()
    token = customer.page.evaluate("localStorage.getItem('handrail:token')")
    assert token
    server.log.clear()  # the new visitor's conversation
    before = server.visitors
    server.identity_error = "identity_changed"
    customer.page.evaluate("Handrail.identify('of-somebody-else')")
    heard = until(customer, 2)
    assert [frame["token"] for frame in heard] == ["of-somebody-else"] * 2
    assert server.visitors == before + 1, "a new visitor was asked for"
    customer.wait(
        "!document.querySelector('handrail-widget').shadowRoot.textContent.includes('secret')"
    )
    customer.say("the second one's words")
    customer.row("the second one's words").wait_for()
