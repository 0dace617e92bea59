"""The steps before the first start: skipped when done, told when they fail."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console

from server.prepare import PrepareFailed, prepare
from server.prepare.encoder import EncoderFiles
from server.prepare.errors import StepFailed
from server.prepare.secrets import Secrets, read_secrets, with_secrets
from server.prepare.steps import STEPS
from server.settings import DEVELOPMENT_SECRET, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path, environment="test")


@dataclass
class Recorded:
    name: str = "recorded"
    title: str = "a recorded step"
    done: bool = False
    error: Exception | None = None
    seen: list[Settings] = field(default_factory=list)

    def is_done(self, settings: Settings) -> bool:
        return self.done

    def do(self, settings: Settings) -> str:
        self.seen.append(settings)
        if self.error is not None:
            raise self.error
        return "made"


def printed(settings: Settings, *steps: Recorded | Secrets) -> str:
    out = io.StringIO()
    console = Console(file=out, width=200)
    try:
        prepare(settings, steps={step.name: step for step in steps}, console=console)
    except PrepareFailed as failure:
        assert failure.exit_code == 1
    return out.getvalue()


def test_the_encoder_is_made_before_what_is_made_with_it() -> None:
    order = list(STEPS)
    assert order[0] == "secrets"
    assert order.index("encoder") < min(order.index("articles"), order.index("model"))
    assert order.index("databases") < order.index("articles")


def test_a_step_is_done_once_and_says_how_long_it_took(settings: Settings) -> None:
    step = Recorded()
    assert "✓ a recorded step (made, 0.0 s)" in printed(settings, step)
    step.done = True
    assert "up to date" in printed(settings, step)
    assert len(step.seen) == 1


def test_a_failure_names_the_problem_the_log_and_the_way_out(settings: Settings) -> None:
    step = Recorded(error=StepFailed("the disk is full", "Make room.", ["line one", "line two"]))
    after = Recorded(name="after")
    text = printed(settings, step, after)
    for words in ("FAILED: a recorded step: the disk is full", "| line two", "to do: Make room."):
        assert words in text
    assert after.seen == []


def test_an_unforeseen_error_is_shown_and_stops(settings: Settings) -> None:
    after = Recorded(name="after")
    text = printed(settings, Recorded(error=RuntimeError("boom")), after)
    assert "RuntimeError: boom" in text
    assert after.seen == []


def test_only_the_named_steps_are_done(settings: Settings) -> None:
    one, two = Recorded(name="one"), Recorded(name="two")
    prepare(settings, ["two"], steps={"one": one, "two": two}, console=Console(file=io.StringIO()))
    assert (len(one.seen), len(two.seen)) == (0, 1)


def test_later_steps_see_the_secrets_of_this_install(settings: Settings) -> None:
    step = Recorded()
    printed(settings, Secrets(), step)
    found = read_secrets(settings.var / "secrets.env")
    assert step.seen[0].rasa_token.get_secret_value() == found["HANDRAIL_RASA_TOKEN"]
    assert DEVELOPMENT_SECRET not in found.values()


def test_secrets_are_long_random_and_readable_by_their_owner_only(settings: Settings) -> None:
    Secrets().do(settings)
    path = settings.var / "secrets.env"
    assert path.stat().st_mode & 0o777 == 0o600
    values = list(read_secrets(path).values())
    assert len(values) == len(set(values)) == 3
    assert all(len(value) >= 20 for value in values)
    assert Secrets().is_done(settings)
    other = settings.model_copy(update={"var": settings.var / "other"})
    Secrets().do(other)
    assert not set(values) & set(read_secrets(other.var / "secrets.env").values())


def test_secrets_that_stand_are_kept_and_only_gaps_are_filled(settings: Settings) -> None:
    path = settings.var / "secrets.env"
    path.write_text("# mine\nHANDRAIL_RASA_TOKEN=chosen-by-the-house-1\nHANDRAIL_PORT=9000\n")
    assert not Secrets().is_done(settings)
    Secrets().do(settings)
    found = read_secrets(path)
    assert found["HANDRAIL_RASA_TOKEN"] == "chosen-by-the-house-1"
    assert found["HANDRAIL_PORT"] == "9000"
    assert len(found) == 4


def test_a_file_that_others_can_read_is_not_done(settings: Settings) -> None:
    Secrets().do(settings)
    (settings.var / "secrets.env").chmod(0o644)
    assert not Secrets().is_done(settings)
    Secrets().do(settings)
    assert Secrets().is_done(settings)


def test_a_secret_from_the_environment_wins_over_the_file(settings: Settings) -> None:
    Secrets().do(settings)
    mine = settings.model_copy(update={"rasa_token": SecretStr("x" * 20)})
    assert with_secrets(mine).rasa_token.get_secret_value() == "x" * 20
    assert with_secrets(mine).channel_secret.get_secret_value() != DEVELOPMENT_SECRET


def test_a_wrong_encoder_source_fails_with_the_export_s_own_words(settings: Settings) -> None:
    wrong = settings.model_copy(update={"encoder_source": "no_such_package"})
    assert not EncoderFiles().is_done(wrong)
    with pytest.raises(StepFailed, match="status 1") as failure:
        EncoderFiles().do(wrong)
    assert any("no_such_package" in line for line in failure.value.evidence)
    assert "HANDRAIL_ENCODER_SOURCE" in failure.value.advice
