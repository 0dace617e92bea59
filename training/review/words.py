"""Why a message stands where it stands, in a few words."""

from __future__ import annotations

from training.review.view import Standing

_WRONG = ((0.8, "very likely misread"), (0.5, "likely misread"), (0.25, "perhaps misread"))
_FAR = ((0.55, "unlike any example"), (0.75, "only loosely like an example"))
SAME = 0.95


def why(standing: Standing, chats: int) -> str:
    """Return, for example, ``likely misread · 14 chats say something like this · unlike any example``.

    `chats`: in so many it was said, or something like it.
    """
    parts = []
    if standing.proposals:
        parts.append("an agent corrected it")
    parts.append(
        next((said for least, said in _WRONG if standing.wrong >= least), "probably read right")
    )
    parts.append(f"{chats:,} chats say something like this" if chats > 1 else "in one chat")
    if standing.near is not None and standing.near.cosines:
        best, intent = standing.near.cosines[0], standing.near.examples[0].intent
        name = intent.replace("_", " ")
        known = f"almost an example of “{name}”" if best >= SAME else f"like examples of “{name}”"
        parts.append(next((said for most, said in _FAR if best < most), known))
    if standing.crowded:
        parts.append("one like it stands further up")
    return " · ".join(parts)
