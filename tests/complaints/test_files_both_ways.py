"""A picture from the widget on a foreign page to the agent's console, and one back, in real Chromium."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.complaints.conftest import PATIENCE, Agent

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
# A shop's own policy, as strict as docs/widget.md says it may be; its host is not the widget's.
POLICY = "default-src 'none'; script-src {server}; connect-src {server} {socket}; img-src {server}"


def photo(width: int = 1200, height: int = 900) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def shop_page(context: BrowserContext, desk: str) -> Page:
    """A page of another origin with the widget in it."""
    shop = desk.replace("127.0.0.1", "localhost") + "/shop-window"
    policy = POLICY.format(server=desk, socket=desk.replace("http", "ws"))
    html = f'<!doctype html><title>Shop</title><script type="module" src="{desk}/widget/handrail.js"></script>'

    def serve(route: Route) -> None:
        headers = {"Content-Security-Policy": policy, "Content-Type": "text/html"}
        route.fulfill(body=html, headers=headers)

    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.route(shop, serve)
    page.goto(shop)
    page.get_by_role("button", name="Open chat").click()
    expect(page.get_by_role("button", name="Attach a file")).to_have_attribute(
        "title", "Attach a picture, PDF or text of up to 10 MB"
    )
    return page


@pytest.fixture
def widget(desk: str, browser: Browser) -> Iterator[Page]:
    # A page that the test makes up has no address of its own, and Chromium asks before it may call this machine.
    context = browser.new_context(
        viewport={"width": 1000, "height": 860},
        locale="en-GB",
        permissions=["local-network-access"],
    )
    context.add_init_script(
        "window.refused = [];"
        "addEventListener('securitypolicyviolation', (one) => refused.push(one.violatedDirective))"
    )
    problems: list[str] = []
    page = shop_page(context, desk)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    assert page.evaluate("refused") == []
    assert problems == []
    context.close()


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the screen where HANDRAIL_SHOTS asks for it."""
    if folder := os.environ.get("HANDRAIL_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def natural_width(page: Page, name: str) -> int:
    """How wide the picture that has come is; 0: none has."""
    image = page.locator(f'img[alt="{name}"]')
    expect(image).to_be_visible()
    return int(image.evaluate("(one) => one.decode().then(() => one.naturalWidth)"))


def choose(page: Page, *files: tuple[str, str, bytes]) -> None:
    page.locator('input[type="file"]').first.set_input_files(
        [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files]
    )


def test_pictures_go_both_ways(
    widget: Page, desk: str, agent: Callable[[str], Agent], tmp_path: Path
) -> None:
    # Held on its way, so that what is said of it meanwhile can be seen.
    held: list[Route] = []
    widget.route("**/api/chat/files?**", lambda route: held.append(route))
    choose(widget, ("broken kettle.jpg", "image/jpeg", photo()))
    bar = widget.get_by_role("progressbar", name="Sending broken kettle.jpg")
    expect(bar).to_be_visible()
    expect(widget.get_by_role("img", name="Picture: broken kettle.jpg")).to_be_visible()
    box = widget.get_by_role("img", name="Picture: broken kettle.jpg").bounding_box()
    shoot(widget, "files-sending")
    widget.wait_for_timeout(1)  # playwright's events come with its calls
    held.pop().continue_()
    widget.unroute("**/api/chat/files?**")
    expect(bar).to_have_count(0)
    assert natural_width(widget, "Picture: broken kettle.jpg") == 1200
    after = widget.get_by_role("img", name="Picture: broken kettle.jpg").bounding_box()
    assert box is not None
    assert after is not None
    assert (after["width"], after["height"]) == (box["width"], box["height"]), "nothing moved"
    expect(widget.get_by_text("I can’t open files myself")).to_have_count(1)
    shoot(widget, "files-sent")
    widget.get_by_role("button", name="Talk to a person").last.click()

    ada = agent("ada").opens()
    ada.page.locator(".hc-line").last.hover()
    ada.page.get_by_role("button", name="Claim").last.click()
    assert natural_width(ada.page, "Picture: broken kettle.jpg") == 1200
    choose(
        ada.page,
        ("how to mend it.jpg", "image/jpeg", photo(600, 900)),
        ("manual.pdf", "application/pdf", PDF),
        ("tool.exe", "application/x-msdownload", b"MZ"),
    )
    expect(ada.page.get_by_role("link", name="manual.pdf")).to_be_visible()
    assert natural_width(ada.page, "Picture: how to mend it.jpg") == 600
    expect(ada.page.get_by_text("Not sent. Pictures (PNG, JPEG")).to_be_visible()
    below = "(one) => one.scrollHeight - one.scrollTop - one.clientHeight"
    assert ada.page.locator(".hc-log").evaluate(below) < 2, "what was sent last is in sight"
    shoot(ada.page, "files-console")
    ada.page.get_by_role("button", name="Delete").click()
    expect(ada.page.get_by_text("Not sent.")).to_have_count(0)

    widget.bring_to_front()
    assert natural_width(widget, "Picture: how to mend it.jpg") == 600
    shoot(widget, "files-answered")
    with widget.expect_download() as saved:
        widget.get_by_role("link", name="manual.pdf").click()
    assert Path(saved.value.path()).read_bytes() == PDF
    with widget.context.expect_page() as opened:
        widget.get_by_role("link", name="how to mend it.jpg").click()
    shown = opened.value
    shown.wait_for_load_state()
    assert shown.evaluate("document.images[0].naturalWidth") == 600
    assert shown.evaluate("window.opener") is None
    shoot(shown, "files-alone")
    shown.close()

    ada.page.get_by_role("button", name="Remove broken kettle.jpg").click()
    shoot(ada.page, "files-removal")
    ada.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    for page in (ada.page, widget):
        expect(page.get_by_text("no longer kept")).to_be_visible()
        expect(page.get_by_role("img", name="Picture: broken kettle.jpg")).to_have_count(0)
    expect(ada.page.get_by_role("button", name="Remove how to mend it.jpg")).to_be_visible()
    shoot(ada.page, "files-removed")


BRING = """([kind, name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File(["words"], name, { type: "text/plain" }));
  if (text) carried.setData("text/plain", text);
  const panel = document.querySelector("handrail-widget").shadowRoot.querySelector(".panel");
  const options = { bubbles: true, cancelable: true, dataTransfer: carried, clipboardData: carried };
  const event = kind === "paste" ? new ClipboardEvent(kind, options) : new DragEvent(kind, options);
  panel.dispatchEvent(event);
  return [event.defaultPrevented, panel.classList.contains("dropping")];
}"""


def test_files_are_dropped_and_pasted_and_copied_text_stays_text(widget: Page) -> None:
    assert widget.evaluate(BRING, ["dragover", "a.txt", ""]) == [True, True]
    assert widget.evaluate(BRING, ["drop", "dropped.txt", ""]) == [True, False]
    expect(widget.get_by_role("link", name="dropped.txt")).to_be_visible()
    assert widget.evaluate(BRING, ["paste", "pasted.txt", ""]) == [True, False]
    expect(widget.get_by_role("link", name="pasted.txt")).to_be_visible()
    # Copied from an office program it comes with a picture of itself.
    assert widget.evaluate(BRING, ["paste", "copy of words.txt", "words"]) == [False, False]
    expect(widget.locator(".row", has_text=".txt")).to_have_count(2)


def test_what_cannot_be_sent_is_told_and_what_was_lost_is_owned_up_to(
    widget: Page, desk: str
) -> None:
    choose(
        widget,
        ("film.mp4", "video/mp4", b"x"),
        ("huge.txt", "text/plain", b"x" * 10_000_001),
        ("liar.png", "image/png", b"<svg onload='alert(1)'/>"),
    )
    expect(widget.get_by_text("Not sent: only pictures")).to_have_count(2)
    expect(widget.get_by_text("Not sent: a file may have up to 10 MB.")).to_be_visible()
    expect(widget.get_by_role("button", name="Try again")).to_have_count(0)
    shoot(widget, "files-refused")
    widget.route("**/api/chat/files?**", lambda route: route.abort())
    choose(widget, ("receipt.pdf", "application/pdf", PDF))
    expect(widget.get_by_role("button", name="Try again")).to_be_visible()
    widget.unroute("**/api/chat/files?**")
    widget.get_by_role("button", name="Try again").click()
    expect(widget.get_by_role("link", name="receipt.pdf")).to_be_visible()

    widget.route("**/api/chat/files?**", lambda route: None)
    choose(widget, ("lost.pdf", "application/pdf", PDF))
    expect(widget.get_by_role("progressbar", name="Sending lost.pdf")).to_be_visible()
    widget.reload()
    lost = widget.locator(".row", has_text="lost.pdf")
    expect(lost.get_by_text("the page was left too early")).to_be_visible()
    expect(widget.get_by_role("link", name="receipt.pdf")).to_be_visible()
    shoot(widget, "files-lost")
    lost.get_by_role("button", name="Delete").click()
    widget.reload()
    expect(widget.get_by_role("link", name="receipt.pdf")).to_be_visible()
    expect(lost).to_have_count(0)
