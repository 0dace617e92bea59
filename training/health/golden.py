"""The golden set as part of the data's health: which intents lack messages to judge models by, and adding some."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from server.errors import Conflict, Invalid
from training import domain
from training.comparing import golden
from training.files import locked, replace
from training.health.findings import Finding, Kind
from training.nlu_files import Example
from training.paths import Paths
from training.texts import normalise, prepare

#: With fewer, one lucky answer more or less decides what an intent's recall is.
LEAST = 4
AT_ONCE = 20


class GoldenNotReadable(Conflict):
    code, message = (
        "golden_not_readable",
        "The golden set is not in the form that is kept here: an intent, then one '- message' a line.",
    )


def lacking(paths: Paths, examples: Iterable[Example]) -> list[Finding]:
    """Return the intents with fewer than four golden messages that are no examples, the neediest first.

    Raises:
        Unavailable: the domain, or the golden set, can't be read.
    """
    fair = golden.fair(golden.read(paths.golden), examples)
    counts = Counter(message.intent for message in fair.messages)
    return [
        Finding(
            Kind.GOLDEN, (name,), (name,), float(LEAST - counts[name]), {"golden": counts[name]}
        )
        for name in sorted(domain.intents(paths.domain), key=lambda name: (counts[name], name))
        if counts[name] < LEAST
    ]


def add(paths: Paths, intent: str, texts: Sequence[str], examples: Iterable[Example]) -> list[str]:
    """Write messages to an intent's golden ones, personal data masked; returns them as they stand.

    Raises:
        Invalid: there is no such intent or no text, or one is an example or stands there already.
        Unavailable, GoldenNotReadable: the file can't be read, or is in another form; nothing is written.
    """
    if intent not in domain.intents(paths.domain):
        raise Invalid(f"There is no intent “{intent[:80]}” in domain.yml.")
    fresh = list(dict.fromkeys(text for text in (prepare(one, {}) for one in texts) if text))
    if not fresh or len(fresh) > AT_ONCE:
        raise Invalid(f"Write 1 to {AT_ONCE} messages.")
    taught = {normalise(one.text): one.intent for one in examples}
    with locked(paths.locks / "golden"):
        there = {normalise(one.text): one.intent for one in golden.read(paths.golden)}
        for text in fresh:
            name = normalise(text)
            if name in taught:
                said = taught[name].replace("_", " ")
                raise Invalid(f"“{text}” is an example of {said}: models have seen it.")
            if name in there:
                raise Invalid(f"“{text}” is in the golden set already.")
            there[name] = intent
        _write(paths.golden, _with(paths.golden.read_bytes().decode(), intent, fresh))
    return fresh


def remove(paths: Paths, intent: str, texts: Iterable[str]) -> None:
    """Take messages out again; what is not there is passed over.

    Raises:
        Unavailable, GoldenNotReadable: as for `add`.
    """
    with locked(paths.locks / "golden"):
        golden.read(paths.golden)
        _write(paths.golden, _without(paths.golden.read_bytes().decode(), intent, set(texts)))


def _with(text: str, intent: str, fresh: Sequence[str]) -> str:
    lines = text.rstrip("\n").split("\n")
    wanted = [f"  - {json.dumps(one, ensure_ascii=False)}" for one in fresh]
    found = _block(lines, intent)
    if found is None:
        end = _end(lines)
        lines[end:end] = [f"  {intent}:", *wanted]
    else:
        lines[found[1] : found[1]] = wanted
    made = "\n".join(lines) + "\n"
    before, after = _read(text), _read(made)
    if after.get(intent) != [*before.get(intent, []), *fresh] or len(after) > len(before) + 1:
        raise GoldenNotReadable
    return made


def _without(text: str, intent: str, gone: set[str]) -> str:
    lines = text.split("\n")
    found = _block(lines, intent)
    if found is None:
        return text
    start, end = found
    kept = [line for line in lines[start + 1 : end] if _said(line) not in gone]
    # An intent that has none left leaves no empty list behind.
    head = [lines[start]] if any(_said(line) is not None for line in kept) else []
    return "\n".join([*lines[:start], *head, *(kept if head else []), *lines[end:]])


def _block(lines: Sequence[str], intent: str) -> tuple[int, int] | None:
    """The line of an intent, and the one behind its last message."""
    start = next((n for n, line in enumerate(lines) if line.rstrip() == f"  {intent}:"), None)
    if start is None:
        return None
    end = start + 1
    while end < len(lines) and re.match(r"  - ", lines[end]):
        end += 1
    return start, end


def _end(lines: Sequence[str]) -> int:
    """Behind the last intent of the golden set: other lists may follow."""
    begun = next((n for n, line in enumerate(lines) if line.rstrip() == "golden:"), None)
    if begun is None:
        raise GoldenNotReadable
    end = begun + 1
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith((" ", "#"))):
        end += 1
    return end


def _said(line: str) -> str | None:
    try:
        (said,) = yaml.safe_load(line) or [None]
    except (yaml.YAMLError, ValueError, TypeError):
        return None
    return None if said is None else str(said)


def _read(text: str) -> dict[str, list[str]]:
    try:
        return {name: list(map(str, said)) for name, said in yaml.safe_load(text)["golden"].items()}
    except (KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise GoldenNotReadable from error


def _write(path: Path, text: str) -> None:
    if path.read_bytes() != text.encode():
        replace(path, text)
