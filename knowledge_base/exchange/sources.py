"""What somebody hands in, read by its kind: rows, one article's file, or a tree of them."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from pathlib import Path, PurePosixPath

from knowledge_base.exchange import rows, tree
from knowledge_base.exchange.html_page import PAGE_LIMIT, Place, read_page
from knowledge_base.exchange.portable import Portable, Source, Sources
from knowledge_base.exchange.word import read_word
from knowledge_base.markdown_files import MARKDOWN_LIMIT, parse_portable
from server.errors import HandrailError, Invalid, NotFound, TooLarge

UPLOAD_LIMIT = 20 * 1024 * 1024
"""Bytes of one file over HTTP; `server.web.limit_of` holds to it."""
FILE_LIMIT = 256 * 1024 * 1024
"""Bytes of one file from the command line."""


class Kind(StrEnum):
    """What a file is, by its ending."""

    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    WORD = "docx"
    ZIP = "zip"


ENDINGS = {
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".json": Kind.JSON,
    **dict.fromkeys(tree.MARKDOWN, Kind.MARKDOWN),
    **dict.fromkeys(tree.PAGE, Kind.HTML),
    ".docx": Kind.WORD,
    ".zip": Kind.ZIP,
}
READABLE = "CSV, JSON, Markdown, HTML, Word (.docx) and zip"


def kind_of(name: str) -> Kind:
    """The kind of a file by its name.

    Raises:
        Invalid: none of ours.
    """
    kind = ENDINGS.get(PurePosixPath(name.replace("\\", "/")).suffix.lower())
    if kind is None:
        raise Invalid(f"Articles are read from {READABLE} files.")
    return kind


async def read(content: bytes, kind: Kind, name: str = "") -> list[Source]:
    """Every article of a file, or what is wrong with it, in a thread; `name` says the address of a single one.

    Raises:
        Invalid: the whole is not of this kind.
        TooLarge: it has more rows, or unpacks to more, than is allowed.
    """
    return await asyncio.to_thread(lambda: list(_sources(content, kind, name)))


async def read_path(path: Path) -> list[Source]:
    """As `read`, for a file or folder of this machine.

    Raises:
        NotFound: there is nothing.
        Invalid, TooLarge: as `read`.
    """
    return await asyncio.to_thread(_at_path, path)


def _at_path(path: Path) -> list[Source]:
    if path.is_dir():
        return list(tree.folder_sources(path))
    if not path.is_file():
        raise NotFound(f"There is no file or folder {path}.")
    kind = kind_of(path.name)
    if path.stat().st_size > FILE_LIMIT:
        raise TooLarge(f"The file is larger than {FILE_LIMIT // 2**20} MB; split it.")
    return list(_sources(path.read_bytes(), kind, path.name))


def _sources(content: bytes, kind: Kind, name: str) -> Sources:
    if kind is Kind.ZIP:
        yield from tree.zip_sources(content)
    elif kind is Kind.JSON:
        yield from rows.json_sources(tree.text_of(content))
    elif kind is Kind.CSV:
        yield from rows.csv_sources(tree.page_text(content))
    else:
        place = Place(stem=PurePosixPath(name.replace("\\", "/")).stem)
        try:
            yield name or "1", _article(content, kind, place)
        except HandrailError as error:
            yield name or "1", error


def _article(content: bytes, kind: Kind, place: Place) -> Portable:
    if kind is Kind.WORD:
        return read_word(content, place)
    if len(content) > (MARKDOWN_LIMIT if kind is Kind.MARKDOWN else PAGE_LIMIT):
        raise TooLarge()
    if kind is Kind.MARKDOWN:
        return parse_portable(tree.text_of(content))
    return read_page(tree.page_text(content), place)
