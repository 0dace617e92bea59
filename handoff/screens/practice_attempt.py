"""`/staff/desk/practice/attempts/<id>`: an agent replays a chat and scores it; a lead reads it and scores the
answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from nicegui import ui
from pydantic import ValidationError

from handoff.practice import replay, scoring, trying
from handoff.practice.access import leads, require_lead
from handoff.practice.inputs import ANSWER_LIMIT, WHY_LIMIT, Answer, Finish, LeadScore
from handoff.practice.replay import YOU
from handoff.screens import fields
from handoff.screens import practice_parts as parts
from handoff.screens.nav import desk_frame
from server.auth import Role, Staff
from server.errors import HandrailError
from server.pages import page_services, require_page

PATH = f"{parts.PATH}/attempts/{{attempt}}"


async def page(attempt: UUID) -> None:
    staff = await require_page(Role.AGENT, Role.SUPERVISOR)
    parts.style()
    with desk_frame("Practice", staff, parts.PATH):
        await AttemptPage(page_services(), staff, attempt).show()


class AttemptPage:
    """The page's state for one browser window; how far the try has come stands in the database."""

    def __init__(self, app: Any, staff: Staff, attempt_id: UUID) -> None:
        self._app = app
        self._staff = staff
        self._id = attempt_id

    async def show(self) -> None:
        try:
            await self._load()
        except HandrailError:
            parts.nothing("There is no such try, or it is not yours to see.")
            return
        parts.back()
        self._page = ui.refreshable(self._draw)
        self._page()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            lead = await leads(db, self._app.desk, self._staff)
            one = await scoring.read(db, self._id, self._staff, leads=lead)
        self._chat, self._attempt, self._agent = one.chat, one.attempt, one.agent
        self._mine = one.attempt.staff_id == self._staff.id
        self._seen = replay.shown(one.chat, one.attempt)

    async def _again(self) -> None:
        await self._load()
        self._page.refresh()
        parts.to_focus()

    def _draw(self) -> None:
        with ui.element("div").classes("desk-bar"):
            title = self._chat.topic if self._mine else f"{self._agent}: {self._chat.topic}"
            fields.heading(title)
        if self._attempt.finished_at is None:
            self._replay()
        elif self._mine:
            self._result()
        else:
            self._to_score()

    # -- the agent, on the way

    def _replay(self) -> None:
        seen = self._seen
        if seen.answering:
            ui.label(f"Answer {seen.point + 1} of {seen.points}").classes("desk-muted")
        yours = [at for at, line in enumerate(seen.lines) if line.author == YOU]
        parts.transcript(seen.lines, "The chat so far", focus=yours[-1] if yours else None)
        if seen.answering:
            self._answer_form()
        else:
            self._score_form()

    def _answer_form(self) -> None:
        point = self._seen.point
        with fields.panel("Your turn"):
            field = ui.textarea("What would you say?").props(
                f"autogrow outlined counter maxlength={ANSWER_LIMIT}"
            )
            field.classes("desk-field")
            complaint = fields.Complaint()

            async def store() -> None:
                try:
                    given = Answer(point=point, text=field.value or "")
                except ValidationError as error:
                    raise parts.checked(error, "Write what you would say first.") from error
                async with self._app.database.write() as db:
                    await trying.answer(db, self._id, given, self._staff)

            async def say() -> None:
                try:
                    await store()
                except HandrailError as error:
                    complaint.say(str(error))
                    return
                await self._again()

            field.on("keydown.ctrl.enter", say)
            with ui.element("div").classes("desk-bar"):
                ui.button("Say it", on_click=say).props("unelevated no-caps")
                ui.label("or Ctrl+Enter").classes("desk-muted practice-keys")

    def _score_form(self) -> None:
        with fields.panel("How was this chat really handled?"):
            handled = parts.ScoreFields("How it was handled")
            handled.show()
        with fields.panel("And how good were your own answers?"):
            own = parts.ScoreFields("Your own answers")
            own.show()
        complaint = fields.Complaint()

        async def store() -> None:
            given = Finish(handled=handled.read(), own=own.read())
            async with self._app.database.write() as db:
                await trying.finish(db, self._app.clock, self._id, given, self._staff)

        async def finish() -> None:
            if await complaint.unless(store, "Finished."):
                await self._load()
                self._page.refresh()
                ui.run_javascript("window.scrollTo(0, 0)")

        with ui.element("div").classes("desk-bar"):
            button = ui.button("Finish and see the lead’s score", on_click=finish)
            button.props("unelevated no-caps")

    # -- the agent, at the end

    def _result(self) -> None:
        attempt, chat = self._attempt, self._chat
        with fields.panel("How the chat was handled"):
            parts.side_by_side(
                "Your score and the lead’s", ("You", attempt.handled or {}), ("Lead", chat.scores)
            )
            ui.label(f"“{chat.why}”").classes("practice-why")
        with fields.panel("Your lead’s score"):
            if attempt.lead_scores:
                ui.label("Of your own answers").classes("desk-muted")
                parts.side_by_side(
                    "Your score of your answers and your lead’s",
                    ("You", attempt.own or {}),
                    (attempt.scored_by_name, attempt.lead_scores),
                )
                ui.label(f"“{attempt.lead_why}”").classes("practice-why")
            else:
                ui.label(
                    "No lead has scored your answers yet. Their score will stand here, beside yours."
                ).classes("desk-hint")
                parts.one_score("Your score of your answers", "You", attempt.own or {})
        with fields.panel("Your answers beside the real ones"):
            parts.transcript(self._seen.lines, "The chat with your answers")

    # -- the lead

    def _to_score(self) -> None:
        attempt, chat = self._attempt, self._chat
        with fields.panel("The answers beside the real ones"):
            parts.transcript(
                self._seen.lines, f"The chat with {self._agent}’s answers", self._agent
            )
        with fields.panel(f"Score {self._agent}’s answers"):
            if attempt.lead_scores:
                ui.label(f"Scored by {attempt.scored_by_name}. You may change it.").classes(
                    "desk-muted"
                )
            scores = parts.ScoreFields("The answers", attempt.lead_scores)
            scores.show()
            why = ui.input("Why, in one line", value=attempt.lead_why)
            why.props(f"maxlength={WHY_LIMIT}").classes("desk-field")
            complaint = fields.Complaint()

            async def store() -> None:
                given = scores.read()
                try:
                    wanted = LeadScore(scores=given, why=why.value or "")
                except ValidationError as error:
                    raise parts.checked(error, "Say why in one line.") from error
                async with self._app.database.write() as db:
                    await require_lead(db, self._app.desk, self._staff)
                    await scoring.score(db, self._app.clock, self._id, wanted, self._staff)

            async def save() -> None:
                if await complaint.unless(store, f"Saved. {self._agent} sees it now."):
                    await self._again()

            with ui.element("div").classes("desk-bar"):
                ui.button("Save the score", on_click=save).props("unelevated no-caps")
        with fields.panel(f"How {self._agent} scored"):
            parts.side_by_side(
                "How the chat was handled",
                (self._agent, attempt.handled or {}),
                (chat.made_by_name, chat.scores),
            )
            parts.one_score(
                "Their own answers", f"{self._agent}, of their own answers", attempt.own or {}
            )
