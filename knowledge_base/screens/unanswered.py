"""`/staff/articles/unanswered`: what customers asked in vain, by meaning, each one click from an article."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from knowledge_base.asked.desk import CHAT, HELP, PERIODS
from knowledge_base.asked.lines import Chat, Cluster
from knowledge_base.asked.outcomes import Fate
from knowledge_base.asked.present import Listed
from knowledge_base.screens.pick_article import pick_article
from knowledge_base.screens.reports_panel import ReportsPanel
from server.auth import Role, Staff
from server.errors import HandrailError
from server.focusing import focus

PATH = "/staff/articles/unanswered"
ANY = ""
EXAMPLES = 4
PLACES = {ANY: "Chats and help centre", CHAT: "Chats", HELP: "Help centre"}
FATES = {
    Fate.NOTHING: "nothing found",
    Fate.NOT_HELPED: "answer did not help",
    Fate.CHOICE_LEFT: "no choice taken",
    Fate.PERSON: "needed a person",
}


class UnansweredPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff, days: int = 30, intent: str = ANY) -> None:
        self._app = app
        self._staff = staff
        self._days = days if days in PERIODS else 30
        self._intent = intent[:80]
        place = ui.context.client.request.query_params.get("place", ANY)
        self._place = place if place in PLACES else ANY
        self._listed: list[Listed] | None = None

    async def show(self) -> None:
        with ui.element("div").classes("kb-bar"):
            with ui.element("h1"):
                ui.label("Asked in vain")
            period = ui.select(
                {days: f"Last {days} days" for days in PERIODS}, value=self._days, label="Period"
            )
            self._intents = ui.select({ANY: "All"}, value=ANY, label="Intent")
            self._places = ui.select(PLACES, value=self._place, label="Asked in")
            for one in (period, self._places, self._intents):
                one.props("outlined dense").style("min-width: 10rem")
        self._status = ui.label("Reading what customers asked…").classes("kb-muted")
        self._status.props("role=status").style("margin-bottom: 8px")
        await ReportsPanel(self._app, self._staff).show()
        self._list = ui.refreshable(self._draw)
        self._list()
        period.on_value_change(lambda event: self._choose(days=int(event.value)))
        self._places.on_value_change(lambda event: self._choose(place=str(event.value or ANY)))
        self._intents.on_value_change(lambda event: self._choose(intent=str(event.value or ANY)))
        # The page stands at once: the first reading of a month takes some seconds.
        ui.timer(0.05, self._load, once=True)

    async def _choose(
        self, *, days: int | None = None, intent: str | None = None, place: str | None = None
    ) -> None:
        self._days = days or self._days
        self._intent = self._intent if intent is None else intent
        self._place = self._place if place is None else place
        await self._load()

    async def _load(self) -> None:
        try:
            known = await self._app.asked.intents(self._days)
            counts = await self._app.asked.places(self._days)
            self._listed = await self._app.asked.unanswered(
                self._days, self._intent or None, self._place or None
            )
        except HandrailError as error:
            self._status.text = str(error)
            return
        names = dict.fromkeys([*known, *filter(None, [self._intent])])
        options = {ANY: "All", **{name: name.replace("_", " ") for name in names}}
        self._intents.set_options(options, value=self._intent)
        places = {
            name: said if name == ANY else f"{said} ({counts[name]})"
            for name, said in PLACES.items()
        }
        self._places.set_options(places, value=self._place)
        open_ones = sum(not one.mended for one in self._listed)
        questions = "question" if open_ones == 1 else "questions"
        self._status.text = f"{open_ones} {questions} without a good answer"
        query = {"days": self._days, "intent": self._intent, "place": self._place}
        ui.navigate.history.replace(f"{PATH}?{urlencode(query)}")
        self._list.refresh()

    def _draw(self) -> None:
        if self._listed is None:
            return
        if not self._listed:
            with ui.element("section").classes("kb-panel"):
                ui.label("Every question found an answer that helped.").classes("kb-verdict")
                ui.label(
                    "Choose a longer period, or read the digest to see which articles help least."
                )
                ui.link("The week's digest", "/staff/articles/digest")
            return
        for listed in self._listed:
            self._cluster(listed)

    def _cluster(self, listed: Listed) -> None:
        one = listed.cluster
        section = ui.element("section").classes("kb-panel").style("margin-bottom: 12px")
        section.props["aria-label"] = one.heading
        with section:
            with ui.element("div").classes("kb-bar"):
                with ui.element("h2").style("flex: 1 1 14rem; margin: 0"):
                    ui.label(one.heading).style("overflow-wrap: anywhere")
                if one.searches:
                    ui.label("help centre").classes("kb-flag")
                if listed.mended:
                    ui.label("answered by now").classes("kb-status kb-published")
            fates = ", ".join(f"{FATES[fate]} {count}×" for fate, count in one.fates.items())
            seen = one.last_seen.strftime("%Y-%m-%d")
            ui.label(
                f"{one.failed} of {one.asked} without a good answer, {_where(one)} ({fates})"
                f" · last on {seen}"
            ).classes("kb-muted")
            others = [text for text in one.examples if text != one.heading][:EXAMPLES]
            for text in others:
                ui.label(f"“{text}”").style("overflow-wrap: anywhere")
            self._nearest(listed)
            self._chats(one.chats)
            self._buttons(listed)

    def _nearest(self, listed: Listed) -> None:
        near = listed.nearest
        with ui.element("div").classes("kb-step").style("margin-top: 6px"):
            if near is None:
                ui.label("No article comes near.").classes("kb-muted")
                return
            ui.label("Nearest article:").classes("kb-muted")
            ui.link(near.title, f"/staff/articles/{near.slug}")
            now = ", and the bot answers with it now" if near.answers else ""
            said = f"would help with a chance of {near.probability:.0%}{now}"
            ui.label(said).classes("kb-muted")

    def _chats(self, chats: tuple[Chat, ...]) -> None:
        may_open = self._staff.may(Role.AGENT, Role.SUPERVISOR)
        solved = [chat for chat in chats if chat.solved_by_person]
        if not may_open and not solved:
            return
        with ui.element("div").classes("kb-step"):
            for chat in solved:
                at = chat.at.strftime("%d %b")
                ui.link(
                    f"Draft from the chat of {at}",
                    f"{PATH}/chat/{chat.conversation_id}/{chat.episode}",
                )
            if may_open:
                for number, chat in enumerate(chats, start=1):
                    ui.link(f"Chat {number}", f"/staff/chat/{chat.conversation_id}")

    def _buttons(self, listed: Listed) -> None:
        one = listed.cluster

        async def draft() -> None:
            slug = await self._app.asked.draft(one.key, self._staff.login)
            ui.navigate.to(f"/staff/articles/{slug}")

        async def add() -> None:
            near = listed.nearest
            chosen = await pick_article(
                self._app,
                title="Add these questions to an article",
                said="They wait in a draft until it is published.",
                first=(near.slug, near.title) if near else None,
            )
            if chosen is None:
                return
            count = await self._app.asked.add_to_article(one.key, chosen, self._staff.login)
            if not count:
                ui.notify("The article has all of these questions already.")
                return
            ui.navigate.to(f"/staff/articles/{chosen}")

        async def aside() -> None:
            await self._app.asked.set_aside(one.key, self._staff.login)
            ui.notify("Set aside. It comes back when it is asked more often than before.")
            undo = self._undo(list(one.keys))
            await self._load()
            # The button that was pressed is gone: whoever works by keyboard goes on here.
            focus(undo)

        with ui.element("div").classes("kb-bar").style("margin: 8px 0 0"):
            for name, work, look in (
                ("Draft an article", draft, "unelevated"),
                ("Add to article…", add, "outline"),
                ("Set aside", aside, "flat"),
            ):
                button = ui.button(name, on_click=lambda _, work=work: self._do(work)).props(look)
                button.props["aria-label"] = f"{name}: {one.heading}"

    def _undo(self, keys: list[str]) -> ui.button:
        async def bring_back() -> None:
            await self._app.asked.bring_back(keys)
            line.delete()
            await self._load()

        with self._status.parent_slot or self._status:
            line = ui.element("div").classes("kb-step").props("role=status")
            line.move(target_index=2)
        with line:
            ui.label("Set aside.").classes("kb-muted")
            return ui.button("Undo", on_click=bring_back).props("flat dense")

    async def _do(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except HandrailError as error:
            ui.notify(str(error), type="negative")


def _where(one: Cluster) -> str:
    """In how many chats and searches it had no good answer."""
    parts = ((one.in_chats, "chat", "chats"), (one.searches, "search", "searches"))
    return " and ".join(f"{n} {single if n == 1 else many}" for n, single, many in parts if n)
