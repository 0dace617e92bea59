"""The editor's panel of an article's files: add, put into the text, delete."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from nicegui import ui
from nicegui.events import UploadEventArguments

from knowledge_base import files
from knowledge_base.file_kinds import ATTACHMENT_LIMIT, is_image
from knowledge_base.models import ArticleFile
from server.errors import HandrailError

ACCEPTED = ".png,.jpg,.jpeg,.gif,.webp,.pdf,.txt,.csv"


class FilesPanel:
    """Call `show` inside a page's layout; `insert` gets the marks to put where the cursor stands.

    ``login`` is who adds files; without one it is left empty. An article must be saved before it can have any.
    """

    def __init__(
        self, app: Any, article_id: uuid.UUID, insert: Callable[[str], None], login: str = ""
    ) -> None:
        self._app = app
        self._article_id = article_id
        self._insert = insert
        self._login = login
        self._list = ui.refreshable(self._draw_list)

    async def show(self) -> None:
        """Draw the panel."""
        with ui.element("section").classes("kb-panel").props('aria-label="Files"'):
            with ui.element("h2"):
                ui.label("Pictures and files")
            self._trouble = ui.label().classes("kb-warn").props("role=alert")
            self._trouble.set_visibility(False)
            await self._list()
            upload = ui.upload(
                multiple=True,
                auto_upload=True,
                max_file_size=ATTACHMENT_LIMIT,
                on_upload=self._add,
                on_rejected=lambda: self._complain("This file is over 10 MB, or of another kind."),
            )
            # Its own button is a plus without a name; and a browser opens its window for files only
            # while a press is at work, so the way over the server would be too long.
            upload.props(f'accept="{ACCEPTED}" no-thumbnails').classes("hidden")
            pick = f"() => getElement({upload.id}).$refs.qRef.pickFiles()"
            ui.button("Add a file").props("outline").on("click", js_handler=pick)
            ui.label(
                "PNG, JPEG, GIF or WebP up to 2 MB; PDF, text or CSV up to 10 MB. "
                "Customers can open them once the article is published."
            ).classes("kb-muted")

    async def _add(self, event: UploadEventArguments) -> None:
        event.sender.reset()  # type: ignore[attr-defined]
        try:
            checked = await files.read_upload(event.file.name, await event.file.read())
            async with self._app.database.write() as db:
                await files.add(db, self._app.clock, self._article_id, checked, self._login)
        except HandrailError as error:
            self._complain(f"{event.file.name}: {error}")
            return
        self._done(f"{checked.name} is here. Press Insert to put it into the text.")

    async def _draw_list(self) -> None:
        async with self._app.database.read() as db:
            found = await files.list_of(db, self._article_id)
            named = await files.named_in(db, self._article_id)
        if not found:
            ui.label("No files yet. Add a picture of what to press, or a form to fill in.").classes(
                "kb-muted"
            )
        for file in found:
            self._row(file, used=file.id in named)

    def _row(self, file: ArticleFile, *, used: bool) -> None:
        with ui.element("div").classes("kb-bar"):
            with ui.element("div").style("flex: 1 1 12rem; min-width: 0"):
                ui.link(file.name, files.address(file), new_tab=True).style(
                    "overflow-wrap: anywhere"
                )
                ui.label(files.note(file) + ("" if used else " · not in the saved text")).classes(
                    "kb-muted"
                )
            words = ui.input("What it shows" if is_image(file.media_type) else "Words of the link")
            words.props("outlined dense maxlength=200").style("flex: 1 1 10rem")
            ui.button("Insert", on_click=lambda: self._put(file, words)).props(
                f'outline dense aria-label="Insert {file.name}"'
            )
            ui.button("Delete", on_click=lambda: self._ask(file, used)).props(
                f'flat dense aria-label="Delete {file.name}"'
            )

    def _put(self, file: ArticleFile, words: ui.input) -> None:
        said = str(words.value or "").strip()
        if is_image(file.media_type) and not said:
            self._complain("Say first what the picture shows, for who can't see it.")
            words.run_method("focus")
            return
        self._trouble.set_visibility(False)
        self._insert(files.mark_of(file, said))

    async def _ask(self, file: ArticleFile, used: bool) -> None:
        with ui.dialog() as dialog, ui.card():
            ui.label(f"Delete {file.name}?").props("role=heading aria-level=2")
            ui.label(
                "It stands in the article: its words alone will be left there."
                if used
                else "It is not in the saved text. Older versions may still name it."
            )
            with ui.element("div").classes("kb-bar"):
                ui.button("Delete", color="negative", on_click=lambda: dialog.submit(True))
                ui.button("Keep it", on_click=dialog.close).props("flat autofocus")
        if await dialog:
            await self._delete(file)
        dialog.delete()

    async def _delete(self, file: ArticleFile) -> None:
        try:
            async with self._app.database.write() as db:
                await files.delete(db, self._article_id, file.id)
        except HandrailError as error:
            self._complain(str(error))
            return
        self._done(f"{file.name} is deleted.")

    def _done(self, said: str) -> None:
        self._trouble.set_visibility(False)
        self._list.refresh()
        ui.notify(said, type="positive")

    def _complain(self, message: str) -> None:
        self._trouble.text = message
        self._trouble.set_visibility(True)
