"""What is promised and by when, and who looks that it is kept: clocks, warnings, alarms, the sweeper."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handoff.clocks.sweeper import Sweeper

__all__ = ["Sweeper"]


def __getattr__(name: str) -> object:
    # Late: the desk calls the clocks, and the sweeper calls the desk.
    if name == "Sweeper":
        from handoff.clocks.sweeper import Sweeper

        return Sweeper
    raise AttributeError(name)
