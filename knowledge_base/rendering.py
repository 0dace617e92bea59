"""Article text to safe HTML: paragraphs, lists, bold, italics, https links and own files; nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

#: Rules are allowed one by one, so HTML, headings and autolinks are never even parsed.
RULES = ("list", "emphasis", "link", "image", "newline", "escape", "entity")
ALLOWED_TAGS = frozenset({"p", "ul", "ol", "li", "strong", "em", "a", "br", "img"})
#: How text names a file of its article: ``![what it shows](file:ID)`` or ``[words](file:ID)``.
_FILE = re.compile(r"file:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)


@dataclass(frozen=True)
class Shown:
    """A file as its article shows it: where it is, and what is said of it beside a link to it."""

    address: str
    is_image: bool
    note: str
    """Such as "PDF, 120 kB"."""


Files = Mapping[UUID, Shown]
NO_FILES: Files = {}


def is_safe_link(url: str) -> bool:
    """Whether a link may be followed from an article: https with a host, and nobody's password in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def named_file(url: str) -> UUID | None:
    """The file that ``file:ID`` names, if that is what it is."""
    found = _FILE.fullmatch(url)
    return UUID(found.group(1)) if found else None


def files_in(*texts: str) -> set[UUID]:
    """Every file that these texts name, as a link or as an image."""
    found: set[UUID] = set()
    for text in texts:
        if "](file:" in text:  # to parse all text of all articles for this would take seconds
            found.update(_named(_READER.parse(text)))
    return found


def _named(tokens: Iterable[Token]) -> Iterable[UUID]:
    for token in tokens:
        file_id = named_file(str(token.attrs.get("src") or token.attrs.get("href") or ""))
        if file_id is not None:
            yield file_id
        yield from _named(token.children or ())


class _Renderer(RendererHTML):
    def link_open(
        self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[at]
        token.attrs.pop("title", None)
        token.attrSet("rel", "noopener noreferrer")
        return self.renderToken(tokens, at, options, env)

    def image(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """An own image; the text that says what it shows stands in its place for who can't see it."""
        token = tokens[at]
        token.attrs.pop("title", None)
        token.attrSet("loading", "lazy")
        return super().image(tokens, at, options, env)


def _build() -> MarkdownIt:
    reader = MarkdownIt("zero", {"html": False, "maxNesting": 8}, renderer_cls=_Renderer)
    reader.enable(list(RULES))
    reader.validateLink = lambda url: is_safe_link(url) or named_file(url) is not None  # type: ignore[method-assign]
    return reader


_READER = _build()


def render(text: str, files: Files = NO_FILES) -> str:
    """HTML with only the allowed tags; everything else appears as the text it is.

    `files`: the article's own files. One that is not among them is named by its words alone.
    """
    tokens = _READER.parse(text)
    for token in tokens:
        if token.children:
            token.children = list(_resolved(token.children, files))
    _check(tokens)
    return str(_READER.renderer.render(tokens, _READER.options, {}))


def plain(text: str) -> str:
    """The words of an article's text without its marks, one paragraph or list item a line."""
    lines: list[str] = []
    for token in _READER.parse(text):
        if token.type == "inline":
            words = "".join(_words(child) for child in token.children or ())
            lines.append(words.strip())
    return "\n".join(line for line in lines if line)


def _words(token: Token) -> str:
    if token.type == "image":
        return _alt(token)
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _alt(token: Token) -> str:
    return "".join(_words(child) for child in token.children or ())


def _resolved(tokens: Sequence[Token], files: Files) -> Iterable[Token]:
    """The same with each ``file:`` put in its place: an image, a link, or just its words."""
    after: list[
        str | None
    ] = []  # what follows each open link; None where the link itself is left out
    for token in tokens:
        if token.type == "image":
            yield from _picture(token, files)
        elif token.type == "link_open":
            url = str(token.attrs.get("href") or "")
            file = _own(url, files)
            if file is not None:
                token.attrSet("href", file.address)
            kept = file is not None or is_safe_link(url)
            after.append((f" ({file.note})" if file and file.note else "") if kept else None)
            if kept:
                yield token
        elif token.type == "link_close":
            note = after.pop()
            if note is not None:
                yield token
            if note:
                yield _text(note)
        else:
            yield token


def _picture(token: Token, files: Files) -> Iterable[Token]:
    file = _own(str(token.attrs.get("src") or ""), files)
    if file is not None and file.is_image:
        token.attrSet("src", file.address)
        yield token
    else:
        # A foreign image would tell its owner who reads this page; its words say what it would show.
        yield _text(_alt(token))


def _own(url: str, files: Files) -> Shown | None:
    file_id = named_file(url)
    return None if file_id is None else files.get(file_id)


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def _check(tokens: Sequence[Any]) -> None:
    """A second lock: a rule enabled by mistake, or a library's new default, can't open a tag."""
    for token in tokens:
        if token.tag and token.tag not in ALLOWED_TAGS:
            raise ValueError(f"the tag {token.tag!r} is not allowed in an article")
        _check(token.children or ())
