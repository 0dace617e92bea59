"""What the search would have said of messages that the bot did not search for, remembered while articles stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from training.review.protocols import Search
from training.review.said import FoundArticle, Said

#: Some pages of messages.
REMEMBERED = 2000


class LookedUp:
    def __init__(self, search: Search | None) -> None:
        self._search = search
        self._found: dict[str, Sequence[FoundArticle]] = {}
        self._revision: int | None = None

    async def of(self, messages: Iterable[Said]) -> Mapping[str, Sequence[FoundArticle]]:
        """By text key, of those that carry nothing themselves."""
        if self._search is None:
            return {}
        if self._search.revision != self._revision or len(self._found) > REMEMBERED:
            self._revision, self._found = self._search.revision, {}
        wanted = {one.key: one.text for one in messages if not one.articles}
        for key, text in wanted.items():
            if key not in self._found:
                self._found[key] = tuple(await self._search.find(text))
        return {key: self._found[key] for key in wanted}
