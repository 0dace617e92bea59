"""A candidate reads along: each typed message once, off the turn's path, until it has seen enough."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from conversations.models import Turn
from server.database import Database
from server.errors import HandrailError, Invalid
from tests.support import FakeClock
from tests.training.house_of_models import House
from tests.training.talk import Talk
from training.files import read_json, write_json
from training.paths import Paths
from training.promoting.models import What
from training.shadowing import reader as http_reader
from training.shadowing.along import PATIENCE, QUEUE
from training.shadowing.models import ShadowTrial, TrialState
from training.shadowing.reader import HttpReader, Reading, harmless
from training.shadowing.results import Results, disagreements
from training.shadowing.shadowing import AlreadyShadowing, NotShadowing, ServesAlready, Shadowing
from training.shadowing.turns import is_chosen


class FakeReader:
    """The candidate's Rasa: knows some texts, fails on demand, may take its time."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.knows: dict[str, str] = {}
        self.broken = False
        self.free = asyncio.Event()
        self.free.set()

    async def read(self, url: str, text: str) -> Reading:
        assert url == "http://shadow"
        await self.free.wait()
        self.asked.append(text)
        if self.broken:
            return Reading(None, None, None, "ReadTimeout")
        return Reading(self.knows.get(text, "greet"), 0.8, 12.0)

    async def close(self) -> None:
        return None


@asynccontextmanager
async def supervisor(paths: Paths, *, refuses: str = "") -> AsyncIterator[None]:
    """Does what server/supervise/shadow.py does with the files."""

    async def work() -> None:
        while True:
            await asyncio.sleep(0.002)
            request = read_json(paths.var / "shadow.json")
            if request is None:
                continue
            (paths.var / "shadow.json").unlink()
            told = {"id": request["id"], "model": request["model"], "url": "", "reason": refuses}
            if request["model"] is None:
                told |= {"state": "stopped", "reason": "It was asked to stop."}
            else:
                told |= (
                    {"state": "failed"} if refuses else {"state": "running", "url": "http://shadow"}
                )
            write_json(paths.var / "shadowing.json", told)

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Trials:
    """One app process that lets candidates read along."""

    def __init__(self, house: House) -> None:
        self.house, self.reader = house, FakeReader()
        self.shadowing = self.process()

    def process(self) -> Shadowing:
        house = self.house
        return Shadowing(
            house.database, house.clock, house.paths, self.reader,
            look=0.005, pick_up_limit=0.2, start_limit=2.0,
        )  # fmt: skip

    async def begin(self, **how: float) -> ShadowTrial:
        run = await self.house.candidate("candidate")
        trial = await self.shadowing.shadow(run.id, None, **how)  # type: ignore[arg-type]
        await self.until(lambda: self.told() == "running")
        await self.until_state(TrialState.RUNNING)
        return trial

    def told(self) -> object:
        return (read_json(self.house.paths.var / "shadowing.json") or {}).get("state")

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while True:
                if true():
                    return
                await asyncio.sleep(0.002)

    async def until_state(self, state: TrialState) -> ShadowTrial:
        async with asyncio.timeout(5):
            while True:
                trial = await self.shadowing.newest()
                if trial is not None and trial.state is state:
                    return trial
                await asyncio.sleep(0.002)

    async def results(self, read: int = 0, dropped: int = 0) -> Results:
        """The results, once so many messages are in them, and so many were dropped."""
        async with asyncio.timeout(5):
            while True:
                found = await self.shadowing.results()
                if found is not None and (
                    found.read + found.errors >= read and found.dropped >= dropped
                ):
                    return found
                await asyncio.sleep(0.002)


@pytest.fixture
async def trials(database: Database, clock: FakeClock, paths: Paths) -> AsyncIterator[Trials]:
    house = House(database, clock, paths)
    house.serve(house.model("first", "models"))
    trials = Trials(house)
    yield trials
    await trials.shadowing.close()


async def test_both_models_are_shown_side_by_side(
    trials: Trials, talk: Talk, database: Database, clock: FakeClock
) -> None:
    trials.reader.knows = {"where is it, ann.peeters@gmail.com": "order_status"}
    before = await talk.says("said before it began", "greet")
    clock.advance(1)
    async with supervisor(trials.house.paths):
        trial = await trials.begin()
        same = await talk.says("hello you", "greet")
        other = await talk.says("where is it, ann.peeters@gmail.com", "delivery_info")
        await talk.says("Yes", "affirm", button=True)
        async with database.write() as db:
            for turn, took in ((same, 30.0), (other, 50.0)):
                (await db.get_one(Turn, turn)).timings = {"tracker": 2.0, "parse": took}
        found = await trials.results(2)
        await trials.shadowing.stop()
        ended = await trials.until_state(TrialState.ENDED)
    assert trials.reader.asked == ["hello you", "where is it, ann.peeters@gmail.com"]
    assert (found.read, found.agreed, found.share, found.errors) == (2, 1, 0.5, 0)
    (difference,) = found.differing
    assert (difference.turn_id, difference.serving, difference.shadow) == (
        other, "delivery_info", "order_status",
    )  # fmt: skip
    assert "ann.peeters" not in difference.text, "personal data is masked"
    assert found.shadow_speed is not None and found.shadow_speed.p50 == 12.0
    assert found.serving_speed is not None and found.serving_speed.p50 == 40.0
    assert (ended.id, ended.why) == (trial.id, "It was asked to stop.")
    async with database.read() as db:
        second = await disagreements(db)
        assert {turn: (one.intent, one.model) for turn, one in second.items()} == {
            other: ("order_status", "candidate")
        }
        assert await disagreements(db, turn_ids=[same, before]) == {}
    (step,) = await trials.house.promotions.steps()
    assert step.what is What.SHADOWED
    assert step.why == "Read 2 messages along, 50 % of them understood alike. It was asked to stop."


async def test_only_the_share_is_read_and_always_the_same_turns(trials: Trials, talk: Talk) -> None:
    async with supervisor(trials.house.paths):
        await trials.begin(share=0.5)
        turns = [await talk.says(f"hello {number}") for number in range(12)]
        chosen = [turn for turn in turns if is_chosen(turn, 0.5)]
        found = await trials.results(len(chosen))
    assert found.read == len(chosen)
    every = [uuid.UUID(int=number << 64) for number in range(1000)]
    assert 430 < sum(is_chosen(turn, 0.5) for turn in every) < 570
    assert all(is_chosen(turn, 1.0) for turn in every)


async def test_it_ends_by_itself_when_it_has_read_enough(trials: Trials, talk: Talk) -> None:
    async with supervisor(trials.house.paths):
        await trials.begin(wanted=3)
        for number in range(5):
            await talk.says(f"hello {number}")
        ended = await trials.until_state(TrialState.ENDED)
        await trials.until(lambda: trials.told() == "stopped")
    assert "as many messages as were wanted" in ended.why


async def test_what_it_has_no_time_for_is_dropped_and_counted(trials: Trials, talk: Talk) -> None:
    trials.reader.free.clear()
    async with supervisor(trials.house.paths):
        await trials.begin()
        for number in range(QUEUE + 10):
            await talk.says(f"hello {number}")
        # QUEUE wait, one may be in the reader's hands, the rest is gone.
        dropped = (await trials.results(dropped=9)).dropped
        trials.reader.free.set()
        found = await trials.results(QUEUE + 10 - max(dropped, 10))
        await trials.until(lambda: len(trials.reader.asked) + found.dropped >= QUEUE + 10)
        found = await trials.results(len(trials.reader.asked))
    assert found.read + found.dropped == QUEUE + 10
    assert found.dropped in (9, 10)


async def test_faults_in_a_row_end_it(trials: Trials, talk: Talk) -> None:
    trials.reader.broken = True
    async with supervisor(trials.house.paths):
        await trials.begin()
        for number in range(PATIENCE + 1):
            await talk.says(f"hello {number}")
        failed = await trials.until_state(TrialState.FAILED)
        await trials.until(lambda: trials.told() == "stopped")
    assert "in a row" in failed.why
    found = await trials.results()
    assert (found.read, found.errors >= PATIENCE, found.share) == (0, True, None)
    assert [what for what, _ in await trials.house.told()] == ["failed"]


async def test_no_room_is_said_in_the_supervisors_words(trials: Trials) -> None:
    run = await trials.house.candidate("candidate")
    async with supervisor(trials.house.paths, refuses="The machine has 1.1 GB of memory left."):
        await trials.shadowing.shadow(run.id, None)
        await trials.shadowing.wait()
    failed = await trials.until_state(TrialState.FAILED)
    assert failed.why == "The machine has 1.1 GB of memory left."


async def test_without_a_supervisor_the_request_is_taken_back(trials: Trials) -> None:
    run = await trials.house.candidate("candidate")
    await trials.shadowing.shadow(run.id, None)
    await trials.shadowing.wait()
    failed = await trials.until_state(TrialState.FAILED)
    assert "supervisor" in failed.why
    assert read_json(trials.house.paths.var / "shadow.json") is None


async def test_it_ends_when_another_model_comes_into_service(trials: Trials) -> None:
    async with supervisor(trials.house.paths):
        await trials.begin()
        trials.house.serve(trials.house.model("second", "models"))
        ended = await trials.until_state(TrialState.ENDED)
    assert ended.why == "Another model is in service now."


async def test_one_at_a_time_and_nothing_senseless(trials: Trials) -> None:
    run = await trials.house.candidate("other")
    serving = await trials.house.candidate("serving")
    with pytest.raises(NotShadowing):
        await trials.shadowing.stop()
    async with supervisor(trials.house.paths):
        await trials.begin()
        for process in (trials.shadowing, trials.process()):
            with pytest.raises(AlreadyShadowing):
                await process.shadow(run.id, None)
        with pytest.raises(Invalid):
            await trials.shadowing.shadow(run.id, None, share=0)
        trials.house.serve(Path(serving.model or ""))
        with pytest.raises(ServesAlready):
            await trials.shadowing.shadow(serving.id, None)
        await trials.until_state(TrialState.ENDED)


async def test_another_process_stops_it_and_goes_on_with_one_whose_process_died(
    trials: Trials, talk: Talk
) -> None:
    async with supervisor(trials.house.paths):
        first = await trials.begin()
        await trials.shadowing.close()
        trials.shadowing = trials.process()
        await trials.shadowing.recover()
        await talk.says("hello again")
        found = await trials.results(1)
        assert (found.trial.id, found.trial.state) == (first.id, TrialState.RUNNING)
        await trials.process().stop()
        await trials.until_state(TrialState.ENDED)


async def test_one_that_is_gone_is_said_to_have_ended(trials: Trials) -> None:
    async with supervisor(trials.house.paths):
        trial = await trials.begin()
        await trials.shadowing.close()
    told = read_json(trials.house.paths.var / "shadowing.json") or {}
    gone = {**told, "state": "stopped", "reason": "The supervisor was restarted."}
    write_json(trials.house.paths.var / "shadowing.json", gone)
    trials.shadowing = trials.process()
    found = await trials.shadowing.newest()
    assert found is not None
    assert (found.id, found.state, found.why) == (
        trial.id, TrialState.ENDED, "The supervisor was restarted.",
    )  # fmt: skip


async def test_a_deleted_model_can_not_read_along(trials: Trials) -> None:
    run = await trials.house.candidate("candidate")
    trials.house.delete(run)
    with pytest.raises(HandrailError) as refusal:
        await trials.shadowing.shadow(run.id, None)
    assert refusal.value.code == "not_found"


@pytest.mark.parametrize(
    ("said", "asked"),
    [("/cancel_order", "cancel_order"), (" // hello ", "hello"), ("/", "\u2215"), ("hi", "hi")],
)
def test_a_customers_slash_is_no_command(said: str, asked: str) -> None:
    assert harmless(said) == asked


@pytest.mark.parametrize(
    ("answer", "reading"),
    [
        ({"intent": {"name": "greet", "confidence": 0.75}}, ("greet", 0.75, None)),
        ({"intent": {"name": None}}, (None, None, "no intent")),
        ({}, (None, None, "no intent")),
        ([], (None, None, "status 200")),
    ],
)
async def test_what_rasa_says_is_read_without_trust(
    monkeypatch: pytest.MonkeyPatch, answer: object, reading: tuple[object, ...]
) -> None:
    seen: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=answer)

    found = await _read(monkeypatch, serve)
    assert (found.intent, found.confidence, found.error) == reading
    assert seen[0].url.params["token"] == "a token"


@pytest.mark.parametrize("status", [401, 500])
async def test_a_fault_is_named_and_tells_no_token(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    found = await _read(monkeypatch, lambda request: httpx.Response(status, text="no"))
    assert found.error == f"status {status}"

    def cut(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"refused {request.url}")

    found = await _read(monkeypatch, cut)
    assert found.error == "ConnectError"


def _client(transport: httpx.MockTransport, **_: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=transport)


async def _read(
    monkeypatch: pytest.MonkeyPatch, serve: Callable[[httpx.Request], httpx.Response]
) -> Reading:
    transport = httpx.MockTransport(serve)
    make = partial(_client, transport)
    monkeypatch.setattr(
        http_reader, "httpx", SimpleNamespace(AsyncClient=make, HTTPError=httpx.HTTPError)
    )
    asked = HttpReader("a token")
    try:
        return await asked.read("http://shadow", "hello")
    finally:
        await asked.close()
