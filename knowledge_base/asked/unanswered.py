"""Questions without a good answer, put together by meaning, most painful first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from knowledge_base.asked.clusters import NEAR, group, typical
from knowledge_base.asked.masking import without_marks
from knowledge_base.asked.outcomes import Fate, Question
from knowledge_base.asked.texts import Words
from knowledge_base.search.records import Vector

Encode = Callable[[Sequence[str]], Vector]

#: Different questions looked at, the newest of each kind.
FAILED_LIMIT, GOOD_LIMIT = 2000, 2000
EXAMPLES = 8
#: What the classifier takes for none of the house's business is listed once so many customers ask for it: a
#: new product is out of scope to whoever was trained before it came.
OUTSIDE_FROM = 2
CHATS = 5
VARIANTS = 10
"""Question variants that one click takes over: enough wordings, and few enough to read."""


@dataclass(frozen=True)
class Chat:
    """A conversation in which it was asked."""

    conversation_id: UUID
    episode: int
    at: datetime
    solved_by_person: bool


@dataclass(frozen=True)
class Cluster:
    """Questions of one meaning."""

    key: str
    """Of the heading; names the cluster in addresses."""
    heading: str
    """The most typical wording."""
    newest: str
    """The wording that was asked last."""
    examples: tuple[str, ...]
    """Different wordings, commonest first."""
    keys: tuple[str, ...]
    """Of every wording without a good answer."""
    intents: tuple[str, ...]
    """Commonest first."""
    asked: int
    """Times asked, with and without a good answer."""
    failed: int
    fates: Mapping[Fate, int]
    """Of the failed ones."""
    last_seen: datetime
    revision: int
    """Content revision that the newest failed search saw."""
    chats: tuple[Chat, ...]
    """Newest first, those that a person solved before all."""

    @property
    def share(self) -> float:
        return self.failed / self.asked

    @property
    def variants(self) -> list[str]:
        """The wordings as question variants of an article."""
        texts = (without_marks(text) for text in self.examples)
        return list({text.casefold(): text for text in texts if 3 <= len(text) <= 200}.values())


@dataclass(frozen=True)
class Asked:
    """One question with its words."""

    question: Question
    words: Words


def clusters(
    every: Iterable[Asked],
    encode: Encode,
    *,
    since: datetime,
    set_aside: Mapping[str, datetime],
) -> list[Cluster]:
    """Clusters of the questions without a good answer that were asked since then, by frequency × share failed.

    One that was set aside is left out until it was asked more often after that than before. `every` goes
    further back than `since`, for that comparison.
    """
    everything = list(every)
    failed = _by_key((one for one in everything if one.question.failed), FAILED_LIMIT)
    if not failed:
        return []
    order = sorted(failed, key=lambda key: (-len(failed[key]), key))
    counts = [len(failed[key]) for key in order]
    vectors = encode([failed[key][0].words.text for key in order])
    groups = group(vectors, counts)
    good = _by_key((one for one in everything if not one.question.failed), GOOD_LIMIT)
    met = _assigned(good, groups, vectors, counts, encode)
    found = []
    for at, rows in enumerate(groups):
        bad = [one for row in rows for one in failed[order[row]]]
        if _is_aside(bad, set_aside):
            continue
        recent = [one for one in bad if one.question.at >= since]
        if recent and not _is_stray(recent):
            keys = {one.words.key for one in recent}
            chosen = [row for row in rows if order[row] in keys]
            text = order[chosen[typical(vectors[chosen], [counts[row] for row in chosen])]]
            well = sum(one.question.at >= since for one in met.get(at, ()))
            found.append(_cluster(failed[text][0].words, recent, well))
    # frequency × (failed / frequency) is the number of failed ones; of equals the more hopeless, then the newer.
    return sorted(
        found, key=lambda one: (-one.failed, -one.share, -one.last_seen.timestamp(), one.key)
    )


def _by_key(asked: Iterable[Asked], limit: int) -> dict[str, list[Asked]]:
    """Newest first within each wording; the `limit` wordings that were asked last."""
    found: dict[str, list[Asked]] = {}
    for one in sorted(asked, key=lambda one: one.question.at, reverse=True):
        if not one.words.text:
            continue
        if one.words.key in found or len(found) < limit:
            found.setdefault(one.words.key, []).append(one)
    return found


def _assigned(
    good: Mapping[str, list[Asked]],
    groups: Sequence[Sequence[int]],
    vectors: Vector,
    counts: Sequence[int],
    encode: Encode,
) -> dict[int, list[Asked]]:
    """The questions with a good answer, by the group whose meaning they have."""
    means = np.stack(
        [
            np.average(vectors[list(rows)], axis=0, weights=[counts[row] for row in rows])
            for rows in groups
        ]
    )
    found: dict[int, list[Asked]] = {}
    keys = list(good)
    if not keys:
        return found
    near = encode([good[key][0].words.text for key in keys]) @ means.T
    for key, best, cosine in zip(keys, near.argmax(axis=1), near.max(axis=1), strict=True):
        if cosine >= NEAR:
            found.setdefault(int(best), []).extend(good[key])
    return found


def _is_stray(bad: Sequence[Asked]) -> bool:
    """Whether all were taken for none of the house's business, and too few customers ask it to say otherwise."""
    chats = {one.question.conversation_id for one in bad}
    return all(one.question.outside for one in bad) and len(chats) < OUTSIDE_FROM


def _is_aside(bad: Sequence[Asked], set_aside: Mapping[str, datetime]) -> bool:
    times = [set_aside[one.words.key] for one in bad if one.words.key in set_aside]
    if not times:
        return False
    after = sum(one.question.at > max(times) for one in bad)
    return after <= max(1, len(bad) - after)


def _cluster(heading: Words, bad: Sequence[Asked], well: int) -> Cluster:
    newest = max(bad, key=lambda one: (one.question.at, one.words.key))
    times = Counter(one.words.key for one in bad)
    texts = {one.words.key: one.words.text for one in bad}
    wordings = [
        texts[key] for key, _ in sorted(times.items(), key=lambda item: (-item[1], item[0]))
    ]
    examples = list(dict.fromkeys([heading.text, newest.words.text, *wordings]))
    intents = Counter(one.words.intent for one in bad if one.words.intent)
    chats: dict[tuple[UUID, int], Chat] = {}
    for one in sorted(bad, key=lambda one: one.question.at, reverse=True):
        asked = one.question
        chat = Chat(asked.conversation_id, asked.episode, asked.at, asked.solved_by_person)
        chats.setdefault((chat.conversation_id, chat.episode), chat)
    return Cluster(
        key=heading.key,
        heading=heading.text,
        newest=newest.words.text,
        examples=tuple(examples[: max(EXAMPLES, VARIANTS)]),
        keys=tuple(sorted(times)),
        intents=tuple(name for name, _ in intents.most_common(3)),
        asked=len(bad) + well,
        failed=len(bad),
        fates=Counter(one.question.fate for one in bad),
        last_seen=newest.question.at,
        revision=max(one.question.revision for one in bad),
        chats=tuple(sorted(chats.values(), key=lambda chat: not chat.solved_by_person)[:CHATS]),
    )
