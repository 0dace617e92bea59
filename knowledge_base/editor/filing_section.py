"""What an article is filed under: category, tags, audience, language, owner, and its dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from nicegui import ui

from knowledge_base.editor.form_fields import Fields, suggestions
from knowledge_base.listing.facets import Facets
from knowledge_base.models import Article, Audience
from server.local_time import LocalTime

#: Tags offered as buttons; the rest can be typed.
TAGS_OFFERED = 10
NOBODY = ""
_TEXTS = ("category", "tags", "intents", "audience", "language", "owner", "review_by", "expires_at")


class FilingSection:
    """Part of the article's form. What two editors file is merged: an untouched field takes the newer value."""

    def __init__(self, fields: Fields, times: LocalTime, changed: Callable[[], None]) -> None:
        self._fields = fields
        self._times = times
        self._changed = changed
        self._loaded: dict[str, str] = {}
        self._known_tags: tuple[str, ...] = ()
        self._offers = ui.refreshable(self._draw_offers)

    def draw(self, article: Article | None, facets: Facets, owner: str) -> None:
        """Draw the fields; `owner` is suggested for a new article."""
        self._known_tags = facets.tags
        suggestions("kb-categories", facets.categories)
        suggestions("kb-languages", facets.languages)
        add = self._fields.add
        with ui.element("section").classes("kb-filing").props('aria-label="Filing"'):
            with ui.element("h2"):
                ui.label("Filing")
            with ui.element("div").classes("kb-pair"):
                add("category", ui.input("Category"), 40).props("list=kb-categories")
                add("slug", ui.input("Address (empty: from the title)"), 80)
                add("owner", ui.select(self._people(article, facets), label="Owner"))
                add("audience", ui.select([one.value for one in Audience], label="Audience"))
                add("language", ui.input("Language"), 12).props("list=kb-languages")
                add("intents", ui.input("Intents, separated by commas"))
                self._day("review_by", "Read again by", "date")
                self._day("expires_at", self._expires, "datetime-local")
            add("tags", ui.input("Tags, separated by commas")).on_value_change(self._offers.refresh)
            self._offers()
        self.load(article, owner)

    def load(self, article: Article | None, owner: str = "") -> None:
        """Show an article's filing, whatever stood there."""
        self._loaded = values_of(article, self._times, owner)
        self._fields.set(**self._loaded)

    def localise(self, article: Article | None) -> None:
        """Show times in the zone that the page has heard of meanwhile."""
        self._fields["expires_at"].props["label"] = self._expires
        if self._fields.text("expires_at") == self._loaded["expires_at"]:
            self._loaded |= {"expires_at": values_of(article, self._times)["expires_at"]}
            self._fields.set(expires_at=self._loaded["expires_at"])

    @property
    def _expires(self) -> str:
        return f"Expires ({self._times.name})"

    def adopt(self, article: Article) -> None:
        """Take what somebody else filed meanwhile, except where this editor wrote something else."""
        newer = values_of(article, self._times)
        kept = {name for name in _TEXTS if self._fields.text(name) != self._loaded[name]}
        self._loaded = newer
        self._fields.set(**{name: value for name, value in newer.items() if name not in kept})

    def stated(self) -> dict[str, Any]:
        """The filing for a draft; dates only where this editor changed them."""
        text = self._fields.text
        filed: dict[str, Any] = {
            "slug": text("slug"),
            "category": text("category") or "general",
            "audience": text("audience"),
            "language": text("language"),
            "owner": text("owner"),
            "intents": self._fields.lines("intents", ","),
            "tags": self._fields.lines("tags", ","),
        }
        for name in ("review_by", "expires_at"):
            if text(name) != self._loaded[name]:
                at = self._times.read(text(name)) if name == "expires_at" else None
                filed[name] = at or text(name) or None
        return filed

    def review_in(self, today: date, days: int) -> None:
        """Put a day of reading into the form."""
        self._fields.set(review_by=(today + timedelta(days=days)).isoformat())

    def _day(self, name: str, label: str, kind: str) -> None:
        self._fields.add(name, ui.input(label)).props(f"type={kind} stack-label clearable")

    def _people(self, article: Article | None, facets: Facets) -> dict[str, str]:
        people = {NOBODY: "Nobody", **facets.editors}
        if article is not None and article.owner and article.owner not in people:
            people[article.owner] = f"{article.owner} (not an editor now)"
        return people

    def _draw_offers(self) -> None:
        had = set(self._fields.lines("tags", ","))
        offered = [tag for tag in self._known_tags if tag not in had][:TAGS_OFFERED]
        if not offered:
            return
        with ui.element("div").classes("kb-chips").props('role=group aria-label="Tags in use"'):
            for tag in offered:
                button = ui.button(f"+ {tag}", on_click=lambda _, tag=tag: self._put(tag))
                button.props("flat dense no-caps size=sm")
                button.props["aria-label"] = f"Add the tag {tag}"

    def _put(self, tag: str) -> None:
        self._fields.set(tags=", ".join([*self._fields.lines("tags", ","), tag]))
        self._offers.refresh()
        self._changed()


def values_of(article: Article | None, times: LocalTime, owner: str = "") -> dict[str, str]:
    """An article's filing as texts of the form; without one, a new article's."""
    if article is None:
        blank = dict.fromkeys(_TEXTS, "")
        return {
            **blank,
            "audience": Audience.PUBLIC.value,
            "language": "en",
            "category": "general",
            "owner": owner,
        }
    expires = article.expires_at
    return {
        "category": article.category,
        "tags": ", ".join(article.tags),
        "intents": ", ".join(article.intents),
        "audience": article.audience,
        "language": article.language,
        "owner": article.owner or NOBODY,
        "review_by": article.review_by.isoformat() if article.review_by else "",
        "expires_at": times.field(expires) if expires else "",
    }
