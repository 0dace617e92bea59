"""Real widgets in real Chromium while their line dies: what was written, what arrived, what they show."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, Page

from benchmarks.desk_doors import Doors
from benchmarks.widget_line import Line, State

WITHIN = 60.0
"""Seconds after the line's return in which a widget must show everything; its attempts come every 30 at most."""
STARTS = 60_000
"""Milliseconds for whatever happens while the line is well."""
# What stands in the panel: who wrote it and what; delivery marks are the row's classes.
ROWS = """() => {
  const root = document.querySelector("handrail-widget").shadowRoot;
  const kinds = ["customer", "bot", "agent", "system"];
  return [...root.querySelectorAll("[role=log] .row")].map((row) => [
    kinds.find((kind) => row.classList.contains(kind)),
    row.querySelector(".text").textContent,
    row.classList.contains("failed") || row.classList.contains("waiting"),
  ]);
}"""


@dataclass
class Seat:
    """One customer: a browser context with one or two tabs on a line of their own, and an agent's doors."""

    context: BrowserContext
    line: Line
    doors: Doors
    """As the agent's browser finds the house."""
    own: Doors
    """As the customer's page does, past the line: a visitor's token holds for one origin."""
    agent: str
    """The agent's cookie."""
    starting: asyncio.Semaphore
    """Pages are opened few at a time: afterwards they wait, which costs nothing."""
    pages: list[Page] = field(default_factory=list)
    wrote: list[list[str]] = field(default_factory=list)
    """By tab, in order."""
    answered: list[str] = field(default_factory=list)
    """What the agent wrote, in order."""
    conversation: str = ""
    """Its id, once somebody asked."""

    async def open(self) -> Page:
        page = await self.context.new_page()
        page.set_default_timeout(STARTS)
        await page.goto(f"{self.line.origin}/")
        await page.evaluate("customElements.whenDefined('handrail-widget')")
        await page.evaluate("document.querySelector('handrail-widget').open()")
        await page.get_by_role("textbox", name="Write a message").wait_for()
        self.pages.append(page)
        self.wrote.append([])
        return page

    async def write(self, text: str, tab: int = 0) -> None:
        box = self.pages[tab].get_by_role("textbox", name="Write a message")
        await box.fill(text)
        await box.press("Enter")
        self.wrote[tab].append(text)

    async def shown(self, text: str, tab: int = 0, within: float = STARTS / 1000) -> None:
        await (
            self.pages[tab]
            .locator(".row .text", has_text=text)
            .first.wait_for(timeout=within * 1000)
        )

    async def token(self) -> str:
        return str(await self.pages[0].evaluate("localStorage.getItem('handrail:token')"))

    async def log(self) -> list[dict[str, Any]]:
        """The conversation as the house has it, past the dead line."""
        token = await self.token()
        got = await self.own.call("GET", "/api/chat/messages?after=0&limit=200", token=token)
        messages: list[dict[str, Any]] = got["messages"]
        return messages

    async def asks_for_a_person(self) -> None:
        # The page itself has a button that asks for a person in words, which the bot would answer.
        widget = self.pages[0].locator("handrail-widget")
        await widget.get_by_role("button", name="More options").click()
        await widget.get_by_role("button", name="Talk to a person", exact=True).first.click()

    async def claim(self, within: float = WITHIN) -> None:
        """The agent takes this chat as soon as it waits."""
        name = await self._conversation()
        until = time.monotonic() + within
        while True:
            desk = await self.doors.call("GET", "/api/queue", cookie=self.agent)
            if any(entry["conversation"] == name for entry in desk["waiting"]):
                break
            if time.monotonic() > until:
                raise TimeoutError("the request for a person did not arrive")
            await asyncio.sleep(0.2)
        path = f"/api/conversations/{name}/claim"
        await self.doors.call("POST", path, {"over_capacity": True}, cookie=self.agent)

    async def reply(self, text: str) -> None:
        path = f"/api/conversations/{await self._conversation()}/messages"
        said = {"client_id": f"agent-{abs(hash(text)):x}-{time.monotonic_ns():x}", "text": text}
        await self.doors.call("POST", path, said, cookie=self.agent)
        self.answered.append(text)

    async def _conversation(self) -> str:
        if not self.conversation:
            token = await self.token()
            async with self.own.socket("/ws/chat") as wire:
                await wire.send(type="hello", token=token, after=2**30)
                self.conversation = str((await wire.next())["conversation"])
        return self.conversation


@dataclass(frozen=True)
class Case:
    name: str
    play: Callable[[Seat, Outage], Awaitable[None]]
    state: State = State.DEAD
    tabs: int = 1


@dataclass
class Outage:
    """One death of the line, of given length in seconds."""

    seat: Seat
    state: State
    seconds: float
    begun: float = 0.0
    back: float = 0.0

    async def begin(self) -> None:
        self.begun = time.monotonic()
        await self.seat.line.set(self.state)

    async def end(self) -> None:
        await asyncio.sleep(max(0.0, self.begun + self.seconds - time.monotonic()))
        await self.seat.line.set(State.OPEN)
        self.back = time.monotonic()


@dataclass
class Result:
    case: str
    state: str
    seconds: float
    wrote: int = 0
    received: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    """What a tab shows otherwise than the house has it."""
    back: float = 0.0
    """Seconds from the line's return until every tab showed everything."""

    @property
    def problems(self) -> list[str]:
        found = [*self.lost, *self.doubled, *self.disordered, *self.differs]
        return [f"{self.case}, {self.state}, {self.seconds:g} s: {one}" for one in found]


async def run(case: Case, seat: Seat, seconds: float) -> Result:
    """Play one case from the first word to the last and compare the books."""
    result = Result(case.name, case.state.value, seconds)
    async with seat.starting:
        for _ in range(case.tabs):
            await seat.open()
        await seat.write("Good morning")
        await seat.shown("This is answer")
    outage = Outage(seat, case.state, seconds)
    await case.play(seat, outage)
    await seat.write("And this is my last word.")
    await _come_to_rest(seat, result)
    result.back = time.monotonic() - outage.back
    await _compare(seat, result)
    return result


async def _come_to_rest(seat: Seat, result: Result) -> None:
    until = time.monotonic() + WITHIN
    while True:
        log = await seat.log()
        texts = {one["text"] for one in log}
        whole = all(text in texts for wrote in seat.wrote for text in wrote)
        shown = [await page.evaluate(ROWS) for page in seat.pages]
        same = all(_of(rows) == _logged(log) and not any(r[2] for r in rows) for rows in shown)
        quiet = log[-1]["author"] != "customer" or any(one["author"] == "agent" for one in log)
        if (whole and same and quiet) or time.monotonic() > until:
            return
        await asyncio.sleep(0.25)


def _of(rows: list[list[Any]]) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in rows if row[0] != "system"]


def _logged(log: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["author"], one["text"].strip()) for one in log if one["author"] != "system"]


async def _compare(seat: Seat, result: Result) -> None:
    log = await seat.log()
    said = [one["text"] for one in log if one["author"] == "customer"]
    heard = [one["text"] for one in log if one["author"] == "agent"]
    counted = Counter(said + heard)
    for wrote in [*seat.wrote, seat.answered]:
        for text in wrote:
            if counted[text] == 0:
                result.lost.append(f"“{text}” never arrived")
            elif counted[text] > 1:
                result.doubled.append(f"“{text}” is there {counted[text]} times")
        kept = [text for text in said + heard if text in wrote]
        if kept != wrote:
            result.disordered.append(f"written {wrote}, stored {kept}")
    if [one["seq"] for one in log] != list(range(1, len(log) + 1)):
        result.differs.append("the log's numbers have holes")
    for number, page in enumerate(seat.pages):
        rows = await page.evaluate(ROWS)
        if _of(rows) != _logged(log):
            result.differs.append(
                f"tab {number + 1} shows {_of(rows)}, the house has {_logged(log)}"
            )
        if waiting := [row[1] for row in rows if row[2]]:
            result.differs.append(f"tab {number + 1} holds back {waiting}")
    result.wrote = sum(map(len, seat.wrote))
    result.received = sum(1 for one in log if one["author"] in ("bot", "agent"))


# ---- what happens while the line is dead ------------------------------------------------------------------


async def during_send(seat: Seat, outage: Outage) -> None:
    """One message leaves as the line dies, two more are written while it is dead."""
    await outage.begin()
    for text in ("Where is my parcel?", "It is order FW-204411.", "It is three weeks late."):
        await seat.write(text)
    await outage.end()


async def during_receive(seat: Seat, outage: Outage) -> None:
    """An agent writes three times into the dead line."""
    await seat.asks_for_a_person()
    await seat.claim()
    await seat.reply("Good morning, this is Ada.")
    await seat.shown("this is Ada")
    await outage.begin()
    for text in ("I have found your parcel.", "It is in Ghent.", "It comes tomorrow."):
        await seat.reply(text)
    await outage.end()
    await seat.shown("It comes tomorrow.", within=WITHIN)


async def during_handoff(seat: Seat, outage: Outage) -> None:
    """The customer asks for a person as the line dies; the agent comes when the wish arrives."""
    await outage.begin()
    await seat.asks_for_a_person()
    await seat.write("I need a person, please.")
    claimed = asyncio.create_task(seat.claim(outage.seconds + WITHIN))
    await outage.end()
    await claimed
    await seat.reply("Here I am.")
    await seat.shown("Here I am.", within=WITHIN)


async def through_a_claim(seat: Seat, outage: Outage) -> None:
    """The customer waits in the queue; line dead, the agent comes and asks, the customer writes on."""
    await seat.asks_for_a_person()
    await seat.pages[0].locator(".row.system").first.wait_for()
    await outage.begin()
    await seat.claim()
    await seat.reply("Which order is it?")
    await seat.write("Is anybody there?")
    await outage.end()
    await seat.shown("Which order is it?", within=WITHIN)


async def with_a_reload(seat: Seat, outage: Outage) -> None:
    """Written into the dead line, and the page is loaded anew once the line is back."""
    await outage.begin()
    await seat.write("Where is my parcel?")
    await seat.write("It is order FW-204411.")
    await outage.end()
    await seat.pages[0].reload()
    await seat.pages[0].get_by_role("textbox", name="Write a message").wait_for()


async def asleep(seat: Seat, outage: Outage) -> None:
    """The lid is closed: line dead, timers stopped; an agent writes meanwhile."""
    await seat.asks_for_a_person()
    await seat.claim()
    await seat.reply("Good morning, this is Ada.")
    await seat.shown("this is Ada")
    tab = await seat.context.new_cdp_session(seat.pages[0])
    await outage.begin()
    await tab.send("Page.setWebLifecycleState", {"state": "frozen"})
    await seat.reply("Are you still there?")
    await outage.end()
    await tab.send("Page.setWebLifecycleState", {"state": "active"})
    await seat.shown("Are you still there?", within=WITHIN)


async def two_tabs(seat: Seat, outage: Outage) -> None:
    """Both tabs write into the dead line."""
    await outage.begin()
    await seat.write("From the first tab.", 0)
    await seat.write("From the second tab.", 1)
    await seat.write("From the first tab again.", 0)
    await outage.end()


CASES = (
    Case("writing", during_send, State.DEAD),
    Case("writing", during_send, State.DEAF),
    Case("writing", during_send, State.CUT),
    Case("being answered", during_receive, State.DEAD),
    Case("being answered", during_receive, State.CUT),
    Case("asking for a person", during_handoff, State.DEAF),
    Case("asking for a person", during_handoff, State.CUT),
    Case("a person comes", through_a_claim, State.DEAD),
    Case("a person comes", through_a_claim, State.CUT),
    Case("writing, then reload", with_a_reload, State.DEAF),
    Case("writing, then reload", with_a_reload, State.CUT),
    Case("asleep", asleep, State.DEAD),
    Case("two tabs writing", two_tabs, State.DEAD, tabs=2),
    Case("two tabs writing", two_tabs, State.CUT, tabs=2),
)
