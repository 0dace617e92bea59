"""What stays on the disk."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from server.clock import Clock
from server.database import Database
from training.files import read_json
from training.paths import Paths
from training.promoting import kept, steps
from training.serving import prune, serving_model

log = structlog.get_logger(__name__)

SHADOWING = "shadowing.json"


async def tidy(database: Database, clock: Clock, paths: Paths) -> None:
    """Delete old candidates: the newest few stay, and whatever serves, served lately or reads along."""
    serving = serving_model(paths.var)
    async with database.read() as db:
        told = await kept.history(db)
    shadowed = (read_json(paths.var / SHADOWING) or {}).get("model")
    also = [Path(shadowed)] if isinstance(shadowed, str) and shadowed else []
    must = kept.needed(told, serving, clock.now(), also)
    gone = await asyncio.to_thread(prune, paths.candidates, must)
    if gone:
        log.info("models_deleted", models=[steps.name_of(path) for path in gone])
