"""Which model serves, and when a new one is trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from encoder.adapted import Adapted
from encoder.manifest import Manifest
from server.prepare.errors import StepFailed
from server.prepare.model import Model
from server.settings import ROOT, Settings
from server.supervise import serving
from server.supervise.records import read_record
from server.supervise.serving import fingerprint, model_path, model_to_serve, remember_promoted
from server.supervise.specs import app_spec, app_url, rasa_environment, rasa_spec


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path / "var", environment="test", host="0.0.0.0", port=8123)  # noqa: S104


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name in ("config.yml", "domain.yml", "data/nlu/greet.yml", "bot/components/a.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("one")
    return root


@pytest.mark.parametrize("name", ["config.yml", "data/nlu/greet.yml", "bot/components/a.py"])
def test_the_fingerprint_follows_every_input(settings: Settings, project: Path, name: str) -> None:
    before = fingerprint(settings, project)
    assert fingerprint(settings, project) == before
    (project / name).write_text("two")
    assert fingerprint(settings, project) != before


def test_new_examples_do_not_end_the_service_of_a_promoted_model(
    settings: Settings, project: Path
) -> None:
    lasting = serving.lasting_fingerprint
    before = lasting(settings, project)
    (project / "data/nlu/greet.yml").write_text("a label more")
    assert lasting(settings, project) == before
    (project / "domain.yml").write_text("another action")
    assert lasting(settings, project) != before


def test_a_new_file_counts_and_compiled_code_does_not(settings: Settings, project: Path) -> None:
    before = fingerprint(settings, project)
    (project / "bot/__pycache__").mkdir()
    (project / "bot/__pycache__/a.cpython-310.pyc").write_bytes(b"x")
    assert fingerprint(settings, project) == before
    (project / "data/rules").mkdir()
    (project / "data/rules/new.yml").write_text("")
    assert fingerprint(settings, project) != before


def test_another_encoder_or_precision_means_another_model(
    settings: Settings, project: Path
) -> None:
    before = fingerprint(settings, project)
    settings.encoder_path.mkdir(parents=True)
    (settings.encoder_path / "encoder.json").write_text('{"files": {"model.onnx": "abc"}}')
    after = fingerprint(settings, project)
    other = settings.model_copy(update={"precision": "other"})
    assert len({before, after, fingerprint(other, project)}) == 3


def test_a_tuned_encoder_serves_beside_its_own_base_and_means_another_model(
    settings: Settings, project: Path
) -> None:
    def served() -> tuple[str, str]:
        path = rasa_environment(settings)["HANDRAIL_INTENT_ENCODER_PATH"]
        return path, fingerprint(settings, project)

    for folder, weights in (
        (settings.encoder_path, "published"),
        (settings.intent_encoder_path, "tuned"),
    ):
        folder.mkdir(parents=True)
        Manifest("x", weights, 4, 128, "fp32", {}).write(folder)
    without = served()
    assert without[0] == ""
    adapted = Adapted("published", "tuned", 0.7, 1.5, 300, 60.0, "2026-05-04")
    adapted.write(settings.intent_encoder_path)
    beside = served()
    assert beside[0] == str(settings.intent_encoder_path)
    replace(adapted, weight=0.3).write(settings.intent_encoder_path)
    assert len({without[1], beside[1], served()[1]}) == 3
    replace(adapted, base="another").write(settings.intent_encoder_path)
    assert served() == without
    (settings.intent_encoder_path / "adapted.json").write_text("{")
    assert served() == without


def test_the_trained_model_serves_until_one_is_promoted_and_until_the_inputs_change(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "lasting_fingerprint", lambda _settings: "first")
    assert model_to_serve(settings) is None
    trained = model_path(settings)
    trained.parent.mkdir(parents=True)
    trained.touch()
    assert model_to_serve(settings) == trained
    promoted = trained.with_name("candidate.tar.gz")
    promoted.touch()
    remember_promoted(settings, promoted)
    assert model_to_serve(settings) == promoted
    monkeypatch.setattr(serving, "lasting_fingerprint", lambda _settings: "second")
    assert model_to_serve(settings) == trained
    monkeypatch.setattr(serving, "lasting_fingerprint", lambda _settings: "first")
    promoted.unlink()
    assert model_to_serve(settings) == trained


def test_a_failed_training_leaves_no_model_and_shows_the_log(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho half > "$4"\necho "domain.yml: no such intent"\nexit 3\n')
    python.chmod(0o755)
    monkeypatch.setattr("server.prepare.model.BOT_PYTHON", python)
    with pytest.raises(StepFailed, match="status 3") as failure:
        Model().do(settings)
    assert failure.value.evidence == ("domain.yml: no such intent",)
    assert list((settings.var / "models").iterdir()) == []


def test_a_training_ends_under_its_final_name(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "$RASA_TELEMETRY_ENABLED" > "$4"\n')
    python.chmod(0o755)
    monkeypatch.setattr("server.prepare.model.BOT_PYTHON", python)
    assert not Model().is_done(settings)
    assert Model().do(settings) == "trained"
    assert Model().is_done(settings)
    assert model_path(settings).read_text() == "false"


def test_each_service_gets_the_settings_that_are_its_business(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_FIRST_PASSWORD", "from-the-environment")
    settings = settings.model_copy(update={"tracker_url": "postgresql://house/rasa"})
    rasa = rasa_spec(settings, Path("m.tar.gz"), 5999)
    app = app_spec(settings)
    assert rasa.command[-4:] == ("--model", "m.tar.gz", "--port", "5999")
    assert rasa.health_url == "http://127.0.0.1:5999/"
    assert rasa.environment["RASA_TELEMETRY_ENABLED"] == "false"
    assert rasa.environment["HANDRAIL_RASA_TOKEN"] == settings.rasa_token.get_secret_value()
    assert "HANDRAIL_FIRST_PASSWORD" not in rasa.environment
    assert "HANDRAIL_DATABASE_URL" not in rasa.environment
    assert rasa.environment["HANDRAIL_TRACKER_URL"] == "postgresql://house/rasa"
    assert app.health_url == "http://127.0.0.1:8123/health" == f"{app_url(settings)}/health"
    assert app.environment["PYTHONPATH"] == str(ROOT)


def test_what_the_app_is_given_makes_the_same_settings(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = settings.model_copy(update={"widget_origins": ["https://a.example"], "typing_wait": 1.5})
    for name, value in app_spec(full).environment.items():
        if name.startswith("HANDRAIL_"):
            monkeypatch.setenv(name, value)
    assert Settings().model_dump() == full.model_dump()


def test_a_record_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    assert read_record(path) is None
    for content in ("", "{", "[]", "7", "\x00"):
        path.write_text(content)
        assert read_record(path) is None
