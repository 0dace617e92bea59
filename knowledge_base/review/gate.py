"""The gate before publishing, archiving and filing anew: golden questions keep their right answers, or a lead
says why not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import catalogue, history
from knowledge_base.review.desk import Desk
from knowledge_base.review.past import Question
from knowledge_base.review.publish_diff import Change, Diff, is_right
from knowledge_base.search.records import Record
from server.auth import Role, Staff
from server.clock import Clock
from server.errors import HandrailError, Invalid

log = structlog.get_logger(__name__)

#: Questions named in a refusal.
NAMED = 20
#: A reason says more than "ok"; an event's note has room for 500 characters.
REASON_SHORTEST, REASON_LIMIT = 10, 400
OVERRIDDEN = "overridden"


class GoldenRegression(HandrailError):
    """Details: ``{count, may_override, questions: [{question, right, before, after}]}``; articles by slug."""

    code, status = "golden_regression", 409
    message = "Golden questions would lose their right answer."


@dataclass(frozen=True)
class Passed:
    """The gate was passed; `record` is called in the transaction that publishes or archives."""

    article_id: UUID
    version: int | None
    by: str
    reason: str
    lost: int

    async def record(self, db: AsyncSession, clock: Clock) -> None:
        """Write the override down, if there was one."""
        if not self.lost:
            return
        note = f"{questions_lost(self.lost)}: {self.reason}"
        await history.record(
            db, clock, self.article_id, OVERRIDDEN, self.by, version=self.version, note=note
        )


def is_lead(staff: Staff) -> bool:
    """Whether this person may publish against the golden questions."""
    return staff.may(Role.SUPERVISOR)


async def check_publish(
    app: Any, article_id: UUID, version: int, *, golden_only: bool = False
) -> Diff:
    """What publishing this version changes.

    Raises:
        NotFound: there is no such article or version. Unavailable: the index is not there yet.
    """
    async with app.database.read() as db:
        article = await catalogue.get(db, article_id)
        record = Record.of(article, await catalogue.version(db, article_id, version))
        revision = await catalogue.content_revision(db)
    await app.knowledge.wait_for_revision(revision)
    return await Desk.of(app).diff(publish=[record], golden_only=golden_only)


async def check_archive(app: Any, article_id: UUID, *, golden_only: bool = False) -> Diff:
    """What archiving this article changes.

    Raises:
        NotFound, Unavailable: as `check_publish`.
    """
    async with app.database.read() as db:
        await catalogue.get(db, article_id)
        revision = await catalogue.content_revision(db)
    await app.knowledge.wait_for_revision(revision)
    return await Desk.of(app).diff(archive=[article_id], golden_only=golden_only)


async def failing(app: Any) -> list[Question]:
    """The golden questions whose right article customers don't get at this moment, whatever took it away."""
    found = await Desk.of(app).golden()
    return [question for question, outcome in found if not is_right(question, outcome)]


async def guard_publish(
    app: Any, article_id: UUID, version: int, staff: Staff, override_reason: str = ""
) -> Passed:
    """Let this version pass for publishing, now or at a set time.

    Raises:
        GoldenRegression: golden questions lose their right answer, and no lead has said why that may be.
        Invalid: the lead's reason is too short or too long. NotFound, Unavailable: as `check_publish`.
    """
    diff = await check_publish(app, article_id, version, golden_only=True)
    return let_pass(diff, article_id, version, staff, override_reason)


async def guard_archive(
    app: Any, article_id: UUID, staff: Staff, override_reason: str = ""
) -> Passed:
    """The same for archiving.

    Raises:
        GoldenRegression, Invalid, NotFound, Unavailable: as `guard_publish`.
    """
    diff = await check_archive(app, article_id, golden_only=True)
    return let_pass(diff, article_id, None, staff, override_reason)


async def warn_of_expiry(app: Any, article_id: UUID) -> str:
    """What to tell who sets an expiry, which the clock keeps without asking anybody; "" when nothing is lost.

    Raises:
        NotFound, Unavailable: as `check_publish`.
    """
    lost = (await check_archive(app, article_id, golden_only=True)).regressions
    return f"When it expires, {questions_lost(len(lost))}." if lost else ""


def on_time(app: Any) -> Callable[[UUID], Awaitable[str]]:
    """The gate for what a set time publishes: says why a scheduled article stays back, or nothing.

    A version that a lead let pass when it was scheduled passes.
    """

    async def held(article_id: UUID) -> str:
        async with app.database.read() as db:
            article = await catalogue.get(db, article_id)
            overridden = await history.latest(db, article_id, OVERRIDDEN)
        if article.scheduled is None or (overridden and overridden.version == article.scheduled):
            return ""
        diff = await check_publish(app, article_id, article.scheduled, golden_only=True)
        if not diff.regressions:
            return ""
        log.warning("scheduled_article_held", article=str(article_id), lost=len(diff.regressions))
        return f"Not published: {questions_lost(len(diff.regressions))}."

    return held


def questions_lost(count: int) -> str:
    """ "2 golden questions would lose their right answer"."""
    if count == 1:
        return "1 golden question would lose its right answer"
    return f"{count} golden questions would lose their right answer"


def let_pass(
    diff: Diff, article_id: UUID, version: int | None, staff: Staff, reason: str = ""
) -> Passed:
    """Decide by a diff that was worked out.

    Raises:
        GoldenRegression, Invalid: as `guard_publish`.
    """
    lost = diff.regressions
    if lost and not (reason.strip() and is_lead(staff)):
        raise GoldenRegression(_refusal(lost, staff), details=_details(diff, staff))
    tidy = clean_reason(reason) if lost else ""
    return Passed(article_id, version, staff.login, tidy, len(lost))


def clean_reason(reason: str) -> str:
    """A lead's reason on one line.

    Raises:
        Invalid: it is too short or too long, or holds a forbidden character.
    """
    tidy = history.clean_note(reason)
    if not REASON_SHORTEST <= len(tidy) <= REASON_LIMIT:
        raise Invalid(f"override_reason: {REASON_SHORTEST} to {REASON_LIMIT} characters")
    return tidy


def _refusal(lost: tuple[Change, ...], staff: Staff) -> str:
    advice = "Give a reason to go on." if is_lead(staff) else "A lead may go on with a reason."
    return f"{questions_lost(len(lost))}. {advice}"


def _details(diff: Diff, staff: Staff) -> dict[str, object]:
    def slug(article: UUID | None) -> str | None:
        record = diff.articles.get(article) if article else None
        return record.slug if record else None

    return {
        "count": len(diff.regressions),
        "may_override": is_lead(staff),
        "questions": [
            {
                "question": change.question.text,
                "right": slug(change.question.right),
                "before": {"kind": change.before.kind, "first": slug(change.before.first)},
                "after": {"kind": change.after.kind, "first": slug(change.after.first)},
            }
            for change in diff.regressions[:NAMED]
        ],
    }
