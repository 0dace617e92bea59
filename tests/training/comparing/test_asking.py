"""Two models in processes of their own, asked in turn."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from training.comparing import asking
from training.comparing.asking import Both, Request, opened, opened_both
from training.paths import Tools
from training.process import ProgramFailed


def model(folder: Path, content: object, name: str = "model") -> Path:
    path = folder / f"{name}.tar.gz"
    path.write_text(json.dumps(content), "utf-8")
    return path


async def test_a_model_answers_message_by_message(tmp_path: Path, tools: Tools) -> None:
    content = {"a": "greet", "b": {"name": "deny", "frustration": {"level": "offer"}}, "c": "odd"}
    async with opened(model(tmp_path, content), tools, tmp_path / "log") as reader:
        assert (await reader.read(Request("a")))["intent"]["name"] == "greet"
        parse = await reader.read(Request("b", thread="t"))
        assert (parse["intent"]["name"], parse["frustration"]) == ("deny", {"level": "offer"})
        assert (await reader.read(Request("c")))["text"] == "c"
        assert await reader.costs() == {"memory_mb": 100.0, "load_seconds": 0.5}


async def test_a_broken_model_or_program_is_named(tmp_path: Path, tools: Tools) -> None:
    with pytest.raises(ProgramFailed, match="status 1"):
        async with opened(model(tmp_path, "broken"), tools, tmp_path / "log"):
            pass
    with pytest.raises(ProgramFailed, match="python could not be started"):
        async with opened(tmp_path, replace(tools, parse=("/no/python",)), tmp_path / "log"):
            pass
    assert "this is no model" in (tmp_path / "log").read_text()


async def test_after_a_time_limit_no_answer_is_taken_for_another_messages(
    tmp_path: Path, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ANSWER_LIMIT", 0.3)
    async with opened(model(tmp_path, {"a": "hang"}), tools, tmp_path / "log") as reader:
        with pytest.raises(ProgramFailed, match="took longer"):
            await reader.read(Request("a"))
        with pytest.raises(ProgramFailed, match="any more"):
            await reader.read(Request("b"))


async def test_both_are_asked_in_turn_and_gone_afterwards(tmp_path: Path, tools: Tools) -> None:
    new = model(tmp_path, {"a": "greet", "milliseconds": 7.0}, "new")
    old = model(tmp_path, {"a": "deny", "milliseconds": 6.0}, "old")
    order: list[str] = []
    async with opened_both(new, old, tools, tmp_path / "log") as (candidate, serving):
        assert serving is not None
        for name, reader in (("new", candidate), ("old", serving)):
            _tell(order, name, reader)
        both = Both(candidate, serving)
        pairs = [await both.read(Request("a")) for _ in range(3)]
        processes = [candidate._process, serving._process]
    assert order == ["old", "new", "new", "old", "old", "new"]
    assert asking.intent_of(pairs[0].after) == "greet"
    assert asking.intent_of(pairs[0].before) == "deny"
    assert both.milliseconds == [(6.0, 7.0)] * 3
    assert all(process.returncode is not None for process in processes)


def _tell(order: list[str], name: str, reader: asking.Reader) -> None:
    read = reader.read

    async def told(request: Request) -> dict[str, object]:
        order.append(name)
        return await read(request)

    reader.read = told  # type: ignore[method-assign]


async def test_a_cancelled_comparison_leaves_no_process(tmp_path: Path, tools: Tools) -> None:
    started = asyncio.Event()
    processes: list[asyncio.subprocess.Process] = []

    async def compare() -> None:
        path = model(tmp_path, {"a": "hang"})
        async with opened(path, tools, tmp_path / "log") as reader:
            processes.append(reader._process)
            started.set()
            await reader.read(Request("a"))

    task = asyncio.create_task(compare())
    await asyncio.wait_for(started.wait(), 10)
    task.cancel()
    await asyncio.wait([task])
    assert processes[0].returncode is not None
