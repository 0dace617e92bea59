"""The "Try a question" box: what the bot would decide, with candidates and probabilities."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from knowledge_base.search.decision import Decision
from server.errors import HandrailError

VERDICTS = {
    "answer": "The bot answers with the first article.",
    "choose": "The bot offers these as a choice.",
    "nothing": "The bot asks for other words, and offers a person.",
}


def trial_panel(app: Any) -> None:
    """A box that asks the published articles a question, without writing anything."""
    with ui.element("section").classes("kb-panel").props('aria-label="Try a question"'):
        with ui.element("h2"):
            ui.label("Try a question")
        asked = ui.input("As a customer would type it").props("outlined dense maxlength=2000")
        asked.classes("w-full")
        button = ui.button("Try").props("outline").style("margin-top: 8px")
        result = ui.element("div").props("role=status").style("margin-top: 10px; width: 100%")

        async def run() -> None:
            question = str(asked.value or "").strip()[:2000]
            if not question:
                return
            result.clear()
            try:
                decision = await app.knowledge.decide(question)
            except HandrailError as error:
                with result:
                    ui.label(str(error)).classes("kb-warn")
                return
            with result:
                _show(decision)

        asked.on("keydown.enter", run)
        button.on_click(run)


def _show(decision: Decision) -> None:
    ui.label(VERDICTS[decision.kind]).classes("kb-verdict")
    ui.label(
        f"Answers from {decision.versions['threshold']:.0%} on · {decision.milliseconds:.1f} ms"
    ).classes("kb-muted")
    if not decision.candidates:
        ui.label("No article came near.")
        return
    with ui.element("table").classes("kb-list").style("margin-top: 8px"):
        with ui.element("thead"), ui.element("tr"):
            for name, wide in (
                ("Article", False),
                ("Helps", False),
                ("Nearest", True),
                ("Words", True),
            ):
                with ui.element("th").props("scope=col").classes("kb-wide" if wide else ""):
                    ui.label(name)
        with ui.element("tbody"):
            for one in decision.candidates:
                with ui.element("tr"):
                    with ui.element("td"):
                        ui.link(one.title, f"/staff/articles/{one.slug}")
                    with ui.element("td"):
                        ui.label(f"{one.probability:.0%}")
                    for signal in ("nearest", "lexical"):
                        with ui.element("td").classes("kb-wide"):
                            ui.label(f"{one.signals[signal]:.2f}")
