"""The training files: same labels, same bytes; other lines untouched; readable by any YAML reader."""

from __future__ import annotations

import threading
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Invalid
from training.nlu_file import order_of
from training.nlu_files import HEAD, Example, NluFile, NluFolder, NotReadable
from training.paths import Paths
from training.spans import Span
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


def test_examples_stand_below_the_one_before_them_and_nothing_else_moves(
    folder: NluFolder, paths: Paths
) -> None:
    path = paths.nlu / "greet.yml"
    path.write_text(HEAD + "- intent: greet\n  examples: |\n    - hi\n    - good day\n    - yo\n")
    wanted = [Example("greet", text) for text in ("zzz", "good evening", "Good afternoon", "ahoy")]
    assert folder.add(wanted) == [None] * 4
    assert by_yaml(path.read_text("utf-8"), "greet") == [
        "ahoy", "Good afternoon", "hi", "good day", "good evening", "yo", "zzz",
    ]  # fmt: skip


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
    folder.add([Example("greet", "howdy"), Example("order_change", "other size")])
    assert path.read_text("utf-8") == (
        '# ours\nversion: "3.1"\nnlu:\n  - intent: greet\n    examples: |\n'
        "      - hi\n      - howdy\n\n  - intent: deny\n    examples: |\n      - no way\n"
    )


def test_a_missing_file_or_final_newline_is_made(folder: NluFolder, paths: Paths) -> None:
    (paths.nlu / "greet.yml").unlink()
    folder.add([Example("greet", "hey")])
    text = (paths.nlu / "greet.yml").read_text("utf-8")
    assert by_yaml(text, "greet") == ["hey"]
    (paths.nlu / "greet.yml").write_text(text.rstrip("\n"), "utf-8")
    folder.add([Example("greet", "ho")])
    assert (paths.nlu / "greet.yml").read_text("utf-8") == text + "    - ho\n"


def test_an_intent_stays_in_the_file_where_a_person_put_it(folder: NluFolder, paths: Paths) -> None:
    (paths.nlu / "greet.yml").unlink()
    (paths.nlu / "chat").mkdir()
    path = paths.nlu / "chat" / "small.yaml"
    path.write_text("nlu:\n  - intent: greet\n    examples: |\n      - hi\n", "utf-8")
    folder.add([Example("greet", "hullo"), Example("thanks", "ta")])
    assert by_yaml(path.read_text("utf-8"), "greet") == ["hi", "hullo"]
    assert not (paths.nlu / "greet.yml").exists()
    assert (paths.nlu / "thanks.yml").read_text("utf-8") == (
        HEAD + "- intent: thanks\n  examples: |\n    - ta\n"
    )


def test_windows_line_ends_stay(folder: NluFolder, paths: Paths) -> None:
    path = paths.nlu / "greet.yml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    folder.add([Example("greet", "hey")])
    folder.move([Example("deny", "hi")])
    assert path.read_bytes() == (
        b'version: "3.1"\r\nnlu:\r\n- intent: greet\r\n  examples: |\r\n    - good morning\r\n'
        b"    - hey\r\n"
    )


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
    ordered = sorted(cleaned, key=order_of)
    assert [example.text for example in NluFile("greet.yml", once).examples()] == ordered
    assert not ordered or by_yaml(once, "greet") == ordered


WORDS = st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=3).map(" ".join)


@given(
    there=st.lists(WORDS, max_size=6, unique=True),
    more=st.lists(WORDS, max_size=6, unique=True),
    data=st.data(),
)
def test_any_order_of_adding_and_removing_gives_the_same_bytes(
    there: list[str], more: list[str], data: st.DataObject
) -> None:
    fresh = [text for text in more if text not in there]
    base = NluFile(
        "x.yml", HEAD + "- intent: x\n  examples: |\n" + "".join(f"    - {t}\n" for t in there)
    ).text
    once = NluFile("x.yml", base).append("x", fresh)
    step = base
    gone = data.draw(st.lists(st.sampled_from(fresh), unique=True)) if fresh else []
    for text in data.draw(st.permutations(fresh)):
        step = NluFile("x.yml", step).append("x", [text])
    assert step == once
    for text in gone:
        step = NluFile("x.yml", step).remove("x", text)
    assert step == NluFile("x.yml", base).append("x", [text for text in fresh if text not in gone])


def test_moving_takes_an_example_from_every_other_intent_with_its_marks(
    folder: NluFolder, paths: Paths
) -> None:
    folder.add([Example("greet", "hi kettle", (Span(3, 9, "product"),)), Example("deny", "hm")])
    (paths.nlu / "order_status.yml").write_text(
        HEAD + "- intent: order_status\n  examples: |\n    - Hi, kettle!\n    - track it\n", "utf-8"
    )
    assert folder.move([Example("deny", "hi kettle"), Example("deny", "new")]) == [
        "order_status",
        None,
    ]
    found = [(one.intent, one.marked) for one in folder.examples()]
    assert ("deny", "Hi, kettle!") in found  # the last one stays as it was
    assert sum("kettle" in text for _, text in found) == 1
    before = (paths.nlu / "deny.yml").read_bytes()
    assert folder.move([Example("deny", "hi kettle")]) == ["deny"]
    assert (paths.nlu / "deny.yml").read_bytes() == before


def test_marks_are_read_written_and_changed_in_place(folder: NluFolder, paths: Paths) -> None:
    path = paths.nlu / "greet.yml"
    path.write_text(
        HEAD + "- intent: greet\n  examples: |\n    - hi [Bo](PERSON)\n    - yo\n", "utf-8"
    )
    (marked, _) = [one for one in folder.examples() if one.intent == "greet"]
    assert (marked.text, marked.spans) == ("hi Bo", (Span(3, 5, "PERSON"),))
    assert folder.add([Example("deny", "Hi, Bo")]) == ["greet"]
    assert folder.mark(Example("greet", "hi Bo", (Span(3, 5, "PERSON", role="own"),)))
    assert by_yaml(path.read_text("utf-8"), "greet") == [
        'hi [Bo]{"entity": "PERSON", "role": "own"}',
        "yo",
    ]
    assert not folder.mark(Example("deny", "hi Bo"))
    folder.remove(Example("greet", "hi Bo"))
    assert by_yaml(path.read_text("utf-8"), "greet") == ["yo"]


UNKNOWN = {
    "<<<<<<< HEAD\n    - hi\n=======\n    - ho\n>>>>>>> other\n": (5, "merge"),
    "    - hi\n      - ho\n": (6, "indented"),
    "    - hi\n  metadata: x\n": (6, "no intent"),
    "    - hi\n- intents: x\n": (6, "no intent"),
    "    - hi\n- intent: Faq/Ask\n": (6, "not plain"),
    "    hi\n": (5, "does not start"),
}


@pytest.mark.parametrize("rest", UNKNOWN)
def test_an_unknown_form_names_file_and_line(folder: NluFolder, paths: Paths, rest: str) -> None:
    (paths.nlu / "greet.yml").write_text(HEAD + "- intent: greet\n  examples: |\n" + rest, "utf-8")
    line, problem = UNKNOWN[rest]
    with pytest.raises(NotReadable, match=rf"data/nlu/greet\.yml, line {line}: .*{problem}"):
        folder.examples()


def test_what_else_a_file_may_hold_is_left_alone(folder: NluFolder, paths: Paths) -> None:
    path = paths.nlu / "greet.yml"
    text = (
        "# ours\n---\nnlu:\n- synonym: kettle\n  examples: |\n    - tea kettle\n\n- intent: greet\n"
        "  examples: |\n    - hi\nresponses:\n  utter_x:\n  - text: y\n"
    )
    path.write_text(text, "utf-8")
    (paths.nlu / "thanks.yml").write_text(
        "nlu:\n- intent: thanks\n  examples: |\n    - ta\nrules: []\n"
    )
    folder.add([Example("greet", "ho")])
    assert path.read_text("utf-8") == text.replace("    - hi\n", "    - hi\n    - ho\n")
    assert NluFile("x.yml", text).append("new", ["n"]) == text.replace(
        "responses:", "- intent: new\n  examples: |\n    - n\nresponses:"
    )


def test_files_of_one_change_are_all_written_or_none(folder: NluFolder, paths: Paths) -> None:
    before = {path: path.read_bytes() for path in paths.nlu.iterdir()}

    def full(path: Path, text: str) -> None:
        if path.name == "greet.yml":
            raise OSError("no space")
        path.write_text(text, "utf-8")

    with patch("training.files.replace", full), pytest.raises(OSError, match="no space"):
        folder.add([Example("deny", "never"), Example("fresh", "f"), Example("greet", "hey")])
    assert {path: path.read_bytes() for path in paths.nlu.iterdir()} == before


def test_removing_takes_out_one_line(folder: NluFolder, paths: Paths) -> None:
    before = (paths.nlu / "greet.yml").read_bytes()
    folder.add([Example("greet", "hey"), Example("greet", "ho")])
    folder.remove(Example("greet", "hey"))
    folder.remove(Example("greet", "not there"))
    (text,) = set((paths.nlu / "greet.yml").read_bytes().split(b"\n")) - set(before.split(b"\n"))
    assert text == b"    - ho"


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
