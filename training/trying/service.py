"""Try a conversation with kept models, and keep it as a story test. Nothing of it reaches the live data.

What is simulated: trackers live in the child's memory; effects are noted, not had (server/rehearsing.py); no
time passes between messages, and no bot failures came before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from server.database import Database
from training.models import TrainingRun
from training.paths import Paths, Tools
from training.promoting.kept import KeptModel
from training.promoting.steps import name_of
from training.trying import choices, rules, stories
from training.trying.choices import Choice
from training.trying.episodes import Stored, read_episode
from training.trying.program import NotWalked, Program
from training.trying.stories import Result, Story, StoryFolder
from training.trying.walks import Heard, Said, Tried, Walk, Would, asked_of_program, checked


class Ran(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> dict[str, Any]: ...
    @property
    def records(self) -> dict[str, Any]: ...
    @property
    def would(self) -> list[dict[str, Any]]:
        """Effects that were not had: ``{"task", "subject", "with": {name: value}}``."""
        ...


class Session(Protocol):
    async def run(self, call: dict[str, Any]) -> Ran: ...


class Actions(Protocol):
    """The actions without their effects; `server.app` passes them in."""

    async def begin(self) -> Session:
        """Return the actions for one conversation."""
        ...

    async def search(
        self, question: str, intent: str | None, confidence: float
    ) -> Mapping[str, Any]:
        """Return what the knowledge base decides: ``{kind, probability, question, candidates}``."""
        ...


class Models(Protocol):
    """`training.promote.Promotions`, as far as it is needed here."""

    async def kept(self) -> list[KeptModel]: ...


class Trainings(Protocol):
    """`training.train.TrainingJob`, as far as it is needed here."""

    async def newest(self) -> TrainingRun | None: ...


class Trying:
    def __init__(
        self,
        database: Database,
        paths: Paths,
        tools: Tools,
        models: Models,
        trainings: Trainings,
        *,
        program: Program | None = None,
    ) -> None:
        self._database, self._paths, self._tools = database, paths, tools
        self._models, self._trainings = models, trainings
        self.program = program or Program(tools, paths.logs / "trying.log")
        self.actions: Actions | None = None
        """Set by who builds the app; without them nothing can be tried."""
        self.levels: Callable[[], Awaitable[Mapping[str, float] | None]] | None = None
        """The house's thresholds of frustration, where others than the shipped ones may hold."""
        self.stories = StoryFolder(paths.stories, paths.var / "stories.lock")

    async def choices(self) -> list[Choice]:
        """Return the models that can be tried, the serving one first."""
        return choices.choices_of(await self._models.kept(), await self._trainings.newest())

    async def side_by_side(self, said: Sequence[Said], names: Sequence[str]) -> list[Walk]:
        """Walk a conversation with each of these models; one that can't be tried says why.

        Raises:
            Invalid: there is nothing, or too much, to say. NotFound: there is no such model.
        """
        said = checked(said)
        known = await self.choices()
        chosen = [choices.named(known, name) for name in dict.fromkeys(names)]
        return [await self.walk(said, choice.path) for choice in chosen]

    async def walk(self, said: Sequence[Said], model: Path, program: Program | None = None) -> Walk:
        """Walk a conversation with one model, in the console's own program unless another is given."""
        name = name_of(model)
        if self.actions is None:
            return Walk(name, problem="Nothing is set up here to try models with.")
        session = await self.actions.begin()
        names = await asyncio.to_thread(rules.read_rules, self._paths.nlu.parent / "rules")
        levels = await self.levels() if self.levels else None
        asked = asked_of_program(
            str(model), said, {"frustration_levels": dict(levels)} if levels else {}
        )
        turns: list[Tried] = []
        heard = Heard()
        loop: str | None = None

        async def answer(call: dict[str, Any]) -> tuple[int, Any]:
            ran = await session.run(call)
            if ran.records:
                heard.records.append(ran.records)
            heard.would += [
                Would(str(one["task"]), str(one["subject"]), dict(one["with"])) for one in ran.would
            ]
            return ran.status, ran.body

        async def take(turn: dict[str, Any]) -> None:
            nonlocal heard, loop
            tried = _tried(said[len(turns)], turn, heard, names, loop)
            loop = _loop_after(tried, loop)
            turns.append(tried)
            heard = Heard()

        try:
            await (program or self.program).walk(asked, answer, take)
        except NotWalked as problem:
            return Walk(name, tuple(turns), str(problem))
        return Walk(name, tuple([await self._with_search(turn) for turn in turns]))

    async def episode(self, turn_id: UUID) -> Stored:
        """Return the stored episode that a turn belongs to, masked.

        Raises:
            NotFound: there is no such turn.
        """
        async with self._database.read() as db:
            return await read_episode(db, turn_id)

    async def save_story(
        self, said: Sequence[Said], model: str, title: str, *, instead: bool = False
    ) -> Path:
        """Keep a conversation as a story test: its intents as given, and the actions that follow from them.

        Raises:
            Invalid: it can't be a test. NotFound: there is no such model. NotWalked: it could not be tried.
            StoryExists: it is a test already, and `instead` is not set.
        """
        said = checked(said)
        [walk] = await self.side_by_side(said, [model])
        # The names of people are only known once it was read. What is written is masked, and what shall
        # follow follows from that.
        masked = [] if walk.problem else await asyncio.to_thread(stories.masked, walk.turns)
        if masked and masked != said:
            [walk] = await self.side_by_side(masked, [model])
        if walk.problem:
            raise NotWalked(walk.problem)
        story = stories.story_of(title, walk.turns)
        return await asyncio.to_thread(self.stories.save, story, instead=instead)

    async def saved(self) -> list[Story]:
        """Return the story tests.

        Raises:
            StoriesNotReadable: one of the files has another form.
        """
        return await asyncio.to_thread(self.stories.read)

    async def run(self, model: Path) -> list[Result]:
        """Try every story test with a model.

        Raises:
            StoriesNotReadable: one of the files has another form.
        """
        return [await self._run_one(story, model) for story in await self.saved()]

    async def run_apart(
        self, models: Sequence[Path], late: Callable[[], bool]
    ) -> tuple[list[tuple[Result, ...]], int]:
        """Try every story test with each of these models; return each story's results, in the models' order, and
        how many stories were left out because it was late.

        In a program of its own, which ends with it: nobody at the console waits for that, nor is its memory held.

        Raises:
            StoriesNotReadable: one of the files has another form. NotWalked: nothing is there to try them with.
        """
        if self.actions is None:
            raise NotWalked("Nothing is set up here to try models with.")
        every, found = await self.saved(), []
        program = Program(self._tools, self._paths.logs / "story_tests.log")
        try:
            for story in every:
                if late():
                    break
                found.append(
                    tuple([await self._run_one(story, model, program) for model in models])
                )
        finally:
            await program.close()
        return found, len(every) - len(found)

    async def close(self) -> None:
        await self.program.close()

    async def _run_one(self, story: Story, model: Path, program: Program | None = None) -> Result:
        walk = await self.walk(story.said, model, program)
        return stories.judge(story, walk.turns, walk.problem)

    async def _with_search(self, turn: Tried) -> Tried:
        """Ask what a search would find, where the dialogue did not search."""
        if turn.searched or turn.said.pressed or self.actions is None:
            return turn
        question = str(turn.parse.get("question") or turn.parse.get("meant") or turn.said.text)
        found = await self.actions.search(question, turn.intent, turn.confidence)
        return Tried(**{**vars(turn), "found": found})


def _tried(
    said: Said, turn: Mapping[str, Any], heard: Heard, names: rules.Rules, loop: str | None
) -> Tried:
    parse = turn.get("parse") or {}
    ran = tuple(str(one["action"]) for one in turn.get("ran") or [])
    intent = str((parse.get("intent") or {}).get("name"))
    decision = next((one["decision"] for one in heard.records if one.get("decision")), None)
    first = ran[0] if ran else ""
    return Tried(
        said=said,
        parse=parse,
        ran=ran,
        rule=names.get((intent, first)),
        form=loop,
        records=tuple(heard.records),
        would=tuple(heard.would),
        found=decision or {},
        searched=decision is not None,
        messages=tuple(turn.get("messages") or ()),
        steps=tuple(turn.get("steps") or ()),
        slots=turn.get("slots") or {},
        failed=turn.get("failed"),
        milliseconds=float((turn.get("timings") or {}).get("total") or 0.0),
    )


def _loop_after(turn: Tried, before: str | None) -> str | None:
    for step in reversed(turn.steps):
        if "active_loop" in step:
            return str(step["active_loop"]) if step["active_loop"] else None
    return before
