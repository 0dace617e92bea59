"""Near-identical messages are shown together and dealt with together, and no more than the trainer has seen."""

from __future__ import annotations

import pytest

from server.errors import Invalid, NotFound
from tests.support import FakeClock
from tests.training.talk import Talk
from training.labels import AT_ONCE
from training.review.items import Cluster, Filter, Order, Show
from training.room import TrainingRoom

LAMP = "the lamp that I bought last week is broken"


async def say(talk: Talk, clock: FakeClock, *texts: str) -> None:
    for text in texts:
        clock.advance(60)
        talk.over()
        await talk.says(text, "order_status", 0.4)


async def clusters(room: TrainingRoom, wanted: Filter | None = None) -> dict[str, Cluster]:
    return {one.text: one for one in (await room.inbox.clusters(wanted or Filter())).clusters}


async def test_what_reads_nearly_the_same_is_one_cluster(
    room: TrainingRoom, talk: Talk, clock: FakeClock
) -> None:
    await say(talk, clock, f"{LAMP} now", LAMP, LAMP, f"{LAMP} sadly", "how do I pay")
    found = await clusters(room)
    assert found.keys() == {LAMP, "how do I pay"}
    assert (found[LAMP].size, found[LAMP].times, found[LAMP].intents) == (3, 4, {"order_status": 3})
    assert {item.text for item in found[LAMP].items} == {LAMP, f"{LAMP} now", f"{LAMP} sadly"}
    assert all(
        (item.cluster, item.cluster_size) == (found[LAMP].id, 3) for item in found[LAMP].items
    )


async def test_the_list_folds_clusters_or_shows_one(
    room: TrainingRoom, talk: Talk, clock: FakeClock
) -> None:
    await say(talk, clock, LAMP, f"{LAMP} sadly", "how do I pay")
    folded = await room.inbox.page(Filter(folded=True, order=Order.NEWEST))
    assert [item.text for item in folded.items] == ["how do I pay", f"{LAMP} sadly"]
    members = await room.inbox.page(Filter(cluster=folded.items[1].cluster))
    assert {item.text for item in members.items} == {LAMP, f"{LAMP} sadly"}


async def test_a_whole_cluster_is_labelled_in_batches(
    room: TrainingRoom, talk: Talk, clock: FakeClock
) -> None:
    words = LAMP.split()
    await say(talk, clock, *(" ".join([*words, f"x{number}x"]) for number in range(AT_ONCE + 5)))
    await say(talk, clock, "how do I pay")
    # More than a page waits for: what the background does.
    await room.inbox.refresh(breath=0)
    (found,) = [one for one in (await clusters(room)).values() if one.size > 1]
    assert found.size == AT_ONCE + 5 > len(found.items)
    done = await room.inbox.label_cluster(found.id, "greet", None)
    assert (len(done.done), done.refused) == (AT_ONCE + 5, ())
    assert (await room.inbox.page(Filter())).total == 1
    with pytest.raises(NotFound):
        await room.inbox.label_cluster(found.id, "greet", None)


async def test_only_what_the_trainer_saw_is_labelled(
    room: TrainingRoom, talk: Talk, clock: FakeClock
) -> None:
    await say(talk, clock, LAMP, f"{LAMP} now", "how do I pay")
    found = (await clusters(room, Filter(order=Order.OFTEN)))[f"{LAMP} now"]
    seen = [item.turn_id for item in found.items]
    stranger = (await room.inbox.page(Filter(search="pay"))).items[0].turn_id
    await say(talk, clock, f"{LAMP} sadly", LAMP)  # two come while they look; one reads the same
    done = await room.inbox.label_cluster(found.id, "greet", None, [*seen, stranger])
    assert len(done.done) == 2
    assert [one.turn_id for one in done.refused] == [stranger]
    left = {item.text for item in (await room.inbox.page(Filter())).items}
    assert left == {f"{LAMP} sadly", "how do I pay"}


async def test_a_cluster_is_ignored_for_ever(
    room: TrainingRoom, talk: Talk, clock: FakeClock
) -> None:
    await say(talk, clock, LAMP, f"{LAMP} now")
    (found,) = (await clusters(room)).values()
    await room.inbox.ignore_cluster(found.id, None)
    await say(talk, clock, f"{LAMP.upper()}!!")
    assert (await room.inbox.page(Filter())).total == 0
    assert (await room.inbox.page(Filter(show=Show.IGNORED))).total == 2


async def test_a_wrong_intent_labels_nothing(
    room: TrainingRoom, talk: Talk, clock: FakeClock
) -> None:
    await say(talk, clock, LAMP)
    (found,) = (await clusters(room)).values()
    with pytest.raises(Invalid):
        await room.inbox.label_cluster(found.id, "no_such_intent", None)
    with pytest.raises(NotFound):
        await room.inbox.label_cluster("nowhere", "greet", None)
    assert (await room.inbox.page(Filter())).total == 1


async def test_a_cluster_keeps_its_name_when_messages_join(
    room: TrainingRoom, talk: Talk, clock: FakeClock
) -> None:
    await say(talk, clock, LAMP)
    (before,) = (await clusters(room)).values()
    await say(talk, clock, f"{LAMP} now", f"{LAMP} sadly")
    (after,) = (await clusters(room)).values()
    assert (after.id, after.size) == (before.id, 3)
