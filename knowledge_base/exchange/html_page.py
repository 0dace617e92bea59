"""One saved or fetched web page into an article: its main text, title, category and language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from knowledge_base.drafts import slug_of
from knowledge_base.exchange.portable import Portable, read_portable
from knowledge_base.exchange.prose import markdown_of, read_html, split_body
from server.errors import HandrailError

PAGE_LIMIT = 4 * 1024 * 1024
"""Bytes of one page."""
#: Where the text of an article is said to be, the most telling first.
_BODIES = (
    '[itemprop="articleBody"]',
    ".article-body, .article__body, .article-content, .entry-content, .markdown-body, .post-content",
    "article",
    'main, [role="main"]',
    "#content, #main, .content",
)
_FURNITURE = (
    'nav, footer, aside, dialog, [role="navigation"], [role="banner"], [role="contentinfo"], '
    '[role="search"], [role="complementary"], [role="dialog"], [hidden], [aria-hidden="true"]'
)
_FURNITURE_NAME = re.compile(
    r"^(?:.*[-_])?(?:breadcrumbs?|cookies?|sidebar|toc|related|share|sharing|social|votes?|comments?|"
    r"pagination|navbar|menu|footer|newsletter|feedback|skip|banner)(?:[-_].*)?$",
    re.IGNORECASE,
)
_CRUMBS = '[aria-label*="readcrumb"], .breadcrumb, .breadcrumbs, [itemtype$="BreadcrumbList"], #breadcrumbs'
_HOME = frozenset({"home", "help", "help centre", "help center", "support", "start", "index"})
#: A longer id or class names no furniture, and the pattern's time grows with the square of the length.
_NAME_LENGTH = 100
#: A page with more of its words in links than this lists others.
LINKED = 0.7


class NoText(HandrailError):
    code, status, message = (
        "no_text",
        422,
        "There is no article on this page, only links or nothing.",
    )


@dataclass(frozen=True)
class Place:
    """Where a page was: what its name, folder and address say when the page itself does not."""

    stem: str = ""
    folder: str = ""
    address: str = ""


def read_page(html: str, place: Place) -> Portable:
    """The article of a page. Navigation, header, footer and other furniture are left out.

    The category is the last breadcrumb before the page's own, else the folder's name, else “general”.

    Raises:
        Invalid: what is found can't be an article (too long, no title).
        NoText: the page has no text of its own.
    """
    soup = read_html(html)
    language = _language(soup)
    site = _meta(soup, "og:site_name")
    crumbs = _crumbs(soup)
    heading = _heading(soup)
    title = heading or _meta(soup, "og:title") or _head_title(soup, site)
    body = _body(soup)
    if _is_listing(body):
        raise NoText()
    for one in body.find_all("h1"):
        if _words(one) == title:
            one.decompose()
    text = markdown_of(body, place.address)
    if not text:
        raise NoText()
    category = _category(crumbs, title, site) or place.folder.replace("-", " ").replace("_", " ")
    fields = {
        "title": title or place.stem.replace("-", " ").replace("_", " "),
        "slug": slug_of(place.stem) if place.stem else "",
        "category": category.strip()[:40].strip() or "general",
        "language": language,
        **split_body(text),
    }
    return read_portable({name: value for name, value in fields.items() if value})


def _body(soup: BeautifulSoup) -> Tag:
    for tag in soup.select(_FURNITURE):
        tag.decompose()
    for tag in soup.find_all(["div", "section", "ul", "ol", "p", "span", "header"]):
        if not tag.decomposed and _is_furniture(tag):
            tag.decompose()
    for choice in _BODIES:
        found = max(soup.select(choice), key=_length, default=None)
        if found is not None and _length(found) > 0:
            return found
    whole = soup.body or soup
    # A header within the article has its title; one outside has the site's.
    for header in whole.find_all("header"):
        header.decompose()
    return whole


def _is_furniture(tag: Tag) -> bool:
    names = [str(tag.get("id") or ""), *(tag.get_attribute_list("class"))]
    return any(_FURNITURE_NAME.match(name) for name in names if 0 < len(name) <= _NAME_LENGTH)


def _is_listing(body: Tag) -> bool:
    whole = _length(body)
    linked = sum(_length(link) for link in body.find_all("a"))
    return whole == 0 or linked > LINKED * whole


def _length(tag: Tag) -> int:
    return len(_words(tag))


def _words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def _heading(soup: BeautifulSoup) -> str:
    for choice in ("article h1", 'main h1, [role="main"] h1', "h1"):
        for one in soup.select(choice):
            if _words(one):
                return _words(one)
    return ""


def _meta(soup: BeautifulSoup, name: str) -> str:
    found = soup.find("meta", attrs={"property": name}) or soup.find("meta", attrs={"name": name})
    return " ".join(str(found.get("content") or "").split()) if isinstance(found, Tag) else ""


def _head_title(soup: BeautifulSoup, site: str) -> str:
    """The window's title without the site's name after it."""
    if soup.title is None:
        return ""
    parts = re.split(r"\s+[|–—·-]\s+", _words(soup.title))
    if len(parts) > 1 and (not site or parts[-1].casefold() == site.casefold()):
        parts = parts[:-1]
    return " – ".join(parts)


def _crumbs(soup: BeautifulSoup) -> list[str]:
    trail = soup.select_one(_CRUMBS)
    if trail is None:
        return []
    steps = trail.find_all("li") or trail.find_all(["a", "span"])
    if not steps:
        return [part.strip() for part in re.split(r"[>/›»]", _words(trail)) if part.strip()]
    return [words for step in steps if (words := _words(step).strip(" >/›»"))]


def _category(crumbs: list[str], title: str, site: str) -> str:
    above = [
        crumb
        for crumb in crumbs
        if crumb.casefold() not in _HOME | {title.casefold(), site.casefold()}
    ]
    return above[-1] if above else ""


def _language(soup: BeautifulSoup) -> str:
    root = soup.find("html")
    code = str(root.get("lang") or "") if isinstance(root, Tag) else ""
    found = re.match(r"[A-Za-z]{2,3}(?=$|[-_])", code)
    return found.group().lower() if found else "en"
