"""Label, confirm and ignore: what a trainer says of messages that nobody has dealt with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from server.auth import Staff
from training.labels import noting, writing
from training.labels.noting import Wish
from training.labels.results import Labelled, Refused
from training.labels.shelf import Shelf
from training.models import IGNORED
from training.spans import Span

NO_GUESS = "No intent was predicted for this message; choose one."


async def label(shelf: Shelf, turn_ids: Sequence[UUID], wish: Wish) -> Labelled:
    """Give messages their right intent, and add them to its examples."""
    async with shelf.alone():
        await shelf.check_intent(wish.intent)
        noted, refused = await noting.note(shelf, turn_ids, wish)
        done, known = await writing.write(shelf, noted)
    turns = tuple(one.turn_id for one in done if one.turn_id is not None)
    return Labelled(turns, (*refused, *writing.to_refused(known)))


async def confirm(
    shelf: Shelf,
    turn_ids: Sequence[UUID],
    by: Staff | None,
    spans: Mapping[UUID, Sequence[Span]],
) -> Labelled:
    """Label each message with the intent that was predicted for it."""
    wanted = noting.chosen(turn_ids)
    async with shelf.database.read() as db:
        turns = await noting.turns_of(db, wanted)
    known = set(await shelf.intents())
    groups: dict[str, list[UUID]] = {}
    for turn_id in wanted:
        groups.setdefault(turns[turn_id].intent or "", []).append(turn_id)
    unread = [turn_id for name, ids in groups.items() if name not in known for turn_id in ids]
    result = Labelled((), tuple(Refused(turn_id, NO_GUESS) for turn_id in unread))
    for intent in sorted(groups.keys() & known):
        spans_of = {one: spans[one] for one in groups[intent] if one in spans}
        result += await label(shelf, groups[intent], Wish(intent, by, spans=spans_of))
    return result


async def ignore(shelf: Shelf, turn_ids: Sequence[UUID], by: Staff | None) -> Labelled:
    """Never list these messages again, nor others that read the same."""
    async with shelf.alone():
        noted, refused = await noting.note(shelf, turn_ids, Wish(IGNORED, by))
    turns = tuple(one.turn_id for one in noted if one.turn_id is not None)
    return Labelled(turns, tuple(refused))
