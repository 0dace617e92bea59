"""Modules made small for the way: no comments, no blanks, short local names, style sheets without their blanks."""

from __future__ import annotations

import re

import minify

_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_PIECES = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\$\{[^}]*\})""")
_TEMPLATE = re.compile(r"`[^`]*`")


def tight(source: str) -> str:
    """The same module in fewer bytes; what it exports keeps its name.

    Raises:
        minify.MinifyError: this is no JavaScript; it says where.
    """
    small: str = minify.string("text/javascript", source)
    return small


def tight_sheets(source: str) -> str:
    """The same module, with the CSS in its template literals made small and its code left as it is."""
    return _TEMPLATE.sub(lambda css: _tight_css(css[0]), source)


def _tight_css(css: str) -> str:
    pieces = _CSS_PIECES.split(_CSS_COMMENT.sub("", css))
    # Every second piece is a string or a ${…}, and stays.
    return "".join(piece if at % 2 else _squeezed(piece) for at, piece in enumerate(pieces))


def _squeezed(css: str) -> str:
    css = re.sub(r"\s+", " ", css)
    # Not before a colon, where a blank is "inside of", and not around the + or - of calc(), which needs it.
    css = re.sub(r" ?([{};,>~]) ?", r"\1", css)
    css = re.sub(r" \+ (?=[.:\[]|(?:p|ul|ol|li)\b)", "+", css)
    return re.sub(r": |(?<=`) ", lambda found: found[0].rstrip(), css).replace(";}", "}")
