"""The database's history: Alembic revisions, applied in process."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from server.settings import Settings


def config_for(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade(settings: Settings) -> None:
    """Bring the database to the newest revision; does nothing when it is there already.

    Call it outside any running event loop.
    """
    settings.var.mkdir(parents=True, exist_ok=True)
    command.upgrade(config_for(settings.database), "head")
