"""Test stories in files: a conversation with the intents and actions that every model must give it.

One file a story, in Rasa's own form for tests, so that `rasa test` reads them, too; the same conversation always
lands in the same file with the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from server.errors import Conflict, Invalid, Unavailable
from training.files import locked, replace
from training.texts import clean, mask, normalise, prepare
from training.trying.walks import Said, Tried

TITLE = 80
HEAD = 'version: "3.1"\n\nstories:\n'


class StoryExists(Conflict):
    code, message = "story_exists", "This conversation is a story test already."


class StoriesNotReadable(Unavailable):
    code, message = "stories_not_readable", "A story test can't be read."


@dataclass(frozen=True)
class Expected:
    """One message, and what must follow."""

    said: Said
    intent: str
    steps: tuple[Mapping[str, Any], ...]

    @property
    def actions(self) -> list[str]:
        return [str(step["action"]) for step in self.steps if "action" in step]


@dataclass(frozen=True)
class Story:
    title: str
    turns: tuple[Expected, ...]
    file: str = ""

    @property
    def said(self) -> list[Said]:
        return [turn.said for turn in self.turns]


@dataclass(frozen=True)
class Result:
    """How one story went with one model."""

    title: str
    file: str
    passed: bool
    failures: tuple[str, ...]
    tried: bool = True
    """Otherwise it could not be walked to its end, and says nothing of the model."""


class StoryFolder:
    """All story tests of the house."""

    def __init__(self, folder: Path, lock: Path) -> None:
        self.folder, self._lock = folder, lock

    def read(self) -> list[Story]:
        """Return every story, by file name.

        Raises:
            StoriesNotReadable: a file was edited into another form.
        """
        return [
            story for path in sorted(self.folder.glob("test_*.yml")) for story in read_stories(path)
        ]

    def save(self, story: Story, *, instead: bool = False) -> Path:
        """Write a story; the same conversation has one file, whatever its title.

        Raises:
            StoryExists: it is there already, and `instead` is not set.
        """
        with locked(self._lock):
            mark = digest(story.said)
            there = sorted(self.folder.glob(f"test_*-{mark}.yml"))
            if there and not instead:
                raise StoryExists(
                    f"This conversation is a story test already: {there[0].name}. "
                    "Save it instead of that one if what shall follow has changed."
                )
            path = there[0] if there else self.folder / f"test_{_slug(story.title)}-{mark}.yml"
            replace(path, render(story))
        return path


def story_of(title: str, turns: Sequence[Tried]) -> Story:
    """Return what was tried, masked already, as a story.

    Raises:
        Invalid: the dialogue broke, or a message has no intent.
    """
    expected = []
    for number, turn in enumerate(turns, start=1):
        if turn.failed:
            raise Invalid(
                f"Message {number} broke: {turn.failed}. A story needs an answer to each."
            )
        if turn.intent is None:
            raise Invalid(f"Message {number} has no intent.")
        expected.append(Expected(Said(turn.said.text), turn.intent, turn.steps))
    kept = clean(mask(title))[:TITLE].strip()
    return Story(kept or expected[0].said.text[:TITLE], tuple(expected))


def masked(turns: Sequence[Tried]) -> list[Said]:
    """Return what was said as a file may hold it.

    Raises:
        Invalid: nothing readable is left of one.
    """
    found = []
    for number, turn in enumerate(turns, start=1):
        said = turn.said
        text = said.text if said.pressed else prepare(said.text, turn.parse)
        if not text:
            raise Invalid(f"Message {number} has nothing that can be tested.")
        found.append(Said(text, said.intent))
    return found


def digest(said: Iterable[Said]) -> str:
    """Return the mark by which a conversation is known again; case and punctuation don't count."""
    words = [one.text if one.pressed else normalise(one.text) for one in said]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:8]


def render(story: Story) -> str:
    """Return a story as the text of its file."""
    lines = [HEAD, f"- story: {_quoted(story.title)}\n", "  steps:\n"]
    for turn in story.turns:
        lines += ["  - user: |-\n", f"      {turn.said.text}\n", f"    intent: {turn.intent}\n"]
        for step in turn.steps:
            lines += _step_lines(step)
    return "".join(lines)


def read_stories(path: Path) -> list[Story]:
    """Return the stories of a file that have the customer's words; those of intents alone can't be tried.

    Raises:
        StoriesNotReadable: it has another form.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        return [
            Story(str(one["story"]), tuple(_turns(one["steps"])), path.name)
            for one in content["stories"]
        ]
    except (OSError, ValueError, KeyError, TypeError, IndexError, yaml.YAMLError) as error:
        raise StoriesNotReadable(f"The story test {path.name} can't be read: {error}") from error


def judge(story: Story, turns: Sequence[Tried], problem: str | None = None) -> Result:
    """Return how a story went: its intents and its actions, in order."""
    failures = [problem] if problem else []
    for number, expected in enumerate(story.turns, start=1):
        if number > len(turns):
            if not problem:
                failures.append(f"message {number}: not reached")
            break
        turn = turns[number - 1]
        if turn.failed:
            failures.append(f"message {number}: broke ({turn.failed})")
            break
        if turn.intent != expected.intent:
            failures.append(
                f"message {number}: understood as {turn.intent}, should be {expected.intent}"
            )
        if list(turn.ran) != expected.actions:
            failures.append(
                f"message {number}: {_listed(turn.ran)} followed, should be "
                f"{_listed(expected.actions)}"
            )
    return Result(story.title, story.file, not failures, tuple(failures), problem is None)


def _turns(steps: Sequence[Mapping[str, Any]]) -> list[Expected]:
    found: list[Expected] = []
    for step in steps:
        if "user" in step:
            found.append(Expected(Said(str(step["user"]).strip()), str(step["intent"]), ()))
        else:
            last = found[-1]
            found[-1] = Expected(last.said, last.intent, (*last.steps, step))
    return found


def _step_lines(step: Mapping[str, Any]) -> list[str]:
    if "slot_was_set" in step:
        values = [
            f"    - {name}: {_value(value)}\n" for name, value in step["slot_was_set"].items()
        ]
        return ["  - slot_was_set:\n", *values]
    name, value = next(iter(step.items()))
    return [f"  - {name}: {_value(value)}\n"]


def _value(value: object) -> str:
    plain = isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]*", value) is not None
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", normalise(title))[:40].strip("_") or "story"


def _listed(actions: Sequence[str]) -> str:
    return ", ".join(actions) or "nothing"
