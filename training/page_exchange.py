"""The page `/staff/training/files`: examples in, labels out, and what people changed in the files themselves."""

from __future__ import annotations

from collections.abc import Awaitable
from pathlib import Path

from nicegui import ui
from nicegui.events import UploadEventArguments

from server.auth import Role, Staff
from server.errors import HandrailError
from server.focusing import focus
from server.pages import page_services, require_page
from training import words
from training.exchange import importing
from training.exchange.exporting import What
from training.exchange.judging import TOLD, Judged, Outcome, Report
from training.exchange.rows import ROW_LIMIT, SIZE_LIMIT, Form
from training.labels import EditedByHand
from training.pages import room_frame
from training.room import TrainingRoom

PATH = "/staff/training/files"
SHOWN_EDITS = 50
STYLE = Path(__file__).with_suffix(".css").read_text("utf-8")
OUTCOMES = {
    Outcome.ADDED: ("New", ""),
    Outcome.KNOWN: ("Known", ": here already"),
    Outcome.CONFLICTING: ("Contradicting", ": said to mean something else"),
    Outcome.BAD: ("Not usable", ": something is wrong with the row"),
}


def register_pages() -> None:
    """Declare the page to NiceGUI; called once, before ``ui.run_with``."""

    @ui.page(PATH)
    async def files_page() -> None:
        staff = await require_page(Role.TRAINER)
        ui.add_css(STYLE)
        with room_frame("Files", staff, PATH), ui.element("div").classes("te-page"):
            with ui.element("h1"):
                ui.label("Training files")
            room: TrainingRoom = page_services().training
            ImportPanel(room, staff).build()
            _build_export()
            await EditsPanel(room, staff).build()


def _panel(title: str) -> ui.element:
    section = ui.element("section").classes("tr-panel").props(f'aria-label="{title}"')
    with section, ui.element("h2"):
        ui.label(title)
    return section


class ImportPanel:
    """A file is looked at first; it is kept by the page until it is brought in or another one is chosen."""

    def __init__(self, room: TrainingRoom, staff: Staff) -> None:
        self._room, self._staff = room, staff
        self._content, self._form, self._name = b"", Form.JSONL, ""

    def build(self) -> None:
        with _panel("Bring examples in"):
            ui.label(
                f"A file in Rasa's YAML, CSV or JSON lines, up to {ROW_LIMIT:,} rows and "
                f"{SIZE_LIMIT // 2**20} MB. You see first what would become of each row."
            ).classes("tr-quiet")
            upload = ui.upload(
                auto_upload=True,
                max_file_size=SIZE_LIMIT,
                on_upload=self._look,
                on_rejected=lambda: self._say(
                    f"This file is over {SIZE_LIMIT // 2**20} MB, or no .yml, .csv or .jsonl."
                ),
            )
            upload.props('accept=".yml,.yaml,.csv,.jsonl,.ndjson"').classes("hidden")
            # The uploader's own button is a plus without a name; in the browser: it must follow a click.
            pick = f"() => getElement({upload.id}).$refs.qRef.pickFiles()"
            ui.button("Choose a file").props("outline no-caps").style("margin: 8px 0").on(
                "click", js_handler=pick
            )
            self._trouble = ui.label().classes("te-trouble").props("role=alert tabindex=-1")
            self._trouble.set_visibility(False)
            self._result = ui.element("div").props("aria-live=polite")

    def _say(self, problem: str) -> None:
        self._result.clear()
        self._trouble.set_text(problem)
        self._trouble.set_visibility(True)
        focus(self._trouble)

    async def _look(self, event: UploadEventArguments) -> None:
        event.sender.reset()  # type: ignore[attr-defined]
        self._trouble.set_visibility(False)
        try:
            self._form = Form.of_name(event.file.name)
            self._content, self._name = await event.file.read(), event.file.name
            report = await self._run(dry_run=True)
        except HandrailError as error:
            self._say(f"{event.file.name}: {error}")
            return
        self._show(report)

    async def _bring_in(self) -> None:
        try:
            report = await self._run(dry_run=False)
        except HandrailError as error:
            self._say(str(error))
            return
        self._show(report)

    async def _run(self, *, dry_run: bool) -> Report:
        return await importing.run(
            self._room.labels, self._content, self._form, self._staff, dry_run=dry_run
        )

    def _show(self, report: Report) -> None:
        self._result.clear()
        with self._result:
            self._build_result(report)

    def _build_result(self, report: Report) -> None:
        examples = words.plural(report.added, "example", "examples")
        if not report.dry_run:
            with ui.element("p").props("tabindex=-1") as done:
                ui.label(f"{examples} added from {self._name}. ").style("display: inline")
                ui.link("Train now to put them to use.", "/staff/training/model")
            focus(done)
        elif report.added == 0:
            ui.label(f"There is nothing to add in {self._name}.")
        else:
            ui.label(f"{self._name}: {examples} to add. Nothing is stored yet.")
        with ui.element("dl").classes("te-counts"):
            for outcome, (title, _) in OUTCOMES.items():
                with ui.element("div"):
                    with ui.element("dt").classes("tr-quiet"):
                        ui.label(title)
                    with ui.element("dd"):
                        ui.label(f"{report.counts[outcome]:,}")
        if report.masked:
            rows = words.plural(report.masked, "row", "rows")
            ui.label(f"In {rows} something was masked or tidied; below it says where.").classes(
                "tr-quiet"
            )
        for outcome, (title, what) in OUTCOMES.items():
            rows_of = [row for row in report.rows if row.outcome is outcome]
            if rows_of:
                self._build_rows(title + what, rows_of, report.counts[outcome])
        if report.dry_run and report.added:
            ui.button(f"Add {examples}", on_click=self._bring_in).props("no-caps")

    def _build_rows(self, title: str, rows: list[Judged], total: int) -> None:
        with ui.expansion(title).classes("w-full"):
            with ui.element("ul").classes("te-rows"):
                for row in rows:
                    with ui.element("li"):
                        ui.label(row.text or "(empty)").props("dir=auto")
                        why = f" · {row.why}" if row.why else ""
                        ui.label(
                            f"Line {row.line} · {words.intent(row.intent) if row.intent else 'no intent'}{why}"
                        ).classes("tr-quiet")
            if total > TOLD:
                ui.label(f"… and {total - TOLD:,} more.").classes("tr-quiet")


def _build_export() -> None:
    with _panel("Take labels out"):
        ui.label("Personal data is masked, and people are named by their role only.").classes(
            "tr-quiet"
        )
        for what, title in ((What.LABELS, "Labels"), (What.EXAMPLES, "All examples")):
            with ui.element("div").classes("te-line"):
                ui.label(title)
                for form, said in ((Form.CSV, "CSV"), (Form.JSONL, "JSON lines")):
                    address = f"/api/training/export?what={what.value}&format={form.value}"
                    link = ui.link(said, address).props(f"download={what.value}.{form.value}")
                    link.props["aria-label"] = f"{title} as {said}"


class EditsPanel:
    """Labels whose examples somebody moved or took out, with the two ways to settle that."""

    def __init__(self, room: TrainingRoom, staff: Staff) -> None:
        self._room, self._staff = room, staff

    async def build(self) -> None:
        with _panel("Edited by hand"):
            self._said = ui.label().props("role=status tabindex=-1")
            self._said.set_visibility(False)
            self._body = ui.element("div").props("aria-live=polite")
        await self._load()

    async def _load(self) -> None:
        self._body.clear()
        try:
            edits = await self._room.labels.edited_by_hand()
        except HandrailError as error:
            with self._body:
                ui.label(str(error)).classes("te-trouble")
            return
        with self._body:
            if not edits:
                ui.label(
                    "Nobody has moved or removed a labelled example in data/nlu. What you write into the files "
                    "yourself counts at once."
                ).classes("tr-quiet")
                return
            ui.label(
                "These labels say something else than the files. They are not written again by themselves."
            ).classes("tr-quiet")
            with ui.element("ul").classes("te-rows"):
                for edit in edits[:SHOWN_EDITS]:
                    self._build_edit(edit)
            if len(edits) > SHOWN_EDITS:
                ui.label(f"… and {len(edits) - SHOWN_EDITS:,} more.").classes("tr-quiet")

    def _build_edit(self, edit: EditedByHand) -> None:
        now = f"moved to “{words.intent(edit.now)}”" if edit.now else "taken out"
        short = edit.text if len(edit.text) <= 60 else edit.text[:60] + "…"
        with ui.element("li").classes("te-edit"):
            with ui.element("div"):
                ui.label(edit.text).props("dir=auto")
                ui.label(f"Labelled “{words.intent(edit.intent)}”, {now}").classes("tr-quiet")
            with ui.element("div").classes("te-line"):
                keep = ui.button("Keep the edit", on_click=lambda: self._keep(edit))
                keep.props("outline no-caps").props["aria-label"] = f"Keep the edit: {short}"
                back = ui.button("Put it back", on_click=lambda: self._put_back(edit))
                back.props("flat no-caps").props["aria-label"] = f"Put it back: {short}"

    async def _keep(self, edit: EditedByHand) -> None:
        stays = f"is an example of “{words.intent(edit.now)}”" if edit.now else "stays taken out"
        deed = self._room.labels.accept_edit(edit.label_id, self._staff)
        await self._settle(deed, f"Kept: “{edit.text}” {stays}.")

    async def _put_back(self, edit: EditedByHand) -> None:
        deed = self._room.labels.put_back(edit.label_id)
        said = f"Put back: “{edit.text}” is an example of “{words.intent(edit.intent)}” again."
        await self._settle(deed, said)

    async def _settle(self, deed: Awaitable[object], said: str) -> None:
        try:
            await deed
        except HandrailError as error:
            said = str(error)
        await self._load()
        self._said.set_text(said)
        self._said.set_visibility(True)
        focus(self._said)
