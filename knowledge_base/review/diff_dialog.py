"""The dialog before publishing or archiving: every question whose answer changes, the worst first."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from nicegui import ui

from knowledge_base.review.bench import Outcome
from knowledge_base.review.gate import REASON_LIMIT, REASON_SHORTEST, questions_lost
from knowledge_base.review.publish_diff import Change, Diff, Judged
from knowledge_base.search.decision import Kind
from knowledge_base.search.records import Record

ROWS = 100
SAYS = {Kind.ANSWER: "Answers", Kind.CHOOSE: "Offers"}


async def ask(diff: Diff, verb: str, title: str, *, lead: bool) -> str | None:
    """Show the diff and wait: the reason for going on ("" where none is needed), or None to go back.

    Where golden questions lose their right answer only a lead may go on, and only with a reason.
    """
    lost = len(diff.regressions)
    with ui.dialog() as dialog, ui.card().classes("kb-asking"):
        dialog.props(f'aria-label="{verb}: what changes"')
        with ui.element("h2"):
            ui.label(f"{verb} “{title}”: what changes")
        ui.label(summary(diff)).props("role=status")
        if lost:
            ui.label(f"{questions_lost(lost)}.").classes("kb-warn").props("role=alert")
        _table(diff)
        reason = None
        if lost and lead:
            reason = ui.textarea(f"Why {verb.lower()} all the same?")
            reason.props(f"outlined dense autogrow counter maxlength={REASON_LIMIT}")
            reason.classes("w-full")
        elif lost:
            ui.label("Change the article, or ask a supervisor: they may go on with a reason.")
        with ui.element("div").classes("kb-bar"):
            ui.button("Back", on_click=lambda: dialog.submit(None)).props("outline autofocus")
            if not lost or lead:
                go = ui.button(
                    verb, on_click=lambda: dialog.submit(str(reason.value or "") if reason else "")
                )
                if reason is not None:
                    go.bind_enabled_from(
                        reason,
                        "value",
                        lambda text: len(str(text or "").strip()) >= REASON_SHORTEST,
                    )
    answer = await dialog
    dialog.clear()
    dialog.delete()
    return answer if isinstance(answer, str) else None


def summary(diff: Diff) -> str:
    """ "Of 240 questions: 3 worse, 12 better, 1 different, 224 as before."."""
    counts = diff.counts
    return (
        f"Of {diff.asked:,} questions: {counts[Judged.WORSE]} worse, {counts[Judged.BETTER]} better, "
        f"{counts[Judged.DIFFERENT]} different, {counts['unchanged']:,} as before."
    )


def _table(diff: Diff) -> None:
    with (
        ui.element("div").classes("kb-changes").props('tabindex=0 role=region aria-label="Changes"')
    ):
        with ui.element("table").classes("kb-list"):
            with ui.element("thead"), ui.element("tr"):
                for name in ("", "Question", "Before", "After"):
                    with ui.element("th").props("scope=col"):
                        ui.label(name or "Judged")
            with ui.element("tbody"):
                for change in diff.changes[:ROWS]:
                    _row(change, diff)
        if len(diff.changes) > ROWS:
            ui.label(f"And {len(diff.changes) - ROWS} more.").classes("kb-muted")


def _row(change: Change, diff: Diff) -> None:
    question = change.question
    with ui.element("tr"):
        with ui.element("td"):
            ui.label(change.judged.value).classes(f"kb-status kb-{change.judged.value}")
        with ui.element("td"):
            ui.label(question.text)
            right = diff.articles.get(question.right) if question.right else None
            notes = ["golden"] if question.golden else []
            notes += [f"right: {right.title}"] if right else []
            notes += ["right: no article"] if question.labelled and question.right is None else []
            if notes:
                ui.label(" · ".join(notes)).classes("kb-muted")
        renamed = {**diff.articles, **diff.changed}
        for name, outcome, articles in (
            ("Before", change.before, diff.articles),
            ("After", change.after, renamed),
        ):
            with ui.element("td").props(f'data-name="{name}"'):
                ui.label(says(outcome, articles))


def says(outcome: Outcome, articles: Mapping[UUID, Record]) -> str:
    """ "Answers: Return an item (86%)", or what is offered, or that nothing is."""
    if outcome.kind == Kind.NOTHING:
        return "No answer"
    found = [articles[at].title for at in outcome.shown if at in articles]
    return f"{SAYS[Kind(outcome.kind)]}: {' / '.join(found)} ({outcome.probability:.0%})"
