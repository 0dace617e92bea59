"""The form with an article's words and what it is filed under."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.value_element import ValueElement

from knowledge_base.drafts import QUESTION_LIMIT, TITLE_LIMIT, Draft, read_draft
from knowledge_base.models import Article, ArticleVersion, Audience

_PARTS = (
    ("context", "Context: what this is about, and for whom"),
    ("action", "Action: what to do, or what we did"),
    ("outcome", "Outcome: what happens next, and when"),
)


class ArticleForm:
    """Fields on one page; `changed` is called after each edit."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._tell = changed
        self._fields: dict[str, ValueElement[Any]] = {}
        self._quiet = False

    def draw(self, article: Article | None, version: ArticleVersion | None) -> None:
        with ui.element("div").classes("kb-form"):
            self._add("title", ui.input("Title, in the customer's words"), TITLE_LIMIT)
            questions = ui.textarea(f"How customers ask it, one a line (up to {QUESTION_LIMIT})")
            self._add("questions", questions).props("autogrow")
            for name, label in _PARTS:
                self._add(name, ui.textarea(label)).props("autogrow")
            ui.label("Lists, **bold**, *italics* and https links work. HTML does not.").classes(
                "kb-muted"
            )
            with ui.element("div").classes("kb-pair"):
                self._add("category", ui.input("Category"), 40)
                self._add("slug", ui.input("Address (empty: from the title)"), 80)
                self._add("intents", ui.input("Intents, separated by commas"))
                self._add("tags", ui.input("Tags, separated by commas"))
                audience = ui.select([one.value for one in Audience], label="Audience")
                self._add("audience", audience)
                self._add("language", ui.input("Language"), 12)
                self._add("owner", ui.input("Owner (login)"), 80)
        self._fill_filed(article)
        if version is not None:
            self.fill(version)
        if article is not None:
            self.fix_slug(article.slug)

    @property
    def title(self) -> str:
        return self._text("title")

    def fill(self, version: ArticleVersion) -> None:
        """Put a version's words into the form."""
        self._set(
            title=version.title,
            questions="\n".join(version.questions),
            context=version.context,
            action=version.action,
            outcome=version.outcome,
        )

    def fix_slug(self, slug: str) -> None:
        """Show the address as it is from now on."""
        self._set(slug=slug)
        self._fields["slug"].props("readonly")

    def words(self) -> dict[str, Any]:
        """What hints and preview are made of."""
        parts = {name: self._text(name) for name, _ in _PARTS}
        return {"questions": self._lines("questions", "\n"), **parts}

    def draft(self) -> Draft:
        """What stands in the form.

        Raises:
            Invalid: something in it can't be stored.
        """
        filed = {name: self._text(name) for name in ("slug", "language", "owner", "audience")}
        return read_draft(
            {
                **self.words(),
                **filed,
                "title": self.title,
                "category": self._text("category") or "general",
                "intents": self._lines("intents", ","),
                "tags": self._lines("tags", ","),
            }
        )

    def _fill_filed(self, article: Article | None) -> None:
        if article is None:
            self._set(audience=Audience.PUBLIC.value, language="en", category="general")
            return
        self._set(
            category=article.category,
            intents=", ".join(article.intents),
            tags=", ".join(article.tags),
            audience=article.audience,
            language=article.language,
            owner=article.owner or "",
        )

    def _add(
        self, name: str, element: ValueElement[Any], limit: int | None = None
    ) -> ValueElement[Any]:
        element.props("outlined dense debounce=300").classes("w-full")
        if limit:
            element.props(f"maxlength={limit}")
        element.on_value_change(self._edited)
        self._fields[name] = element
        return element

    def _edited(self) -> None:
        if not self._quiet:
            self._tell()

    def _set(self, **values: str) -> None:
        self._quiet = True
        for name, value in values.items():
            self._fields[name].value = value
        self._quiet = False

    def _text(self, name: str) -> str:
        return str(self._fields[name].value or "").strip()

    def _lines(self, name: str, mark: str) -> list[str]:
        return [part.strip() for part in self._text(name).split(mark) if part.strip()]
