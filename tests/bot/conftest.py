"""Rasa's side for tests: the encoder, components alone, one trained model, one running server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SECRET = "test-secret-of-the-channel"
TOKEN = "test-token-of-the-rasa-api"

ROOT = Path(__file__).resolve().parents[2]


def pytest_configure(config: pytest.Config) -> None:
    from bot import environment

    # Before Rasa is imported, as in serving.
    environment.quiet()
    # Rasa and what it pins raise hundreds; ours would be errors of mypy or ruff first.
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning")
    config.addinivalue_line("filterwarnings", "ignore::PendingDeprecationWarning")
    config.addinivalue_line("filterwarnings", "ignore::FutureWarning")
    config.addinivalue_line("filterwarnings", "ignore:.*SQLAlchemy 2.0.*")
    config.addinivalue_line("filterwarnings", "ignore:Slot auto-fill has been removed")
    config.addinivalue_line("filterwarnings", "ignore::ResourceWarning")


@pytest.fixture
def component(tmp_path: Path) -> Callable[..., Any]:
    """Create a component as Rasa does, in a storage of its own."""
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource

    storage = LocalModelStorage.create(tmp_path)
    context = ExecutionContext(GraphSchema({}))

    def make(kind: Any, how: str = "create", **config: Any) -> Any:
        settings = {**kind.get_default_config(), **config}
        return getattr(kind, how)(settings, storage, Resource(kind.__name__), context)

    return make


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small assistant: every branch that the channel must carry, few examples."""
    from tests.bot.assistant import write

    return write(tmp_path_factory.mktemp("assistant"))


@pytest.fixture(scope="session")
def model(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that the command trained."""
    from tests.bot.processes import train

    out = tmp_path_factory.mktemp("models") / "assistant.tar.gz"
    result = train(project, out)
    assert result.returncode == 0, result.stderr
    return out


@pytest.fixture(scope="session")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Rasa's real server, with an action endpoint that the test steers."""
    from tests.bot.processes import serving

    with serving(model, tmp_path_factory.mktemp("serving"), SECRET, TOKEN) as running:
        yield running


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without any of our variables."""
    for name in list(os.environ):
        if name.startswith("HANDRAIL_"):
            monkeypatch.delenv(name)
    return monkeypatch
