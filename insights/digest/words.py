"""Small words of the digest."""

from __future__ import annotations

WIDTH = 200


def humanise(code: str) -> str:
    """
    >>> humanise("order_status")
    'Order status'
    """
    text = code.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def short(text: str) -> str:
    """One line of 200 characters at most."""
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1].rstrip()}…"


def listed(parts: list[str], most: int = 3) -> str:
    """
    >>> listed(["a 5", "b 2", "c 1", "d 1"])
    'a 5, b 2, c 1 and others'
    """
    return ", ".join(parts[:most]) + (" and others" if len(parts) > most else "")
