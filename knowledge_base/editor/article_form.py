"""The form with an article's words and what it is filed under."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from nicegui import ui

from knowledge_base.drafts import QUESTION_LIMIT, TITLE_LIMIT, Draft, read_draft
from knowledge_base.editor.filing_section import FilingSection
from knowledge_base.editor.form_fields import Fields
from knowledge_base.listing.facets import Facets
from knowledge_base.models import Article, ArticleVersion
from server.local_time import LocalTime

_PARTS = (
    ("context", "Context: what this is about, and for whom"),
    ("action", "Action: what to do, or what we did"),
    ("outcome", "Outcome: what happens next, and when"),
)


class ArticleForm:
    """Fields on one page; `changed` is called after each edit."""

    def __init__(self, changed: Callable[[], None], times: LocalTime) -> None:
        self._tell = changed
        self._fields = Fields(self._edited)
        self.filing = FilingSection(self._fields, times, self._edited)
        self._cursor = ("action", -1)

    def draw(
        self, article: Article | None, version: ArticleVersion | None, facets: Facets, owner: str
    ) -> None:
        with ui.element("div").classes("kb-form"):
            self._fields.add("title", ui.input("Title, in the customer's words"), TITLE_LIMIT)
            label = f"How customers ask it, one a line (up to {QUESTION_LIMIT})"
            self._fields.add("questions", ui.textarea(label)).props("autogrow")
            self._count = ui.label().classes("kb-muted").props("role=status")
            for name, label in _PARTS:
                area = self._fields.add(name, ui.textarea(label)).props("autogrow")
                area.on(
                    "blur",
                    lambda event, name=name: self._left(name, event.args),
                    js_handler="(event) => emit(event.target.selectionStart)",
                )
            ui.label("Lists, **bold**, *italics* and https links work. HTML does not.").classes(
                "kb-muted"
            )
            self.filing.draw(article, facets, owner)
        if version is not None:
            self.fill(version)
        if article is not None:
            self.fix_slug(article.slug)
        self._recount()

    @property
    def title(self) -> str:
        return self._fields.text("title")

    @property
    def language(self) -> str:
        return self._fields.text("language")

    def fill(self, version: ArticleVersion, parts: Collection[str] | None = None) -> None:
        """Put a version's words into the form, or only some parts of them."""
        words = {
            "title": version.title,
            "questions": "\n".join(version.questions),
            "context": version.context,
            "action": version.action,
            "outcome": version.outcome,
        }
        self._fields.set(
            **{name: text for name, text in words.items() if parts is None or name in parts}
        )
        self._recount()

    def fix_slug(self, slug: str) -> None:
        """Show the address as it is from now on."""
        self._fields.set(slug=slug)
        self._fields["slug"].props("readonly")

    def words(self) -> dict[str, Any]:
        """What hints and preview are made of."""
        parts = {name: self._fields.text(name) for name, _ in _PARTS}
        return {"questions": self._fields.lines("questions", "\n"), **parts}

    def draft(self) -> Draft:
        """What stands in the form.

        Raises:
            Invalid: something in it can't be stored.
        """
        return read_draft({**self.words(), **self.filing.stated(), "title": self.title})

    def add_question(self, question: str) -> None:
        """Put one more way of asking below the others, once."""
        had = self._fields.lines("questions", "\n")
        if question.casefold() not in {one.casefold() for one in had}:
            self._fields.set(questions="\n".join([*had, question]))
            self._edited()

    def insert(self, marks: str) -> None:
        """Put text where the cursor last stood in Context, Action or Outcome; else at Action's end."""
        name, at = self._cursor
        text = str(self._fields[name].value or "")
        at = len(text) if at < 0 or at > len(text) else at
        self._fields.set(**{name: f"{text[:at]}{marks}{text[at:]}"})
        self._cursor = (name, at + len(marks))
        self._edited()

    def _left(self, name: str, at: Any) -> None:
        if isinstance(at, int):
            self._cursor = (name, at)

    def _edited(self) -> None:
        self._recount()
        self._tell()

    def _recount(self) -> None:
        count = len({one.casefold() for one in self._fields.lines("questions", "\n")})
        over = " · too many, take some out" if count > QUESTION_LIMIT else ""
        self._count.text = f"{count} of {QUESTION_LIMIT} ways of asking{over}"
