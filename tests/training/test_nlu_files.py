"""The training files: same labels, same bytes; other lines untouched; readable by any YAML reader."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Invalid
from training.nlu_files import Example, NluFile, NluFolder, NotReadable
from training.paths import Paths
from training.texts import clean

NLU = Path(__file__).parents[2] / "data" / "nlu"


@pytest.fixture
def folder(paths: Paths) -> NluFolder:
    return NluFolder(paths.nlu, paths.var / "nlu.lock")


def by_yaml(text: str, intent: str) -> list[str]:
    """The examples as Rasa reads them: one per line of the literal block, after the dash."""
    for block in yaml.safe_load(text)["nlu"]:
        if block["intent"] == intent:
            return [line[1:].strip(" ") for line in block["examples"].splitlines()]
    return []


def test_the_shipped_files_are_read_losslessly_and_as_yaml_reads_them() -> None:
    for path in sorted(NLU.glob("*.yml")):
        text = path.read_text("utf-8")
        file = NluFile(path.name, text)
        assert file.text == text
        assert [example.text for example in file.examples()] == by_yaml(text, path.stem)


def test_examples_are_appended_in_order_and_nothing_else_moves(
    folder: NluFolder, paths: Paths
) -> None:
    before = (paths.nlu / "greet.yml").read_bytes()
    assert folder.add([Example("greet", "hello b"), Example("greet", "hello a")]) == [None, None]
    assert (paths.nlu / "greet.yml").read_bytes() == before + b"    - hello b\n    - hello a\n"


def test_comments_and_hand_made_layout_survive(folder: NluFolder, paths: Paths) -> None:
    path = paths.nlu / "greet.yml"
    path.write_text(
        '# ours\nversion: "3.1"\nnlu:\n  - intent: greet\n    # short ones\n    examples: |\n'
        "      - hi\n\n  - intent: deny\n    examples: |\n      - no way\n",
        "utf-8",
    )
    with pytest.raises(NotReadable, match=r"greet\.yml, line 5"):
        folder.add([Example("greet", "hey")])
    path.write_text(path.read_text("utf-8").replace("    # short ones\n", ""), "utf-8")
    folder.add([Example("greet", "hey")])
    assert path.read_text("utf-8") == (
        '# ours\nversion: "3.1"\nnlu:\n  - intent: greet\n    examples: |\n'
        "      - hi\n      - hey\n\n  - intent: deny\n    examples: |\n      - no way\n"
    )


def test_a_missing_file_or_final_newline_is_made(folder: NluFolder, paths: Paths) -> None:
    (paths.nlu / "greet.yml").unlink()
    folder.add([Example("greet", "hey")])
    text = (paths.nlu / "greet.yml").read_text("utf-8")
    assert by_yaml(text, "greet") == ["hey"]
    (paths.nlu / "greet.yml").write_text(text.rstrip("\n"), "utf-8")
    folder.add([Example("greet", "ho")])
    assert (paths.nlu / "greet.yml").read_text("utf-8") == text + "    - ho\n"


def test_what_reads_the_same_is_not_added_again(folder: NluFolder, paths: Paths) -> None:
    before = (paths.nlu / "greet.yml").read_bytes()
    wanted = [Example("greet", "No!"), Example("deny", "oh no"), Example("greet", "Oh, no")]
    assert folder.add(wanted) == ["deny", None, "deny"]
    assert (paths.nlu / "greet.yml").read_bytes() == before


def test_a_file_in_another_form_stops_the_whole_batch(folder: NluFolder, paths: Paths) -> None:
    before = (paths.nlu / "greet.yml").read_bytes()
    (paths.nlu / "deny.yml").write_text("nlu:\n- intent: deny\n  examples:\n  - text: |\n      x\n")
    with pytest.raises(NotReadable, match=r"deny\.yml"):
        folder.add([Example("greet", "hey"), Example("deny", "never")])
    assert (paths.nlu / "greet.yml").read_bytes() == before


@pytest.mark.parametrize("intent", ["../greet", "Greet", "", "a/b", "greet\n"])
def test_an_intent_names_no_other_file(folder: NluFolder, intent: str) -> None:
    with pytest.raises(Invalid):
        folder.add([Example(intent, "hello")])


@pytest.mark.parametrize("text", ["", "two\nlines", "/greet", "[a](b)", " padded", "x" * 501])
def test_text_that_was_not_cleaned_is_refused(folder: NluFolder, text: str) -> None:
    with pytest.raises(Invalid):
        folder.add([Example("greet", text)])


@given(texts=st.lists(st.text(min_size=1, max_size=300), max_size=8))
def test_any_cleaned_text_comes_back_as_it_was_written(texts: list[str]) -> None:
    cleaned = [line for text in texts if (line := clean(text))]
    once = NluFile("greet.yml", "").append("greet", cleaned)
    assert [example.text for example in NluFile("greet.yml", once).examples()] == cleaned
    assert by_yaml(once, "greet") == cleaned
    assert NluFile("greet.yml", "").append("greet", cleaned) == once
    if cleaned:
        one_by_one = ""
        for line in cleaned:
            one_by_one = NluFile("greet.yml", one_by_one).append("greet", [line])
        assert one_by_one == once


def test_removing_takes_out_one_line(folder: NluFolder, paths: Paths) -> None:
    before = (paths.nlu / "greet.yml").read_bytes()
    folder.add([Example("greet", "hey"), Example("greet", "ho")])
    folder.remove(Example("greet", "hey"))
    folder.remove(Example("greet", "not there"))
    assert (paths.nlu / "greet.yml").read_bytes() == before + b"    - ho\n"


def test_writers_take_turns(paths: Paths) -> None:
    def write(start: int) -> None:
        mine = NluFolder(paths.nlu, paths.var / "nlu.lock")
        for number in range(start, start + 10):
            mine.add([Example("greet", f"hello number {number}")])

    writers = [threading.Thread(target=write, args=(start,)) for start in (0, 10, 20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = {example.text for example in NluFolder(paths.nlu, paths.var / "x").examples()}
    assert {f"hello number {number}" for number in range(30)} <= found
