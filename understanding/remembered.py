"""How many texts are remembered as read: a turn's text is read ahead (bot/ahead.py), and by several components."""

from typing import Final

REMEMBERED: Final = 64
