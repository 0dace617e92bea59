"""Data health as one thing: what pages and routes ask."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from encoder import Encoder
from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import Conflict, HandrailError, NotFound, Unavailable
from training.files import Claim, read_json, write_json
from training.health import findings, gather, golden, report, words
from training.health.findings import Finding, Kind
from training.health.mending import Mending
from training.health.models import NoProblem
from training.health.report import FAILURES, Report
from training.labels import Labels
from training.nlu_files import Example, fingerprint
from training.paths import Paths

log = structlog.get_logger(__name__)

#: An older report is made anew when somebody opens the page.
FRESH = timedelta(hours=6)


class AlreadyLooking(Conflict):
    code, message = "already_looking", "The training data is being looked at already."


@dataclass(frozen=True)
class Progress:
    running: bool = False
    doing: str = ""
    done: int = 0
    total: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Settled:
    """A finding that was said to be no problem."""

    key: str
    kind: Kind
    title: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """The latest report without what has been settled or mended since."""

    report: Report | None
    findings: tuple[Finding, ...]
    settled: tuple[Settled, ...]
    progress: Progress
    changed: bool = False
    """Whether the training files say something else than they did when this was found."""


class DataHealth:
    """Looks at the training data in the background: one look at a time, across processes."""

    def __init__(self, database: Database, clock: Clock, paths: Paths, encoder: Encoder) -> None:
        self._database, self._clock = database, clock
        self._paths = paths
        labels = Labels(database, clock, paths)
        self.folder = labels.folder
        self.mending = Mending(labels.folder, labels)
        self._shelf = report.shelf_in(paths.var, encoder)
        home = paths.var / "health"
        self._file, self._told = home / "report.json", home / "progress.json"
        self._claim = Claim(home / "look.lock")
        self._task: asyncio.Task[None] | None = None

    async def standing(self) -> Standing:
        """Return what is known now."""
        found, progress = await asyncio.to_thread(self._kept)
        settled = await self._settled()
        if found is None:
            return Standing(None, (), settled, progress)
        keys = {one.key for one in settled}
        examples = await self.examples()
        there = {(example.intent, example.text) for example in examples}
        left = [findings.left(one, there) for one in found.findings]
        every = [*left, *await self._lacking(examples)]
        kept = tuple(one for one in every if one is not None and one.key not in keys)
        changed = fingerprint(examples, "health") != found.data
        return Standing(found, kept, settled, progress, changed)

    async def look(self) -> None:
        """Begin to look.

        Raises:
            AlreadyLooking: somebody does, here or elsewhere.
        """
        if not self._claim.take():
            raise AlreadyLooking()
        self._tell("Gathering", 0, 0)
        self._task = asyncio.create_task(self._work(), name="data-health")
        # A task that is cancelled before its first step would never let go of the claim.
        await asyncio.sleep(0)

    async def look_if_old(self) -> bool:
        """Begin to look when the latest report is some hours old; returns whether a look goes on."""
        found, progress = await asyncio.to_thread(self._kept)
        if progress.running:
            return True
        if found is not None and self._clock.now() - found.at < FRESH:
            return False
        try:
            await self.look()
        except AlreadyLooking:
            return True
        return True

    async def wait(self) -> None:
        """Return when the look that goes on here, if any, has ended."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Stop looking: the process is about to end."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def settle(self, key: str, by: Staff) -> None:
        """Remember that a finding is no problem; twice is once.

        Raises:
            NotFound: the latest report has no such finding.
        """
        found, _ = await asyncio.to_thread(self._kept)
        every = [*(found.findings if found else ()), *await self._lacking(await self.examples())]
        finding = next((one for one in every if one.key == key), None)
        if finding is None:
            raise NotFound("There is no such finding any more.")
        row = NoProblem(
            key=key,
            kind=finding.kind.value,
            title=words.title(finding)[:300],
            by=by.id,
            at=self._clock.now(),
        )
        try:
            async with self._database.write() as db:
                db.add(row)
        except IntegrityError:
            return  # Somebody was faster and said the same.

    async def unsettle(self, key: str) -> None:
        """Show a finding again; does nothing when it was not settled."""
        async with self._database.write() as db:
            await db.execute(delete(NoProblem).where(NoProblem.key == key))

    async def examples(self) -> Sequence[Example]:
        """Return the training data as its files say now.

        Raises:
            NotReadable: a file was edited into another form.
        """
        return await asyncio.to_thread(self.folder.examples)

    async def add_golden(self, intent: str, texts: Sequence[str]) -> list[str]:
        """Write golden messages; see golden.add."""
        examples = await self.examples()
        return await asyncio.to_thread(golden.add, self._paths, intent, texts, examples)

    async def remove_golden(self, intent: str, texts: Sequence[str]) -> None:
        """Take golden messages out again; see golden.remove."""
        await asyncio.to_thread(golden.remove, self._paths, intent, texts)

    async def _lacking(self, examples: Sequence[Example]) -> list[Finding]:
        """Intents without golden messages, as the files say now."""
        try:
            return await asyncio.to_thread(golden.lacking, self._paths, examples)
        except Unavailable as error:
            # The comparison says so, too; the other findings are worth reading without it.
            log.warning("golden_not_read", reason=str(error))
            return []

    async def _settled(self) -> tuple[Settled, ...]:
        query = (
            select(NoProblem, Staff.name)
            .outerjoin(Staff, Staff.id == NoProblem.by)
            .order_by(NoProblem.at.desc())
        )
        async with self._database.read() as db:
            rows = (await db.execute(query)).all()
        return tuple(
            Settled(row.key, Kind(row.kind), row.title, name or "", row.at) for row, name in rows
        )

    def _kept(self) -> tuple[Report | None, Progress]:
        told = read_json(self._told) or {}
        progress = Progress(
            bool(told.get("running")),
            str(told.get("doing") or ""),
            int(told.get("done") or 0),
            int(told.get("total") or 0),
            str(told.get("problem") or ""),
        )
        if progress.running and self._claim.take():
            self._claim.release()
            progress = Progress()  # The process that looked is gone.
        return report.kept(self._file), progress

    def _tell(self, doing: str, done: int, total: int) -> None:
        write_json(self._told, asdict(Progress(True, doing, done, total)))

    async def _work(self) -> None:
        problem = ""
        try:
            now = self._clock.now()
            async with self._database.read() as db:
                rows = await gather.newest(db, now)
            written = await asyncio.to_thread(gather.typed, rows)
            taught = await self.examples()
            made = await asyncio.to_thread(
                report.make, taught, written, self._shelf, now, self._tell
            )
            await asyncio.to_thread(report.keep, self._file, made)
            log.info("health_looked", findings=len(made.findings), seconds=made.seconds)
        except HandrailError as error:
            problem = str(error)
        except (*FAILURES, SQLAlchemyError) as error:
            log.error("health_look_failed", exc_info=error)
            problem = "The training data could not be looked at; the log says why."
        finally:
            write_json(self._told, asdict(Progress(problem=problem)))
            self._claim.release()
