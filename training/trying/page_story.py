"""The test console's lower half: keep a conversation as a story test, and try all of them with a model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from server.choosing import choice
from server.errors import HandrailError
from training.trying import words
from training.trying.choices import named
from training.trying.service import Trying
from training.trying.stories import Result, StoryExists
from training.trying.walks import Said, Walk


class StoryPanel:
    """What must follow is confirmed message by message; it is walked anew with each change."""

    def __init__(
        self, trying: Trying, intents: Sequence[str], saved: Callable[[], Awaitable[None]]
    ) -> None:
        self._trying, self._saved = trying, saved
        self._intents = {name: words.plain(name) for name in intents}
        self._said: list[Said] = []
        self._model = ""
        self._follows: list[ui.label] = []

    def build(self) -> None:
        self._panel = ui.element("section").classes("ty-panel")
        self._panel.props["aria-label"] = "Story test"
        self._panel.set_visibility(False)

    def show(self, walk: Walk) -> None:
        """Offer to keep what was tried; nothing is offered when it could not be walked."""
        self._panel.clear()
        self._panel.set_visibility(bool(walk.turns) and not walk.problem)
        self._model, self._follows = walk.model, []
        self._said = [turn.said for turn in walk.turns]
        with self._panel:
            with ui.element("h2"):
                ui.label("Save as a story test")
            ui.label(
                "Confirm what each message means and what must follow. Any model can then be tried with it: here "
                "or by “handrail test stories”. Personal data is masked."
            ).classes("ty-quiet")
            for place, turn in enumerate(walk.turns):
                self._draw_expected(place, turn.intent, " → ".join(turn.ran) or "nothing")
            with ui.element("div").classes("ty-line"):
                self._title = ui.input("Title (optional)").props("outlined dense maxlength=80")
                self._title.style("flex: 1 1 240px")
                ui.button("Save story test", on_click=lambda: self._save(instead=False))
            self._answer = ui.element("div").props("aria-live=polite").style("margin-top: 8px")

    def _draw_expected(self, place: int, intent: str | None, follows: str) -> None:
        said = self._said[place]
        with ui.element("div").classes("ty-expect"):
            ui.label(f"{place + 1}. {said.text}")
            if said.pressed:
                ui.label(f"button: {words.plain(said.pressed)}").classes("ty-quiet")
            else:
                known = intent if intent in self._intents else None
                chosen = choice(self._intents, value=known)
                chosen.props("outlined dense options-dense")
                chosen.props["aria-label"] = f"Right intent for message {place + 1}"
                chosen.on_value_change(lambda event: self._mean(place, event.value))
            self._follows.append(ui.label(follows).classes("ty-quiet"))

    async def _mean(self, place: int, intent: str | None) -> None:
        """Walk again with what the trainer says it means, and show what follows then."""
        self._said[place] = Said(self._said[place].text, intent or None)
        try:
            [walk] = await self._trying.side_by_side(self._said, [self._model])
        except HandrailError as error:
            self._tell(str(error), "ty-bad")
            return
        for label, turn in zip(self._follows, walk.turns, strict=False):
            label.set_text(" → ".join(turn.ran) or "nothing")
        if walk.problem:
            self._tell(walk.problem, "ty-bad")

    async def _save(self, *, instead: bool) -> None:
        try:
            path = await self._trying.save_story(
                self._said, self._model, self._title.value or "", instead=instead
            )
        except StoryExists as error:
            self._tell(str(error), "ty-bad")
            with self._answer:
                ui.button("Save instead", on_click=lambda: self._save(instead=True)).props("flat")
            return
        except HandrailError as error:
            self._tell(str(error), "ty-bad")
            return
        self._tell(f"Saved as {path.parent.name}/{path.name}.", "ty-good")
        await self._saved()

    def _tell(self, text: str, kind: str) -> None:
        self._answer.clear()
        with self._answer:
            ui.label(text).classes(kind)


class RunPanel:
    """All story tests with one model."""

    def __init__(self, trying: Trying, model: Callable[[], str]) -> None:
        self._trying, self._model = trying, model

    async def build(self) -> None:
        panel = ui.element("section").classes("ty-panel")
        panel.props["aria-label"] = "Story tests"
        with panel:
            with ui.element("h2"):
                ui.label("Story tests")
            self._count = ui.label().classes("ty-quiet")
            self._button = ui.button("Run all with the first model", on_click=self._run)
            self._button.props("outline").style("margin-top: 8px")
            self._results = ui.element("div").props("aria-live=polite").style("margin-top: 8px")
        await self.look()

    async def look(self) -> None:
        try:
            count = len(await self._trying.saved())
        except HandrailError as error:
            self._count.set_text(str(error))
            self._button.set_enabled(False)
            return
        self._button.set_enabled(count > 0)
        self._count.set_text(
            f"{count} saved."
            if count
            else "None yet. Try a conversation, then save it as the first."
        )

    async def _run(self) -> None:
        self._button.set_enabled(False)
        self._results.clear()
        try:
            model = named(await self._trying.choices(), self._model())
            results = await self._trying.run(model.path)
        except HandrailError as error:
            with self._results:
                ui.label(str(error)).classes("ty-bad")
            return
        finally:
            await self.look()
        with self._results:
            _draw_results(results)


def _draw_results(results: Sequence[Result]) -> None:
    passed = sum(result.passed for result in results)
    tone = "ty-good" if passed == len(results) else "ty-bad"
    ui.label(f"{passed} of {len(results)} passed.").classes(tone)
    for result in results:
        if not result.passed:
            with ui.element("div").classes("ty-turn"):
                with ui.element("h3"):
                    ui.label(result.title)
                ui.label(result.file).classes("ty-quiet")
                for failure in result.failures:
                    ui.label(failure)
