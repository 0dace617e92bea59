"""What the help centre tells search engines: structured data, the sitemap, and where they may look."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from markupsafe import Markup

from knowledge_base.help_centre.shelf import Shelf, summary_of
from knowledge_base.search.records import Record

#: The protocol allows so many addresses in one sitemap (sitemaps.org).
SITEMAP_LIMIT = 50_000


def article_data(base: str, record: Record) -> Markup:
    """Article and BreadcrumbList (schema.org) as JSON that no title can break out of its script element."""
    here = f"{base}/help/{record.slug}"
    article: dict[str, Any] = {
        "@type": "Article",
        "headline": record.title,
        "description": summary_of(record),
        "inLanguage": record.language,
        "articleSection": record.category,
        "url": here,
        "mainEntityOfPage": here,
    }
    if record.updated:
        article["dateModified"] = record.updated
    steps = (
        ("Help centre", f"{base}/help"),
        (record.category, f"{base}{category_path(record.category)}"),
        (record.title, here),
    )
    crumbs = {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": at, "name": name, "item": address}
            for at, (name, address) in enumerate(steps, 1)
        ],
    }
    return _script_safe({"@context": "https://schema.org", "@graph": [article, crumbs]})


def _script_safe(data: object) -> Markup:
    # In a script element only these can end it or begin a comment; \u003c is the same to a JSON reader.
    text = json.dumps(data, ensure_ascii=True)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - no character is left that HTML reads


def category_path(name: str) -> str:
    return f"/help/category/{quote(name, safe='')}"


def sitemap(base: str, shelf: Shelf) -> str:
    """Every published public article with the day of its last change."""
    rows = [f"<url><loc>{escape(base)}/help</loc></url>"]
    for slug, updated in shelf.slugs[: SITEMAP_LIMIT - 1]:
        day = f"<lastmod>{escape(updated)}</lastmod>" if updated else ""
        rows.append(f"<url><loc>{escape(base)}/help/{escape(slug)}</loc>{day}</url>")
    body = "\n".join(rows)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}\n</urlset>\n'
    )


def robots(base: str) -> str:
    """Search engines may read articles; not searches, which are without number, nor the staff's pages."""
    closed = ("/staff", "/api/", "/internal/", "/help?", "/help/chat/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), "Allow: /help"]
    return "\n".join([*lines, "", f"Sitemap: {base}/help/sitemap.xml", ""])
