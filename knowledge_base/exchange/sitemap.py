"""Every page that a site's map names, as articles."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from knowledge_base.drafts import slug_of
from knowledge_base.exchange.fetch import Fetcher, Page
from knowledge_base.exchange.html_page import PAGE_LIMIT, Place, read_page
from knowledge_base.exchange.portable import Portable, Source
from knowledge_base.exchange.tree import page_text
from server.errors import HandrailError, Invalid, TooLarge

MAP_LIMIT = 10 * 1024 * 1024
"""Bytes of one map, unpacked."""
MAPS = 50
PAGES = 2000
TOTAL_SECONDS = 900.0
#: Pages asked for at the same time: a help centre notices no more than a few readers.
AT_ONCE = 4
_PAGE_TYPES = ("", "text/html", "application/xhtml+xml")

Progress = Callable[[int, int], None]


async def read_sitemap(
    fetcher: Fetcher,
    address: str,
    *,
    progress: Progress | None = None,
    now: Callable[[], float] = time.monotonic,
) -> list[Source]:
    """The article of each page that the map at `address`, or the maps it names, lists; in their order.

    A page that can't be had or read is an error among the others.

    Raises:
        FetchRefused, FetchFailed: the map itself can't be had.
        Invalid: it is no sitemap, or names nothing.
        TooLarge: more than 2,000 pages or 50 maps.
    """
    until = now() + TOTAL_SECONDS
    pages = await _pages(fetcher, address)
    found: list[Source] = []
    for at in range(0, len(pages), AT_ONCE):
        if now() > until:
            late = Invalid(f"Not reached within {TOTAL_SECONDS / 60:.0f} minutes; import again.")
            found.extend((page, late) for page in pages[at:])
            break
        found.extend(
            await asyncio.gather(*(_article(fetcher, page) for page in pages[at : at + AT_ONCE]))
        )
        if progress is not None:
            progress(len(found), len(pages))
    return _apart(found)


async def _pages(fetcher: Fetcher, address: str) -> list[str]:
    maps, pages = [address], dict[str, None]()
    for at in range(MAPS):
        if at >= len(maps):
            break
        inner, listed = await asyncio.to_thread(_read_map, await fetcher.get(maps[at], MAP_LIMIT))
        maps.extend(one for one in inner if one not in maps)
        pages.update(dict.fromkeys(listed))
        if len(maps) > MAPS or len(pages) > PAGES:
            raise TooLarge(f"The sitemap names more than {PAGES} pages or {MAPS} maps.")
    if not pages:
        raise Invalid("The sitemap names no pages.")
    return list(pages)


def _read_map(page: Page) -> tuple[list[str], list[str]]:
    """The maps and the pages that a map names."""
    try:
        root = fromstring(_unpacked(page.content), forbid_dtd=True)
    except DefusedXmlException as error:
        raise Invalid("The sitemap declares XML entities; no sitemap needs them.") from error
    except (ParseError, ValueError, RecursionError) as error:
        raise Invalid("This is no sitemap.") from error
    kind = root.tag.rpartition("}")[2]
    if kind not in ("urlset", "sitemapindex"):
        raise Invalid("This is no sitemap.")
    named = [
        place.text.strip()
        for entry in root
        for place in entry
        if place.tag.rpartition("}")[2] == "loc" and place.text and place.text.strip()
    ]
    return (named, []) if kind == "sitemapindex" else ([], named)


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(content, MAP_LIMIT)
    except zlib.error as error:
        raise Invalid("This is no sitemap.") from error
    if unpacker.unconsumed_tail:
        raise TooLarge(f"The sitemap unpacks to more than {MAP_LIMIT // 2**20} MB.")
    return text


async def _article(fetcher: Fetcher, address: str) -> Source:
    name = address[:300]
    try:
        page = await fetcher.get(address, PAGE_LIMIT)
        if page.media_type not in _PAGE_TYPES:
            raise Invalid("This address is no web page.")
        return name, await asyncio.to_thread(_read, page)
    except HandrailError as error:
        return name, error


def _read(page: Page) -> Portable:
    path = PurePosixPath(unquote(urlsplit(page.address).path))
    stem = path.stem if path.stem.lower() not in ("index", "default") else path.parent.name
    folder = path.parent.name if path.parent.name != stem else path.parent.parent.name
    return read_page(page_text(page.content), Place(stem, _worth_naming(folder), page.address))


def _worth_naming(folder: str) -> str:
    """Folders of the address that say how a site is built, not what its pages are about."""
    return (
        "" if folder.lower() in ("articles", "hc", "help", "docs", "kb", "en-us", "en") else folder
    )


def _apart(found: list[Source]) -> list[Source]:
    """Pages of different folders that end alike get their folder's name before it."""
    taken: set[str] = set()
    apart: list[Source] = []
    for name, one in found:
        if isinstance(one, Portable) and one.slug in taken:
            parent = PurePosixPath(urlsplit(name).path).parent.name
            draft = one.draft.model_copy(update={"slug": slug_of(f"{parent} {one.slug}")})
            one = one.model_copy(update={"draft": draft})
        if isinstance(one, Portable):
            taken.add(one.slug)
        apart.append((name, one))
    return apart
