"""One comparison at work: what it needs is looked up, both models are asked, every section is filled."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from server.database import Database
from server.errors import HandrailError
from training.comparing import cost, data_of, golden, past, replay, sections, stories
from training.comparing.asking import Both, opened_both
from training.comparing.comparison import Comparison, Section
from training.comparing.deeds import Rules
from training.comparing.golden import Golden
from training.comparing.measures import Read
from training.comparing.searching import Asker, Searches
from training.comparing.verdict import judge
from training.models import TrainingRun
from training.nlu_files import Example, NluFolder
from training.paths import Paths, Tools
from training.process import ProgramFailed, run

log = structlog.get_logger(__name__)

#: After so many seconds no further past message is read; what was read by then is compared.
REPLAY_LIMIT = 240.0
STORIES_LIMIT = 240.0
# A minute of processor time with 2,600 examples; a busy small machine gets plenty.
CROSSVAL_LIMIT = 900.0
CROSSVAL = (sys.executable, "-m", "training.comparing.crossval")
#: Below var; trainings keep theirs there, too (server/supervise/specs.py).
VECTORS = "vectors"

Tell = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Means:
    """What comparisons are made with. `search` is the knowledge base, so that a replay knows which answers
    would change; `reserved` are the topics that the house keeps for people. `stories` tries the story tests, and
    `levels` tells the thresholds of frustration in force, where others than the models' own may hold."""

    database: Database
    paths: Paths
    tools: Tools
    search: Searches | None = None
    reserved: frozenset[str] = frozenset()
    conversations: int = past.CONVERSATIONS
    replay_limit: float = REPLAY_LIMIT
    crossval_limit: float = CROSSVAL_LIMIT
    crossval: tuple[str, ...] = CROSSVAL
    stories: stories.Run | None = None
    stories_limit: float = STORIES_LIMIT
    levels: Callable[[], Awaitable[Mapping[str, float] | None]] | None = None

    @property
    def folder(self) -> Path:
        return self.paths.var / "comparisons"


class Sitting:
    """Fills one comparison; a section that fails says why, and the others go on."""

    def __init__(
        self,
        means: Means,
        comparison: Comparison,
        models: tuple[Path | None, Path],
        log: Path,
        tell: Tell,
    ) -> None:
        self._means = means
        self._comparison = comparison
        self._serving, self._model = models
        self._log, self._tell = log, tell
        self._examples: list[Example] = []
        self._old: data_of.Learned | None = None
        self._golden_reads: list[Read] = []
        self._example_reads: list[Read] = []

    async def fill(self, row: TrainingRun) -> None:
        """Do all of it."""
        comparison = self._comparison
        await self._look_up_data(row)
        await self._ask_models()
        # After the two that were asked have ended: two more models would take their memory beside them.
        comparison.stories = await self._section("stories", self._story_tests)
        comparison.crossval = await self._section("crossval", self._cross_validate)
        await self._tables()
        comparison.verdict, comparison.blocks = judge(
            comparison.golden, comparison.intents, comparison.replay, comparison.stories
        )

    @property
    def _compared(self) -> bool:
        return self._serving is not None

    async def _look_up_data(self, row: TrainingRun) -> None:
        """Find what both models learned from; without it only the cross-validation can't be done."""
        try:
            folder = NluFolder(self._means.paths.nlu, self._means.paths.var / "nlu.lock")
            examples = await asyncio.to_thread(folder.examples)
            async with self._means.database.read() as db:
                # Compared again, it is still the data of its training, whatever was edited since.
                noted = await asyncio.to_thread(data_of.kept, self._means.folder, row)
                self._examples = noted or await data_of.without_labels_since(
                    db, examples, row.started_at
                )
                if self._serving is not None:
                    stat = await asyncio.to_thread(self._serving.stat)
                    written = datetime.fromtimestamp(stat.st_mtime, UTC)
                    self._old = await data_of.of_model(
                        db, self._means.folder, self._serving, examples, written
                    )
            await asyncio.to_thread(data_of.keep, self._means.folder, row, self._examples)
        except (HandrailError, OSError) as error:
            log.warning("training_data_unknown", run_id=str(row.id), exc_info=error)

    async def _ask_models(self) -> None:
        """Fill the sections for which the models themselves are asked."""
        comparison = self._comparison

        async def golden_set(both: Both) -> Section:
            tests = await asyncio.to_thread(self._golden)
            pairs = await sections.read_golden(both, tests)
            self._golden_reads = sections.golden_reads(tests, pairs)
            await self._tell("compare_golden_set")
            return sections.golden(tests, pairs, compared=self._compared)

        async def costs(both: Both) -> Section:
            measured = both.milliseconds
            found = await both.costs()
            return await asyncio.to_thread(
                cost.figures, measured, found, (self._serving, self._model)
            )

        try:
            async with self._both() as both:
                comparison.golden = await self._section("golden", lambda: golden_set(both))
                comparison.replay = await self._section("replay", lambda: self._replay(both))
                comparison.cost = await self._section("cost", lambda: costs(both))
        except (ProgramFailed, HandrailError, OSError) as problem:
            for name in ("golden", "replay", "cost"):
                if not getattr(comparison, name):
                    setattr(comparison, name, {"problem": str(problem)})

    @asynccontextmanager
    async def _both(self) -> AsyncIterator[Both]:
        async with opened_both(self._model, self._serving, self._means.tools, self._log) as (
            new,
            old,
        ):
            await self._tell("compare_load_models")
            yield Both(new, old)

    def _golden(self) -> Golden:
        tests = golden.fair(golden.read(self._means.paths.golden), self._examples)
        if not tests.messages:
            raise ProgramFailed("The golden set has no messages.")
        return tests

    async def _replay(self, both: Both) -> Section:
        if not self._compared:
            return {"skipped": "No model is in service to compare with."}
        rules = await asyncio.to_thread(
            Rules.read, self._means.paths.nlu.parent / "rules", self._means.reserved
        )
        every = await past.load(
            self._means.database, rules.topics, conversations=self._means.conversations
        )
        if not every:
            return {"skipped": "No customer has written yet."}
        until = time.monotonic() + self._means.replay_limit
        levels = await self._means.levels() if self._means.levels else None
        pairs = await replay.read_all(
            both, every, self._tell, lambda: time.monotonic() > until, levels
        )
        asker = Asker(self._means.search)
        replayed = await replay.decide(pairs, rules, asker)
        return await asyncio.to_thread(
            replay.summarise, replayed, asked=len(every), searched=asker.there
        )

    async def _story_tests(self) -> Section:
        means = self._means
        if means.stories is None:
            return {"skipped": "Nothing is set up here to try story tests with."}
        found = await stories.section(
            means.stories, self._serving, self._model, means.stories_limit
        )
        await self._tell("compare_story_tests")
        return found

    async def _cross_validate(self) -> Section:
        if not self._examples:
            raise ProgramFailed("The training data can't be read.")
        result: dict[str, Any] = {}

        async def take(line: dict[str, Any]) -> None:
            if "after" in line:
                result.update(line)

        def pairs(examples: Sequence[Example]) -> list[list[str]]:
            return [[example.intent, example.text] for example in examples]

        old = None if self._old is None else pairs(self._old.examples)
        vectors = str(self._means.paths.var / VECTORS)
        await run(
            self._means.crossval,
            self._means.tools,
            self._log,
            limit=self._means.crossval_limit,
            on_line=take,
            say=[{"new": pairs(self._examples), "old": old, "vectors": vectors}],
            log_answers=False,
        )
        if not result:
            raise ProgramFailed("It ended without a result.")
        await self._tell("compare_cross_validation")
        if not self._compared or result["before"] is not None:
            self._example_reads = sections.crossval_reads(result)
        found = await asyncio.to_thread(sections.crossval, result)
        return {**found, "guessed": self._old is not None and self._old.guessed}

    async def _tables(self) -> None:
        comparison = self._comparison
        if not self._golden_reads and not self._example_reads:
            comparison.intents = comparison.confusions = {"problem": "No model was asked."}
            return
        comparison.intents, comparison.confusions = await asyncio.to_thread(
            sections.tables, self._golden_reads, self._example_reads, compared=self._compared
        )

    async def _section(self, name: str, work: Callable[[], Awaitable[Section]]) -> Section:
        try:
            return await work()
        except (ProgramFailed, HandrailError) as problem:
            return {"problem": str(problem)}
        except Exception as problem:
            log.error("comparison_broke", section=name, exc_info=problem)
            return {"problem": f"This part broke: {type(problem).__name__}."}
