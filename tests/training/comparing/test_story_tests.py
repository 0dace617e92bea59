"""Story tests in a comparison: which pass with whom, and what could not be tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import FakeClock
from tests.training.comparing.conftest import MakeRun
from tests.training.conftest import RIGHT
from tests.training.test_train import serve
from training.comparing import stories, words
from training.comparing.comparer import Comparer
from training.comparing.sitting import Means
from training.comparing.verdict import Verdict
from training.paths import Paths
from training.trying.stories import Result, StoriesNotReadable


def result(title: str, *, passed: bool, tried: bool = True) -> Result:
    failures = () if passed else ("message 1: understood as deny, should be greet",)
    return Result(title, f"test_{title}.yml", passed, failures, tried)


def pair(title: str, before: bool | None, after: bool | None) -> tuple[Result, Result]:
    """One story with both models; None: it could not be tried."""
    return (
        result(title, passed=bool(before), tried=before is not None),
        result(title, passed=bool(after), tried=after is not None),
    )


def test_what_fails_now_comes_first() -> None:
    found = stories.summarise(
        [
            pair("a", True, True),
            pair("b", False, False),
            pair("c", True, False),
            pair("d", True, None),
        ],
        left_out=2,
    )
    assert [row["title"] for row in found["rows"]] == ["c", "d", "b", "a"]
    assert found["passed"] == {"serving": 3, "candidate": 1}
    assert (found["stories"], found["untried"], found["left_out"]) == (4, 1, 2)
    assert [row["title"] for row in stories.lost(found)] == ["c"]
    assert words.stories(found) == (
        "1 of 4 stories pass, 3 before. 1 could not be tried, which says nothing of the model. "
        "Time ran out before 2 more."
    )
    assert [words.story(row)[1] for row in found["rows"]] == [
        "passed before, fails now", "not tried", "fails, as before", "passes",
    ]  # fmt: skip


async def test_the_first_model_is_tried_alone() -> None:
    asked: list[Sequence[Path]] = []

    async def run(
        models: Sequence[Path], late: Callable[[], bool]
    ) -> tuple[list[tuple[Result, ...]], int]:
        asked.append(models)
        return [(result("a", passed=False),)], 0

    found = await stories.section(run, None, Path("new"), 60)
    assert asked == [[Path("new")]]
    assert found["passed"] == {"serving": None, "candidate": 0}
    assert stories.lost(found) == []
    assert words.stories(found) == "0 of 1 story passes."


async def test_without_stories_it_says_what_to_do() -> None:
    async def run(
        models: Sequence[Path], late: Callable[[], bool]
    ) -> tuple[list[tuple[Result, ...]], int]:
        return [], 0

    assert "save it as one" in words.stories(await stories.section(run, None, Path("new"), 60))


@pytest.mark.parametrize("after", [True, False])
async def test_a_lost_story_speaks_against_a_candidate(
    clock: FakeClock, means: Means, make_run: MakeRun, paths: Paths, after: bool
) -> None:
    serve(paths, RIGHT)
    run = await make_run({})

    async def walked(
        models: Sequence[Path], late: Callable[[], bool]
    ) -> tuple[list[tuple[Result, ...]], int]:
        assert [model.name for model in models] == ["old.tar.gz", f"{run.id}.tar.gz"]
        assert not late()
        return [pair("A parcel is late", True, after)], 0

    found = await Comparer(clock, replace(means, stories=walked)).compare_run(run.id)
    assert found.stories["passed"] == {"serving": 1, "candidate": int(after)}
    assert found.verdict is (Verdict.EQUAL if after else Verdict.WORSE)
    assert len(found.figures["blocks"]) == (0 if after else 1)


async def test_stories_that_cannot_be_read_leave_the_other_sections(
    clock: FakeClock, means: Means, make_run: MakeRun, paths: Paths
) -> None:
    serve(paths, RIGHT)

    async def broken(
        models: Sequence[Path], late: Callable[[], bool]
    ) -> tuple[list[tuple[Result, ...]], int]:
        raise StoriesNotReadable("The story test x.yml can't be read.")

    found = await Comparer(clock, replace(means, stories=broken)).compare_run(
        (await make_run({})).id
    )
    assert (
        words.stories(found.stories) == "They were not tried. The story test x.yml can't be read."
    )
    assert found.verdict is Verdict.EQUAL
