"""A house with candidates and a supervisor, for tests of what serves: no program is started."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from server.auth import Role, Staff, create_staff
from server.clock import Clock
from server.database import Database
from tests.support import FakeClock
from tests.training.test_promote import supervisor
from training.files import write_json
from training.models import Promotion, PromotionState, RunState, TrainingRun
from training.paths import Paths
from training.promote import Promotions
from training.serving import serving_model

QUICK = {"look": 0.005, "pick_up_limit": 0.2, "limit": 3.0}


class House:
    def __init__(self, database: Database, clock: Clock, paths: Paths) -> None:
        self.database, self.clock, self.paths = database, clock, paths
        self.promotions = self.another_process()

    def another_process(self) -> Promotions:
        return Promotions(self.database, self.clock, self.paths, **QUICK)

    def model(self, name: str, folder: str = "candidates") -> Path:
        path = self.paths.var / folder / f"{name}.tar.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({}), "utf-8")
        return path

    def delete(self, run: TrainingRun) -> None:
        Path(run.model or "").unlink()

    def serve(self, path: Path) -> Path:
        write_json(self.paths.var / "rasa.json", {"url": "u", "model": str(path), "pid": 1})
        return path

    async def candidate(
        self, name: str, verdict: str | None = "better", *, old: float = 0.0, **figures: Any
    ) -> TrainingRun:
        """A finished training, compared with what serves; `old` seconds before now its data was read."""
        serving, now = serving_model(self.paths.var), self.clock.now()
        points = -5.0 if verdict == "worse" else 1.0
        said: dict[str, Any] = {"problem": "It broke."}
        if verdict:
            said = {"verdict": verdict, "points": points, "chance": 0.5, "blocks": []}
        async with self.database.write() as db:
            run = TrainingRun(
                state=RunState.DONE, lines=[], labels=3, model=str(self.model(name)),
                serving=str(serving) if serving else None, started_at=now - timedelta(seconds=old),
                finished_at=now, figures={**said, **figures},
            )  # fmt: skip
            db.add(run)
        return run

    async def put_into_service(self, run: TrainingRun, by: Staff | None = None) -> None:
        async with supervisor(self.paths):
            await self.promotions.promote(run.id, by, reason="passed the comparison")
            await self.promotions.wait()
        await self.ended_well()

    async def ended_well(self) -> Promotion:
        done = await self.promotions.newest()
        assert done is not None
        assert (done.state, done.error) == (PromotionState.DONE, None)
        if isinstance(self.clock, FakeClock):
            self.clock.advance(60)
        return done

    async def trainer(self, name: str = "Ada") -> Staff:
        async with self.database.write() as db:
            return await create_staff(
                db, self.clock, login=name.lower(), name=name, password="a long enough password",
                roles=[Role.TRAINER],
            )  # fmt: skip

    async def told(self) -> list[tuple[str, str | None]]:
        """What happened, oldest first: (step, model)."""
        return [(step.what.value, step.model) for step in reversed(await self.promotions.steps())]
