"""Examples are taken out or moved on the finding, and stand as before when that is taken back."""

from __future__ import annotations

import pytest

from server.auth import Staff
from server.database import Database
from server.errors import Invalid, NotFound
from tests.training.health.test_desk import looked, of
from tests.training.labels.conftest import stored
from training.health.desk import DataHealth
from training.health.findings import Kind
from training.models import IGNORED, Source
from training.nlu_files import Example
from training.paths import Paths
from training.spans import Span

DOUBLE = "where is my order"


@pytest.fixture
def house(taught: Paths) -> Paths:
    """Its domain knows the intents of the examples."""
    names = ("deny", "greet", "order_status", "return_policy")
    taught.domain.write_text("intents:\n" + "".join(f"- {name}\n" for name in names), "utf-8")
    return taught


def files(paths: Paths) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in paths.nlu.glob("*.yml")}


async def test_one_of_a_double_goes_and_comes_back(
    desk: DataHealth, house: Paths, trainer: Staff, database: Database
) -> None:
    (double,) = of(await looked(desk), Kind.DOUBLE)
    before = {name: set(text.splitlines()) for name, text in files(house).items()}
    gone = await desk.mending.remove(Example("return_policy", DOUBLE), trainer)
    assert f"- {DOUBLE}\n" not in (house.nlu / "return_policy.yml").read_text("utf-8")
    assert f"- {DOUBLE}\n" in (house.nlu / "order_status.yml").read_text("utf-8")
    assert double.key not in {one.key for one in (await desk.standing()).findings}
    with pytest.raises(NotFound):
        await desk.mending.remove(Example("return_policy", DOUBLE), trainer)
    await desk.mending.take_back(gone)
    assert {name: set(text.splitlines()) for name, text in files(house).items()} == before
    assert await stored(database) == []
    assert double.key in {one.key for one in (await desk.standing()).findings}


async def test_moving_one_of_a_double_to_the_other_takes_it_out(
    desk: DataHealth, house: Paths, trainer: Staff
) -> None:
    with pytest.raises(Invalid, match="same words"):
        await desk.mending.move(Example("return_policy", DOUBLE), "greet", trainer)
    await desk.mending.move(Example("return_policy", DOUBLE), "order_status", trainer)
    texts = [one.intent for one in await desk.examples() if one.text == DOUBLE]
    assert texts == ["order_status"]


@pytest.mark.parametrize("to", ["order_status", None])
async def test_an_example_moves_or_goes_is_remembered_and_comes_back_with_its_marks(
    desk: DataHealth, house: Paths, trainer: Staff, database: Database, to: str | None
) -> None:
    file = house.nlu / "return_policy.yml"
    file.write_text(file.read_text("utf-8").replace("a gift", "a [gift](product)"), "utf-8")
    before = {name: sorted(text.splitlines()) for name, text in files(house).items()}
    example = Example("return_policy", "send back a gift")
    if to is None:
        mended = await desk.mending.remove(example, trainer)
    else:
        mended = await desk.mending.move(example, to, trainer)
    assert mended.example.spans == (Span(12, 16, "product"),)
    assert "gift" not in file.read_text("utf-8")
    # As a label: nobody takes it for an edit by hand, and the suspects' list does not ask again.
    (label,) = await stored(database)
    assert (label.intent, label.source, label.by) == (to or IGNORED, Source.FILE, trainer.id)
    await desk.mending.take_back(mended)
    assert {name: sorted(text.splitlines()) for name, text in files(house).items()} == before
    assert await stored(database) == []


async def test_what_can_not_be_moved_says_why(
    desk: DataHealth, house: Paths, trainer: Staff
) -> None:
    before = files(house)
    for to, why in (("pizza", "no intent"), ("greet", "already")):
        with pytest.raises(Invalid, match=why):
            await desk.mending.move(Example("greet", "hello"), to, trainer)
    with pytest.raises(NotFound):
        await desk.mending.move(Example("greet", "no such words"), "deny", trainer)
    assert files(house) == before


async def test_a_finding_is_gone_when_its_example_moved(
    desk: DataHealth, house: Paths, trainer: Staff
) -> None:
    (double,) = of(await looked(desk), Kind.DOUBLE)
    await desk.mending.move(Example("return_policy", DOUBLE), "order_status", trainer)
    assert double.key not in {one.key for one in (await desk.standing()).findings}
