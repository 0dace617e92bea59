"""This house's published articles and labelled questions, for commands that measure and tune."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.settings import Settings

if TYPE_CHECKING:
    from knowledge_base.search.evaluation import Example
    from knowledge_base.search.records import Record


async def read_house(
    settings: Settings, *, starter: bool = True
) -> tuple[tuple[Record, ...], tuple[Example, ...]]:
    """Read them from the database; without the questions that came with the starter articles, if asked so.

    Questions whose answer was refused are left out: nobody has said which article is right.
    """
    from knowledge_base import catalogue
    from knowledge_base.asked import questions
    from knowledge_base.search.evaluation import Example
    from knowledge_base.search.records import Record
    from server.database import Database
    from server.events import LocalBus

    database = Database(settings.database, LocalBus())
    try:
        async with database.read() as db:
            published = await catalogue.published_since(db, -1)
            labelled = await questions.labelled(db)
    finally:
        await database.close()
    records = tuple(Record.of(article, version) for article, version in published if version)
    known = {record.slug for record in records}
    unwanted = {"refused"} if starter else {"refused", "starter"}
    examples = tuple(
        Example(one.text, frozenset([one.slug] if one.slug else []))
        for one in labelled
        if one.source not in unwanted and (one.slug is None or one.slug in known)
    )
    return records, examples
