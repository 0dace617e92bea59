"""The training files, `data/nlu/<intent>.yml`, as one folder: one writer at a time, all files of a change or none.

A change touches the lines of its examples and no other, so that git merges what several people did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from server.errors import Invalid
from training.files import locked, replace_all
from training.nlu_file import HEAD, NAME, Edit, Entry, Example, NluFile, NotReadable
from training.texts import clean, normalise

__all__ = ["HEAD", "NAME", "Example", "NluFile", "NluFolder", "NotReadable", "fingerprint"]


def fingerprint(examples: Iterable[Example], of: str) -> str:
    """Return what two states of the files have in common when they hold the same examples.

    ``of``: what is made of them, and in which form: another one has another fingerprint.
    """
    digest = hashlib.sha256(of.encode())
    for intent, text in sorted({(example.intent, example.text) for example in examples}):
        digest.update(f"\0{intent}\0{text}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


class NluFolder:
    """All training files; one writer at a time, across processes."""

    def __init__(self, folder: Path, lock: Path) -> None:
        self.folder = folder
        self._lock = lock

    def examples(self) -> list[Example]:
        """Every example, by file name, then in file order.

        Raises:
            NotReadable: a file was edited into another form.
        """
        return [example for file in self._files().values() for example in file.examples()]

    def known(self) -> dict[str, Example]:
        """Every example by how it reads (training.texts.normalise); of several the last."""
        return {normalise(example.text): example for example in self.examples()}

    def has(self, intent: str) -> bool:
        """Whether a file is named for an intent, or lists examples of it."""
        return any(
            path.stem == intent or any(block.intent == intent for block in file.blocks)
            for path, file in self._files().items()
        )

    def add(self, wanted: Sequence[Example]) -> list[str | None]:
        """Write examples to their intents; the order in which they come makes no difference.

        Returns for each None when it was added, or the intent that has it already.

        Raises:
            Invalid: a text is empty or not clean, or an intent can't be a file's name.
            NotReadable: a file was edited into another form; nothing was written.
        """
        _check(wanted)
        with locked(self._lock):
            files = self._files()
            known = _by_reading(files)
            answers: list[str | None] = []
            edits: dict[Path, Edit] = {}
            for example in wanted:
                there = known.get(normalise(example.text))
                answers.append(there[0][1].example.intent if there else None)
                if not there:
                    path = self._home(example.intent, files)
                    _added(edits, path, example.intent, example, example.marked)
                    known[normalise(example.text)] = [(path, Entry(0, example, ""))]
            self._write(files, edits)
        return answers

    def move(self, wanted: Sequence[Example]) -> list[str | None]:
        """Have each example stand at its intent and nowhere else; it keeps its marks unless it brings some.

        Returns for each the intent where it stood before, or None.

        Raises:
            Invalid, NotReadable: as for ``add``.
        """
        _check(wanted)
        with locked(self._lock):
            files = self._files()
            known = _by_reading(files)
            answers: list[str | None] = []
            edits: dict[Path, Edit] = {}
            for example in wanted:
                there = known.pop(normalise(example.text), [])
                right = [place for place in there if place[1].example.intent == example.intent]
                before = [place for place in there if place not in right] or right
                answers.append(before[-1][1].example.intent if before else None)
                for path, entry in there:
                    if (path, entry) not in right[-1:]:
                        edits.setdefault(path, Edit()).drop.add(entry.line)
                if right:
                    path, entry = right[-1]
                    if example.spans and entry.example.text == example.text:
                        edits.setdefault(path, Edit()).swap[entry.line] = example.marked
                    continue
                fresh, written = example, example.marked
                if there and not example.spans:  # as it was, with its marks
                    fresh, written = there[-1][1].example, there[-1][1].marked
                _added(edits, self._home(example.intent, files), example.intent, fresh, written)
            self._write(files, edits)
        return answers

    def mark(self, example: Example) -> bool:
        """Write an example with its marks where it stands; False when it stands nowhere, or was reworded."""
        with locked(self._lock):
            files = self._files()
            edits: dict[Path, Edit] = {}
            for path, entry in _by_reading(files).get(normalise(example.text), []):
                there = entry.example
                if (there.intent, there.text) == (example.intent, example.text):
                    edits.setdefault(path, Edit()).swap[entry.line] = example.marked
            self._write(files, edits)
        return bool(edits)

    def remove(self, example: Example) -> None:
        """Take an example out of its intent; does nothing when it is not there."""
        with locked(self._lock):
            files = self._files()
            for path, entry in reversed(_by_reading(files).get(normalise(example.text), [])):
                if entry.example.intent == example.intent:
                    self._write(files, {path: Edit(drop={entry.line})})
                    return

    def put_back(self, example: Example) -> None:
        """Write an example at its intent again, whatever else reads the same; does nothing when it is there."""
        _check([example])
        with locked(self._lock):
            files = self._files()
            edits: dict[Path, Edit] = {}
            there = _by_reading(files).get(normalise(example.text), [])
            if all(entry.example.intent != example.intent for _, entry in there):
                path = self._home(example.intent, files)
                _added(edits, path, example.intent, example, example.marked)
            self._write(files, edits)

    def drop(self, intent: str) -> None:
        """Delete an intent's file, when nothing is in it but what `add` begins one with."""
        with locked(self._lock):
            path = self.folder / f"{intent}.yml"
            empty = f"{HEAD}- intent: {intent}\n  examples: |\n"
            if path.exists() and path.read_bytes() == empty.encode():
                path.unlink()

    def _home(self, intent: str, files: Mapping[Path, NluFile]) -> Path:
        """Return the file that has the intent: its own, or another that a person put it in."""
        own = self.folder / f"{intent}.yml"
        holders = [
            path
            for path, file in files.items()
            if any(block.intent == intent for block in file.blocks)
        ]
        return own if own in holders or not holders else holders[0]

    def _write(self, files: Mapping[Path, NluFile], edits: Mapping[Path, Edit]) -> None:
        """Work out all files before the first is written."""
        blank = {path: NluFile(path.name, "") for path in edits if path not in files}
        texts = {path: {**files, **blank}[path].changed(edit) for path, edit in edits.items()}
        replace_all(texts)

    def _files(self) -> dict[Path, NluFile]:
        found = (path for path in self.folder.rglob("*") if path.suffix in (".yml", ".yaml"))
        return {path: self._read(path) for path in sorted(found)}

    def _read(self, path: Path) -> NluFile:
        name = path.relative_to(self.folder).as_posix()
        try:
            return NluFile(name, path.read_bytes().decode())
        except UnicodeDecodeError as error:
            raise NotReadable(f"data/nlu/{name} is not UTF-8.") from error


def _by_reading(files: Mapping[Path, NluFile]) -> dict[str, list[tuple[Path, Entry]]]:
    found: dict[str, list[tuple[Path, Entry]]] = {}
    for path, file in files.items():
        for entry in file.entries():
            found.setdefault(normalise(entry.example.text), []).append((path, entry))
    return found


def _added(
    edits: dict[Path, Edit], path: Path, intent: str, example: Example, written: str
) -> None:
    edit = edits.setdefault(path, Edit())
    edit.add.setdefault(intent, []).append((example.text, written))


def _check(wanted: Sequence[Example]) -> None:
    for example in wanted:
        if not NAME.match(example.intent):
            raise Invalid("This is no intent's name.")
        if not example.text or clean(example.text) != example.text:
            raise Invalid("This text can't stand in a training file.")
