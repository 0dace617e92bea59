"""Modules made small for the way: no comments, no indentation, style sheets without their blanks.

Names stay as they are written, so that a message in a site's console still says where it came from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import rjsmin

# After one of these a slash begins a regular expression; after anything else it divides.
_BEFORE_REGEX = frozenset("(,=:[!&|?{};+-*%~^<>") | {""}
_WORDS_BEFORE_REGEX = re.compile(r"\b(return|typeof|case|in|of|delete|void|throw|await|yield)$")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_PIECES = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\$\{[^}]*\})""")


def tight(source: str) -> str:
    """The same module in fewer bytes; its literals stay as they are."""
    # rjsmin takes a template inside a template for two with code between, and a regular expression after
    # an arrow for a division, and takes the blanks of both away: they go round it.
    scan = _Scan(source)
    scan.code(0)
    parts: list[str] = []
    held: list[str] = []
    end = 0
    for start, stop in scan.found:
        literal = source[start:stop]
        parts += [source[end:start], f'"\x00{len(held)}"']
        held.append(literal)
        end = stop
    small = rjsmin.jsmin("".join([*parts, source[end:]]))
    return re.sub(r'"\x00(\d+)"', lambda match: held[int(match[1])], small)


def tight_sheets(source: str) -> str:
    """The same module, with the CSS in its template literals made small and its code left as it is."""
    scan = _Scan(source)
    scan.code(0)
    parts: list[str] = []
    end = 0
    for start, stop in scan.found:
        literal = source[start:stop]
        parts += [source[end:start], _tight_css(literal) if literal[0] == "`" else literal]
        end = stop
    return "".join([*parts, source[end:]])


def _tight_css(css: str) -> str:
    pieces = _CSS_PIECES.split(_CSS_COMMENT.sub("", css))
    # Every second piece is a string or a ${…}, and stays.
    return "".join(piece if at % 2 else _squeezed(piece) for at, piece in enumerate(pieces))


def _squeezed(css: str) -> str:
    css = re.sub(r"\s+", " ", css)
    # Not before a colon, where a blank is "inside of", and not around + or -, which calc() needs it at.
    css = re.sub(r" ?([{};,>]) ?", r"\1", css)
    return re.sub(r": ", ":", css).replace(";}", "}")


@dataclass
class _Scan:
    """Where template literals and regular expressions begin and end; what is inside a template is part of it."""

    source: str
    found: list[tuple[int, int]] = field(default_factory=list)
    last: str = ""
    """The last character that is neither blank nor comment."""

    def code(self, at: int, *, inside: bool = False) -> int:
        """Read on from `at` to the end, or, inside a template, to the brace that ends the expression."""
        source, depth = self.source, 0
        while at < len(source):
            char = source[at]
            pair = source[at : at + 2]
            if pair == "//":
                at = _after(source, "\n", at)
                continue
            if pair == "/*":
                at = _after(source, "*/", at + 2)
                continue
            start = at
            if char in "\"'":
                at = _quoted(source, at)
            elif char == "`" or (char == "/" and self._regex_may_begin(at)):
                at = self._template(at) if char == "`" else _regex(source, at)
                if not inside:
                    self.found.append((start, at))
            else:
                if inside and char == "}" and depth == 0:
                    return at
                depth += (char == "{") - (char == "}")
                at += 1
            if not char.isspace():
                self.last = source[at - 1]
        return at

    def _template(self, at: int) -> int:
        source, at = self.source, at + 1
        while source[at] != "`":
            if source[at] == "\\":
                at += 2
            elif source[at : at + 2] == "${":
                self.last = "{"
                at = self.code(at + 2, inside=True) + 1
            else:
                at += 1
        return at + 1

    def _regex_may_begin(self, at: int) -> bool:
        before = self.source[max(0, at - 40) : at].rstrip()
        if before.endswith(("++", "--")):
            return False
        return self.last in _BEFORE_REGEX or bool(_WORDS_BEFORE_REGEX.search(before))


def _after(source: str, mark: str, at: int) -> int:
    found = source.find(mark, at)
    return len(source) if found < 0 else found + len(mark)


def _quoted(source: str, at: int) -> int:
    quote, at = source[at], at + 1
    while source[at] != quote:
        at += 2 if source[at] == "\\" else 1
    return at + 1


def _regex(source: str, at: int) -> int:
    at, in_class = at + 1, False
    while source[at] != "/" or in_class:
        if source[at] == "\\":
            at += 1
        elif source[at] in "[]":
            in_class = source[at] == "["
        at += 1
    return at + 1
