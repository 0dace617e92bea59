"""The real program: walks with a trained model, actions by the line, nothing stored."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bot.processes import ROOT, environment


class Rehearsal:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.calls: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {
            "status": 200,
            "body": {"events": [], "responses": [{"text": "An answer."}]},
        }

    def hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def say(self, record: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(record) + "\n")
        self._process.stdin.flush()

    def walk(self, model: Path, *said: dict[str, Any], sender: str = "s:1") -> list[dict[str, Any]]:
        """Return the turns; a last one of {"error": …} when it could not be walked."""
        self.calls.clear()
        turns = [
            {"turn_id": f"t{place}", "metadata": {"conversation_id": "c", "epoch": 0}, **one}
            for place, one in enumerate(said)
        ]
        self.say({"model": str(model), "sender": sender, "said": turns})
        found = []
        while "done" not in (line := self.hear()):
            if "call" in line:
                self.calls.append(line["call"])
                self.say(self.answer)
            elif "turn" in line:
                found.append(line["turn"])
            else:
                return [*found, line]
        return found


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    folder = tmp_path_factory.mktemp("rehearsal")
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.rehearse"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            env=environment(HANDRAIL_VAR=str(folder)),
        )  # fmt: skip
        made = Rehearsal(process)
        assert made.hear() == {"ready": True}
        yield made
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0
    # No tracker, and nothing else that would last.
    assert sorted(path.name for path in folder.iterdir()) == ["log"]


def test_a_form_is_walked_to_its_end(rehearsal: Rehearsal, model: Path) -> None:
    turns = rehearsal.walk(
        model, {"text": "cancel my order"}, {"text": "FW-204411"}, {"payload": "/solved"}
    )
    assert [[one["action"] for one in turn["ran"]] for turn in turns] == [
        ["cancel_order_form"], ["cancel_order_form"], ["cancel_order_form", "utter_cancelled"],
    ]  # fmt: skip
    assert turns[0]["steps"] == [
        {"action": "cancel_order_form"},
        {"active_loop": "cancel_order_form"},
        {"slot_was_set": {"requested_slot": "order_number"}},
    ]
    assert turns[2]["steps"][:3] == [
        {"action": "cancel_order_form"},
        {"slot_was_set": {"requested_slot": None}},
        {"active_loop": None},
    ]
    assert turns[1]["messages"][0]["text"] == "Shall I cancel FW-204411?"
    assert turns[0]["parse"]["intent"]["name"] == "cancel_order"
    assert turns[0]["parse"]["intent_ranking"]
    assert {"scope", "frustration"} <= set(turns[0]["parse"])


def test_actions_are_asked_for_on_the_line(rehearsal: Rehearsal, model: Path) -> None:
    [turn] = rehearsal.walk(model, {"text": "where is my parcel"})
    assert [call["next_action"] for call in rehearsal.calls] == ["action_answer"]
    assert turn["messages"] == [{"text": "An answer.", "custom": {}}]
    rehearsal.answer = {"status": 500, "body": {"error": "ValueError"}}
    try:
        [failed] = rehearsal.walk(model, {"text": "where is my parcel"})
    finally:
        rehearsal.answer = {"status": 200, "body": {"events": [], "responses": []}}
    assert "action_answer" in failed["failed"]


def test_a_message_counts_as_what_it_is_said_to_mean(rehearsal: Rehearsal, model: Path) -> None:
    first, second = rehearsal.walk(
        model, {"text": "where is my parcel", "intent": "thanks"}, {"text": "where is my parcel"}
    )
    assert [one["action"] for one in first["ran"]] == ["utter_helped"]
    assert first["parse"]["intent"] == {"name": "thanks", "confidence": 1.0}
    # It holds for that message alone.
    assert second["parse"]["intent"]["name"] == "order_status"


def test_walks_know_nothing_of_each_other(rehearsal: Rehearsal, model: Path) -> None:
    rehearsal.walk(model, {"text": "cancel my order"})
    [turn] = rehearsal.walk(model, {"text": "hello"})
    assert [one["action"] for one in turn["ran"]] == ["utter_greet"]


def test_what_cannot_be_walked_is_said_and_the_next_one_can(
    rehearsal: Rehearsal, model: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.tar.gz").write_text("no model")
    for path in (tmp_path / "none.tar.gz", tmp_path / "broken.tar.gz"):
        [problem] = rehearsal.walk(path, {"text": "hello"})
        assert "error" in problem
    [refused] = rehearsal.walk(model, {"text": ""})
    assert "BadRequest" in refused["error"]
    [turn] = rehearsal.walk(model, {"text": "hello"})
    assert turn["failed"] is None
