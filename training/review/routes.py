"""The review queue over HTTP: `/api/training/inbox`, `/clusters`, `/missing`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from server.auth import CurrentTrainer, services
from training.labels import AT_ONCE
from training.review.items import Filter, Order, Show
from training.review.queue import ReviewQueue
from training.review.reasons import Reason
from training.review.views import ClustersView, InboxView, ItemView, LabelledView

router = APIRouter()

#: More than any cluster on a page shows.
MOST = 1000


def _queue(held: Annotated[Any, Depends(services)]) -> ReviewQueue:
    queue: ReviewQueue = held.training.inbox
    return queue


def _filter(
    show: Show = Show.OPEN,
    reason: Reason | None = None,
    doubtful: bool = False,
    intent: Annotated[str | None, Query(max_length=80)] = None,
    search: Annotated[str, Query(max_length=200)] = "",
    order: Order = Order.VALUE,
    language: Annotated[str | None, Query(max_length=12)] = None,
    since: Annotated[AwareDatetime | None, Query()] = None,
    until: Annotated[AwareDatetime | None, Query()] = None,
    min_confidence: Annotated[float | None, Query(ge=0, le=1)] = None,
    max_confidence: Annotated[float | None, Query(ge=0, le=1)] = None,
    cluster: Annotated[str | None, Query(max_length=16)] = None,
    folded: bool = False,
) -> Filter:
    return Filter(
        show=show, reason=reason, doubtful=doubtful, intent=intent, search=search, order=order,
        language=language, since=since, until=until, cluster=cluster, folded=folded,
        min_confidence=min_confidence, max_confidence=max_confidence,
    )  # fmt: skip


Queue = Annotated[ReviewQueue, Depends(_queue)]
Wanted = Annotated[Filter, Depends(_filter)]
Number = Annotated[int, Query(alias="page", ge=1, le=100_000)]
Size = Annotated[int, Query(ge=1, le=100)]
Intent = Annotated[str, Field(min_length=1, max_length=80)]


class ToLabelCluster(BaseModel):
    intent: Intent
    turn_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)] | None = None
    """Only those; left out: all of it that is open."""


class ToIgnoreCluster(BaseModel):
    turn_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)] | None = None


class ToSend(BaseModel):
    turn_ids: Annotated[list[UUID], Field(min_length=1, max_length=AT_ONCE)]
    note: Annotated[str, Field(max_length=500)] = ""


@router.get("/inbox")
async def inbox(
    queue: Queue, _: CurrentTrainer, wanted: Wanted, page: Number = 1, size: Size = 25
) -> InboxView:
    """What customers wrote, each distinct message once, personal data masked, what promises most first."""
    return InboxView.model_validate(await queue.page(wanted, page, size))


@router.get("/inbox/{turn_id}")
async def one(queue: Queue, _: CurrentTrainer, turn_id: UUID) -> ItemView:
    """The message said in one turn, open or dealt with."""
    return ItemView.model_validate(await queue.item(turn_id))


@router.get("/clusters")
async def clusters(
    queue: Queue, _: CurrentTrainer, wanted: Wanted, page: Number = 1, size: Size = 25
) -> ClustersView:
    """The same, near-identical messages together."""
    return ClustersView.model_validate(await queue.clusters(wanted, page, size))


@router.post("/clusters/{cluster}/label")
async def label_cluster(
    queue: Queue, staff: CurrentTrainer, cluster: str, body: ToLabelCluster
) -> LabelledView:
    """Give a cluster's open messages their right intent; what can't be labelled comes back with the reason."""
    done = await queue.label_cluster(cluster, body.intent, staff, body.turn_ids)
    return LabelledView.model_validate(done)


@router.post("/clusters/{cluster}/ignore")
async def ignore_cluster(
    queue: Queue, staff: CurrentTrainer, cluster: str, body: ToIgnoreCluster
) -> LabelledView:
    """Never list a cluster's messages again."""
    return LabelledView.model_validate(await queue.ignore_cluster(cluster, staff, body.turn_ids))


@router.post("/missing")
async def send(queue: Queue, staff: CurrentTrainer, body: ToSend) -> LabelledView:
    """Send a question to the editors as a missing article; the messages leave the queue."""
    return LabelledView.model_validate(await queue.send(body.turn_ids, staff, body.note))


@router.delete("/missing/{turn_id}", status_code=204)
async def bring_back(queue: Queue, _: CurrentTrainer, turn_id: UUID) -> Response:
    """Take it back; what was sent together returns together."""
    await queue.bring_back(turn_id)
    return Response(status_code=204)
