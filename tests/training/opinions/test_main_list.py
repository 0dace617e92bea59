"""What waits for a second opinion is on nobody's main list, and comes back when the opinion is dropped."""

from __future__ import annotations

from tests.training.opinions.conftest import People, ask_for_all
from tests.training.talk import Talk
from training.opinions.rules import Rules
from training.review.items import Filter, Show
from training.room import TrainingRoom


async def texts(room: TrainingRoom, show: Show = Show.OPEN) -> list[str]:
    return [one.text for one in (await room.inbox.page(Filter(show=show))).items]


async def test_what_waits_leaves_the_list_and_comes_back_when_it_is_taken_back(
    room: TrainingRoom, people: People, talk: Talk
) -> None:
    await ask_for_all(room, people)
    turn = await talk.says("never ever")
    assert await texts(room) == ["never ever"]
    await room.labels.label([turn], "deny", people.ann)
    await talk.says("Never, ever!")  # reads the same
    assert (await texts(room), await texts(room, Show.ASKED)) == ([], ["Never, ever!"])
    assert (await room.inbox.clusters(Filter())).total == 0
    (own,) = (await room.opinions.lists(people.ann)).own
    await room.opinions.withdraw(own.id, people.ann)
    assert (await texts(room), await texts(room, Show.ASKED)) == (["Never, ever!"], [])


async def test_a_dispute_stays_away_until_it_is_settled(
    room: TrainingRoom, people: People, talk: Talk
) -> None:
    await ask_for_all(room, people)
    await room.labels.label([await talk.says("never ever")], "deny", people.ann)
    (waiting,) = (await room.opinions.lists(people.ben)).to_give
    await room.opinions.give(waiting.id, "greet", people.ben)
    (disputed,) = (await room.inbox.page(Filter(show=Show.ASKED))).items
    assert [(one.name, one.intent) for one in disputed.opinions] == [
        ("Ann", "deny"),
        ("Ben", "greet"),
    ]
    await room.opinions.settle(waiting.id, "deny", "It answers no", people.cleo)
    assert (await texts(room), await texts(room, Show.ASKED)) == ([], [])
    assert await texts(room, Show.LABELLED) == ["never ever"]


async def test_what_one_is_not_sure_of_leaves_too(
    room: TrainingRoom, people: People, talk: Talk
) -> None:
    turn = await talk.says("never ever")
    await room.opinions.ask(turn, "deny", people.ann)
    other = await talk.says("quite another thing")
    page = await room.inbox.page(Filter())
    assert [one.turn_id for one in page.items] == [other]


async def test_what_is_labelled_already_stays_among_the_labelled(
    room: TrainingRoom, people: People, talk: Talk
) -> None:
    before = await room.opinions.rules()
    turn = await talk.says("never ever")
    await room.labels.label([turn], "deny", people.ann)
    await room.opinions.set_rules(
        Rules(version=before.version, enabled=True, share=1.0), people.sue
    )
    assert (await room.labels.relabel(turn, "greet", people.ben)).asked == (turn,)
    assert (await texts(room, Show.LABELLED), await texts(room, Show.ASKED)) == (
        ["never ever"],
        [],
    )
