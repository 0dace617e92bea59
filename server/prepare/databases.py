"""The databases, by migration."""

from __future__ import annotations

from server.settings import Settings


class Databases:
    name = "databases"
    title = "databases"

    def is_done(self, settings: Settings) -> bool:
        """Always ask: Alembic compares revisions in a moment, and no stamp can be out of step."""
        return False

    def do(self, settings: Settings) -> str:
        from server.migrations import upgrade

        upgrade(settings)
        return "at the newest revision"
