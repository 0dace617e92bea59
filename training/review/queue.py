"""The review queue: what customers really wrote, each distinct message once, what promises most first."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import HandrailError, NotFound
from training.labels import Labelled, Labels, Refused
from training.opinions.checked import Answered
from training.review import listing, sent
from training.review.bundles import bundles, cluster_of, in_batches
from training.review.items import PAGE, ClusterPage, Filter, Item, Page
from training.review.log import HORIZON
from training.review.looked_up import LookedUp
from training.review.protocols import Beside
from training.review.reading import Opinions, Reading
from training.review.reasons import Doubt
from training.review.shelf import AT_ONCE, Shelf
from training.review.sight import Sight
from training.review.view import Standing, View

log = structlog.get_logger(__name__)
T = TypeVar("T")

PAUSE = 30.0
BREATH = 0.2


class ReviewQueue:
    """One per process. What it keeps is made of the database and the files, and read anew when they change."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        labels: Labels,
        beside: Beside | None = None,
        *,
        doubt: Doubt | None = None,
        horizon: int = HORIZON,
        pause: float = PAUSE,
    ) -> None:
        self._labels = labels
        self._reading = Reading(database, clock, labels.folder, horizon=horizon)
        beside = beside or Beside()
        self._shelf = Shelf(beside.vectors)
        self._sight = Sight(self._shelf, doubt or Doubt())
        self._looked_up = LookedUp(beside.search)
        self._editors = sent.ToEditors(database, clock, beside.editor)
        self._pause = pause
        self._task: asyncio.Task[None] | None = None

    def hear(self, opinions: Opinions) -> None:
        """Show what trainers said of messages that wait for a second opinion."""
        self._reading.opinions = opinions

    def start(self) -> None:
        """Begin to encode what customers write, in the background, so that no page waits for it."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def page(self, wanted: Filter, number: int = 1, size: int = PAGE) -> Page:
        """Return one page of messages; a page past the end is the last one."""
        view = await self._view()

        def choose() -> tuple[Page, Sequence[Standing]]:
            fitting = listing.wanted_ones(view, wanted)
            shown = listing.in_order(listing.narrowed(fitting, wanted), view, wanted.order)
            if wanted.folded:
                shown = listing.folded(shown)
            chosen, at, pages = _cut(shown, number, size)
            return Page(
                items=(),
                total=len(shown),
                number=at,
                pages=pages,
                reasons=listing.counts(fitting),
                all_time=len(view.standings),
                languages=listing.languages(fitting),
                unread=view.unread,
            ), chosen

        page, chosen = await asyncio.to_thread(choose)
        return replace(page, items=await self._items(chosen, view))

    async def item(self, turn_id: UUID) -> Item:
        """Return the message that was said in this turn, whether it is open or dealt with.

        Raises:
            NotFound: nothing readable was said in it, or it is too long ago.
        """
        view = await self._view()
        name = view.key_of.get(turn_id)
        if name is None:
            raise NotFound("This message is not in the queue.")
        (found,) = await self._items([view.standings[name]], view)
        return found

    async def clusters(self, wanted: Filter, number: int = 1, size: int = PAGE) -> ClusterPage:
        """Return one page of what fits the filter, near-identical messages together; with `Order.VALUE` the
        clusters stand as their best messages do."""
        view = await self._view()

        def choose() -> tuple[Sequence[Sequence[Standing]], int, int, int]:
            fitting = listing.narrowed(listing.wanted_ones(view, wanted), wanted)
            shown = bundles(listing.in_order(fitting, view, wanted.order))
            chosen, at, pages = _cut(shown, number, size)
            return chosen, len(shown), at, pages

        chosen, total, at, pages = await asyncio.to_thread(choose)
        made = await asyncio.to_thread(
            lambda: tuple(cluster_of(bundle, view, self._sight) for bundle in chosen)
        )
        return ClusterPage(made, total, at, pages, view.unread)

    async def label_cluster(
        self,
        cluster: str,
        intent: str,
        by: Staff | None,
        turn_ids: Sequence[UUID] | None = None,
    ) -> Answered:
        """Give the open messages of a cluster their right intent, or only those said in `turn_ids`.

        One that has left the cluster meanwhile is refused, so that nobody labels what they have not seen.

        Raises:
            NotFound: there is no such cluster with open messages. Otherwise as `Labels.label`.
        """
        chosen, refused = await self._members(cluster, turn_ids)
        done = await in_batches(chosen, lambda part: self._labels.label(part, intent, by))
        return done + Labelled((), tuple(refused))

    async def ignore_cluster(
        self, cluster: str, by: Staff | None, turn_ids: Sequence[UUID] | None = None
    ) -> Answered:
        """As `label_cluster`, but never list them again."""
        chosen, refused = await self._members(cluster, turn_ids)
        done = await in_batches(chosen, lambda part: self._labels.ignore(part, by))
        return done + Labelled((), tuple(refused))

    async def send(self, turn_ids: Sequence[UUID], by: Staff, note: str = "") -> Labelled:
        """As `sent.ToEditors.send`."""
        return await self._editors.send(turn_ids, by, note)

    async def bring_back(self, turn_id: UUID) -> None:
        """As `sent.ToEditors.bring_back`."""
        await self._editors.bring_back(turn_id)

    async def refresh(self, breath: float = BREATH) -> None:
        """Read what is new, encode all that has no vector yet, and work the view out that the next page shows.

        With a breath in between, for customers' messages are encoded by the same processor.
        """
        inputs = await self._reading.now()
        texts = await asyncio.to_thread(inputs.texts)
        fresh = len(self._shelf.lacking(texts))
        for _ in range(0, fresh, AT_ONCE):
            await asyncio.to_thread(self._shelf.fill, texts, AT_ONCE)
            await asyncio.sleep(breath)
        self._shelf.keep(texts)
        if fresh:
            await asyncio.to_thread(self._shelf.save)
        await asyncio.to_thread(self._sight.look, inputs)

    async def _members(
        self, cluster: str, turn_ids: Sequence[UUID] | None
    ) -> tuple[list[UUID], list[Refused]]:
        """The turns that stand for a cluster's open messages, and those of `turn_ids` that are none of them."""
        view = await self._view()
        own = {
            name: one.case.said.turn_id
            for name in view.ranked
            if (one := view.standings[name]).cluster == cluster
        }
        if not own:
            raise NotFound("Nothing is left to do in this cluster.")
        if turn_ids is None:
            return list(own.values()), []
        asked = {one: view.key_of.get(one) for one in dict.fromkeys(turn_ids)}
        chosen = dict.fromkeys(name for name in asked.values() if name in own)
        gone = "This message is not open in this cluster any more."
        return (
            [own[name] for name in chosen if name is not None],
            [Refused(one, gone) for one, name in asked.items() if name not in own],
        )

    async def _view(self) -> View:
        inputs = await self._reading.now()

        def look() -> View:
            # A page waits for a few new messages, not for thousands.
            texts = inputs.texts()
            if len(self._shelf.lacking(texts)) <= AT_ONCE:
                self._shelf.fill(texts, AT_ONCE)
            return self._sight.look(inputs)

        return await asyncio.to_thread(look)

    async def _items(self, chosen: Sequence[Standing], view: View) -> tuple[Item, ...]:
        found = await self._looked_up.of([one.case.said for one in chosen])
        return await asyncio.to_thread(
            lambda: tuple(
                listing.item(one, view, self._sight, found.get(one.case.key)) for one in chosen
            )
        )

    async def _run(self) -> None:
        while True:
            try:
                await self.refresh()
            except (SQLAlchemyError, HandrailError, OSError, ValueError) as error:
                # The next round reads the same again.
                log.warning("messages_not_read", reason=type(error).__name__)
            await asyncio.sleep(self._pause)


def _cut(found: Sequence[T], number: int, size: int) -> tuple[Sequence[T], int, int]:
    """One page of these, its number and how many there are."""
    pages = max(1, -(-len(found) // size))
    number = min(max(1, number), pages)
    return found[(number - 1) * size : number * size], number, pages
