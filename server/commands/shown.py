"""Progress in the terminal: what is said, and a bar for each tuning."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


def bars() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=Console()
    )


class Shown:
    """Says what happens, with a bar for each tuning."""

    def __init__(self, drawn: Progress) -> None:
        self._bars = drawn
        self._tasks: dict[str, TaskID] = {}

    def say(self, text: str) -> None:
        self._bars.console.print(text, highlight=False, markup=False)

    def progress(self, what: str, done: int, steps: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(f"tuning, {what}", total=steps)
        self._bars.update(self._tasks[what], completed=done)
