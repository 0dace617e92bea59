"""What editors may do to articles, on both databases' rules."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from knowledge_base import articles, catalogue, lifecycle
from knowledge_base.articles import SavedByOther
from knowledge_base.drafts import read_draft
from knowledge_base.models import Status
from server.database import Database
from server.errors import Conflict, NotFound
from tests.knowledge_base.support import INVOICE, LAMP, RETURN, draft, published
from tests.support import FakeClock


async def test_each_save_is_a_version_and_publishing_points_at_one(
    any_database: Database, clock: FakeClock
) -> None:
    async with any_database.write() as db:
        article = await articles.create(db, clock, RETURN, "ada")
        await articles.publish(db, clock, article.id, expected=1)
        second = draft("Send an item back", slug="return-an-item")
        article = await articles.save(db, clock, article.id, second, "bob", expected=1)
        found = await catalogue.versions(db, article.id)
    assert [(one.number, one.author) for one in found] == [(2, "bob"), (1, "ada")]
    assert (article.newest, article.published, article.status) == (2, 1, Status.PUBLISHED)


async def test_saving_on_an_old_version_says_who_was_faster(
    any_database: Database, clock: FakeClock
) -> None:
    async with any_database.write() as db:
        article = await articles.create(db, clock, RETURN, "ada")
        await articles.save(db, clock, article.id, LAMP, "bob", expected=1)
    with pytest.raises(SavedByOther) as refused:
        async with any_database.write() as db:
            await articles.save(db, clock, article.id, INVOICE, "ada", expected=1)
    assert (refused.value.status, refused.value.code) == (409, "saved_by_other")
    assert refused.value.details == {"by": "bob", "at": clock.now().isoformat(), "version": 2}
    async with any_database.read() as db:
        assert (await catalogue.version(db, article.id, 2)).title == LAMP.title
        assert len(await catalogue.versions(db, article.id)) == 2


async def test_of_two_saves_at_once_one_wins(any_database: Database, clock: FakeClock) -> None:
    async with any_database.write() as db:
        article = await articles.create(db, clock, RETURN, "ada")

    async def save(author: str) -> str:
        try:
            async with any_database.write() as db:
                await articles.save(db, clock, article.id, LAMP, author, expected=1)
        except SavedByOther:
            return "refused"
        return "saved"

    results = await asyncio.gather(*(save(f"editor-{at}") for at in range(6)))
    assert sorted(results) == ["refused"] * 5 + ["saved"]


async def test_publishing_an_old_version_is_refused(database: Database, clock: FakeClock) -> None:
    async with database.write() as db:
        article = await articles.create(db, clock, RETURN, "ada")
        await articles.save(db, clock, article.id, LAMP, "bob", expected=1)
    with pytest.raises(SavedByOther):
        async with database.write() as db:
            await articles.publish(db, clock, article.id, expected=1)


async def test_the_content_revision_counts_what_changes_answers(
    any_database: Database, clock: FakeClock
) -> None:
    async def revision() -> int:
        async with any_database.read() as db:
            return await catalogue.content_revision(db)

    article = await published(any_database, clock, RETURN)
    assert await revision() == 1
    async with any_database.write() as db:
        await articles.save(db, clock, article.id, RETURN, "bob", expected=1)
    assert await revision() == 1, "a draft changes no answer"
    moved = read_draft({**RETURN.model_dump(), "audience": "staff"})
    async with any_database.write() as db:
        await articles.save(db, clock, article.id, moved, "bob", expected=2)
    assert await revision() == 2, "another audience holds at once"
    async with any_database.write() as db:
        await articles.archive(db, clock, article.id)
    assert await revision() == 3
    async with any_database.read() as db:
        (changed, answering), *others = await catalogue.published_since(db, 2)
    assert (changed.id, answering, others) == (article.id, None, [])


async def test_review_and_back_from_the_archive(database: Database, clock: FakeClock) -> None:
    async with database.write() as db:
        article = await articles.create(db, clock, RETURN, "ada")
        waiting = await lifecycle.submit(db, clock, article.id, expected=1, by="ada")
        assert waiting.status == Status.REVIEW
        assert (await articles.archive(db, clock, article.id)).status == Status.ARCHIVED
        saved = await articles.save(db, clock, article.id, LAMP, "ada", expected=1)
    assert (saved.status, saved.published) == (Status.DRAFT, None)


async def test_addresses_are_unique_and_unknown_articles_are_not_found(
    any_database: Database, clock: FakeClock
) -> None:
    with pytest.raises(Conflict):
        async with any_database.write() as db:
            await articles.create(db, clock, RETURN, "ada")
            await articles.create(db, clock, RETURN, "ada")
    nobody = uuid.uuid4()
    for verb, stated in (
        (articles.archive, {}),
        (articles.publish, {"expected": 1}),
        (lifecycle.submit, {"expected": 1, "by": "ada"}),
        (lifecycle.unschedule, {"by": "ada"}),
        (lifecycle.reviewed, {"days": 1, "by": "ada"}),
        (lifecycle.set_expiry, {"at": None}),
    ):
        with pytest.raises(NotFound):
            async with any_database.write() as db:
                await verb(db, clock, nobody, **stated)


async def test_the_list_filters_by_status_and_words(database: Database, clock: FakeClock) -> None:
    await published(database, clock, LAMP)
    async with database.write() as db:
        await articles.create(db, clock, RETURN, "ada")
        await articles.create(db, clock, draft("100% cotton", category="care"), "ada")

    async def titles(**filters: object) -> list[str]:
        async with database.read() as db:
            found = await catalogue.list_all(db, **filters)  # type: ignore[arg-type]
        return [listed.version.title for listed in found]

    assert await titles(status=Status.PUBLISHED) == [LAMP.title]
    assert await titles(words="RETURN item") == [RETURN.title]
    assert await titles(words="%") == ["100% cotton"], "a percent sign is a word, not a pattern"
    assert len(await titles()) == 3
