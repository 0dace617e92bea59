"""A made-up folder of public sets, in the forms of the real ones, and an encoder that counts words."""

from __future__ import annotations

import csv
import json
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WORDS = {
    "card_lost": ("card", "lost", "gone", "stolen"),
    "refund": ("money", "back", "refund", "return"),
    "top_up": ("add", "funds", "balance", "load"),
    "exchange_rate": ("euro", "dollar", "rate", "convert"),
    "open_account": ("open", "join", "register", "account"),
}
ASKING = ("a human please", "connect me to a person")
STRANGE = ("pizza", "weather", "poem", "football")
TYPOS = """
import argparse, sys
parser = argparse.ArgumentParser()
parser.add_argument("--p", type=float)
parser.add_argument("--seed", type=int)
options = parser.parse_args()
for line in sys.stdin:
    print(line.rstrip("\\n")[options.seed:])
"""


def rows(count: int, start: int = 0) -> list[tuple[str, str]]:
    """Return `count` made-up messages of each intent; other starts give other messages."""
    return [
        (f"please {words[n % 4]} my {words[(n // 4 + 1) % 4]} thing {n}", intent)
        for intent, words in WORDS.items()
        for n in range(start, start + count)
    ]


def strange(count: int, start: int = 0) -> list[tuple[str, str]]:
    """Return messages that belong to none of the intents."""
    return [
        (f"a {STRANGE[n % 4]} with {STRANGE[(n + 1) % 4]} {n}", "oos")
        for n in range(start, start + count)
    ]


def make(folder: Path) -> Path:
    """Write all sets and the generator of slips."""
    for path, found in {
        "banking77/train.csv": rows(14),
        "banking77/test.csv": rows(5, 14),
        "hint3/sofmattress_train.csv": rows(10),
        "hint3/sofmattress_test.csv": _hint3_test(),
        "hint3/powerplay11_train.csv": rows(12),
        "hint3/powerplay11_test.csv": _hint3_test(),
    }.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("text", "label"), *found])
    data = {"train": rows(10), "val": rows(5, 10), "test": rows(5, 15)}
    data |= {f"oos_{name}": strange(8, 8 * place) for place, name in enumerate(data)}
    (folder / "clinc150").mkdir()
    (folder / "clinc150/data_full.json").write_text(json.dumps(data))
    (folder / "goemotions").mkdir()
    (folder / "goemotions/labels.txt").write_text("anger\njoy\nneutral\n")
    for part, start in (("train", 0), ("dev", 40), ("test", 60)):
        lines = [f"this is {mood} {n}\t{label}\t{n}" for n, mood, label in _felt(start)]
        (folder / f"goemotions/{part}.tsv").write_text("\n".join(lines) + "\n")
    for domain in ("finance", "software", "airline"):
        for part, found in (("train", rows(10)), ("dev", rows(4, 10))):
            turns(folder / f"multidogo/{domain}/{part}.tsv", found)
    (folder / "typos.py").write_text(TYPOS)
    return folder


def turns(path: Path, found: list[tuple[str, str]]) -> None:
    """Write customers' turns as multidogo has them."""
    head = "conversationId\tturnNumber\tutteranceId\tutterance\tslot-labels\tintent"
    lines = [f"c{n}\t{n}\tu{n}\t{text}\tO O\t{intent}" for n, (text, intent) in enumerate(found)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([head, *lines]) + "\n", "utf-8")


def starter(folder: Path) -> Path:
    """Write training data as data/nlu has it, with requests for a person and another language."""
    folder.mkdir(parents=True)
    found = [
        *rows(12),
        *((f"{text} {n}", "request_human") for text in ASKING for n in range(6)),
        *((f"{text} {n}", "out_of_scope") for n, (text, _) in enumerate(strange(8))),
        ("wo ist mein Paket", "foreign_language"),
    ]
    for intent in {intent for _, intent in found}:
        lines = "".join(f"    - {text}\n" for text, name in found if name == intent)
        head = f'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n'
        (folder / f"{intent}.yml").write_text(head + lines, "utf-8")
    return folder


def _felt(start: int) -> list[tuple[int, str, str]]:
    moods = (
        ("awful rubbish", "0"),
        ("lovely", "1"),
        ("a table", "2"),
        ("a rotten lovely thing", "0,1"),
    )
    return [(n, *moods[n % 4]) for n in range(start, start + 20)]


def _hint3_test() -> list[tuple[str, str]]:
    return rows(4, 14) + [(text, "NO_NODES_DETECTED") for text, _ in strange(10, 30)]


class WordEncoder:
    """Each word turns one of 32 numbers up: enough to tell the made-up intents apart."""

    checksum = "words"
    dimension = 32

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, text: str) -> NDArray[np.float32]:
        self.encoded += 1
        vector = np.full(self.dimension, 0.01, dtype=np.float32)
        for word in text.split():
            vector[zlib.crc32(word.encode()) % self.dimension] += 1
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def is_word(self, word: str) -> bool:
        return any(word in words for words in WORDS.values())
