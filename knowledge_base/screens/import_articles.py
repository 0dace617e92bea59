"""The page where an editor brings articles in: choose, look at the plan, import."""

from __future__ import annotations

from functools import partial
from typing import Any

from nicegui import ui
from nicegui.events import UploadEventArguments

from knowledge_base.exchange import importing, sources
from knowledge_base.exchange.export import Format
from knowledge_base.exchange.fetch import Fetcher
from knowledge_base.exchange.plan import Options
from knowledge_base.exchange.portable import Source
from knowledge_base.exchange.report import Report, as_csv
from knowledge_base.exchange.ruling import HELD
from knowledge_base.exchange.sitemap import read_sitemap
from knowledge_base.exchange.sources import ENDINGS, READABLE, UPLOAD_LIMIT
from knowledge_base.exchange.views import ADDRESS_LIMIT
from knowledge_base.review import batch
from knowledge_base.review.gate import REASON_LIMIT, REASON_SHORTEST, clean_reason, is_lead
from knowledge_base.screens.report_table import ReportTable
from server.auth import Staff
from server.errors import HandrailError

DRAFTS, PUBLISH = "as drafts", "so that they answer at once"


class ImportPage:
    """Call `show` inside a page's layout. What was read is kept by the page until something else is."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff
        self._found: list[Source] = []
        self._name = ""
        self._busy = False
        self._table = ReportTable()

    def show(self) -> None:
        """Draw the page."""
        with ui.element("div").classes("kb-bar"):
            with ui.element("h1"):
                ui.label("Import articles")
            for form, said in ((Format.JSON, "Export as JSON"), (Format.MARKDOWN, "Export as zip")):
                address = f"/api/articles/export?format={form.value}"
                ui.link(said, address).props(f"download={form.file_name}")
        self._trouble = ui.label().classes("kb-warn").props("role=alert")
        self._trouble.set_visibility(False)
        self._draw_choice()
        self._working = ui.element("div").classes("kb-panel").props("role=status")
        self._working.style("margin-top: 16px")
        with self._working:
            self._doing = ui.label()
            self._bar = ui.linear_progress(0, show_value=False).props('aria-label="Progress"')
        self._working.set_visibility(False)
        self._result = ui.element("section").classes("kb-panel").props('aria-label="Plan"')
        self._result.style("margin-top: 16px").set_visibility(False)

    def _draw_choice(self) -> None:
        with ui.element("section").classes("kb-panel").props('aria-label="Where from"'):
            with ui.element("h2"):
                ui.label("Where from")
            endings = ",".join(ENDINGS)
            self._upload = ui.upload(
                label="Drop a file here, or choose one",
                auto_upload=True,
                max_file_size=UPLOAD_LIMIT,
                on_upload=self._take_file,
                on_rejected=lambda: self._complain(
                    f"{READABLE} files up to {UPLOAD_LIMIT // 2**20} MB can be read."
                ),
            )
            self._upload.props(f'accept="{endings}" flat bordered').classes("w-full")
            # The uploader's own button is a plus without a name. In the browser: it must follow a click.
            pick = (
                f"() => getHtmlElement({self._upload.id}).querySelector('input[type=file]').click()"
            )
            ui.button("Choose a file").props("outline").style("margin: 8px 0").on(
                "click", js_handler=pick
            )
            ui.label(
                f"{READABLE} up to {UPLOAD_LIMIT // 2**20} MB. A zip may hold Markdown files, a saved help "
                "centre or Word files; folders become categories. Nothing is stored before you say so."
            ).classes("kb-muted")
            if self._app.settings.import_hosts:
                with ui.element("div").classes("kb-bar").style("margin-top: 10px"):
                    self._address = ui.input("Or a sitemap's address, as https://…/sitemap.xml")
                    self._address.props(f"outlined dense maxlength={ADDRESS_LIMIT}")
                    self._address.style("flex: 1 1 16rem").on("keydown.enter", self._take_sitemap)
                    ui.button("Read it", on_click=self._take_sitemap).props("outline")
            else:
                ui.label(
                    "Pages of a web address can be read, too, once the setting HANDRAIL_IMPORT_HOSTS "
                    "names its host."
                ).classes("kb-muted")
            with ui.element("div").classes("kb-bar").style("margin-top: 10px"):
                self._publish = ui.select(
                    [DRAFTS, PUBLISH], value=DRAFTS, label="Articles come in", on_change=self._plan
                )
                self._publish.props("outlined dense").style("min-width: 16rem")
                self._overwrite = ui.checkbox(
                    "Also replace articles that were edited or archived here", on_change=self._plan
                )

    async def _take_file(self, event: UploadEventArguments) -> None:
        self._upload.reset()
        if self._busy:
            return
        self._start(f"Reading {event.file.name} …")
        try:
            content = await event.file.read()
            kind = sources.kind_of(event.file.name)
            self._found = await sources.read(content, kind, event.file.name)
            self._name = event.file.name
        except HandrailError as error:
            self._complain(f"{event.file.name}: {error}")
            return
        finally:
            self._stop()
        await self._plan()

    async def _take_sitemap(self) -> None:
        address = str(self._address.value or "").strip()[:ADDRESS_LIMIT]
        if self._busy or not address:
            return
        self._start("Reading the sitemap …")
        try:
            async with Fetcher(self._app.settings.import_hosts) as fetcher:
                self._found = await read_sitemap(fetcher, address, progress=self._advance)
            self._name = address
        except HandrailError as error:
            self._complain(str(error))
            return
        finally:
            self._stop()
        await self._plan()

    async def _plan(self) -> None:
        if self._found and not self._busy:
            await self._run(dry=True)

    async def _import(self, reason: str = "") -> None:
        if self._found and not self._busy:
            await self._run(dry=False, reason=reason)

    async def _run(self, *, dry: bool, reason: str = "") -> None:
        options = Options(
            publish=self._publish.value == PUBLISH,
            overwrite=bool(self._overwrite.value),
            by=self._staff.login,
            reason=reason,
        )
        self._start("Comparing with what is here …" if dry else "Importing …")
        try:
            report = await importing.run(
                self._app.database,
                self._app.clock,
                self._found,
                options,
                dry=dry,
                progress=self._advance,
                gate=partial(batch.lost, self._app),
            )
        except HandrailError as error:
            self._complain(f"{error} What came in before that stays; import it again.")
            return
        finally:
            self._stop()
        self._show(report, dry=dry)

    def _show(self, report: Report, *, dry: bool) -> None:
        self._result.clear()
        self._result.set_visibility(True)
        self._result.props(f'aria-label="{"Plan" if dry else "Report"}"')
        with self._result:
            with ui.element("h2"):
                ui.label(f"{'What would happen' if dry else 'What happened'}: {self._name[:120]}")
            with ui.element("div").classes("kb-bar"):
                if dry and report.changes:
                    noun = "article" if report.changes == 1 else "articles"
                    ui.button(f"Import {report.changes} {noun}", on_click=lambda: self._import())
                elif dry:
                    ui.label("There is nothing to import.").classes("kb-verdict")
                else:
                    ui.link("See the articles", "/staff/articles")
                if report.errors:
                    ui.button(
                        "Rows with errors as CSV", on_click=lambda: self._download(report)
                    ).props("flat")
            if waiting := sum(row.code == HELD for row in report.rows):
                self._against_golden(waiting, dry=dry)
            self._table.show(report)
        if not dry:
            self._found = []
            with self._working:  # the button that was pressed is gone with its plan
                ui.notify(f"Done: {report.changes} articles.", type="positive")

    def _against_golden(self, waiting: int, *, dry: bool) -> None:
        """Say what the golden questions hold back; a lead may let it answer, with a reason."""
        articles = "1 article" if waiting == 1 else f"{waiting} articles"
        said = f"{articles} would cost golden questions their right answer, so what is new of them"
        ui.label(f"{said} {'would wait' if dry else 'waits'} for review.").classes("kb-warn").props(
            "role=alert"
        )
        if not dry or not is_lead(self._staff):
            return
        with ui.element("div").classes("kb-bar"):
            reason = ui.input("Why should they answer all the same?").style("flex: 1 1 16rem")
            reason.props(f"outlined dense counter maxlength={REASON_LIMIT}")

            async def go() -> None:
                try:
                    await self._import(clean_reason(str(reason.value or "")))
                except HandrailError as error:
                    ui.notify(str(error), type="negative")

            button = ui.button("Import and publish all", on_click=go).props("outline")
            button.bind_enabled_from(
                reason, "value", lambda text: len(str(text or "").strip()) >= REASON_SHORTEST
            )

    def _download(self, report: Report) -> None:
        ui.download.content(as_csv(report.errors).encode(), "import-errors.csv", "text/csv")

    def _advance(self, done: int, of: int) -> None:
        self._bar.value = done / max(of, 1)
        self._doing.text = f"{self._said} {done} of {of}"

    def _start(self, said: str) -> None:
        self._busy, self._said = True, said
        self._trouble.set_visibility(False)
        self._result.set_visibility(False)
        self._bar.value, self._doing.text = 0, said
        self._working.set_visibility(True)

    def _stop(self) -> None:
        self._busy = False
        self._working.set_visibility(False)

    def _complain(self, message: str) -> None:
        self._trouble.text = message
        self._trouble.set_visibility(True)
