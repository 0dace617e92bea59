"""bot.train, bot.parse and bot.serve from the outside."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot import environment
from bot import parse as parse_command
from tests.bot.processes import ROOT, free_port, train
from tests.bot.processes import environment as process_environment


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=process_environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )


def test_training_tells_its_steps_as_json(project: Path, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "again.tar.gz"
    result = train(project, out)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 0
    assert lines[-1]["done"] == str(out)
    assert out.is_file()
    assert all(line["seconds"] >= 0 for line in lines)
    assert "IntentClassifier" in [line.get("step") for line in lines]


def test_training_that_fails_says_why_and_writes_nothing(project: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yml"
    config.write_text((ROOT / "config.yml").read_text().replace("out_of_scope", "") + "\n")
    bad = config.read_text().replace("  - name: bot.components.sentence_encoder", "  # - name: x")
    config.write_text(bad)
    out = tmp_path / "never.tar.gz"
    result = train(project, out, "--config", str(config))
    assert result.returncode == 1
    assert "SentenceEncoder" in result.stderr
    assert not out.exists()


def test_training_without_files_names_them(tmp_path: Path) -> None:
    result = train(tmp_path, tmp_path / "never.tar.gz")
    assert result.returncode == 1
    assert str(tmp_path / "domain.yml") in result.stderr


async def test_parsing_answers_line_by_line(model: Path) -> None:
    agent = parse_command.load(model)
    target = io.StringIO()
    lines = '{"text": "hello"}\n\nnot json\n{"no": 1}\n{"text": "/solved"}\n'
    await parse_command.run(agent, io.StringIO(lines), target)
    answers = [json.loads(line) for line in target.getvalue().splitlines()]
    assert answers[0]["intent"]["name"] == "greet"
    assert "error" in answers[1]
    assert "error" in answers[2]
    assert answers[3]["intent"]["name"] != "solved"


async def test_parsing_remembers_a_thread_and_tells_what_it_costs(model: Path) -> None:
    agent = parse_command.load(model)
    target = io.StringIO()
    said = "my parcel has still not arrived"
    asked = [
        {"text": said},
        {"text": said, "thread": "a", "metadata": {"bot_failures": 2}, "slots": {}, "loop": None},
        {"text": said, "thread": "a", "loop": None},
        {
            "text": said,
            "thread": "b",
            "slots": {"last_question": "x"},
            "loop": "order_status_form",
        },
        {"costs": True},
    ]
    lines = "".join(json.dumps(one) + "\n" for one in asked)
    await parse_command.run(agent, io.StringIO(lines), target, load_seconds=1.5)
    *parses, costs = [json.loads(line) for line in target.getvalue().splitlines()]
    assert all(parse["milliseconds"] > 0 for parse in parses)
    plain, failed, again, other = [parse["frustration"]["score"] for parse in parses]
    assert failed > plain
    assert again > plain
    assert other == plain
    assert costs["load_seconds"] == 1.5
    assert 50 < costs["memory_mb"] < 10_000


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"HANDRAIL_RASA_TOKEN": "t" * 20}, "HANDRAIL_CHANNEL_SECRET"),
        ({"HANDRAIL_CHANNEL_SECRET": "s" * 20}, "HANDRAIL_RASA_TOKEN"),
        (
            {
                "HANDRAIL_ENVIRONMENT": "production",
                "HANDRAIL_RASA_TOKEN": "t" * 20,
                "HANDRAIL_CHANNEL_SECRET": "development-only",
            },
            "HANDRAIL_CHANNEL_SECRET",
        ),
        (
            {
                "HANDRAIL_ENVIRONMENT": "production",
                "HANDRAIL_RASA_TOKEN": "short",
                "HANDRAIL_CHANNEL_SECRET": "s" * 20,
            },
            "HANDRAIL_RASA_TOKEN",
        ),
        (
            {
                "HANDRAIL_RASA_TOKEN": "t" * 20,
                "HANDRAIL_CHANNEL_SECRET": "s" * 20,
                "HANDRAIL_ACTION_TIMEOUT": "soon",
            },
            "HANDRAIL_ACTION_TIMEOUT",
        ),
    ],
)
def test_serving_refuses_a_bad_environment(
    clean_environment: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        clean_environment.setenv(name, value)
    with pytest.raises(environment.ConfigurationError, match=named):
        environment.read()


def test_serving_completes_the_environment(
    clean_environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import os

    for name in environment.SECRETS:
        clean_environment.setenv(name, "s" * 20)
    clean_environment.setenv("HANDRAIL_VAR", str(tmp_path / "var"))
    clean_environment.setenv("HANDRAIL_APP_URL", "http://127.0.0.1:9/")
    assert environment.read().action_timeout == 3.0
    assert os.environ["HANDRAIL_ACTION_URL"] == "http://127.0.0.1:9/internal/actions/webhook"
    assert os.environ["HANDRAIL_TRACKER_DB"] == str(tmp_path / "var" / "rasa.db")
    assert (tmp_path / "var").is_dir()
    for name in ("HANDRAIL_ACTION_URL", "HANDRAIL_TRACKER_DB", "HANDRAIL_TRACKER_URL"):
        clean_environment.delenv(name)


def test_serving_without_secrets_ends_at_once(model: Path) -> None:
    result = run("bot.serve", "--model", str(model), "--port", str(free_port()))
    assert result.returncode == 2
    assert "HANDRAIL_RASA_TOKEN must be set" in result.stderr


def test_serving_a_missing_or_broken_model_ends(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"no archive")
    secrets = dict.fromkeys(environment.SECRETS, "s" * 20)
    for path, code in ((tmp_path / "none.tar.gz", 2), (broken, 1)):
        result = run(
            "bot.serve", "--model", str(path), "--port", str(free_port()),
            HANDRAIL_VAR=str(tmp_path), **secrets,
        )  # fmt: skip
        assert result.returncode == code, result.stderr
        assert str(path) in result.stderr
