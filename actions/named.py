"""Which of the orders named in a message belong to one of its two requests."""

from __future__ import annotations

from collections.abc import Sequence

from actions import memory


def orders(message: str, request: str, other: str) -> Sequence[str] | None:
    """The order numbers that are this request's; None when the message names none at all.

    Its own clause counts first, then what stands in neither clause. One number alone serves both
    requests; several in the other's clause serve only that.

    >>> both = "where is FW-204411 and cancel FW-310277"
    >>> orders(both, "where is FW-204411", "cancel FW-310277")
    ['FW-204411']
    >>> orders("cancel it and where is FW-204411", "cancel it", "where is FW-204411")
    ['FW-204411']
    """
    everything = memory.order_numbers(message)
    if not everything:
        return None
    if own := memory.order_numbers(request):
        return own
    theirs = memory.order_numbers(other)
    if free := [number for number in everything if number not in theirs]:
        return free
    return everything if len(everything) == 1 else []
