"""What the import takes and says over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledge_base.exchange.plan import Options
from knowledge_base.exchange.report import Outcome, Report
from knowledge_base.exchange.sources import UPLOAD_LIMIT
from knowledge_base.review.batch import import_reason
from knowledge_base.review.gate import REASON_LIMIT
from server.auth import Staff

ADDRESS_LIMIT = 2000


class ImportWishes(BaseModel):
    """How to import, whatever brings the articles."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = False
    """Say what would happen, and store nothing."""
    publish: bool = False
    """Articles whose file states no status answer at once; otherwise they become drafts."""
    overwrite: bool = False
    """Articles that somebody here changed or archived are replaced, too, by a new version."""
    override_reason: Annotated[str, Field(max_length=REASON_LIMIT)] = ""
    """A lead's, for publishing although golden questions lose their right answer; without it what costs them
    one waits for review."""

    def options(self, staff: Staff) -> Options:
        """How this person imports.

        Raises:
            NotALead, Invalid: as `import_reason`.
        """
        reason = import_reason(staff, self.override_reason)
        return Options(
            publish=self.publish, overwrite=self.overwrite, by=staff.login, reason=reason
        )


class ImportBody(ImportWishes):
    """Articles as text, or the address of a sitemap."""

    kind: Literal["csv", "json", "markdown", "html", "sitemap"]
    text: Annotated[str, Field(max_length=UPLOAD_LIMIT)] = ""
    url: Annotated[str, Field(max_length=ADDRESS_LIMIT)] = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.kind == "sitemap") != bool(self.url) or (self.url and self.text):
            raise ValueError("a sitemap needs url, everything else text")
        return self


class RowView(BaseModel):
    """One row, file or page. ``code`` names what was wrong, or why an article was kept."""

    row: str
    outcome: Outcome
    slug: str
    title: str
    code: str
    message: str


class ReportView(BaseModel):
    dry_run: bool
    counts: dict[Outcome, int]
    rows: list[RowView]

    @classmethod
    def of(cls, report: Report, *, dry_run: bool) -> ReportView:
        rows = [RowView(**vars(row)) for row in report.rows]
        return cls(dry_run=dry_run, counts=report.counts, rows=rows)
