"""What readers of the help centre do with articles: counted in memory, written every few seconds."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import secrets
from collections import Counter, OrderedDict
from datetime import date, timedelta
from uuid import UUID

import structlog
from fastapi import Request
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.help_centre.searches import Searches
from knowledge_base.models import Article, ArticleDay
from server.auth import cookie_name
from server.clock import Clock
from server.database import Database
from server.errors import Forbidden, Unavailable
from server.limits import address_of
from server.settings import Settings

log = structlog.get_logger(__name__)

#: Seconds between two writes; so much is lost when the power fails.
EVERY = 5.0
#: How often the most read articles are counted again (seconds), and over how many days.
TOP_EVERY, TOP_DAYS = 600.0, 30
TOP = 6
#: Judgements remembered, so that nobody's counts twice; the oldest are forgotten first.
REMEMBERED = 100_000

COUNTS = ("views", "helped", "not_helped")
# Search engines, link previews and scripts name themselves; what does not is counted as a reader.
_MACHINE = re.compile(
    r"bot|crawl|spider|slurp|preview|fetch|monitor|scan|archiv|facebookexternalhit|embedly|headless|"
    r"lighthouse|curl|wget|python|httpx|aiohttp|okhttp|java/|go-http|libwww|axios|postman|feed",
    re.IGNORECASE,
)

Key = tuple[UUID, date, str]


class Readers:
    """Views and judgements of articles, and searches; `start` writes them in the background, `stop` the rest.

    A reader is a digest of address and day, keyed with `secret`: processes that share it know the same
    readers, and nobody is known the day after. Judgements are remembered in memory, by each process.
    """

    def __init__(self, database: Database, clock: Clock, secret: str = "") -> None:
        self._database = database
        self._clock = clock
        given = secret.encode() or secrets.token_bytes(32)
        self._key = hashlib.blake2b(given, person=b"help reader").digest()
        self._counted: Counter[Key] = Counter()
        self._judged: OrderedDict[tuple[str, UUID], bool] = OrderedDict()
        self.searches = Searches(database, clock)
        self._task: asyncio.Task[None] | None = None
        self.top: tuple[UUID, ...] = ()
        """The most read articles of the last 30 days, most read first."""

    async def start(self) -> None:
        await self._find_top()
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        with contextlib.suppress(SQLAlchemyError, OSError, Unavailable):
            await self.flush()

    def view(self, article_id: UUID) -> None:
        """Count one reading."""
        self._count(article_id, "views")

    def of(self, request: Request) -> str:
        """Who reads: one for all of an address on one day, whatever the browser says that it is."""
        named = f"{address_of(request)}\0{self._clock.now().date()}".encode("utf-8", "replace")
        return hashlib.blake2b(named, key=self._key, digest_size=16).hexdigest()

    def judge(self, reader: str, article_id: UUID, *, helped: bool) -> bool:
        """Count what a reader says of an article; of one day the last word. False when it is the same again."""
        # The reader's name holds the day, so what is taken back was counted on this day too.
        before = self._judged.pop((reader, article_id), None)
        self._judged[reader, article_id] = helped
        while len(self._judged) > REMEMBERED:
            self._judged.popitem(last=False)
        if before == helped:
            return False
        if before is not None:
            self._count(article_id, _said(before), -1)
        self._count(article_id, _said(helped))
        return True

    async def flush(self) -> None:
        """Write what was counted and searched for; on an error it is kept for the next time.

        Raises:
            Unavailable: the database can't be written now.
        """
        await self._write()
        await self.searches.flush()

    async def _write(self) -> None:
        counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            async with self._database.write() as db:
                await _add(db, counted)
        except BaseException:
            self._counted.update(counted)
            raise

    def _count(self, article_id: UUID, what: str, number: int = 1) -> None:
        self._counted[article_id, self._clock.now().date(), what] += number

    async def _work(self) -> None:
        spent = 0.0
        while True:
            await asyncio.sleep(EVERY)
            spent += EVERY
            try:
                await self.flush()
                if spent >= TOP_EVERY:
                    spent = 0.0
                    await self._find_top()
            except (SQLAlchemyError, OSError, Unavailable) as error:
                log.warning("readers_not_written", reason=type(error).__name__)

    async def _find_top(self) -> None:
        since = self._clock.now().date() - timedelta(days=TOP_DAYS)
        total = func.sum(ArticleDay.views)
        async with self._database.read() as db:
            rows = await db.scalars(
                select(ArticleDay.article_id)
                .where(ArticleDay.day >= since)
                .group_by(ArticleDay.article_id)
                .having(total > 0)
                .order_by(total.desc(), ArticleDay.article_id)
                .limit(4 * TOP)  # some of them may not be public any more
            )
            self.top = tuple(rows)


def _said(helped: bool) -> str:
    return "helped" if helped else "not_helped"


async def _add(db: AsyncSession, counted: Counter[Key]) -> None:
    wanted = {article_id for article_id, _, _ in counted}
    # An article may be gone since; its row would fail all others.
    there = set(await db.scalars(select(Article.id).where(Article.id.in_(wanted))))
    days: dict[tuple[UUID, date], dict[str, int]] = {}
    for (article_id, day, what), number in counted.items():
        if article_id in there:
            row = days.setdefault((article_id, day), dict.fromkeys(COUNTS, 0))
            row[what] += number
    dialect = db.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # In one order everywhere: two processes that lock the same rows never wait for each other.
    for (article_id, day), row in sorted(days.items(), key=lambda one: (one[0][1], str(one[0][0]))):
        statement = insert(ArticleDay).values(article_id=article_id, day=day, **row)
        await db.execute(
            statement.on_conflict_do_update(
                index_elements=[ArticleDay.article_id, ArticleDay.day],
                set_={name: getattr(ArticleDay, name) + row[name] for name in COUNTS},
            )
        )


def is_reader(request: Request, settings: Settings) -> bool:
    """Whether this request counts as somebody who reads: no staff, no machine, no page loaded ahead."""
    agent = request.headers.get("user-agent", "")
    if request.method != "GET" or not agent or _MACHINE.search(agent):
        return False
    if "prefetch" in request.headers.get("sec-purpose", request.headers.get("purpose", "")):
        return False
    return cookie_name(settings.secure_cookies) not in request.cookies


def require_own_page(request: Request, settings: Settings) -> None:
    """Let pass only what one of our own pages sent: a form here has no other sign of who made it.

    Raises:
        Forbidden: another site's page, or no page at all.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site not in (None, "same-origin") or origin not in settings.own_origins:
        raise Forbidden("Please use the form on the page itself.")
