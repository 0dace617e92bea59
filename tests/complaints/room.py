"""The fixtures of the room that a customer and the bot share, for tests of this folder."""

from tests.conversations.conftest import app, chat, console, room, settings

__all__ = ["app", "chat", "console", "room", "settings"]
