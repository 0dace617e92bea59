"""What readers of the help centre do with articles: counted in memory, written every few seconds."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ipaddress
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

from knowledge_base.models import Article, ArticleDay
from server.auth import cookie_name
from server.clock import Clock
from server.database import Database
from server.errors import Forbidden, Unavailable
from server.settings import Settings

log = structlog.get_logger(__name__)

#: Seconds between two writes; so much is lost when the power fails.
EVERY = 5.0
#: How often the most read articles are counted again (seconds), and over how many days.
TOP_EVERY, TOP_DAYS = 600.0, 30
TOP = 6
#: Judgements remembered, so that none counts twice; the oldest are forgotten first.
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
    """Views and judgements of articles; `start` writes them in the background, `stop` writes the rest.

    Who judged is remembered as a digest with a secret that lives as long as this object, so nothing that
    names a reader is ever stored. Several app processes remember each for itself.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._salt = secrets.token_bytes(32)
        self._counted: Counter[Key] = Counter()
        self._judged: OrderedDict[bytes, None] = OrderedDict()
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

    def judge(self, reader: str, article_id: UUID, *, helped: bool) -> bool:
        """Count what a reader says of an article; False when they said something today already."""
        day = self._clock.now().date()
        named = f"{reader}\0{article_id}\0{day}".encode("utf-8", "replace")
        digest = hashlib.blake2b(named, key=self._salt, digest_size=16).digest()
        if digest in self._judged:
            return False
        self._judged[digest] = None
        while len(self._judged) > REMEMBERED:
            self._judged.popitem(last=False)
        self._count(article_id, "helped" if helped else "not_helped")
        return True

    async def flush(self) -> None:
        """Write what was counted, in one transaction; on an error it is kept for the next time.

        Raises:
            Unavailable: the database can't be written now.
        """
        counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            async with self._database.write() as db:
                await _add(db, counted)
        except BaseException:
            self._counted.update(counted)
            raise

    def _count(self, article_id: UUID, what: str) -> None:
        self._counted[article_id, self._clock.now().date(), what] += 1

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


def reader_of(request: Request) -> str:
    """What tells two readers apart well enough to count each once; never stored as it is."""
    return f"{address_of(request)}\0{request.headers.get('user-agent', '')[:400]}"


def address_of(request: Request) -> str:
    """The address that limits count by; of IPv6 the network, for every household has 2^64 addresses in it."""
    host = request.client.host if request.client else "unknown"
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def require_own_page(request: Request, settings: Settings) -> None:
    """Let pass only what one of our own pages sent: a form here has no other sign of who made it.

    Raises:
        Forbidden: another site's page, or no page at all.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site not in (None, "same-origin") or origin not in settings.own_origins:
        raise Forbidden("Please use the form on the page itself.")
