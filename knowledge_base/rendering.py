"""Article text to safe HTML: paragraphs, lists, bold, italics and https links, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

#: Rules are allowed one by one, so HTML, images, headings and autolinks are never even parsed.
RULES = ("list", "emphasis", "link", "newline", "escape", "entity")
ALLOWED_TAGS = frozenset({"p", "ul", "ol", "li", "strong", "em", "a", "br"})


def is_safe_link(url: str) -> bool:
    """Whether a link may be followed from an article: https with a host, and nobody's password in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


class _Renderer(RendererHTML):
    def link_open(
        self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
    ) -> str:
        tokens[at].attrs.pop("title", None)
        tokens[at].attrSet("rel", "noopener noreferrer")
        return self.renderToken(tokens, at, options, env)


def _build() -> MarkdownIt:
    reader = MarkdownIt("zero", {"html": False, "maxNesting": 8}, renderer_cls=_Renderer)
    reader.enable(list(RULES))
    reader.validateLink = is_safe_link  # type: ignore[method-assign]
    return reader


_READER = _build()


def render(text: str) -> str:
    """HTML with only the allowed tags; everything else appears as the text it is."""
    tokens = _READER.parse(text)
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
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _check(tokens: Sequence[Any]) -> None:
    """A second lock: a rule enabled by mistake, or a library's new default, can't open a tag."""
    for token in tokens:
        if token.tag and token.tag not in ALLOWED_TAGS:
            raise ValueError(f"the tag {token.tag!r} is not allowed in an article")
        _check(token.children or ())
