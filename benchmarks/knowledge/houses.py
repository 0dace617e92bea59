"""Knowledge bases to measure on: articles, and questions whose right articles are known."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from knowledge_base.markdown_files import parse_markdown
from knowledge_base.search.evaluation import Example, read_examples
from knowledge_base.search.records import Record
from server.errors import NotFound

#: Rephrased questions that nobody gave.
NO_TEXT = "*"


class SetMissing(NotFound):
    code, message = "set_missing", "A public set is not there."


@dataclass(frozen=True)
class House:
    """Articles, and questions asked of them."""

    name: str
    records: tuple[Record, ...]
    examples: tuple[Example, ...]


def starter(data: Path) -> House:
    """data/articles as they stand on disk, with their labelled questions."""
    folder = data / "articles"
    records = tuple(
        Record.of_draft(
            parse_markdown(path.read_text("utf-8"), slug=path.stem, category=path.parent.name),
            uuid.uuid5(uuid.NAMESPACE_URL, path.stem),
        )
        for path in sorted(folder.glob("*/*.md"))
    )
    return House("starter", records, tuple(read_examples(folder / "questions.jsonl")))


def stackfaq(folder: Path) -> House:
    """125 questions of Stack Exchange with their answers, asked in 1,249 other wordings."""
    soup = BeautifulSoup(_read(folder / "stackfaq" / "stackExchange-FAQ.xml"), "html.parser")
    records, examples = [], []
    for number, pair in enumerate(soup.find_all("qapair")):
        slug = f"faq-{number}"
        body = "\n\n".join(_line(answer.get_text()) for answer in pair.find_all("answer"))
        title = " ".join(question.get_text() for question in pair.find_all("question"))
        records.append(_record(slug, _line(title), body))
        wordings = (_line(said.get_text()) for said in pair.find_all("rephr"))
        examples += [
            Example(text, frozenset([slug])) for text in wordings if text not in ("", NO_TEXT)
        ]
    return House("stackfaq", tuple(records), tuple(examples))


def wixqa(folder: Path) -> House:
    """160 real questions to a website builder's support, with 173 articles of its help centre."""

    def split(context: dict[str, Any]) -> tuple[str, str, str]:
        title, _, body = context["text"].partition("\n")
        return context["id"], _line(context["title"] or title), body

    return _house("wixqa", folder / "wixqa_sample" / "wixqa_public_rag_sample.jsonl", split)


def techqa(folder: Path) -> House:
    """384 real technical questions, each with one of 337 support notes."""

    def split(context: dict[str, Any]) -> tuple[str, str, str]:
        found = re.match(r"Title:\s*(.*?)\n\s*Text:\s*(.*)", context["text"], re.DOTALL)
        title, body = found.groups() if found else (context["filename"], context["text"])
        return context["filename"], _line(title), body

    return _house("techqa", folder / "techqa_sample" / "techqa_answerable.jsonl", split)


PUBLIC: dict[str, Callable[[Path], House]] = {
    "stackfaq": stackfaq,
    "wixqa": wixqa,
    "techqa": techqa,
}


def without_variants(house: House, turn: int, rounds: int) -> tuple[House, list[Example]]:
    """The house with every `rounds`-th question variant taken out of its articles, and those as questions."""
    asked = [
        Example(text, frozenset([record.slug]))
        for record in house.records
        for text in record.questions[turn::rounds]
    ]
    left = tuple(
        replace(
            record,
            questions=tuple(
                text for at, text in enumerate(record.questions) if at % rounds != turn
            ),
        )
        for record in house.records
    )
    return replace(house, records=left), asked


def _house(name: str, path: Path, split: Callable[[dict[str, Any]], tuple[str, str, str]]) -> House:
    records: dict[str, Record] = {}
    examples = []
    for line in _read(path).splitlines():
        row = json.loads(line)
        articles = [split(context) for context in row["contexts"]]
        for slug, title, body in articles:
            records.setdefault(slug, _record(slug, title, body))
        examples.append(Example(row["question"], frozenset(slug for slug, _, _ in articles)))
    return House(name, tuple(records.values()), tuple(examples))


def _record(slug: str, title: str, body: str) -> Record:
    return Record(
        id=uuid.uuid5(uuid.NAMESPACE_URL, slug),
        version=1,
        slug=slug,
        category="",
        tags=(),
        intents=(),
        audience="public",
        language="en",
        title=title,
        questions=(),
        context="",
        action=body,
        outcome="",
        updated="",
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError as error:
        raise SetMissing(
            f"There is no {path.name}: name the folder with the public sets in HANDRAIL_BENCH."
        ) from error


def texts_of(records: Iterable[Record]) -> list[str]:
    """Everything of the articles that is encoded, each text once."""
    return list(dict.fromkeys(entry.text for record in records for entry in record.entries))
