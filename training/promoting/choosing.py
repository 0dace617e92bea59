"""What becomes of a candidate, by two buttons: into service with a reason, or the old model stays."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from server.auth import Staff
from server.errors import HandrailError
from training.models import RunState, TrainingRun
from training.promote import Promotions
from training.promoting import words
from training.promoting.dialogs import Said, ask_knowingly, ask_promote
from training.promoting.rules import speaks_against
from training.promoting.steps import name_of

Then = Callable[[], Awaitable[None]]


class Choosing:
    """Draws the buttons, and does what is chosen; `then` follows, unless it was refused, which is shown."""

    def __init__(self, promotions: Promotions, staff: Staff, then: Then) -> None:
        self._promotions, self._staff, self._then = promotions, staff, then

    def build(self, run: TrainingRun) -> None:
        """Draw the buttons; nothing where there is nothing to choose any more."""
        if run.state is not RunState.DONE or run.choice is not None:
            return
        safe = speaks_against(run.figures) is None
        with ui.element("div").classes("tr-actions"):
            # What is advised stands first, and is the button that looks like one.
            buttons = [
                ("Promote…", lambda: self._promote(run)),
                ("Keep the old", lambda: self._keep(run)),
            ]
            if not safe:
                buttons.reverse()
            for place, (title, act) in enumerate(buttons):
                ui.button(title, on_click=act).props("outline" if place else "")

    async def _promote(self, run: TrainingRun) -> None:
        against = speaks_against(run.figures)
        if against is not None:
            said = await ask_knowingly(against, name_of(run.model))
        else:
            said = await ask_promote(words.evidence(run))
        if said is not None:
            await self._do(lambda: self._begin(run, said, knowingly=against is not None))

    async def _begin(self, run: TrainingRun, said: Said, *, knowingly: bool) -> None:
        await self._promotions.promote(
            run.id, self._staff,
            reason=said.reason, even_if_worse=knowingly, confirm=said.confirm,
        )  # fmt: skip

    async def _keep(self, run: TrainingRun) -> None:
        await self._do(lambda: self._promotions.keep_old(run.id, self._staff))

    async def _do(self, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
        else:
            await self._then()
