"""Who may import whom, read from the imports themselves (docs/architecture.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KERNEL = {
    "server.database",
    "server.events",
    "server.errors",
    "server.focusing",
    "server.auth",
    "server.settings",
    "server.choosing",
    "server.clock",
    "server.limits",
    "server.mail.outbox",
    "server.outside",
    "server.local_time",
    "server.pages",
    "server.uploads",
    "server.web",
    "server.week",
}
ROOMS = {
    "actions",
    "business",
    "conversations",
    "handoff",
    "insights",
    "knowledge_base",
    "training",
    "widget",
}
SHARED = {"encoder", "understanding"}
OURS = ROOMS | SHARED | {"bot", "server"}
HOLDS_NO_QUERIES = ("pages.py", "routes.py")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if node.module == "server":
                yield from (f"server.{alias.name}" for alias in node.names)
            else:
                yield node.module


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def ours(path: Path) -> set[str]:
    return {name for name in imports_of(path) if name.split(".")[0] in OURS}


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_the_kernel_and_conversations(room: str) -> None:
    allowed_rooms = {room, "conversations", *SHARED}
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(room)
        for name in ours(path)
        if name.split(".")[0] not in allowed_rooms and name not in KERNEL
    }
    assert not strangers


def test_conversations_imports_no_other_room() -> None:
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules("conversations")
        for name in ours(path)
        if name.split(".")[0] in ROOMS - {"conversations"}
    }
    assert not strangers


def test_the_bot_imports_only_what_both_pythons_share() -> None:
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules("bot")
        for name in ours(path)
        if name.split(".")[0] not in {"bot", *SHARED}
    }
    assert not strangers


@pytest.mark.parametrize("room", sorted(SHARED))
def test_shared_code_imports_no_room_and_no_rasa(room: str) -> None:
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(room)
        for name in imports_of(path)
        if name.split(".")[0] in (OURS | {"rasa", "rasa_sdk"}) - {room}
    }
    assert not strangers


def test_pages_and_routes_hold_no_queries() -> None:
    talkers = {
        f"{path.relative_to(ROOT)}: {name}"
        for room in sorted(ROOMS)
        for path in modules(room)
        if path.name in HOLDS_NO_QUERIES
        for name in imports_of(path)
        if name.split(".")[0] == "sqlalchemy" and not name.startswith("sqlalchemy.ext.asyncio")
    }
    assert not talkers
