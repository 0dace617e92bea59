"""What became of each row of an import, or would."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["created", "updated", "unchanged", "kept", "error"]
OUTCOMES: tuple[Outcome, ...] = ("created", "updated", "unchanged", "kept", "error")
#: A spreadsheet would run what begins so.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Row:
    """What became of one row, file or page. `kept`: an editor changed the article, so it stays as it is."""

    row: str
    outcome: Outcome
    slug: str = ""
    code: str = ""
    message: str = ""
    title: str = ""


@dataclass
class Report:
    """All rows in their order."""

    rows: list[Row] = field(default_factory=list)

    @property
    def counts(self) -> dict[Outcome, int]:
        found: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)
        for row in self.rows:
            found[row.outcome] += 1
        return found

    @property
    def changes(self) -> int:
        """How many articles come in or change."""
        return self.counts["created"] + self.counts["updated"]

    @property
    def errors(self) -> list[Row]:
        return [row for row in self.rows if row.outcome == "error"]


def as_csv(rows: list[Row]) -> str:
    """The rows as a table for a spreadsheet; no cell is read as a formula."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(("row", "outcome", "address", "title", "code", "message"))
    for row in rows:
        cells = (row.row, row.outcome, row.slug, row.title, row.code, row.message)
        table.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return text.getvalue()
