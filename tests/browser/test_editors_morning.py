"""An editor's morning: from what customers asked in vain to the article that answers the next one.

Saves what was seen under results/screenshots/.
"""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from server.settings import ROOT
from server.trial import Trial
from tests.browser.test_two_windows import browser, shot, sign_in, window

__all__ = ["browser"]

IN_VAIN = (
    "is engraving a name on a mug possible",
    "do you offer engraving for mugs",
    "can my mug have an engraved name",
)
#: Words of an article that is there already (data/articles/devices/descale-kettle.md).
COPIED_TITLE = "Descale the kettle"
TITLE = "Have a name engraved on a mug"


def ask(page: Page, system: Trial, text: str) -> Page:
    page.goto(system.base_url)
    page.get_by_role("button", name="Open chat").click()
    page.get_by_role("textbox", name="Write a message").fill(text)
    page.keyboard.press("Enter")
    log = page.get_by_role("log")
    expect(log.get_by_role("button").first).to_be_visible()
    return page


def test_from_asked_in_vain_to_the_new_answer(system: Trial, browser: Browser) -> None:
    for text in IN_VAIN:
        customer = ask(window(browser, 1000, 800), system, text)
        shot(customer, "morning-0-in-vain")
        customer.context.close()

    editor = window(browser, 1400, 1000)
    problems: list[str] = []
    editor.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(editor, system, "/staff/articles/unanswered")
    cluster = editor.get_by_role("region").filter(has_text="engrav").first
    # The log is read again every 20 seconds at most.
    for _ in range(12):
        expect(
            editor.get_by_text(re.compile(r"^\d+ questions? without a good answer"))
        ).to_be_visible()
        if cluster.is_visible():
            break
        editor.wait_for_timeout(3000)
        editor.reload()
    expect(cluster).to_be_visible()
    shot(editor, "morning-1-asked-in-vain")
    cluster.get_by_role("button", name=re.compile("^Draft an article")).click()
    editor.wait_for_url(re.compile(r"/staff/articles/(?!unanswered)[a-z0-9-]+$"))
    title = editor.get_by_role("textbox", name="Title, in")
    expect(title).to_have_value(re.compile("engrav", re.IGNORECASE))
    questions = editor.get_by_role("textbox", name="How customers ask it")
    expect(questions).to_have_value(re.compile("engrav"))

    asked = questions.input_value()
    title.fill(COPIED_TITLE)
    questions.fill("how do i descale my kettle\nlimescale in the kettle\nwhite bits in my kettle")
    body = (ROOT / "data/articles/devices/descale-kettle.md").read_text("utf-8")
    context, action = re.split(r"\n## Action\n|\n## Outcome\n", body.split("## Context\n")[1])[:2]
    editor.get_by_role("textbox", name="Context").fill(context)
    editor.get_by_role("textbox", name="Action").fill(action)
    warning = editor.get_by_role("region", name="What publishing would do")
    expect(warning).to_contain_text("Another article says much of this already")
    expect(warning.get_by_role("link", name="Descale the Fernway Kettle").first).to_be_visible()
    shot(editor, "morning-2-duplicate-warning")

    title.fill(TITLE)
    questions.fill(asked)
    editor.get_by_role("textbox", name="Context").fill(
        "Our mugs can carry a name of up to 12 letters, engraved by hand."
    )
    editor.get_by_role("textbox", name="Action").fill(
        "Choose **Engrave a name** on the mug's page and type the name."
    )
    editor.get_by_role("textbox", name="Outcome").fill(
        "The engraved mug leaves us 3 working days later than a plain one."
    )
    expect(warning).not_to_contain_text("Another article")
    editor.get_by_role("button", name="Publish", exact=True).click()
    dialog = editor.get_by_role("dialog", name=re.compile("what changes"))
    expect(dialog).to_contain_text(TITLE)
    shot(editor, "morning-3-publish-diff")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(editor.get_by_text("Published", exact=False).first).to_be_visible()
    shot(editor, "morning-4-published")

    customer = ask(window(browser, 1000, 800), system, "could I get a name engraved on my mug?")
    expect(customer.get_by_role("log").get_by_text("up to 12 letters")).to_be_visible()
    shot(customer, "morning-5-new-answer")
    assert not problems
