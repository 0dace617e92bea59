"""A folder or a zip of articles: Markdown files, saved web pages and Word files, in any mixture."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from knowledge_base.drafts import slug_of
from knowledge_base.exchange.archive import MEMBER_LIMIT, MEMBERS, check_archive, read_member
from knowledge_base.exchange.html_page import PAGE_LIMIT, Place, read_page
from knowledge_base.exchange.portable import FILE_LIMIT, Portable, Sources
from knowledge_base.exchange.rows import ROW_LIMIT
from knowledge_base.exchange.word import read_word
from knowledge_base.markdown_files import MARKDOWN_LIMIT, parse_portable
from server.errors import HandrailError, Invalid, TooLarge

MARKDOWN, PAGE, WORD = (".md", ".markdown"), (".html", ".htm", ".xhtml"), (".docx",)
READ = MARKDOWN + PAGE + WORD
#: Names of pages that say nothing: the folder's name does.
_INDEX = frozenset({"index", "default", "readme"})
_LIMITS = {**dict.fromkeys(MARKDOWN, MARKDOWN_LIMIT), **dict.fromkeys(PAGE, PAGE_LIMIT)}


@dataclass(frozen=True)
class Member:
    """One file of a tree, not read yet."""

    path: PurePosixPath
    read: Callable[[], bytes]


class Tree:
    """The files of a folder or zip by their paths."""

    def __init__(self, members: Iterator[Member]) -> None:
        self._by_path = {member.path: member for member in members}

    def articles(self) -> list[Member]:
        """Every file that may be an article, in a fixed order; hidden ones are left out."""
        found = [
            member
            for path, member in self._by_path.items()
            if path.suffix.lower() in READ and not any(_is_hidden(part) for part in path.parts)
        ]
        return sorted(found, key=lambda member: member.path)

    def content(self, path: PurePosixPath) -> bytes:
        """The bytes of an attachment.

        Raises:
            Invalid: there is none here.
            TooLarge: over 10 MB.
        """
        member = self._by_path.get(path)
        if member is None:
            raise Invalid(f"files: “{str(path)[:80]}” is not there")
        content = member.read()
        if len(content) > FILE_LIMIT:
            raise TooLarge(f"A file of this article is larger than {FILE_LIMIT // 2**20} MB.")
        return content


def zip_sources(content: bytes) -> Sources:
    """The articles of a zip.

    Raises:
        Invalid: it is no zip, or nothing in it can be an article.
        TooLarge: it unpacks to too much, or has more than 10,000 articles.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Invalid("This is no zip archive.") from error
    with archive:
        check_archive(archive)
        members = (
            Member(PurePosixPath(info.filename), partial(read_member, archive, info))
            for info in archive.infolist()
            if not info.is_dir()
        )
        yield from tree_sources(Tree(members))


def folder_sources(folder: Path) -> Sources:
    """The articles below a folder; links to elsewhere are not followed.

    Raises:
        Invalid: nothing in it can be an article.
        TooLarge: more than 10,000 articles, or 20,000 files.
    """
    yield from tree_sources(Tree(_folder_members(folder)))


def _folder_members(folder: Path) -> Iterator[Member]:
    for number, path in enumerate(sorted(folder.rglob("*"))):
        if number >= MEMBERS:
            raise TooLarge(f"The folder has more than {MEMBERS} files.")
        if path.is_file() and not path.is_symlink():
            name = PurePosixPath(path.relative_to(folder).as_posix())
            yield Member(name, partial(_read_file, path))


def _read_file(path: Path) -> bytes:
    if path.stat().st_size > MEMBER_LIMIT:
        raise TooLarge(f"This file is larger than {MEMBER_LIMIT // 2**20} MB.")
    return path.read_bytes()


def tree_sources(tree: Tree) -> Sources:
    """One article for each file; two that would have the same address get their folder's name before it."""
    found = tree.articles()
    if not found:
        raise Invalid("Nothing here is a Markdown, HTML or Word file.")
    if len(found) > ROW_LIMIT:
        raise TooLarge(f"More than {ROW_LIMIT} articles; split it.")
    top = _common_folder([member.path for member in found])
    taken: set[str] = set()
    for member in found:
        try:
            article = _read(tree, member, top)
            if article.slug in taken and member.path.suffix.lower() not in MARKDOWN:
                article = _beside(article, member.path.parent.name)
            taken.add(article.slug)
            yield str(member.path), article
        except HandrailError as error:
            yield str(member.path), error


def _read(tree: Tree, member: Member, top: int) -> Portable:
    path, suffix = member.path, member.path.suffix.lower()
    content = member.read()
    if len(content) > _LIMITS.get(suffix, MEMBER_LIMIT):
        raise TooLarge()
    folder = path.parent.name if len(path.parts) - 1 > top else ""
    stem = path.stem if path.stem.lower() not in _INDEX else path.parent.name
    if suffix in MARKDOWN:

        def attached(name: str) -> bytes:
            return tree.content(PurePosixPath(name))

        defaults = {"slug": slug_of(path.stem), "category": folder[:40]}
        return parse_portable(text_of(content), attached, **defaults)
    if suffix in WORD:
        return read_word(content, Place(stem, folder))
    return read_page(page_text(content), Place(stem, folder))


def text_of(content: bytes) -> str:
    """Text that must be UTF-8.

    Raises:
        Invalid: it is not.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("the file is not UTF-8") from error


def page_text(content: bytes) -> str:
    """A web page's text: UTF-8, or else what it says of itself, or else Western European.

    >>> page_text('<meta charset="iso-8859-1">caf\\xe9'.encode("latin-1"))[-4:]
    'café'
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        from bs4.dammit import EncodingDetector

        said: Any = EncodingDetector.find_declared_encoding(content, is_html=True)
        try:
            return content.decode(str(said or "cp1252"), "replace")
        except LookupError:
            return content.decode("cp1252", "replace")


def _beside(article: Portable, folder: str) -> Portable:
    slug = slug_of(f"{folder} {article.slug}")
    return article.model_copy(update={"draft": article.draft.model_copy(update={"slug": slug})})


def _is_hidden(part: str) -> bool:
    return part.startswith(".") or part == "__MACOSX"


def _common_folder(paths: list[PurePosixPath]) -> int:
    """How many folders all paths share: the archive's own name is nobody's category."""
    shared = 0
    parents = [path.parts[:-1] for path in paths]
    while all(len(parts) > shared for parts in parents):
        if len({parts[shared] for parts in parents}) > 1:
            break
        shared += 1
    return shared
