"""Practice in real Chromium: a lead makes a chat, an agent replays it, the lead scores, the agent sees it.

Saves what was seen under results/screenshots/.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import PASSWORD, Colleague, Customer
from tests.browser.test_two_windows import shot, tab_to, window
from tests.complaints.conftest import Desk, browser

__all__ = ["browser"]
PATH = "/staff/desk/practice"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    desk = Desk(tmp_path_factory.mktemp("practice"))
    try:
        desk.start()
        yield desk.url
    finally:
        desk.stop()


@pytest.fixture
def people(house: str) -> Iterator[tuple[Colleague, Colleague]]:
    """Ada, an agent, and Bob, by now a lead."""
    sue, ada, bob = (Colleague(house, login, PASSWORD) for login in ("sue", "ada", "bob"))
    (person,) = [
        one for one in sue.call("GET", "/api/desk/people") if one["name"] == "Bob Colleague"
    ]
    level = {key: person[key] for key in ("skills", "languages", "capacity", "teams")}
    sue.call("PUT", f"/api/desk/people/{person['id']}", **level, level="lead")
    yield ada, bob
    for one in (sue, ada, bob):
        one.leave()


def handled(house: str, ada: Colleague) -> None:
    """A chat of Marta's that Ada closed."""
    marta = Customer(house, "Marta Nowak", "marta.nowak@example.org")
    marta.asks_for_a_person("hello, where is FW-204411? piet said it comes. It was €129.50!")
    chat = f"/api/conversations/{marta.conversation}"
    ada.call("POST", f"{chat}/claim")
    ada.call("POST", f"{chat}/messages", client_id="first-one", text="Hi Marta, Ada here.")
    ada.call("POST", f"{chat}/messages", client_id="second-one", text="I look at FW-204411 now.")
    marta.says("thank you Ada, call 0470 12 34 56")
    ada.call("POST", f"{chat}/messages", client_id="third-one", text="It comes tomorrow.")
    ada.call("POST", f"{chat}/close", outcome="solved")
    marta.leave()


def opened(browser: Browser, house: str, who: Colleague, problems: list[str], width: int) -> Page:
    page = window(browser, width, 860)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.context.add_cookies(who.cookies())  # type: ignore[arg-type]
    page.goto(f"{house}{PATH}")
    return page


def score(page: Page, region: str, *values: int) -> None:
    for name, value in zip(("Acknowledge", "Clarify", "Resolve", "Confirm"), values, strict=True):
        group = page.get_by_role("region", name=region).get_by_role("group", name=name)
        group.get_by_role("radio", name=str(value)).check()


def test_from_a_chat_to_the_leads_score(
    house: str, people: tuple[Colleague, Colleague], browser: Browser
) -> None:
    ada, bob = people
    handled(house, ada)
    problems: list[str] = []

    agent = opened(browser, house, ada, problems, 375)
    expect(agent.get_by_text("There is no practice chat yet.")).to_be_visible()
    expect(agent.get_by_role("link", name="Make a practice chat")).to_have_count(0)
    shot(agent, "practice-empty")

    lead = opened(browser, house, bob, problems, 1280)
    lead.get_by_role("link", name="Make a practice chat").click()
    lead.get_by_label("Search all chats").fill("zeppelin")
    lead.keyboard.press("Enter")
    expect(lead.get_by_text("Nothing was found. Try fewer or other words.")).to_be_visible()
    lead.get_by_label("Search all chats").fill("204411")
    lead.get_by_role("button", name="Search").click()
    lead.get_by_role("link", name="Read the masked copy").click()
    copy = lead.get_by_role("list", name="The masked copy")
    expect(copy).to_contain_text("where is [order number]? piet said it comes. It was [amount]!")
    expect(copy).to_contain_text("Hi [name], Agent here.")
    lead.get_by_label("Strike these words").fill("Piet")
    lead.keyboard.press("Enter")
    expect(copy).to_contain_text("[removed] said it comes")
    lead.get_by_label("Topic").fill("Late parcel")
    lead.get_by_role("button", name="Keep as practice chat").click()
    expect(lead.get_by_role("alert")).to_contain_text("give a score for Acknowledge, Clarify")
    score(lead, "2. Score how it was handled", 4, 2, 5, 1)
    lead.get_by_label("Why, in one line").fill("Warm and quick, but nobody asked if it is solved.")
    shot(lead, "practice-make")
    lead.get_by_role("button", name="Keep as practice chat").click()
    expect(lead.get_by_role("heading", name="All practice chats")).to_be_visible()
    expect(lead.get_by_role("link", name="Open Late parcel")).to_be_visible()

    agent.reload()
    tab_to(agent, "Begin: Late parcel")
    agent.keyboard.press("Enter")
    chat = agent.get_by_role("list", name="The chat so far")
    expect(chat.get_by_role("listitem").first).to_contain_text("where is [order number]?")
    expect(chat).not_to_contain_text("Agent here")
    agent.get_by_role("button", name="Say it").click()
    expect(agent.get_by_role("alert")).to_have_text("Write what you would say first.")
    answer = agent.get_by_label("What would you say?")
    answer.fill("I am sorry that it is late. I look at once.")
    shot(agent, "practice-replay")
    answer.press("Control+Enter")
    expect(chat).to_contain_text("Hi [name], Agent here.")
    expect(agent.locator("#practice-now")).to_be_focused()
    agent.reload()
    expect(chat).to_contain_text("I am sorry that it is late.")
    expect(chat).not_to_contain_text("It comes")
    tab_to(agent, "What would you say?")
    agent.keyboard.type("It is with you on Tuesday. Does that solve it?")
    agent.keyboard.press("Tab")
    agent.keyboard.press("Enter")
    expect(chat).to_contain_text("It comes [day].")
    score(agent, "How was this chat really handled?", 3, 2, 4, 3)
    agent.get_by_role("button", name="Finish and see").click()
    expect(agent.get_by_text("Your own answers: give a score for")).to_be_visible()
    score(agent, "And how good were your own answers?", 4, 4, 4, 4)
    agent.get_by_role("button", name="Finish and see").click()
    result = agent.get_by_role("region", name="How the chat was handled")
    expect(result.get_by_role("row", name="Confirm")).to_contain_text("2 higher")
    expect(result).to_contain_text("nobody asked if it is solved")
    expect(agent.get_by_text("No lead has scored your answers yet.")).to_be_visible()
    shot(agent, "practice-result")

    lead.reload()
    lead.get_by_role("link", name="Score Ada Agent: Late parcel").click()
    expect(lead.get_by_text("Does that solve it?")).to_be_visible()
    score(lead, "Score Ada Agent’s answers", 5, 3, 4, 5)
    lead.get_by_label("Why, in one line").fill("Kind, and it ends with the question.")
    lead.get_by_role("button", name="Save the score").click()
    expect(lead.get_by_text("Scored by Bob Colleague.")).to_be_visible()
    shot(lead, "practice-lead-scores")

    agent.goto(f"{house}{PATH}")
    expect(agent.get_by_text("You and your lead differ by 2.0 on Confirm.")).to_be_visible()
    shot(agent, "practice-list")
    agent.get_by_role("link", name="See the scores of Late parcel").click()
    scored = agent.get_by_role("region", name="Your lead’s score")
    expect(scored).to_contain_text("Kind, and it ends with the question.")
    expect(scored.get_by_role("row", name="Confirm")).to_contain_text("1 lower")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert agent.evaluate(overflow) <= 0

    lead.goto(f"{house}{PATH}")
    lead.get_by_role("link", name="Open Late parcel").click()
    lead.get_by_label("Strike these words").fill("Late")
    lead.get_by_role("button", name="Strike for good").click()
    expect(lead.get_by_role("heading", name="[removed] parcel")).to_be_visible()
    lead.get_by_role("button", name="Retire").click()
    expect(lead.get_by_text("Retired: nobody can begin it any more.")).to_be_visible()
    shot(lead, "practice-chat")
    agent.goto(f"{house}{PATH}/chats/{lead.url.rpartition('/')[2]}")
    expect(agent.get_by_text("Only leads and supervisors see this.")).to_be_visible()
    lead.get_by_role("button", name="Erase").click()
    lead.get_by_role("dialog").get_by_role("button", name="Erase").click()
    expect(lead.get_by_text("None yet.")).to_be_visible()
    assert not problems
