"""Product names that trainers marked in examples, beside the list: other words for a product, or a new one.

A mark `[slow pot](product:Fernway Kettle)` teaches another name of the kettle, `[slow pot](product)` a product.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from understanding.products import Products, Words, words_of

#: Of a word that stands unmarked in so many more examples than marked ones, "order", nobody means a product by it.
UNMARKED_FOR_EACH = 10
#: A name is at least so long; "it" is none.
LETTERS = 3
MOST_WORDS = 6


@dataclass(frozen=True, order=True)
class Mark:
    """Words that a trainer marked as a product."""

    words: str
    product: str = ""
    """Which one it is, where that was said."""


def taught(marks: Iterable[Mark], texts: Sequence[str], listed: Products) -> dict[str, list[str]]:
    """Return product → further names, for `Products.with_more`; the order of marks and texts changes nothing.

    `texts` are all examples, without marks. What the list finds already teaches nothing; nor does a word that
    stands unmarked in far more examples than marked.

    >>> taught([Mark("slow pot", "kettle")], ["my slow pot leaks"], Products({"Kettle": []}))
    {'Kettle': ['slow pot']}
    """
    marked: dict[Words, Counter[Mark]] = {}
    for mark in marks:
        words = words_of(mark.words)
        if len(words) <= MOST_WORDS and sum(map(len, words)) >= LETTERS:
            marked.setdefault(words, Counter())[mark] += 1
    said = _counted(texts, {len(words) for words in marked})
    found: dict[str, list[str]] = {}
    for words in sorted(marked):
        # Most marks win; of as many, the one that comes first in the alphabet.
        (mark, _) = min(marked[words].items(), key=lambda pair: (-pair[1], pair[0]))
        times = sum(marked[words].values())
        if said[words] - times > UNMARKED_FOR_EACH * times:
            continue
        phrase = " ".join(words)
        product = listed.name_of(mark.product) or mark.product or mark.words
        here = [(one.name, one.end - one.start) for one in listed.find(phrase)]
        known = len(here) == 1 and here[0][1] == len(phrase)
        if not known or (mark.product and here[0][0] != product):
            found.setdefault(product, []).append(phrase)
    return found


def _counted(texts: Sequence[str], lengths: Iterable[int]) -> Mapping[Words, int]:
    """How often each run of so many words stands in the texts."""
    counted: Counter[Words] = Counter()
    wanted = sorted(lengths)
    for text in texts:
        words = words_of(text)
        for length in wanted:
            counted.update(words[at : at + length] for at in range(len(words) - length + 1))
    return counted
