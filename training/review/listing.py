"""Which of a view's messages are asked for, in which order, and how they are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from training.models import IGNORED
from training.review import words
from training.review.items import Filter, Item, Nearest, Order
from training.review.reasons import Reason
from training.review.said import FoundArticle
from training.review.sight import Sight
from training.review.view import Standing, View
from training.texts import normalise

ENGLISH = "en"
#: Chats are counted among so many messages like it, the nearest.
COUNTED = 200


def wanted_ones(view: View, wanted: Filter) -> list[Standing]:
    """What fits the filter, apart from reason, doubt and language: what those leave is counted of these."""
    search = normalise(wanted.search)
    return [one for one in view.standings.values() if _fits(one, wanted, search)]


def narrowed(found: Sequence[Standing], wanted: Filter) -> list[Standing]:
    """What is left by the filter's reason, doubt and language."""
    return [
        one
        for one in found
        if (wanted.reason is None or wanted.reason in one.reasons)
        and (not wanted.doubtful or one.reasons)
        and (wanted.language is None or wanted.language == language(one))
    ]


def in_order(found: Sequence[Standing], view: View, order: Order) -> list[Standing]:
    """Sorted; what is equal stands as it came, the one said last first."""
    latest = sorted(found, key=lambda one: one.case.said.at, reverse=True)
    match order:
        case Order.NEWEST:
            return latest
        case Order.OFTEN:
            return sorted(latest, key=lambda one: -one.case.times)
        case Order.UNSURE:
            return sorted(latest, key=_confidence)
    here = {one.case.key: one for one in latest}
    ranked = [here.pop(key) for key in view.ranked if key in here]
    # What is dealt with has no place among the open ones.
    return [*ranked, *sorted(here.values(), key=lambda one: -one.wrong)] if ranked else latest


def folded(found: Sequence[Standing]) -> list[Standing]:
    """The first of each cluster."""
    return list({one.cluster: one for one in reversed(found)}.values())[::-1]


def counts(found: Sequence[Standing]) -> dict[Reason, int]:
    counted = Counter(reason for one in found for reason in one.reasons)
    return {reason: counted[reason] for reason in Reason}


def languages(found: Sequence[Standing]) -> dict[str, int]:
    """How many of each, most first."""
    return dict(Counter(map(language, found)).most_common())


def language(one: Standing) -> str:
    """The detector is silent about what is too short to tell; the assistant reads English."""
    return one.case.said.language or ENGLISH


def item(one: Standing, view: View, sight: Sight, found: Sequence[FoundArticle] | None) -> Item:
    """`found` is what the search says now, for a message that it was not asked about."""
    said, case = one.case.said, one.case
    standings = [view.standings.get(key) for key in sight.like(case.key)[:COUNTED]]
    chats = set().union(*(other.case.chats for other in standings if other)) | case.chats
    nearest = None
    if one.near is not None and one.near.examples:
        best = one.near.examples[0]
        nearest = Nearest(best.text, best.intent, round(one.near.cosines[0], 4))
    return Item(
        turn_id=said.turn_id,
        text=said.text,
        intent=said.intent,
        confidence=said.confidence,
        candidates=said.candidates,
        reasons=one.reasons,
        times=case.times,
        at=said.at,
        label=one.label,
        proposals=one.proposals,
        conversation_id=said.conversation_id,
        episode=said.episode,
        key=case.key,
        entities=said.entities,
        found=tuple(said.found or found or ()),
        decided=said.decided,
        searched=bool(said.articles),
        after=case.after,
        language=said.language,
        wrong=round(one.wrong, 4),
        like=len(chats),
        value=round(one.value, 4),
        why=words.why(one, len(chats)),
        nearest=nearest,
        second=one.second.intent if one.second else None,
        second_model=one.second.model if one.second else None,
        cluster=one.cluster,
        cluster_size=view.open_in.get(one.cluster, 0) or 1,
        opinions=one.opinions,
        sent_at=one.sent_at,
    )


def _fits(one: Standing, wanted: Filter, search: str) -> bool:
    said = one.case.said
    confidence = _confidence(one)
    return (
        # A cluster's own page shows what is dealt with, too, when it is asked for.
        one.show is wanted.show
        and (wanted.cluster is None or one.cluster == wanted.cluster)
        and (wanted.intent is None or wanted.intent == _intent(one))
        and (wanted.since is None or said.at >= wanted.since)
        and (wanted.until is None or said.at < wanted.until)
        and (wanted.min_confidence is None or confidence >= wanted.min_confidence)
        and (wanted.max_confidence is None or confidence <= wanted.max_confidence)
        and (not search or search in said.plain)
    )


def _intent(one: Standing) -> str | None:
    return one.label if one.label not in (None, IGNORED) else one.case.said.intent


def _confidence(one: Standing) -> float:
    return one.case.said.confidence or 0.0
