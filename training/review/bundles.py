"""Near-identical messages dealt with together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from training.labels import AT_ONCE, Labelled
from training.opinions.checked import Answered
from training.review import listing
from training.review.items import SHOWN_MEMBERS, Cluster
from training.review.reasons import Reason
from training.review.sight import Sight
from training.review.view import Standing, View


def bundles(found: Sequence[Standing]) -> list[list[Standing]]:
    """Those of one cluster together, in the order in which each cluster's first one stands."""
    together: dict[str, list[Standing]] = {}
    for one in found:
        together.setdefault(one.cluster, []).append(one)
    return list(together.values())


def cluster_of(bundle: Sequence[Standing], view: View, sight: Sight) -> Cluster:
    """Show one bundle; its words are those of the message that was said most often."""
    typical = max(bundle, key=lambda one: one.case.times)
    reasons = {reason for one in bundle for reason in one.reasons}
    items = tuple(listing.item(one, view, sight, None) for one in bundle[:SHOWN_MEMBERS])
    return Cluster(
        id=bundle[0].cluster,
        text=typical.case.said.text,
        items=items,
        size=len(bundle),
        times=sum(one.case.times for one in bundle),
        intents=dict(Counter(one.case.said.intent or "" for one in bundle).most_common()),
        reasons=tuple(reason for reason in Reason if reason in reasons),
        value=items[0].value,
        why=items[0].why,
    )


async def in_batches(
    turn_ids: Sequence[UUID], deal: Callable[[Sequence[UUID]], Awaitable[Labelled]]
) -> Answered:
    """Deal with as many at a time as labels allow."""
    together = Answered((), ())
    for start in range(0, len(turn_ids), AT_ONCE):
        together += await deal(turn_ids[start : start + AT_ONCE])
    return together
