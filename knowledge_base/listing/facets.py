"""What editors choose from: the house's categories, tags, languages, owners, and who may own an article."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.models import Article
from server.auth import Role, Staff


@dataclass(frozen=True)
class Facets:
    """Values in use, each sorted; tags with the most used first. `editors` are logins with names."""

    categories: tuple[str, ...]
    tags: tuple[str, ...]
    languages: tuple[str, ...]
    owners: tuple[str, ...]
    editors: dict[str, str]


async def facets(db: AsyncSession) -> Facets:
    """Read them from all articles, archived ones too, and from the staff."""
    rows = await db.execute(select(Article.category, Article.tags, Article.language, Article.owner))
    categories, languages, owners = set(), set(), set()
    tags: Counter[str] = Counter()
    for category, own_tags, language, owner in rows.all():
        categories.add(category)
        languages.add(language)
        tags.update(own_tags)
        if owner:
            owners.add(owner)
    staff = await db.scalars(select(Staff).where(Staff.active).order_by(Staff.name))
    return Facets(
        categories=tuple(sorted(categories)),
        tags=tuple(tag for tag, _ in sorted(tags.items(), key=lambda one: (-one[1], one[0]))),
        languages=tuple(sorted(languages)),
        owners=tuple(sorted(owners)),
        editors={one.login: one.name for one in staff if one.may(Role.EDITOR)},
    )
