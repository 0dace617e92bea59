"""Taking the mark off a golden question: only a lead may, with a reason, and it is written down.

Each verb wraps one of `asked.questions`; what leaves the mark and the right article alone passes as before.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.asked import questions
from knowledge_base.models import Article, StoredQuestion
from knowledge_base.quality import changes
from knowledge_base.review.gate import clean_reason, is_lead
from server.auth import Staff
from server.clock import Clock
from server.errors import HandrailError, NotFound

NO_ARTICLE = "no article"


class GoldenGuarded(HandrailError):
    """Details: ``{may_override}``, whether this person may with a reason."""

    code, status = "golden_guarded", 409
    message = "A golden question guards an answer."


async def change(
    db: AsyncSession,
    clock: Clock,
    question_id: UUID,
    slug: str | None,
    *,
    golden: bool,
    staff: Staff,
    reason: str = "",
) -> StoredQuestion:
    """As `questions.change`; a golden one needs a lead's reason for losing its mark or its right article.

    Raises:
        GoldenGuarded: it is golden, and no lead has said why. Invalid: the reason is too short or too long.
        NotFound: there is no such question or article.
    """
    held, right = await _held(db, question_id)
    if not held.golden or (golden and slug == right):
        return await questions.change(db, question_id, slug, golden=golden)
    tidy = _allowed(staff, reason)
    before = f"{held.text} → {right or NO_ARTICLE}"
    changed = await questions.change(db, question_id, slug, golden=golden)
    after = f"{slug or NO_ARTICLE}{'' if golden else ', not golden'}"
    await changes.record(db, clock, changes.GOLDEN_REMOVED, before, after, staff.login, tidy)
    return changed


async def remove(
    db: AsyncSession, clock: Clock, question_id: UUID, *, staff: Staff, reason: str = ""
) -> None:
    """As `questions.remove`; a golden one needs a lead's reason.

    Raises:
        GoldenGuarded, Invalid, NotFound: as `change`.
    """
    held, right = await _held(db, question_id)
    if held.golden:
        tidy = _allowed(staff, reason)
        before = f"{held.text} → {right or NO_ARTICLE}"
        await changes.record(db, clock, changes.GOLDEN_DELETED, before, "", staff.login, tidy)
    await questions.remove(db, question_id)


async def _held(db: AsyncSession, question_id: UUID) -> tuple[StoredQuestion, str | None]:
    """The question, held until the commit, with the slug of its right article."""
    found = (
        await db.execute(
            select(StoredQuestion, Article.slug)
            .outerjoin(Article, Article.id == StoredQuestion.article_id)
            .where(StoredQuestion.id == question_id)
            .with_for_update(of=StoredQuestion)
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such question.")
    return found[0], found[1]


def _allowed(staff: Staff, reason: str) -> str:
    if not is_lead(staff):
        raise GoldenGuarded(
            "This question is golden: a lead may take that back, with a reason.",
            details={"may_override": False},
        )
    if not reason.strip():
        raise GoldenGuarded(
            "This question is golden. Say why it should not be.", details={"may_override": True}
        )
    return clean_reason(reason)
