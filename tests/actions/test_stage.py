"""The stage goes forward only, except that a new question starts anew."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from actions.stage import ORDER, Happening, Stage, next_stage

happenings = st.sampled_from(list(Happening))
stages = st.sampled_from(list(Stage))


@given(stages, st.lists(happenings))
def test_only_a_new_question_goes_back(stage: Stage, happened: list[Happening]) -> None:
    for happening in happened:
        after = next_stage(stage, happening)
        if happening is Happening.ASKED:
            assert after is Stage.ACKNOWLEDGE
        else:
            assert ORDER.index(after) >= ORDER.index(stage)
        stage = after


@given(stages, happenings)
def test_the_same_thing_twice_moves_no_further(stage: Stage, happening: Happening) -> None:
    once = next_stage(stage, happening)
    assert next_stage(once, happening) is once


def test_an_issue_walks_the_four_stages_in_order() -> None:
    stage, walked = Stage.CONFIRM, []
    for happening in (
        Happening.ASKED,
        Happening.UNCLEAR,
        Happening.ANSWERED,
        Happening.CHECKED,
        Happening.UNSOLVED,
        Happening.ANSWERED,
        Happening.SOLVED,
    ):
        stage = next_stage(stage, happening)
        walked.append(stage)
    assert tuple(dict.fromkeys(walked)) == ORDER
    assert walked[-3:] == [Stage.CONFIRM] * 3
