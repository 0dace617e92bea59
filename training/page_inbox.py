"""The trainer page's inbox: real messages, filters, and labels by a select that is searched by typing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from uuid import UUID

from nicegui import ui

from server.auth import Staff
from server.errors import HandrailError
from training import words
from training.inbox import Filter, Item, Order, Page, Show
from training.labels import Intent, Labelled
from training.page_rows import Row
from training.reasons import Reason
from training.room import TrainingRoom

ANY = ""


class InboxPane:
    """One trainer's view of the inbox; rows that are dealt with leave it without a reload."""

    def __init__(
        self,
        room: TrainingRoom,
        staff: Staff,
        intents: Sequence[Intent],
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._room, self._staff, self._changed = room, staff, changed
        self._intents = {intent.name: words.intent(intent.name) for intent in intents}
        self._filter = Filter(doubtful=True)
        self._number = 1
        self._total = 0
        self._rows: list[Row] = []

    async def build(self) -> None:
        with ui.element("div").classes("tr-head"):
            with ui.element("h1"):
                ui.label("Messages to learn from")
            self._count = ui.label().classes("tr-quiet").props("aria-live=polite")
        self._build_filters()
        with ui.element("div").classes("tr-said").props("aria-live=polite"):
            self._last = ui.element("div").classes("tr-last")
        self._last.set_visibility(False)
        self._build_bulk()
        self._body = ui.element("div")
        await self.load()

    async def load(self) -> None:
        """Read the page anew and draw it."""
        page = await self._room.inbox.page(self._filter, self._number)
        self._number = page.number
        self._count_to(page.total)
        self._reason.set_options(
            {ANY: "Any reason"}
            | {one.value: f"{words.REASONS[one]} ({page.reasons[one]})" for one in Reason}
        )
        self._rows = []
        self._body.clear()
        with self._body:
            if page.items:
                self._build_table(page)
            else:
                self._build_empty(page)
        self._selection_changed()

    def _count_to(self, total: int) -> None:
        self._total = total
        self._count.set_text(words.plural(total, "message", "messages"))

    def _build_filters(self) -> None:
        with ui.element("div").classes("tr-filters"):
            search = ui.input(placeholder="Search the messages").props(
                'outlined dense clearable debounce=350 maxlength=200 aria-label="Search the messages"'
            )
            search.on_value_change(lambda event: self._narrow(search=event.value or ""))
            self._reason = ui.select({ANY: "Any reason"}, value=ANY).props(
                'outlined dense options-dense aria-label="Reason"'
            )
            self._reason.on_value_change(
                lambda event: self._narrow(reason=Reason(event.value) if event.value else None)
            )
            understood = ui.select(
                {ANY: "Any intent", **self._intents}, value=ANY, with_input=True
            ).props('outlined dense options-dense aria-label="Intent"')
            understood.on_value_change(lambda event: self._narrow(intent=event.value or None))
            show = ui.toggle({one.value: words.SHOWN[one] for one in Show}, value=Show.OPEN.value)
            show.props("dense no-caps unelevated padding='6px 12px' aria-label='Which messages'")
            show.on_value_change(lambda event: self._narrow(show=Show(event.value)))
        with ui.element("div").classes("tr-line"):
            doubtful = ui.checkbox("Only doubtful", value=True)
            doubtful.on_value_change(lambda event: self._narrow(doubtful=bool(event.value)))
            newest = ui.checkbox("Newest first", value=False)
            newest.on_value_change(
                lambda event: self._narrow(order=Order.NEWEST if event.value else Order.DOUBT)
            )

    def _build_bulk(self) -> None:
        with ui.element("div").classes("tr-line tr-bulk"):
            self._all = ui.checkbox("Select all", value=False)
            self._all.on_value_change(lambda event: self._select_all(bool(event.value)))
            self._bulk_intent = ui.select(
                self._intents, label="Right intent for all selected", with_input=True
            ).props("outlined dense options-dense")
            self._bulk_label = ui.button("Label", on_click=self._label_selected)
            self._bulk_ignore = ui.button("Ignore", on_click=self._ignore_selected).props("outline")

    def _build_table(self, page: Page) -> None:
        with ui.element("table").classes("tr-table"):
            with ui.element("thead"), ui.element("tr"):
                for title in ("", "Message", "Understood as", "Why it is here", "Right intent"):
                    with ui.element("th").props("scope=col"):
                        ui.label(title)
            with ui.element("tbody"):
                self._rows = [self._build_row(item) for item in page.items]
        if page.pages > 1:
            with ui.element("nav").classes("tr-pages").props('aria-label="Pages"'):
                back = ui.button("Back", on_click=lambda: self._turn_page(-1)).props("flat no-caps")
                back.set_enabled(page.number > 1)
                ui.label(f"Page {page.number} of {page.pages}")
                on = ui.button("Next", on_click=lambda: self._turn_page(1)).props("flat no-caps")
                on.set_enabled(page.number < page.pages)

    def _build_row(self, item: Item) -> Row:
        return Row(
            item,
            self._intents,
            on_label=lambda intent: self._label([item.turn_id], intent),
            on_ignore=lambda: self._ignore([item.turn_id]),
            on_undo=lambda: self._undo([item.turn_id]),
            on_select=self._selection_changed,
        )

    def _build_empty(self, page: Page) -> None:
        heading, advice = words.nothing_to_show(page, self._filter)
        with ui.element("div").classes("tr-empty"):
            with ui.element("h2"):
                ui.label(heading)
            ui.label(advice).classes("tr-quiet")

    async def _narrow(self, **changes: object) -> None:
        self._filter = replace(self._filter, **changes)  # type: ignore[arg-type]
        self._number = 1
        await self.load()

    async def _turn_page(self, step: int) -> None:
        self._number += step
        await self.load()

    def _selected(self) -> list[UUID]:
        return [row.item.turn_id for row in self._rows if row.selected]

    def _select_all(self, on: bool) -> None:
        for row in self._rows:
            row.select(on)
        self._selection_changed()

    def _selection_changed(self) -> None:
        count = len(self._selected())
        open_rows = bool(self._rows) and self._filter.show is Show.OPEN
        self._all.set_enabled(open_rows)
        if not count and self._all.value:
            self._all.value = False
        for button, verb in ((self._bulk_label, "Label"), (self._bulk_ignore, "Ignore")):
            button.set_text(f"{verb} {count} selected" if count else f"{verb} selected")
            button.set_enabled(count > 0 and open_rows)

    async def _label_selected(self) -> None:
        if not self._bulk_intent.value:
            ui.notify("Choose the right intent first.", type="warning")
            self._bulk_intent.run_method("focus")
            return
        if await self._label(self._selected(), self._bulk_intent.value):
            self._bulk_intent.value = None

    async def _ignore_selected(self) -> None:
        await self._ignore(self._selected())

    async def _label(self, turn_ids: Sequence[UUID], intent: str) -> bool:
        try:
            result = await self._room.labels.label(turn_ids, intent, self._staff)
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
            return False
        texts = words.plural(len(result.done), "message is", "messages are")
        kind = "an example" if len(result.done) == 1 else "examples"
        await self._dealt_with(result, f"{texts} now {kind} of “{words.intent(intent)}”.")
        return True

    async def _ignore(self, turn_ids: Sequence[UUID]) -> None:
        try:
            result = await self._room.labels.ignore(turn_ids, self._staff)
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
            return
        await self._dealt_with(
            result, f"{words.plural(len(result.done), 'message', 'messages')} ignored."
        )

    async def _undo(self, turn_ids: Sequence[UUID]) -> None:
        try:
            for turn_id in turn_ids:
                await self._room.labels.undo(turn_id)
        except HandrailError as error:
            ui.notify(str(error), type="negative")
        self._last.set_visibility(False)
        await self.load()
        await self._changed()

    async def _dealt_with(self, result: Labelled, sentence: str) -> None:
        """Take the finished rows away, say what happened, and go on with the next message."""
        place = next((n for n, row in enumerate(self._rows) if row.item.turn_id in result.done), 0)
        for row in [row for row in self._rows if row.item.turn_id in result.done]:
            self._rows.remove(row)
            row.remove()
        self._report(result, sentence)
        self._count_to(max(0, self._total - len(result.done)))
        if not self._rows:
            await self.load()
        else:
            self._selection_changed()
        if self._rows and self._filter.show is Show.OPEN:
            self._rows[min(place, len(self._rows) - 1)].focus()
        await self._changed()

    def _report(self, result: Labelled, sentence: str) -> None:
        self._last.clear()
        self._last.set_visibility(True)
        self._last.classes(
            add="tr-last--problem" if result.refused else "",
            remove="" if result.refused else "tr-last--problem",
        )
        problems = " ".join(dict.fromkeys(refused.problem for refused in result.refused))
        with self._last:
            ui.label(" ".join(part for part in (sentence if result.done else "", problems) if part))
            if result.done:
                done = list(result.done)
                ui.button("Undo", on_click=lambda: self._undo(done)).props("flat dense no-caps")
