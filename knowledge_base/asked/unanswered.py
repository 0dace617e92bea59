"""Questions without a good answer, put together by meaning, most painful first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np

from knowledge_base.asked.clusters import NEAR, group, typical
from knowledge_base.asked.lines import VARIANTS, Asked, Chat, Cluster
from knowledge_base.asked.texts import Words
from knowledge_base.search.records import Vector

Encode = Callable[[Sequence[str]], Vector]

#: Different questions looked at, the newest of each kind.
FAILED_LIMIT, GOOD_LIMIT = 2000, 2000
#: The same for searches of the help centre, so that who floods it takes no room from chats.
SEARCH_LIMIT = 1000
#: Lines of one reader of the help centre that nobody else asked.
LINES_PER_READER = 3
EXAMPLES = 8
#: What the classifier takes for none of the house's business is listed once so many customers ask for it: a
#: new product is out of scope to whoever was trained before it came.
OUTSIDE_FROM = 2
CHATS = 5


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
    failed = _by_key((one for one in everything if one.failed), FAILED_LIMIT)
    if not failed:
        return []
    times = {key: len(_once(asked)) for key, asked in failed.items()}
    order = sorted(failed, key=lambda key: (-times[key], key))
    counts = [times[key] for key in order]
    vectors = encode([failed[key][0].words.text for key in order])
    groups = group(vectors, counts)
    good = _by_key((one for one in everything if not one.failed), GOOD_LIMIT)
    met = _assigned(good, groups, vectors, counts, encode)
    found = []
    for at, rows in enumerate(groups):
        bad = [one for row in rows for one in failed[order[row]]]
        if _is_aside(bad, set_aside):
            continue
        recent = [one for one in bad if one.at >= since]
        if recent and not _is_stray(recent):
            keys = {one.words.key for one in recent}
            chosen = [row for row in rows if order[row] in keys]
            text = order[chosen[typical(vectors[chosen], [counts[row] for row in chosen])]]
            well = len(_once(one for one in met.get(at, ()) if one.at >= since))
            who = {one.who for one in recent}
            alone = who.pop() if len(who) == 1 and not any(one.chat for one in recent) else ""
            found.append((_cluster(failed[text][0].words, recent, well), alone))
    # frequency × (failed / frequency) is the number of failed ones; of equals the more hopeless, then the newer.
    found.sort(
        key=lambda one: (-one[0].failed, -one[0].share, -one[0].last_seen.timestamp(), one[0].key)
    )
    return _without_floods(found)


def _without_floods(found: Iterable[tuple[Cluster, str]]) -> list[Cluster]:
    """A few lines for each reader of the help centre whose question nobody else asked."""
    lines: Counter[str] = Counter()
    kept = []
    for cluster, alone in found:
        lines[alone] += 1
        if not alone or lines[alone] <= LINES_PER_READER:
            kept.append(cluster)
    return kept


def _once(asked: Iterable[Asked]) -> list[Asked]:
    """Those of chats, and of each reader of the help centre the newest."""
    chats, readers = [], {}
    for one in sorted(asked, key=lambda one: one.at):
        if one.chat is not None:
            chats.append(one)
        else:
            readers[one.who] = one
    return [*chats, *readers.values()]


def _by_key(asked: Iterable[Asked], limit: int) -> dict[str, list[Asked]]:
    """Newest first within each wording; the `limit` wordings that were asked last in chats, and the same of
    the help centre."""
    found: dict[str, list[Asked]] = {}
    room = {True: limit, False: SEARCH_LIMIT}
    for one in sorted(asked, key=lambda one: one.at, reverse=True):
        if not one.words.text:
            continue
        in_chat = one.chat is not None
        if one.words.key in found:
            found[one.words.key].append(one)
        elif room[in_chat]:
            room[in_chat] -= 1
            found[one.words.key] = [one]
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
    return all(one.outside for one in bad) and len({one.who for one in bad}) < OUTSIDE_FROM


def _is_aside(bad: Sequence[Asked], set_aside: Mapping[str, datetime]) -> bool:
    times = [set_aside[one.words.key] for one in bad if one.words.key in set_aside]
    if not times:
        return False
    asked = _once(bad)
    after = sum(one.at > max(times) for one in asked)
    return after <= max(1, len(asked) - after)


def _cluster(heading: Words, bad: Sequence[Asked], well: int) -> Cluster:
    newest = max(bad, key=lambda one: (one.at, one.words.key))
    counted = _once(bad)
    searches = [one for one in counted if one.chat is None]
    times = Counter(one.words.key for one in bad)
    texts = {one.words.key: one.words.text for one in bad}
    wordings = [
        texts[key] for key, _ in sorted(times.items(), key=lambda item: (-item[1], item[0]))
    ]
    examples = list(dict.fromkeys([heading.text, newest.words.text, *wordings]))
    intents = Counter(one.words.intent for one in bad if one.words.intent)
    chats: dict[tuple[UUID, int], Chat] = {}
    for one in sorted(bad, key=lambda one: one.at, reverse=True):
        if one.chat is not None:
            chats.setdefault((one.chat.conversation_id, one.chat.episode), one.chat)
    return Cluster(
        key=heading.key,
        heading=heading.text,
        newest=newest.words.text,
        examples=tuple(examples[: max(EXAMPLES, VARIANTS)]),
        keys=tuple(sorted(times)),
        intents=tuple(name for name, _ in intents.most_common(3)),
        asked=len(counted) + well,
        failed=len(counted),
        searches=len(searches),
        fates=Counter(one.fate for one in counted),
        last_seen=newest.at,
        revision=max(one.revision for one in bad),
        searched_at=max((one.at for one in searches), default=None),
        chats=tuple(sorted(chats.values(), key=lambda chat: not chat.solved_by_person)[:CHATS]),
    )
