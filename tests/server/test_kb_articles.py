"""``./handrail kb import`` and ``export`` on a house of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from typer.testing import CliRunner, Result

from server.cli import cli
from server.tables import metadata

CSV = "title,category,action\nWash,care,Wash it.\nIron,care,Iron it.\n,care,no title\n"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, in an empty house."""
    monkeypatch.setenv("HANDRAIL_VAR", str(tmp_path))
    monkeypatch.setenv("HANDRAIL_ENVIRONMENT", "test")
    (tmp_path / "in.csv").write_text(CSV, "utf-8")

    async def build() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'handrail.db'}")
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        await engine.dispose()

    asyncio.run(build())
    return lambda *words: CliRunner().invoke(cli, ["kb", *map(str, words)])


def test_articles_go_in_and_out_and_in_again(run: Run, tmp_path: Path) -> None:
    planned = run("import", tmp_path / "in.csv", "--dry-run")
    assert "Would be: 2 created, 0 updated, 0 unchanged, 0 kept, 1 error" in planned.output
    taken = run("import", tmp_path / "in.csv", "--publish", "--errors", tmp_path / "errors.csv")
    assert taken.exit_code == planned.exit_code == 1
    assert "2 created" in taken.output
    assert "title" in (tmp_path / "errors.csv").read_text("utf-8").splitlines()[1]

    for name in ("out.zip", "out.json"):
        out = run("export", tmp_path / name)
        assert (out.exit_code, out.output) == (0, f"2 articles are in {tmp_path / name}\n")
        again = run("import", tmp_path / name)
        assert (again.exit_code, again.output) == (
            0,
            "0 created, 0 updated, 2 unchanged, 0 kept, 0 error\n",
        )


def test_what_cannot_be_read_or_written_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.json").write_text("{", "utf-8")
    for words, said in (
        (("import", tmp_path / "none.csv"), "There is no file or folder"),
        (("import", tmp_path / "empty"), "Nothing here"),
        (("import", tmp_path / "broken.json"), "not JSON"),
        (("import", "https://help.example/sitemap.xml"), "HANDRAIL_IMPORT_HOSTS"),
        (("export", tmp_path / "out.pdf"), ".json or .zip"),
        (("export", tmp_path / "none" / "out.zip"), "can't be written"),
    ):
        result = run(*words)
        assert (result.exit_code, said in result.output) == (2, True), result.output
        assert "Traceback" not in result.output
