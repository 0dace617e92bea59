"""What stays on the disk, and what is noted of a model that came into service by a start."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import Clock
from server.database import Database
from training.files import read_json
from training.paths import Paths
from training.promoting import kept, steps
from training.promoting.models import What
from training.serving import prune, serving_model

log = structlog.get_logger(__name__)

SHADOWING = "shadowing.json"
AT_A_START = "It came with a start: what models are trained from had changed."


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


async def note_found(db: AsyncSession, clock: Clock, serving: Path | None) -> None:
    """Note a model that serves since a start, without having been promoted; for who holds the claim."""
    if serving is None:
        return
    told = await kept.history(db)
    if not told or told[-1].model != serving:
        why = AT_A_START if told else ""
        steps.add(db, clock, What.FOUND, model=serving, why=why)
