"""The starter articles of data/articles, published on the first run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import structlog

from knowledge_base.exchange import importing
from knowledge_base.exchange.plan import STARTER, Options
from knowledge_base.exchange.portable import Portable, Source
from knowledge_base.exchange.report import Report
from knowledge_base.markdown_files import parse_markdown
from server.clock import SystemClock
from server.database import Database
from server.errors import Invalid
from server.events import LocalBus
from server.settings import ROOT, Settings

log = structlog.get_logger(__name__)

STARTING = Options(publish=True, author=STARTER, by=STARTER)


async def load_starter(settings: Settings, folder: Path = ROOT / "data" / "articles") -> Report:
    """Publish data/articles; again and again with the same result, and never over an editor's change."""
    database = Database(settings.database, LocalBus())
    try:
        sources = list(starter_sources(folder))
        report = await importing.run(database, SystemClock(), sources, STARTING)
    finally:
        await database.close()
    for row in report.errors:
        log.warning("starter_article_broken", file=row.row, reason=row.message)
    log.info("starter_articles", **report.counts)
    return report


def starter_sources(folder: Path) -> Iterator[Source]:
    """Every ``<category>/<slug>.md`` below a folder, in a fixed order; read strictly, for they are ours."""
    for path in sorted(folder.glob("*/*.md")):
        name = path.relative_to(folder).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
            draft = parse_markdown(text, slug=path.stem, category=path.parent.name)
            yield name, Portable(draft=draft)
        except UnicodeDecodeError:
            yield name, Invalid("the file is not UTF-8")
        except Invalid as error:
            yield name, error
