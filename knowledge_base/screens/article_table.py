"""The table of the editor's list: one article a line."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from nicegui import ui

from knowledge_base.catalogue import Listed
from knowledge_base.listing.browse import Found, Numbers, is_stale
from knowledge_base.models import Article, Status
from server.clock import Clock

#: Heading, what a screen reader and a pointer hear of it, and whether a phone leaves it out.
_COLUMNS = (
    ("Title", "", False),
    ("Status", "", False),
    ("Category", "", True),
    ("Owner", "", True),
    ("Updated", "", True),
    ("Read", "Readings of the help page", True),
    ("Shown", "Times the bot showed it as the answer", True),
    ("Helped", "Customers who said that it helped, and that it did not", True),
    ("Deflected", "Chats with it that ended without a person", True),
)


def list_table(found: Found, numbers: Mapping[uuid.UUID, Numbers], clock: Clock) -> None:
    """Draw the page's lines with each article's health."""
    with ui.element("table").classes("kb-list"):
        with ui.element("thead"), ui.element("tr"):
            for name, said, wide in _COLUMNS:
                head = ui.element("th").props("scope=col").classes("kb-wide" if wide else "")
                if said:
                    head.props["title"] = said
                with head:
                    ui.label(name)
        with ui.element("tbody"):
            for listed in found.lines:
                missing = found.missing.get(listed.article.id, ())
                _row(listed, numbers.get(listed.article.id), missing, clock)


def _row(listed: Listed, health: Numbers | None, missing: tuple[str, ...], clock: Clock) -> None:
    article, newest = listed.article, listed.version
    with ui.element("tr"):
        with ui.element("td"):
            ui.link(newest.title, f"/staff/articles/{article.slug}")
            with ui.element("div").classes("kb-flags"):
                for flag in _flags(article, missing, clock):
                    ui.label(flag).classes("kb-flag")
        with ui.element("td"):
            ui.label(article.status).classes(f"kb-status kb-{article.status}")
            if article.published is not None and article.published != article.newest:
                ui.label("newer draft").classes("kb-muted")
            if article.scheduled is not None and article.publish_at is not None:
                ui.label(f"from {article.publish_at:%Y-%m-%d %H:%M} UTC").classes("kb-muted")
        for text in (
            article.category,
            article.owner or "–",
            article.updated_at.date().isoformat(),
            *_numbers(health),
        ):
            with ui.element("td").classes("kb-wide kb-muted"):
                ui.label(text)


def _flags(article: Article, missing: tuple[str, ...], clock: Clock) -> list[str]:
    if article.status == Status.ARCHIVED:
        return []
    flags = []
    if article.review_by is not None and article.review_by <= clock.now().date():
        flags.append("to review")
    elif is_stale(article, clock):
        flags.append("stale")
    if missing:
        flags.append(f"no {', '.join(missing[:4])}")
    return flags


def _numbers(health: Numbers | None) -> tuple[str, str, str, str]:
    if health is None:
        return "–", "–", "–", "–"
    said = health.helped + health.not_helped
    helped = f"{health.helped} of {said}" if said else "–"
    return str(health.views), str(health.shown), helped, str(health.deflected)
