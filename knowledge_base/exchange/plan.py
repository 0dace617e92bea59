"""What an import would do with one article. Nothing here stores; `store` does what was decided."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from knowledge_base.drafts import Draft
from knowledge_base.exchange.portable import CarriedFile, Portable
from knowledge_base.exchange.report import Outcome, Row
from knowledge_base.models import Article, ArticleVersion, Status

#: Who an imported version says its author is; a newer version by anybody else is an editor's.
STARTER, IMPORT = "starter", "import"
IMPORTERS = frozenset({STARTER, IMPORT})

_WORDS = ("title", "questions", "context", "action", "outcome")


@dataclass(frozen=True)
class Options:
    """How to import. What a file states of its status holds before `publish`."""

    publish: bool = False
    """Whether new and changed articles answer at once; otherwise they become drafts."""
    overwrite: bool = False
    """Whether articles that an editor changed, or archived, are replaced too, by a new version."""
    author: str = IMPORT
    by: str = IMPORT
    """Login of who imports, for the article's history."""
    reason: str = ""
    """A lead's, for publishing although golden questions lose their right answer."""


@dataclass(frozen=True)
class Here:
    """What the house has under one address."""

    article: Article
    newest: ArticleVersion
    files: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True)
class Step:
    """What to do with one article, and what to say of it."""

    outcome: Outcome
    message: str
    code: str = ""
    words: bool = False
    """Whether a new version is stored."""
    filed: bool = False
    """Whether what it is filed under changes."""
    answers: bool = False
    """Whether the newest version is to answer."""
    files: tuple[CarriedFile, ...] = field(default=())
    review: bool = False
    """Whether the golden questions speak against it: it waits for review instead of answering."""
    overridden: int = 0
    """So many golden questions lose their right answer, and a lead has said why that may be."""

    def row(self, name: str, article: Portable) -> Row:
        return Row(name, self.outcome, article.slug, self.code, self.message, article.draft.title)


def decide(
    article: Portable,
    here: Here | None,
    options: Options,
    now: datetime,
    owners: Mapping[uuid.UUID, uuid.UUID],
) -> Step:
    """What happens to one article; `owners` says which article here has a file that this one brings."""
    answers = wants_answer(article, options) and not has_expired(article, now)
    files = article.standing.files
    if any(owners.get(one.id) not in (None, here and here.article.id) for one in files):
        return Step("error", "One of its files belongs to another article here.", code="conflict")
    if here is None:
        message = "New; it answers at once." if answers else f"New; {_standing(article, now)}."
        return Step("created", message, words=True, filed=True, answers=answers, files=files)
    words, filed = changed_words(here.newest, article.draft), changed_filing(here, article)
    added = tuple(one for one in files if one.id not in here.files)
    publishes = answers and here.article.published != here.article.newest
    if not words and not filed and not added and not publishes:
        return Step("unchanged", _differs(article, here))
    if not options.overwrite:
        if here.newest.author not in IMPORTERS:
            at = here.newest.created_at.date().isoformat()
            return Step("kept", f"{here.newest.author} changed it here on {at}.", code="edited")
        if here.article.status == Status.ARCHIVED:
            return Step("kept", "It is archived here.", code="archived")
    said = [*words, *filed]
    if added:
        said.append(f"{len(added)} files")
    message = f"Changed: {', '.join(said)}." if said else ""
    if answers and (words or publishes):
        message = f"{message} It answers at once.".strip()
    elif words and here.article.published is not None:
        message += " What answers now goes on until this is published."
    return Step(
        "updated",
        message,
        words=bool(words),
        filed=bool(filed),
        answers=answers and (bool(words) or publishes),
        files=added,
    )


def wants_answer(article: Portable, options: Options) -> bool:
    """Whether the newest words are to answer: as the file says, else as was asked for."""
    stated = article.standing
    if stated.answers is not None:
        return stated.answers == "newest"
    if stated.status is not None:
        return stated.status == Status.PUBLISHED
    return options.publish


def has_expired(article: Portable, now: datetime) -> bool:
    expires = article.draft.expires_at
    return expires is not None and expires <= now


def status_of_new(article: Portable, options: Options, now: datetime) -> Status:
    """Where a new article stands. One whose last day has passed comes in archived, not to answer."""
    stated = article.standing.status
    answers = wants_answer(article, options) or article.older is not None
    if answers and has_expired(article, now):
        return Status.ARCHIVED
    return stated or (Status.PUBLISHED if answers else Status.DRAFT)


def answering_words(one: Portable, status: Status) -> Draft | None:
    """The words of a new article that answer from the beginning; None when it does not."""
    if status == Status.ARCHIVED:
        return None
    if one.older is not None:
        return one.older
    stated = one.standing.answers
    answers = stated == "newest" or (stated is None and status == Status.PUBLISHED)
    return one.draft if answers else None


def filing(draft: Draft) -> dict[str, object]:
    """Columns of the article that the draft decides; what it does not state is left out."""
    return {
        "category": draft.category,
        "tags": draft.unique_tags,
        "intents": draft.unique_intents,
        "audience": draft.audience.value,
        "language": draft.language,
        "owner": draft.owner or None,
        **draft.stated,
    }


def wording(draft: Draft) -> dict[str, object]:
    """Columns of a version."""
    return {
        "title": draft.title,
        "questions": draft.unique_questions,
        "context": draft.context,
        "action": draft.action,
        "outcome": draft.outcome,
    }


def changed_words(newest: ArticleVersion, draft: Draft) -> list[str]:
    """Names of the parts that differ."""
    wanted = wording(draft)
    return [name for name in _WORDS if getattr(newest, name) != wanted[name]]


def changed_filing(here: Here, article: Portable) -> list[str]:
    """Names of what it is filed under differently."""
    wanted = filing(article.draft)
    return [name for name, value in wanted.items() if getattr(here.article, name) != value]


def _standing(article: Portable, now: datetime) -> str:
    stated = article.standing.status
    if has_expired(article, now) and (stated == Status.PUBLISHED or article.older is not None):
        return "archived, for its last day has passed"
    if article.older is not None:
        return "an older version of it answers"
    return {None: "a draft", Status.DRAFT: "a draft", Status.REVIEW: "waiting for review"}.get(
        stated, "archived"
    )


def _differs(article: Portable, here: Here) -> str:
    stated = article.standing.status
    if stated is not None and stated != here.article.status:
        return f"The same words; here it stays “{here.article.status}”."
    return ""
