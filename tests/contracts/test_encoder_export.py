"""Which weights are exported, which are refused, and what an export leaves behind."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from encoder import Encoder, EncoderError, source
from encoder.export import is_exported, main
from encoder.source import DEFAULT_SOURCE, find_source
from tests.contracts.encoder_contract import FOLDER, copied_folder

__all__ = ["copied_folder"]


@pytest.fixture
def foreign_warnings_allowed() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find_source(DEFAULT_SOURCE).folder, tmp_path / "my-model"))


def test_the_default_package_carries_the_published_weights() -> None:
    found = find_source(DEFAULT_SOURCE)
    assert found.sha256 == source.KNOWN_WEIGHTS[DEFAULT_SOURCE]
    assert found.name == "all-MiniLM-L6-v2"


def test_a_package_with_other_weights_is_refused(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (model_folder / "model.safetensors").open("ab") as file:
        file.write(b"x")
    monkeypatch.setattr(source, "_package_folder", lambda _name: model_folder)
    with pytest.raises(EncoderError, match="expected 53aa51"):
        find_source(DEFAULT_SOURCE)


def test_a_pickled_model_is_refused(model_folder: Path) -> None:
    (model_folder / "model.safetensors").rename(model_folder / "pytorch_model.bin")
    with pytest.raises(EncoderError, match=r"model\.safetensors"):
        find_source(str(model_folder))


def test_a_folder_that_is_no_sentence_transformer_is_refused(model_folder: Path) -> None:
    (model_folder / "modules.json").unlink()
    with pytest.raises(EncoderError, match=r"modules\.json"):
        find_source(str(model_folder))


@pytest.mark.parametrize("name", ["no_such_package", "no/such/folder", "", "os; rm"])
def test_an_unknown_source_is_refused_in_words(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--source", name, "--target", str(tmp_path / "out")]) == 1
    assert "error:" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("foreign_warnings_allowed")
def test_another_model_is_exported_from_its_folder(model_folder: Path, tmp_path: Path) -> None:
    (model_folder / "sentence_bert_config.json").write_text(
        json.dumps({"max_seq_length": 32, "do_lower_case": False})
    )
    target = tmp_path / "encoders" / "mine"
    arguments = ["--source", str(model_folder), "--target", str(target), "--precision", "fp32"]
    assert main([*arguments, "--articles", str(tmp_path / "none")]) == 0
    exported = Encoder.load(target)
    default = Encoder.load(FOLDER, precision="fp32")
    assert exported.precision == "fp32"
    assert float(exported.encode("my lamp") @ default.encode("my lamp")) > 0.9999
    long = "word " * 100
    assert float(exported.encode(long) @ default.encode(long)) < 0.9999
    assert [path.name for path in target.parent.iterdir()] == ["mine"]
    assert is_exported(find_source(str(model_folder)), target)


def test_an_export_of_other_weights_or_with_damage_does_not_count(copied_folder: Path) -> None:
    ours = find_source(DEFAULT_SOURCE)
    assert is_exported(ours, copied_folder)
    assert not is_exported(source.Source("x", ours.folder, "0" * 64), copied_folder)
    (copied_folder / "model.fp32.onnx").unlink()
    assert not is_exported(ours, copied_folder)
    assert not is_exported(ours, copied_folder / "nothing")
