"""`/staff/desk/practice`: chats to practise on, how near one's scores are to the lead's; for leads, what waits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from nicegui import ui

from handoff.practice import agreement, keeping, offering, scoring, trying
from handoff.practice.access import leads
from handoff.practice.agreement import Agreement
from handoff.practice.keeping import Kept
from handoff.practice.offering import Offered, State
from handoff.practice.scoring import Tried
from handoff.screens import fields
from handoff.screens import practice_parts as parts
from handoff.screens.nav import desk_frame
from server.auth import Role, Staff
from server.pages import page_services, require_page

PATH = parts.PATH
STATES = {
    State.NEW: "Not tried yet",
    State.BEGUN: "Begun",
    State.FINISHED: "Finished. Your lead has not scored your answers yet",
    State.SCORED: "Your lead has scored your answers",
}
BUTTONS = {State.NEW: "Begin", State.BEGUN: "Go on"}


async def page() -> None:
    staff = await require_page(Role.AGENT, Role.SUPERVISOR)
    parts.style()
    with desk_frame("Practice", staff, PATH):
        await PracticePage(page_services(), staff).show()


class PracticePage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff

    async def show(self) -> None:
        await self._load()
        with ui.element("div").classes("desk-bar"):
            fields.heading("Practice")
            if self._leads:
                ui.link("Make a practice chat", f"{PATH}/new").classes("practice-button")
        ui.label(
            "Replay a past chat: write what you would say, see what was really said, score both, and "
            "compare with your lead. Names and details are masked."
        ).classes("desk-muted practice-intro")
        if self._leads:
            self._to_score()
        self._to_try()
        self._agreement()
        if self._leads:
            self._kept_chats()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            self._leads = await leads(db, self._app.desk, self._staff)
            self._offered = await offering.to(db, self._staff)
            self._handling = await agreement.on_handling(db, self._staff)
            self._answers = await agreement.on_answers(db, self._staff)
            self._tried = await scoring.finished(db, self._staff) if self._leads else []
            self._kept = await keeping.every(db) if self._leads else []

    def _to_try(self) -> None:
        with fields.panel("Chats to practise on"):
            if not self._offered:
                ui.label(
                    "There is nothing for you to try. Make a practice chat for the others; on those that you "
                    "scored yourself you can’t practise."
                    if self._leads
                    else "There is no practice chat yet. Ask your lead to make one of a chat they learned from."
                ).classes("desk-hint")
                return
            with ui.element("ul").classes("practice-list"):
                for one in self._offered:
                    with ui.element("li"):
                        self._chat(one)

    def _chat(self, one: Offered) -> None:
        with ui.element("div").classes("practice-about"):
            ui.label(one.chat.topic).classes("practice-topic")
            ui.label(_length(one.messages, one.chat.points)).classes("desk-muted")
            ui.label(STATES[one.state]).classes(f"practice-state practice-state-{one.state.value}")
        with ui.element("div").classes("desk-buttons"):
            if one.last is not None:
                link = ui.link("See the scores", _address(one.last)).classes("practice-link")
                fields.named(link, f"See the scores of {one.chat.topic}")
            if one.chat.retired_at is None or one.state is State.BEGUN:
                word = BUTTONS.get(one.state, "Try again")
                button = ui.button(word, on_click=lambda: self._begin(one))
                first = one.state in BUTTONS
                button.props("unelevated no-caps" if first else "flat no-caps")
                fields.named(button, f"{word}: {one.chat.topic}")

    async def _begin(self, one: Offered) -> None:
        async def begin() -> None:
            async with self._app.database.write() as db:
                _, attempt = await trying.begin(db, self._app.clock, one.chat.id, self._staff)
            ui.navigate.to(_address(attempt.id))

        await fields.attempt(begin)

    def _agreement(self) -> None:
        if self._handling.pairs:
            with fields.panel("How near you are to your lead"):
                self._apart(
                    self._handling,
                    "On how the chats were handled. Only your first try of each chat counts.",
                )
                if self._answers.pairs:
                    self._apart(self._answers, "On your own answers, where your lead scored them.")

    def _apart(self, found: Agreement, what: str) -> None:
        ui.label(what).classes("desk-muted")
        with ui.element("ul").classes("practice-apart"):
            for line in parts.apart(found.mean, found.lately):
                with ui.element("li"):
                    ui.label(line)
        if len(found.pairs) > 1:
            with ui.element("details").classes("desk-more desk-open"):
                with ui.element("summary"):
                    ui.label(f"All {len(found.pairs)} tries").style("display: inline")
                head = ("Chat", "Day", *parts.NAMES.values())
                with fields.table(head, f"{what} The newest first"):
                    for pair in found.pairs:
                        with fields.row(pair.topic):
                            fields.cell(f"{pair.at:%d %b %Y}")
                            for difference in pair.differences().values():
                                fields.cell(parts.signed(difference))

    def _to_score(self) -> None:
        waiting = [one for one in self._tried if one.attempt.scored_at is None]
        scored = [one for one in self._tried if one.attempt.scored_at is not None]
        with fields.panel("Tries to score"):
            if waiting:
                _tries(waiting, "Score")
            else:
                ui.label("No try waits for your score.").classes("desk-muted")
            if scored:
                with ui.element("details").classes("desk-more desk-open"):
                    with ui.element("summary"):
                        ui.label("Scored lately").style("display: inline")
                    _tries(scored, "See")

    def _kept_chats(self) -> None:
        with fields.panel("All practice chats"):
            if not self._kept:
                ui.label("None yet. “Make a practice chat” shows finished chats.").classes(
                    "desk-muted"
                )
                return
            with ui.element("ul").classes("practice-list"):
                for one in self._kept:
                    with ui.element("li"):
                        _kept(one)


def _kept(one: Kept) -> None:
    with ui.element("div").classes("practice-about"):
        ui.label(one.chat.topic).classes("practice-topic")
        ui.label(
            f"{_length(len(one.chat.lines), one.chat.points)}; by {one.chat.made_by_name}, "
            f"{one.chat.made_at:%d %b %Y}"
        ).classes("desk-muted")
        tried = f"{one.tries} finished {'try' if one.tries == 1 else 'tries'}"
        ui.label(f"Retired, {tried}" if one.chat.retired_at else tried).classes("practice-state")
    link = ui.link("Open", f"{PATH}/chats/{one.chat.id}").classes("practice-link")
    fields.named(link, f"Open {one.chat.topic}")


def _tries(tried: list[Tried], word: str) -> None:
    with ui.element("ul").classes("practice-list"):
        for one in tried:
            with ui.element("li"):
                with ui.element("div").classes("practice-about"):
                    ui.label(f"{one.agent}: {one.chat.topic}").classes("practice-topic")
                    day = one.attempt.finished_at or one.attempt.started_at
                    ui.label(f"Try {one.attempt.number}, {day:%d %b %Y}").classes("desk-muted")
                link = ui.link(word, _address(one.attempt.id)).classes("practice-link")
                fields.named(link, f"{word} {one.agent}: {one.chat.topic}")


def _length(messages: int, points: int) -> str:
    return f"{messages} messages, {points} {'answer' if points == 1 else 'answers'} to write"


def _address(attempt: UUID) -> str:
    return f"{PATH}/attempts/{attempt}"
