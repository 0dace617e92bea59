"""When somebody else saved first: what they changed, and how to keep both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from knowledge_base.drafts import Draft
from knowledge_base.editor import compare
from knowledge_base.editor.compare import PartChange
from knowledge_base.editor.diff_view import part_view
from knowledge_base.models import ArticleVersion


@dataclass(frozen=True)
class Clash:
    """Three texts: what this editor began with, what the other saved, and what stands in the form."""

    theirs: ArticleVersion
    changes: list[PartChange]
    """What the other changed."""
    mine: frozenset[str]
    """The parts that this editor changed."""

    @property
    def free(self) -> frozenset[str]:
        """Parts that only the other changed; taking them loses nothing."""
        return frozenset(one.part for one in self.changes) - self.mine

    @property
    def both(self) -> list[PartChange]:
        return [one for one in self.changes if one.part in self.mine]


async def clash(base: ArticleVersion, theirs: ArticleVersion, draft: Draft) -> Clash:
    """Work out who changed which part."""
    changes = await compare.in_thread(base, theirs)
    mine = {part for part in compare.PARTS if differs(base, draft, part)}
    same = {part for part in compare.PARTS if not differs(theirs, draft, part)}
    return Clash(theirs, changes, frozenset(mine - same))


def differs(version: ArticleVersion, draft: Draft, part: str) -> bool:
    """Whether a part of the form is no longer as in this version."""
    if part == "questions":
        return list(version.questions) != draft.unique_questions
    return bool(getattr(version, part) != getattr(draft, part))


class ConflictPanel:
    """Stands above the form, empty until it is needed; the form keeps its editor's words throughout."""

    def __init__(
        self,
        take: Callable[[ArticleVersion, frozenset[str]], None],
        save: Callable[[ArticleVersion], Awaitable[None]],
    ) -> None:
        self._take = take
        self._save = save
        self._box: Any = None

    def place(self) -> None:
        self._box = ui.element("section").props('aria-label="Changes by somebody else"')
        self._box.classes("kb-panel kb-conflict").set_visibility(False)

    def clear(self) -> None:
        # Hidden, not emptied: the button that was just pressed stands in it.
        self._box.set_visibility(False)

    def show(self, found: Clash) -> None:
        self._box.clear()
        self._box.set_visibility(True)
        theirs = found.theirs
        with self._box:
            with ui.element("h2").props("role=alert"):
                ui.label(f"{theirs.author} saved version {theirs.number} while you were writing")
            ui.label("Your words are still in the form. Nothing of either version is lost.")
            for change in found.changes:
                self._part(found, change)
            if not found.changes:
                ui.label("Only the filing was changed, or the words are the same.")
            with ui.element("div").classes("kb-bar"):
                if found.free:
                    ui.button(
                        f"Take {_listed(found.free)}, keep my other words",
                        on_click=lambda: self._take(theirs, found.free),
                    )
                ui.button(
                    f"Save mine as version {theirs.number + 1}",
                    on_click=lambda: self._save(theirs),
                ).props("outline")
                ui.button(
                    f"Load all of {theirs.author}'s words instead",
                    on_click=lambda: self._take(theirs, frozenset(compare.PARTS)),
                ).props("flat")

    def _part(self, found: Clash, change: PartChange) -> None:
        both = change.part in found.mine
        with ui.element("div").classes("kb-diff-part"):
            with ui.element("div").classes("kb-step"):
                with ui.element("h3").style("flex: 1"):
                    said = "you changed it too" if both else "you did not touch it"
                    ui.label(f"{change.part.capitalize()} · {said}")
                if both:
                    part = frozenset({change.part})
                    ui.button(
                        "Use theirs here", on_click=lambda: self._take(found.theirs, part)
                    ).props("flat dense")
            part_view(change)


def _listed(parts: frozenset[str]) -> str:
    return "their " + " and ".join(part for part in compare.PARTS if part in parts)
