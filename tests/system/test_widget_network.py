"""The customer's line dies in every moment, for a second: benchmarks/widget_network.py in short."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from benchmarks.desk_site import StandIn
from benchmarks.widget_network import house, measure
from benchmarks.widget_outage import CASES, Result
from server.trial import free_port
from tests.chromium import ARGUMENTS, executable

# Each moment once, in the last of its ways.
MOMENTS = tuple({case.name: case for case in CASES}.values())


def test_a_dying_line_loses_doubles_and_disorders_nothing(tmp_path: Path) -> None:
    bot = StandIn(random.Random(7), fails=0)
    ports = [free_port() for _ in MOMENTS]
    site = house(tmp_path, bot, ports)
    try:
        results = asyncio.run(measure(site, bot, ports, executable(), ARGUMENTS, MOMENTS, [1.0]))
    finally:
        site.stop()
    assert [problem for one in results for problem in one.problems] == []
    assert len(results) == len(MOMENTS) + 1
    # A line over which nobody writes proves nothing.
    assert all(one.wrote >= 2 and one.received >= 1 for one in results)


def test_what_goes_wrong_is_told() -> None:
    result = Result(
        "writing", "cut", 1, lost=["“a” never arrived"], doubled=["“b” is there 2 times"]
    )
    assert result.problems == [
        "writing, cut, 1 s: “a” never arrived",
        "writing, cut, 1 s: “b” is there 2 times",
    ]
