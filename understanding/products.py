"""Products by name, from data/entities/products.yml: exact, plural, glued, or with one slip of the finger.

A text costs a few dictionary look-ups for each of its words, whatever the number of products: a word with a
slip is found through its spellings with one letter left out (as SymSpell does), not by comparing names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from understanding.errors import UnderstandingError
from understanding.yaml_files import read_yaml

FILE = Path(__file__).resolve().parents[1] / "data" / "entities" / "products.yml"

#: Letters from which on one may be wrong: "lamp" with one changed is lump, limp, camp.
FUZZY_FROM = 5
#: A longer word is no slip of a product's; a longer text is a paste.
LONGEST_WORD = 24
MOST_WORDS = 800
#: Words whose spelling is at hand; the same few thousand make up most messages.
REMEMBERED = 4096

_WORD = re.compile(r"[^\W_]+")


class ProductsError(UnderstandingError):
    """The products file can't be used; the text names the file, the entry and what is wrong."""


@dataclass(frozen=True)
class Named:
    """Characters `start` to `end` (exclusive) name the product `name`."""

    name: str
    start: int
    end: int


Words = tuple[str, ...]


class Products:
    """Finds the products of one list.

    >>> [one.name for one in Products({"Gift card": [], "Kettle": []}).find("my ketle and 2 giftcards")]
    ['Kettle', 'Gift card']
    """

    def __init__(self, products: Mapping[str, Sequence[str]], ordinary: Iterable[str] = ()) -> None:
        self._listed, self._not_meant = products, tuple(ordinary)
        phrases: dict[Words, str | None] = {}
        for name, aliases in products.items():
            for alias in (name, *aliases):
                for words in _forms(words_of(alias)):
                    phrases.setdefault(words, name)
        self._vocabulary = frozenset(word for words in phrases for word in words)
        for phrase in self._not_meant:
            phrases[words_of(phrase)] = None
        self._ordinary = frozenset(word for words in phrases for word in words)
        self._by_first: dict[str, list[tuple[Words, str | None]]] = {}
        for words, found in phrases.items():
            self._by_first.setdefault(words[0], []).append((words, found))
        for starting in self._by_first.values():
            starting.sort(key=lambda pair: -len(pair[0]))
        self._shortened: dict[str, list[str]] = {}
        for word in sorted(self._vocabulary):
            if FUZZY_FROM <= len(word) <= LONGEST_WORD:
                for short in _shortened(word):
                    self._shortened.setdefault(short, []).append(word)
        self._spelt = lru_cache(REMEMBERED)(self._spell)

    @property
    def names(self) -> tuple[str, ...]:
        """The products, as everybody else sees them, in the list's order."""
        return tuple(self._listed)

    def name_of(self, said: str) -> str | None:
        """Return the product that is called so, whatever the case; None: none is.

        >>> Products({"Gift card": []}).name_of("gift card")
        'Gift card'
        """
        words = words_of(said)
        return next((name for name in self._listed if words and words_of(name) == words), None)

    def with_more(self, names: Mapping[str, Sequence[str]]) -> Products:
        """Return the same with further names of products; what the list says of a name, and of words that only
        look like one, stays.

        >>> [one.name for one in Products({"Kettle": []}).with_more({"Kettle": ["slow pot"]}).find("a slow pot")]
        ['Kettle']
        """
        known = {name: [*own, *names.get(name, ())] for name, own in self._listed.items()}
        new = {name: list(more) for name, more in names.items() if name not in self._listed}
        return Products(known | new, self._not_meant)

    def find(self, text: str) -> Iterator[Named]:
        """Yield the products that a text names, in order, the longest name that fits each time."""
        matches = islice(_WORD.finditer(text), MOST_WORDS)
        found = [(match.group().lower(), match) for match in matches]
        words = [self._spelt(word) for word, _ in found]
        place = 0
        while place < len(words):
            length = 1
            for phrase, name in self._by_first.get(words[place], ()):
                if tuple(words[place : place + len(phrase)]) == phrase:
                    length = len(phrase)
                    if name is not None:
                        last = found[place + length - 1][1]
                        yield Named(name, found[place][1].start(), last.end())
                    break
            place += length

    def _spell(self, word: str) -> str:
        """Return the product's word that was meant by this one, or the word itself."""
        if word in self._ordinary or not FUZZY_FROM <= len(word) <= LONGEST_WORD:
            return word
        for short in _shortened(word):
            for meant in self._shortened.get(short, ()):
                # Slips rarely hit the first letter, and "settle" is no kettle.
                if meant[0] == word[0] and _one_slip(word, meant):
                    return meant
        return word


@lru_cache(maxsize=1)
def default() -> Products:
    """The house's own, read once.

    Raises:
        ProductsError: the file is missing or wrong.
    """
    return load(FILE)


def load(path: Path) -> Products:
    """Read a products file.

    Raises:
        ProductsError: it is missing or of another form.
    """
    content = read_yaml(path, ProductsError)
    if not isinstance(content, dict) or not isinstance(content.get("products"), list):
        raise ProductsError(f"{path}: needs a list `products`")
    products: dict[str, list[str]] = {}
    for place, entry in enumerate(content["products"], start=1):
        name = entry.get("name") if isinstance(entry, dict) else None
        aliases = entry.get("aliases", []) if isinstance(entry, dict) else None
        if not isinstance(name, str) or not isinstance(aliases, list) or name in products:
            raise ProductsError(
                f"{path}: entry {place} ({name}): needs a name of its own and aliases"
            )
        for alias in (name, *aliases):
            if not isinstance(alias, str) or not words_of(alias):
                raise ProductsError(f"{path}: entry {place} ({name}): {alias!r} holds no word")
        products[name] = aliases
    ordinary = content.get("ordinary") or []
    if not isinstance(ordinary, list) or not all(
        isinstance(o, str) and words_of(o) for o in ordinary
    ):
        raise ProductsError(f"{path}: ordinary must be a list of words and phrases")
    return Products(products, ordinary)


def words_of(text: str) -> Words:
    """A text's words as names are compared."""
    return tuple(word.lower() for word in _WORD.findall(text))


def _forms(words: Words) -> Iterator[Words]:
    """Yield a name, its plural or singular, and both as one word."""
    *begin, last = words
    other = last[:-1] if last.endswith("s") and not last.endswith("ss") else _plural(last)
    for form in (words, (*begin, other)):
        yield form
        if len(form) > 1:
            yield ("".join(form),)


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    return word[:-1] + "ves" if word.endswith("rf") else word + "s"


def _shortened(word: str) -> set[str]:
    """Return the word and its spellings with one letter left out."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _one_slip(one: str, two: str) -> bool:
    """Tell whether a letter more, a letter less, another letter, or two swapped makes one of the other."""
    if abs(len(one) - len(two)) > 1:
        return False
    start = 0
    while start < min(len(one), len(two)) and one[start] == two[start]:
        start += 1
    rest, other = one[start:], two[start:]
    return (
        rest[1:] == other
        or rest == other[1:]
        or rest[1:] == other[1:]
        or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    )
