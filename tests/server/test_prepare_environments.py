"""Set-up before any environment exists: what it finds, what it skips, what it says."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from setup import environments, paths, pythons
from setup.console import StepFailed, last_lines, run_step
from setup.environments import ENVIRONMENTS, Environment, make_environment, stamp_of, torch_options
from setup.paths import ROOT, one_at_a_time
from setup.pythons import find_python, probe
from setup.uv import version_of


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def python_of(version: str, path: Path) -> Path:
    return script(path, f"echo {version}; echo {path}")


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a PATH with nothing in them, and logs of our own."""
    monkeypatch.setenv("PATH", f"{tmp_path}/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(pythons, "LOGS", tmp_path / "logs")
    return tmp_path


def test_setup_needs_the_standard_library_only() -> None:
    for path in (ROOT / "setup").glob("*.py"):
        tree = ast.parse(path.read_text(), feature_version=(3, 9))
        modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        modules += [
            name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for name in node.names
        ]
        for module in modules:
            top = module.split(".")[0]
            assert top == "setup" or top in sys.stdlib_module_names, f"{path.name}: {module}"


def test_a_python_on_the_path_is_taken(bare_machine: Path) -> None:
    python = python_of("3.10.14", bare_machine / "bin/python3.10")
    assert find_python("3.10", "/no/uv") == str(python)


def test_a_shim_that_fails_is_passed_over_for_pyenv_s_newest(bare_machine: Path) -> None:
    script(bare_machine / "bin/python3.10", "echo 'python3.10: command not found' >&2; exit 127")
    for release in ("3.10.9", "3.10.13", "3.11.7"):
        python_of(release, bare_machine / f"pyenv/versions/{release}/bin/python")
    expected = bare_machine / "pyenv/versions/3.10.13/bin/python"
    assert find_python("3.10", "/no/uv") == str(expected)


def test_a_python_of_another_version_is_not_taken(bare_machine: Path) -> None:
    python_of("3.12.1", bare_machine / "bin/python3")
    with pytest.raises(StepFailed, match=r"Python 3\.11"):
        find_python("3.11", str(script(bare_machine / "uv", "exit 2")))


def test_uv_downloads_one_as_the_last_resort(bare_machine: Path) -> None:
    python = python_of("3.11.9", bare_machine / "downloaded/python")
    uv = script(
        bare_machine / "uv",
        f'if [ "$2" = install ]; then : > {bare_machine}/done; exit 0; fi\n'
        f"[ -e {bare_machine}/done ] && echo {python} && exit 0; exit 2",
    )
    assert find_python("3.11", str(uv)) == str(python)


def test_a_python_without_a_needed_module_does_not_work(bare_machine: Path) -> None:
    broken = script(bare_machine / "python", "echo \"No module named '_sqlite3'\" >&2; exit 1")
    assert probe(str(broken)) is None
    assert probe(sys.executable) is not None


def test_uv_s_version_is_read_and_a_broken_one_has_none(tmp_path: Path) -> None:
    assert version_of(str(script(tmp_path / "a", "echo uv 0.9.13 '(abc 2026-01-01)'"))) == (
        0,
        9,
        13,
    )
    assert version_of(str(script(tmp_path / "b", "exit 127"))) == ()
    assert version_of(str(tmp_path / "missing")) == ()


def test_torch_comes_from_the_folder_that_holds_it_else_from_the_cpu_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = ROOT / "requirements/app.txt"
    empty, wheels = tmp_path / "empty", tmp_path / "wheels"
    empty.mkdir()
    wheels.mkdir()
    (wheels / "torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl").touch()
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    assert torch_options(lock) == ["--torch-backend", "cpu"]
    monkeypatch.setenv("PIP_FIND_LINKS", f"{empty} https://example.org/wheels /no/such")
    assert torch_options(lock) == ["--torch-backend", "cpu"]
    monkeypatch.setenv("PIP_FIND_LINKS", f"{empty} file://{wheels}")
    assert torch_options(lock) == ["--find-links", str(wheels)]
    assert torch_options(ROOT / "requirements/bot.txt") == []


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda entry: entry.name)
def test_locks_pin_and_hash_everything_and_name_no_host(environment: Environment) -> None:
    text = environment.lock.read_text()
    assert "://" not in text
    assert "index-url" not in text
    entries = [line for line in text.splitlines() if line[:1].isalnum()]
    assert len(entries) > 50
    assert all("==" in line and line.endswith("\\") for line in entries)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setattr(environments, "REQUIREMENTS", tmp_path)
    monkeypatch.setattr(environments, "VENVS", tmp_path)
    monkeypatch.setattr(environments, "LOGS", tmp_path / "logs")
    (tmp_path / "tiny.txt").write_text("nothing==1\n")
    python_of("3.11.7", tmp_path / "tiny/bin/python")
    return Environment("tiny", "3.11", "tests")


def test_what_a_stamp_says_is_done_is_skipped_until_the_lock_changes(
    tiny: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    uv = script(tmp_path / "uv", f'echo "$PYTHONDONTWRITEBYTECODE|$@" >> {tmp_path}/calls; exit 0')
    make_environment(tiny, str(uv))
    make_environment(tiny, str(uv))
    calls = (tmp_path / "calls").read_text().splitlines()
    assert len(calls) == 1
    # Bytecode is compiled although the shell forbids it.
    assert calls[0].startswith("|pip sync")
    assert "--require-hashes --compile-bytecode" in calls[0]
    tiny.lock.write_text("nothing==2\n")
    make_environment(tiny, str(uv))
    assert len((tmp_path / "calls").read_text().splitlines()) == 2


def test_a_sync_that_fails_is_not_stamped_and_says_why(tiny: Environment, tmp_path: Path) -> None:
    uv = script(tmp_path / "uv", "echo 'error: Hash mismatch for nothing==1'; exit 1")
    (tiny.folder / environments.STAMP).write_text("old")
    with pytest.raises(StepFailed) as failure:
        make_environment(tiny, str(uv))
    text = str(failure.value)
    assert "| error: Hash mismatch" in text
    assert "What to do: Check the network" in text
    assert not (tiny.folder / environments.STAMP).exists()


def test_an_environment_of_another_python_is_made_anew(tiny: Environment, tmp_path: Path) -> None:
    before = stamp_of(tiny)
    python_of("3.11.8", tiny.interpreter)
    assert stamp_of(tiny) != before


def test_a_command_that_does_not_exist_is_a_failed_step(tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="No such file"):
        run_step("x", [str(tmp_path / "missing")], tmp_path / "log", "Install it.")


def test_the_last_lines_of_a_log_survive_progress_bars_and_bad_bytes(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"one\n\n10%\r20%\r\xff done\n")
    assert last_lines(log, 2) == ["20%", "\ufffd done"]
    assert last_lines(tmp_path / "none") == []


def test_two_set_ups_at_once_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "VAR", tmp_path)
    with one_at_a_time(), pytest.raises(StepFailed, match="another set-up"), one_at_a_time():
        pass
    with one_at_a_time():
        pass
