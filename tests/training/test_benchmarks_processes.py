"""What runs on the other Python: its figures reach the page, and its lack is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from benchmarks import parse_cost, stock_nlu, stock_rasa
from server.settings import Settings
from training.benchmarks import sets

FOUND = {
    "messages": 300,
    "p50_ms": 7.25,
    "p95_ms": 12.5,
    "processor_p50_ms": 7.0,
    "processor_p95_ms": 12.0,
    "parts_ms": {"SpacyEntities": 3.5, "SentenceEncoder": 2.25},
    "detectors_s": 0.31,
    "load_s": {"encoder": 0.5, "spacy": 0.6, "model": 0.7},
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path)


def program(path: Path, lines: str) -> Path:
    path.write_text(f"#!/bin/sh\n{lines}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_without_a_model_the_page_says_what_to_run(settings: Settings) -> None:
    said = parse_cost.measured(settings, ["hello"])
    assert "no model is trained" in said
    assert "./handrail prepare" in said


def test_the_newest_model_is_measured(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/one.tar.gz").write_bytes(b"")
    asked = tmp_path / "asked.txt"
    python = program(
        tmp_path / "python", f"echo \"$@\" > {asked}\ncat >> {asked}\necho '{json.dumps(FOUND)}'"
    )
    said = parse_cost.measured(settings, ["hello", "refund"], python)
    assert "p50 7.2 ms" in said
    assert "0.31 s" in said
    assert "SpacyEntities 3.5" in said
    assert "one.tar.gz" in asked.read_text("utf-8")
    assert '{"text": "refund"}' in asked.read_text("utf-8")


def test_a_model_that_can_not_be_loaded_is_said_with_its_reason(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/one.tar.gz").write_bytes(b"")
    python = program(tmp_path / "python", "echo 'it is damaged' >&2\nexit 1")
    assert "it is damaged" in parse_cost.measured(settings, ["hello"], python)


def test_the_row_of_stock_rasa_stays_until_it_is_measured_again(tmp_path: Path) -> None:
    path = tmp_path / "stock.json"
    assert "--stock" in stock_nlu.section(stock_nlu.kept(path))
    row = stock_nlu.Row("stock Rasa (DIET)", 0.68, 0.67, 480.0, 14.0)
    run = stock_nlu.Run("2030-01-01, commit abc", 100, 770, 3080, (row,))
    stock_nlu.keep(run, path)
    assert stock_nlu.kept(path) == run
    assert "| stock Rasa (DIET) | 68.0 | 67.0 | 480 | 14.0 |" in stock_nlu.section(run)


def test_stock_rasa_gets_its_own_default_pipeline_and_the_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    defaults = tmp_path / stock_nlu.DEFAULTS.replace("python3*", "python3.10")
    defaults.parent.mkdir(parents=True)
    defaults.write_text("pipeline:\n- name: DIETClassifier\n  epochs: 100\npolicies: []\n", "utf-8")
    rasa = str(program(folder / "rasa", "exit 0"))
    for module in (stock_nlu, stock_rasa):
        monkeypatch.setattr(module, "RASA", rasa)
    part = sets.Part(("where's my [card]?", "- rate: 3 %"), ("card?", "rate"))
    assert stock_nlu.train_stock(tmp_path, part, 2) >= 0
    config = yaml.safe_load((tmp_path / "config.yml").read_text("utf-8"))
    assert config == {"pipeline": [{"name": "DIETClassifier", "epochs": 2}]}
    data = yaml.safe_load((tmp_path / "nlu.yml").read_text("utf-8"))
    assert data["nlu"] == [
        {"intent": "card?", "examples": [{"text": "where's my (card)?"}]},
        {"intent": "rate", "examples": [{"text": "- rate: 3 %"}]},
    ]


def test_what_stock_rasa_would_rather_not_answer_counts_by_its_best_guess(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking = [{"name": "nlu_fallback"}, {"name": "rate"}, {"name": "card"}]
    answer = json.dumps({"intent": ranking[0], "intent_ranking": ranking})
    program(tmp_path / "python", f"while read -r line; do echo '{answer}'; done")
    monkeypatch.setattr(stock_nlu, "RASA", str(tmp_path / "rasa"))
    called, milliseconds = stock_nlu.ask(tmp_path, ["one", "two", "three"])
    assert called == ["rate"] * 3
    assert milliseconds >= 0


def test_a_missing_rasa_is_one_of_the_failures_that_a_run_survives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_nlu, "RASA", str(tmp_path / "bin/rasa"))
    with pytest.raises(stock_nlu.FAILURES, match="not installed"):
        stock_nlu.train_stock(tmp_path, sets.Part(("a",), ("b",)), 1)
