"""The trainer's work from a terminal: each command on a house of its own, with stand-ins for Rasa."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from typer.testing import CliRunner, Result

from server.auth import Role, create_staff
from server.cli import cli
from server.clock import SystemClock
from server.commands import room as commands_room
from server.database import Database
from server.events import LocalBus
from server.settings import Settings
from server.tables import metadata
from tests.training.conftest import GOLDEN, NLU, RIGHT, nlu_text
from tests.training.talk import Talk
from tests.training.test_promote import supervisor
from tests.training.test_train import serve
from tests.training.trying.conftest import FakeActions
from training.paths import Paths, Tools
from training.promoting import steps
from training.room import TrainingRoom
from training.trying.stories import Expected, Story, StoryFolder
from training.trying.walks import Said

ROOT = Path(__file__).resolve().parents[1]
WORSE = dict.fromkeys(RIGHT, "deny")
Run = Callable[..., Result]


class Place:
    """One house; `do` works in its database, `run` is the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = Paths(
            domain=folder / "domain.yml",
            nlu=folder / "data" / "nlu",
            golden=folder / "data" / "golden" / "intents.yml",
            var=folder / "var",
        )
        self.model: dict[str, str] = dict(RIGHT)

    @property
    def tools(self) -> Tools:
        here = ROOT / "training"
        return Tools(
            train=(sys.executable, str(here / "fake_train.py")),
            parse=(sys.executable, str(here / "fake_parse.py")),
            folder=self.folder,
            environment={"PATH": os.environ["PATH"], "FAKE_MODEL": json.dumps(self.model)},
            rehearse=(sys.executable, str(here / "trying" / "fake_rehearse.py")),
        )

    def run(self, *words: object, answers: str = "") -> Result:
        return CliRunner().invoke(cli, [str(word) for word in words], input=answers)

    def do(self, work: Callable[[Database], Awaitable[Any]]) -> Any:
        async def doing() -> Any:
            database = Database(f"sqlite+aiosqlite:///{self.paths.var / 'handrail.db'}", LocalBus())
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(doing())

    def says(self, *messages: tuple[str, str, float]) -> None:
        """Let customers say things, each in a chat of its own."""

        async def work(database: Database) -> None:
            talk = Talk(database, SystemClock())
            for text, intent, confidence in messages:
                talk.over()
                await talk.says(text, intent, confidence, runner_up=("deny", confidence - 0.02))

        self.do(work)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables, made once."""
    path = tmp_path_factory.mktemp("empty") / "handrail.db"

    async def build() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        await engine.dispose()

    asyncio.run(build())
    return path


@pytest.fixture
def place(tmp_path: Path, empty: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place(tmp_path)
    for folder in (place.paths.nlu, place.paths.golden.parent, place.paths.var):
        folder.mkdir(parents=True)
    place.paths.domain.write_text("intents:\n- greet\n- deny\n- order_status\n", "utf-8")
    for intent, texts in NLU.items():
        (place.paths.nlu / f"{intent}.yml").write_text(nlu_text(intent, texts), "utf-8")
    place.paths.golden.write_text(json.dumps({"golden": GOLDEN}), "utf-8")
    monkeypatch.setenv("HANDRAIL_VAR", str(place.paths.var))
    monkeypatch.setenv("HANDRAIL_ENVIRONMENT", "test")

    @asynccontextmanager
    async def opened(settings: Settings, *, articles: bool = False) -> AsyncIterator[Any]:
        database = Database(settings.database, LocalBus())
        room = TrainingRoom(
            database, SystemClock(), place.paths, place.tools, who=commands_room.here()
        )
        room.trying.actions = FakeActions()
        try:
            yield commands_room.House(room, database, settings)
        finally:
            await room.close()
            await database.close()

    monkeypatch.setattr(commands_room, "open_room", opened)

    shutil.copyfile(empty, place.paths.var / "handrail.db")
    return place


@pytest.fixture
def supervised(place: Place) -> Iterator[None]:
    """Somebody takes the requests for another model, as `handrail run` would."""
    over = Event()

    async def watch() -> None:
        async with supervisor(place.paths):
            await asyncio.to_thread(over.wait)

    thread = Thread(target=lambda: asyncio.run(watch()))
    thread.start()
    yield
    over.set()
    thread.join()


async def log(database: Database) -> list[tuple[str | None, str]]:
    """Who did each step of the model, and why; the newest first."""
    async with database.read() as db:
        return [(one.by, one.why) for one in await steps.steps(db)]


def trained(place: Place) -> dict[str, Any]:
    found = place.run("train", "--json")
    assert found.exit_code == 0, found.output
    record: dict[str, Any] = json.loads(found.stdout)
    return record


@pytest.mark.usefixtures("supervised")
def test_the_night_trains_compares_and_promotes_what_is_not_worse(place: Place) -> None:
    serve(place.paths, WORSE)
    night = place.run("train", "--promote", "--json")
    assert night.exit_code == 0, night.output
    record = json.loads(night.stdout)
    assert (record["state"], record["verdict"], record["promotion"]) == ("done", "better", "done")
    assert "load" in night.stderr  # the steps are told beside the JSON
    [serving, old] = json.loads(place.run("models", "--json").stdout)
    assert (serving["name"], serving["serving"]) == (record["model"], True)
    assert old["previous"]

    back = place.run("rollback", "--reason", "customers complain")
    assert (back.exit_code, back.stdout) == (0, "old is in service.\n")
    forth = place.run("rollback", record["model"], "--reason", "it was not that", "--json")
    assert json.loads(forth.stdout)["state"] == "done"
    assert place.do(log)[:2] == [
        (commands_room.here(), "it was not that"), (commands_room.here(), "customers complain")
    ]  # fmt: skip
    head, *rows = place.run("models").stdout.splitlines()
    assert head.split() == ["model", "trained", "verdict", "golden", "training"]
    assert [row.split()[:2] for row in rows] == [[record["model"], "serves"], ["old", "before"]]


@pytest.mark.usefixtures("supervised")
def test_a_worse_model_is_not_promoted_by_accident(place: Place) -> None:
    serve(place.paths, RIGHT)
    place.model = WORSE
    night = place.run("train", "--promote", "--json")
    assert night.exit_code == 3, night.output
    record = json.loads(night.stdout)
    assert (record["verdict"], record["promotion"]) == ("worse", None)
    assert place.run("compare", record["run"][:8]).exit_code == 3
    for words in (
        [],
        ["--even-if-worse"],
        ["--even-if-worse", "--reason", "no"],
        ["--even-if-worse", "--reason", "the old one is broken", "--confirm", "other"],
    ):
        refused = place.run("promote", record["run"], *words)
        assert refused.exit_code == 3, (words, refused.output)
    wanted = place.run(
        "promote", record["model"], "--even-if-worse", "--reason", "the old one is broken",
        "--confirm", record["model"],
    )  # fmt: skip
    assert (wanted.exit_code, wanted.stdout) == (0, f"{record['model']} is in service.\n")


@pytest.mark.usefixtures("supervised")
def test_compare_says_what_it_found_and_keeps_it(place: Place) -> None:
    serve(place.paths, WORSE)
    record = trained(place)
    again = place.run("compare")
    assert again.exit_code == 0, again.output
    assert "The candidate is better, +80.0 points on the golden set." in again.output
    stored = json.loads(place.run("compare", record["model"], "--stored", "--json").stdout)
    assert (stored["run_id"], stored["verdict"]) == (record["run"], "better")
    assert place.run("promote", record["run"]).exit_code == 0
    evidence = "better when compared; 100.0 % of the golden messages, 20.0 % before"
    assert place.do(log)[0] == (commands_room.here(), evidence)


def test_what_cannot_be_is_said_in_one_line(place: Place) -> None:
    for words, status, said in (
        (("compare",), 2, "No training has ended with a model yet."),
        (("promote", "nothing"), 2, "There is no training or model"),
        (("rollback", "--reason", " "), 2, "Say why"),
        (("rollback", "--reason", "why"), 2, "There is no earlier model"),
        (("rollback",), 2, "--reason"),
        (("test", "stories", "--model", "nothing"), 2, "There is no kept model"),
    ):
        answer = place.run(*words)
        assert (answer.exit_code, said in answer.output) == (status, True), answer.output
        assert "Traceback" not in answer.output
    unknown = place.run("promote", "nothing", "--json")
    assert (unknown.exit_code, json.loads(unknown.stdout)["error"]["code"]) == (2, "not_found")
    nothing = place.run("train", "--stop", "--json")
    assert (nothing.exit_code, json.loads(nothing.stdout)["error"]["code"]) == (2, "not_found")
    assert place.run("models").stdout.startswith("No model is kept here yet.")


def test_a_failed_training_and_one_that_runs_already_have_their_status(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.files import Claim

    claim = Claim(place.paths.var / "training.lock")
    assert claim.take()
    assert place.run("train").exit_code == 2
    claim.release()
    place.paths.domain.unlink()
    monkeypatch.setattr(
        Place, "tools", property(lambda self: Tools(("false",), ("false",), self.folder))
    )
    failed = place.run("train", "--json")
    assert failed.exit_code == 1
    assert json.loads(failed.stdout)["state"] == "failed"


def test_messages_are_labelled_one_by_one(place: Place) -> None:
    place.says(
        ("wheres it then", "order_status", 0.4),
        ("nah thanks", "greet", 0.42),
        ("asdf", "greet", 0.41),
        ("hiya folks", "greet", 0.43),
    )
    listed = json.loads(place.run("review", "--json").stdout)
    assert {one["text"] for one in listed} == {
        "wheres it then", "nah thanks", "asdf", "hiya folks",
    }  # fmt: skip
    keys = {"wheres it then": "1", "nah thanks": "de", "asdf": "i", "hiya folks": "y"}
    order = [one["text"] for one in listed]
    # The first is undone and said again; nonsense is asked again.
    words = [keys[order[0]], "u", "xyz", "9", keys[order[0]], *(keys[text] for text in order[1:])]
    done = place.run("review", answers="\n".join(words) + "\n")
    assert done.exit_code == 0, done.output
    for said in ("taken back", "No intent begins with", "! There are 1 to", "4 dealt with."):
        assert said in done.output
    for intent, text in (
        ("order_status", "wheres it then"),
        ("deny", "nah thanks"),
        ("greet", "hiya folks"),
    ):
        assert f"    - {text}\n" in (place.paths.nlu / f"{intent}.yml").read_text("utf-8")
    assert json.loads(place.run("review", "--json").stdout) == []
    assert "Nothing to do" in place.run("review").output


def test_who_labels_can_be_named_when_they_are_a_trainer(place: Place) -> None:
    async def hire(database: Database) -> None:
        async with database.write() as db:
            for login, role in (("tess", Role.TRAINER), ("ada", Role.AGENT)):
                await create_staff(
                    db,
                    SystemClock(),
                    login=login,
                    name=login,
                    password="a long password",
                    roles=[role],
                )

    place.do(hire)
    place.says(("wheres it then", "order_status", 0.4))
    assert place.run("review", "--as", "ada", answers="q\n").exit_code == 2
    assert place.run("review", "--as", "nobody", answers="q\n").exit_code == 2
    ended = place.run("review", "--as", "Tess", answers="s\n")
    assert (ended.exit_code, "Nothing was changed." in ended.output) == (0, True)
    assert "1) order_status 40%" in ended.output
    assert "wheres it then" in place.run("review", "--list").output


def test_labels_go_out_and_examples_come_in(place: Place) -> None:
    place.says(("wheres it then", "order_status", 0.4))
    assert place.run("review", answers="y\n").exit_code == 0
    out = place.folder / "labels.jsonl"
    assert place.run("review", "export", out).stdout == f"1 row is in {out}\n"
    more = place.folder / "more.csv"
    more.write_text("text,intent\nwheres it then,order_status\nyo,greet\nhm,nowhere\n", "utf-8")
    dry = place.run("review", "import", more, "--dry-run", "--json")
    assert json.loads(dry.stdout)["added"] == 1
    taken = place.run("review", "import", more)
    assert taken.exit_code == dry.exit_code == 1
    assert "1 added, 1 known, 0 conflicting, 1 bad" in taken.stdout
    assert "    - yo\n" in (place.paths.nlu / "greet.yml").read_text("utf-8")
    assert place.run("review", "import", place.folder / "none.csv").exit_code == 2


def test_story_tests_run_from_the_terminal(place: Place) -> None:
    model = serve(place.paths, {"hello": "greet"})
    folder = StoryFolder(place.paths.stories, place.paths.var / "lock")
    folder.save(Story("greets", (Expected(Said("hello"), "greet", ({"action": "action_greet"},)),)))
    passed = place.run("test", "stories")
    assert (passed.exit_code, passed.stdout) == (0, "1 of 1 story tests passed.\n")
    folder.save(Story("denies", (Expected(Said("no way"), "deny", ({"action": "action_deny"},)),)))
    failed = place.run("test", "stories", "--model", model)
    assert failed.exit_code == 1
    assert "FAILED denies" in failed.stdout
    assert [one["passed"] for one in json.loads(place.run("test", "stories", "--json").stdout)] == [
        False, True,
    ]  # fmt: skip
