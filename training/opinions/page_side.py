"""Beside the second opinions: how well people agree, and which labels are asked about."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui

from server.auth import Role, Staff
from server.errors import HandrailError
from training.opinions import words
from training.opinions.agreement import Measured
from training.opinions.rules import Rules
from training.opinions.service import Opinions


class AgreementPanel:
    """Cohen's kappa with its interval, the intents that people take for one another, and who reads with whom."""

    def __init__(self, opinions: Opinions) -> None:
        self._opinions = opinions
        with ui.element("section").classes("tr-panel").props('aria-label="Agreement"'):
            with ui.element("h2"):
                ui.label("Agreement")
            self._body = ui.element("div")

    async def load(self) -> None:
        """Measure and draw."""
        measured = await self._opinions.agreement()
        self._body.clear()
        with self._body:
            if measured.all.kappa is not None:
                ui.label(words.kappa(measured.all.kappa)).classes("so-figure")
                ui.label(f"Cohen's kappa, 95 % interval {words.interval(measured.all)}").classes(
                    "tr-quiet"
                )
            ui.label(words.agreement(measured.all))
            if 0 < measured.drawn.pairs < measured.all.pairs and measured.drawn.kappa is not None:
                ui.label(
                    f"Of the messages drawn by chance alone: {words.kappa(measured.drawn.kappa)} "
                    f"({words.interval(measured.drawn)}). The others are the hard ones."
                ).classes("tr-quiet")
            self._draw_confused(measured)
            self._draw_people(measured)

    def _draw_confused(self, measured: Measured) -> None:
        if not measured.confused:
            return
        with ui.element("table").classes("so-rows"):
            with ui.element("thead"), ui.element("tr"):
                for title in ("Taken for one another", "times"):
                    with ui.element("th").props("scope=col"):
                        ui.label(title)
            with ui.element("tbody"):
                for one in measured.confused[:5]:
                    with ui.element("tr"):
                        with ui.element("td"):
                            ui.label(" / ".join(words.intent(name) for name in one.intents))
                        with ui.element("td"):
                            ui.label(f"{one.times} of {one.of}")

    def _draw_people(self, measured: Measured) -> None:
        if len(measured.people) < 2:
            return
        with ui.expansion("Who reads with whom").classes("w-full"):
            for one in measured.people:
                ui.label(words.together(one)).classes("tr-quiet")


class RulesPanel:
    """What holds, for everybody to read; supervisors change it."""

    def __init__(self, opinions: Opinions, staff: Staff, intents: Mapping[str, str]) -> None:
        self._opinions, self._staff, self._intents = opinions, staff, intents
        with ui.element("section").classes("tr-panel").props('aria-label="Rules"'):
            with ui.element("h2"):
                ui.label("Which labels are asked about")
            self._body = ui.element("div")

    async def build(self) -> None:
        """Read the rules and draw them."""
        rules = await self._opinions.rules()
        alone = await self._opinions.labellers() < 2
        self._body.clear()
        with self._body:
            ui.label(words.rules(rules))
            if rules.by and rules.at:
                note = f": {rules.note}" if rules.note else ""
                ui.label(f"{rules.by}, {rules.at:%d %b %Y}{note}").classes("tr-quiet")
            if alone:
                ui.label(
                    "Only one person can label here. A second opinion would wait for ever: add a trainer first."
                ).classes("tr-quiet")
            if self._staff.may(Role.SUPERVISOR):
                with ui.expansion("Change").classes("w-full"):
                    self._draw_form(rules)

    def _draw_form(self, rules: Rules) -> None:
        with ui.element("div").classes("so-rules"):
            enabled = ui.switch("Ask for second opinions", value=rules.enabled)
            share = ui.number(
                "Per cent of labels, by chance", value=round(100 * rules.share, 2), min=0, max=100,
                format="%g",
            ).props("outlined dense")  # fmt: skip
            new = ui.checkbox("Always for new intents", value=rules.new_intents)
            listed = ui.select(
                dict(self._intents), value=[one for one in rules.intents if one in self._intents],
                label="Always for these intents", multiple=True, with_input=True,
            ).props("outlined dense options-dense use-chips")  # fmt: skip
            note = ui.input("Why").props("outlined dense maxlength=500")

            async def save() -> None:
                wanted = Rules(
                    version=rules.version,
                    enabled=bool(enabled.value),
                    share=min(max(float(share.value or 0), 0), 100) / 100,
                    new_intents=bool(new.value),
                    intents=tuple(listed.value or ()),
                    note=str(note.value or ""),
                )
                try:
                    await self._opinions.set_rules(wanted, self._staff)
                except HandrailError as error:
                    ui.notify(str(error), type="negative", multi_line=True)
                    return
                ui.notify("Saved.", type="positive")
                await self.build()

            ui.button("Save", on_click=save)
