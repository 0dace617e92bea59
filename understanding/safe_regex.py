r"""Regular expressions out of a file, compiled only when no text can make them slow.

Python's `re` tries one way to match after the other. The number of ways bounds the time, and it can be
read off the expression: a repeat of 0 to 5 has 6 ways, a choice of three has 3, one after the other
multiply, and a repeat of a repeat is a power. `([0-9]+ ?)+` has no bound at all, `(a?){30}` is within
every bound of length and still has 2^30 ways; both are refused before they see a text.
"""

from __future__ import annotations

import re
import sys
from typing import Any

if sys.version_info >= (3, 11):
    from re import _parser as _sre  # type: ignore[attr-defined]
else:  # the same module under its older name
    import sre_parse as _sre

from understanding.errors import UnderstandingError

#: Ways to match from one place on; the shipped file's largest has 9. With 4,000 characters and 64 for each
#: match the worst expression that passes takes a fifth of a second.
MOST_WAYS = 64
#: Characters of the longest match.
LONGEST = 64

# What a written form needs. Look-arounds are put around it by whoever compiles; a back reference or a
# recursion would make the count below wrong.
_PLAIN = frozenset({"LITERAL", "NOT_LITERAL", "IN", "ANY", "AT", "CATEGORY", "RANGE", "NEGATE"})
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})
# "(?i)" at the start is legal alone and an error within a larger expression.
_GLOBAL_FLAGS = re.compile(r"\(\?[aiLmsux]")


class UnsafePattern(UnderstandingError):
    """An expression that is wrong, or could take more than linear time; the text says why."""


def check(expression: str) -> None:
    """Tell whether the expression is safe to run on any text.

    Raises:
        UnsafePattern: it isn't a regular expression, or it isn't bounded.
    """
    if _GLOBAL_FLAGS.search(expression):
        raise UnsafePattern("sets flags")
    try:
        tree = _sre.parse(expression, re.IGNORECASE | re.ASCII)
    except (re.error, RecursionError, OverflowError) as error:
        raise UnsafePattern(f"is no regular expression: {error}") from error
    ways = _ways(tree)
    shortest, longest = tree.getwidth()
    if shortest < 1:
        raise UnsafePattern("matches the empty text")
    if longest > LONGEST:
        raise UnsafePattern(f"can match {longest} characters, at most {LONGEST} are allowed")
    if ways > MOST_WAYS:
        raise UnsafePattern(f"has {ways} or more ways to match, at most {MOST_WAYS} are allowed")


def _ways(tree: Any) -> int:
    """How many ways there are to match, at most; counting stops a little above the limit."""
    ways = 1
    for kind, argument in tree:
        ways *= _ways_of(str(kind), argument)
        if ways > MOST_WAYS:
            return ways
    return ways


def _ways_of(kind: str, argument: Any) -> int:
    if kind in _PLAIN:
        return 1
    if kind == "BRANCH":
        return sum(_ways(branch) for branch in argument[1])
    if kind == "SUBPATTERN":
        group, flags_on, flags_off, body = argument
        if group is not None:
            raise UnsafePattern("has a group; write (?:…) instead of (…)")
        if flags_on or flags_off:
            raise UnsafePattern("sets flags")
        return _ways(body)
    if kind in _REPEATS:
        least, most, body = argument
        if most == _sre.MAXREPEAT:
            raise UnsafePattern("repeats without an upper bound; write {1,9} instead of + or *")
        once, ways = _ways(body), 0
        for times in range(int(least), int(most) + 1):
            ways += int(once) ** times if once > 1 else 1
            if ways > MOST_WAYS:
                break
        return ways
    raise UnsafePattern(f"uses {kind.lower()}, which a written form does not need")
