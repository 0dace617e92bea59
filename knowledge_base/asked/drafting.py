"""From a cluster of unanswered questions to an article: a new draft, or more wordings for an old one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import articles, catalogue
from knowledge_base.asked.lines import VARIANTS, Cluster
from knowledge_base.asked.masking import without_marks
from knowledge_base.drafts import QUESTION_LIMIT, TITLE_LIMIT, Draft, read_draft
from knowledge_base.models import Article, ArticleVersion
from server.clock import Clock
from server.errors import Invalid

#: Intents that say what kind of message it was, not what it is about.
NO_TOPIC = frozenset({"nlu_fallback", "out_of_scope", "affirm", "deny", "give_details", "thanks"})


def title_of(text: str) -> str:
    """A question as a title: a capital, no marks, at most 120 characters, cut between words."""
    line = without_marks(text).strip(" .,;:!-")
    if len(line) > TITLE_LIMIT:
        line = f"{line[: TITLE_LIMIT - 1].rsplit(' ', 1)[0]}…"
    return f"{line[:1].upper()}{line[1:]}" or "Untitled"


def draft_of(cluster: Cluster) -> Draft:
    """A draft for the editor to fill: title, wordings and intents from what was asked; of the text only
    whom it is for, since nobody has answered yet."""
    return read_draft(
        {
            "title": title_of(cluster.heading),
            "questions": cluster.variants[:VARIANTS],
            "intents": [one[:40] for one in cluster.intents if one not in NO_TOPIC][:2],
            "context": f"For customers who ask: “{without_marks(cluster.newest)}”",
        }
    )


async def with_questions(
    db: AsyncSession, clock: Clock, slug: str, texts: Sequence[str], login: str
) -> int:
    """Save a version of an article with more wordings; returns how many it did not have. What answers stays
    until it is published.

    Raises:
        NotFound: there is no such article. Invalid: it has no room for even one more.
    """
    article, newest = await catalogue.by_slug(db, slug)
    has = {text.casefold() for text in newest.questions}
    new = [text for text in texts if text.casefold() not in has]
    room = QUESTION_LIMIT - len(newest.questions)
    if new and room <= 0:
        raise Invalid(f"This article has {QUESTION_LIMIT} questions already. Take one out first.")
    new = new[:room]
    if new:
        draft = _as_written(article, newest, [*newest.questions, *new])
        await articles.save(db, clock, article.id, draft, login, expected=newest.number)
    return len(new)


def _as_written(article: Article, version: ArticleVersion, questions: list[str]) -> Draft:
    return read_draft(
        {
            "title": version.title,
            "slug": article.slug,
            "category": article.category,
            "tags": article.tags,
            "intents": article.intents,
            "audience": article.audience,
            "language": article.language,
            "owner": article.owner or "",
            "questions": questions,
            "context": version.context,
            "action": version.action,
            "outcome": version.outcome,
        }
    )
