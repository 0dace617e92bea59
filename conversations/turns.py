"""The turn runner: one turn at a time for each conversation, an answer or an apology for every message."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

import structlog

from conversations import messages, turn_begin, turn_finish
from conversations.bot_client import Bot, BotReply
from conversations.desk import Desk
from conversations.errors import BotUnavailable
from conversations.events import QUEUE, BotChanged, OwnerChanged, Typing
from conversations.models import Author, Owner
from conversations.turn_begin import Job
from server.clock import Clock
from server.database import Database
from server.errors import Unavailable
from server.events import Bus
from server.settings import Settings

log = structlog.get_logger(__name__)

PARALLEL = 16
"""Turns that run at the same time in this process; more wait here, where no clock runs yet.

Rasa works on one thread, 20 to 30 ms a turn: sixteen hold each other up for half a second, well within the
limits of action and turn. 64 in flight were seen to make actions exceed theirs. Some more than two are needed,
for a turn that waits for the shop's own system needs no thread.
"""
THINKING_AFTER = 0.3
WRITE_PAUSES = (0.1, 0.3, 1.0)
# Slack for the transactions around the call, before another process may take a turn over.
GRACE = 5.0
LOOK_BACK = timedelta(days=1)


class Ahead(Protocol):
    """Makes ready, beside the transaction, what the bot and its search need of a text (encoder.Ahead)."""

    def begin(self, text: str) -> None:
        """Begin with it; returns at once."""
        ...

    async def ready(self, text: str) -> dict[str, str] | None:
        """What came of it, for the bot; may wait a moment for it."""
        ...


class Patience(Protocol):
    """From which frustration score on a person takes over, as the house has set it."""

    async def levels(self) -> dict[str, float] | None:
        """The least score of each level, with their version; None: the bot's own. Never raises."""
        ...


class _Worker:
    """The one task that runs a conversation's turns."""

    def __init__(self) -> None:
        self.again = False
        self.handed: list[Job] = []
        self.job: Job | None = None
        self.call: asyncio.Task[BotReply | str] | None = None
        self.task: asyncio.Task[None] | None = None


class TurnRunner:
    """Runs turns; every state that matters is in the database, so that a crash costs only time."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        clock: Clock,
        settings: Settings,
        bot: Bot,
        desk: Desk,
        *,
        ahead: Ahead | None = None,
        patience: Patience | None = None,
    ) -> None:
        """``ahead`` hears each typed text before it is written down; what comes of it goes to the bot.

        ``patience`` is asked for every turn, so that a change needs no restart.
        """
        self._database = database
        self._bus = bus
        self._clock = clock
        self._settings = settings
        self._bot = bot
        self._desk = desk
        self._ahead = ahead
        self._patience = patience
        self._workers: dict[uuid.UUID, _Worker] = {}
        self._quiet: dict[uuid.UUID, asyncio.Event] = {}
        self._places = asyncio.Semaphore(PARALLEL)
        self._tasks: list[asyncio.Task[None]] = []
        self._hints: set[asyncio.Task[None]] = set()
        self.bot_ok = True
        """Whether the bot answered when it was last asked."""

    async def start(self) -> None:
        """Take up what a crash left behind, and begin to watch the owners and the bot."""
        self._tasks = [
            asyncio.create_task(_forever("watch_owners", self._watch_owners)),
            asyncio.create_task(_forever("watch_bot", self._watch_bot)),
        ]
        await self.recover(everything=True)

    async def stop(self) -> None:
        """Let running turns end; what takes longer than a turn may is taken up at the next start."""
        for task in self._tasks:
            task.cancel()
        running = [worker.task for worker in self._workers.values() if worker.task]
        if running:
            _, late = await asyncio.wait(running, timeout=self._settings.turn_timeout)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await asyncio.gather(*self._tasks, *self._hints, return_exceptions=True)

    def wake(self, conversation_id: uuid.UUID) -> None:
        """Answer what the customer said; call it after the commit. Returns at once."""
        worker = self._workers.get(conversation_id)
        if worker is not None:
            worker.again = True
            return
        self._employ(conversation_id, None)

    def take(self, job: Job) -> None:
        """Run a turn that was begun in the transaction of the message; call it after the commit."""
        worker = self._workers.get(job.conversation_id)
        if worker is not None:
            worker.handed.append(job)
            worker.again = True
            return
        self._employ(job.conversation_id, job)

    def expect(self, text: str) -> None:
        """The customer says this, and a turn may follow: call it before the transaction. Returns at once.

        5 ms of encoding and 4 ms of spaCy pass while the message is written to the disk.
        """
        text = text.strip()
        if not text:
            return
        if self._ahead:
            self._ahead.begin(text)
        if not self._workers and self.bot_ok:
            # A busy bot has no time of its own for this: it would only take other turns' time.
            hint = asyncio.create_task(self._bot.expect(text))
            self._hints.add(hint)
            hint.add_done_callback(self._hints.discard)

    def typing(self, conversation_id: uuid.UUID, on: bool) -> None:
        """The customer types, or stopped: a turn that has not begun waits for them."""
        if on:
            self._quiet.setdefault(conversation_id, asyncio.Event())
        elif conversation_id in self._quiet:
            self._quiet.pop(conversation_id).set()

    async def recover(self, *, everything: bool = False) -> None:
        """Take up turns whose process died and messages that nobody answers.

        ``everything``: at the start. On SQLite this process is the only one, so all running turns are lost.
        """
        now = self._clock.now()
        patience = timedelta(seconds=2 * self._settings.turn_timeout + GRACE)
        before = now if everything and self._database.is_sqlite else now - patience
        after = None if everything else now - LOOK_BACK
        async with self._database.read() as db:
            lost = await turn_begin.left_running(db, after=after, before=before)
            waiting = await turn_begin.unanswered(db, after=after)
        for turn_id, conversation_id, started_at in lost:
            if conversation_id in self._workers:
                continue
            async with self._database.write() as db:
                job = await turn_begin.take_over(db, self._clock, turn_id, started_at)
            if job is None:
                continue
            log.info("turn_taken_over", turn_id=str(turn_id))
            if conversation_id not in self._workers:
                self._employ(conversation_id, job)
        for conversation_id in waiting:
            self.wake(conversation_id)

    def _employ(self, conversation_id: uuid.UUID, job: Job | None) -> None:
        worker = self._workers[conversation_id] = _Worker()
        worker.task = asyncio.create_task(self._work(conversation_id, worker, job))

    async def _work(self, conversation_id: uuid.UUID, worker: _Worker, job: Job | None) -> None:
        try:
            while True:
                worker.again = False
                if job is None and not worker.handed:
                    await self._wait_for_typing(conversation_id)
                    job = await self._begin(conversation_id)
                if job is None and worker.handed:
                    job = worker.handed.pop(0)
                if job is not None:
                    async with self._places:
                        worker.again |= await self._run(worker, job)
                    job = None
                if not worker.again:
                    return
        except Exception as error:
            # `recover` finds the turn, or the unanswered messages, within seconds.
            log.error("turn_broke", conversation_id=str(conversation_id), exc_info=error)
        finally:
            del self._workers[conversation_id]

    async def _wait_for_typing(self, conversation_id: uuid.UUID) -> None:
        quiet = self._quiet.get(conversation_id)
        if quiet is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(quiet.wait(), self._settings.typing_wait)
            # Who types longer has used up the wait; the next sign of typing begins a new one.
            if self._quiet.get(conversation_id) is quiet:
                del self._quiet[conversation_id]

    async def _begin(self, conversation_id: uuid.UUID) -> Job | None:
        async with self._database.read() as db:
            if not await turn_begin.owes_answer(db, conversation_id):
                return None
        async with self._database.write() as db:
            conversation = await messages.lock(db, conversation_id)
            return await turn_begin.begin(
                db, self._clock, conversation, limit=self._settings.message_limit
            )

    async def _run(self, worker: _Worker, job: Job) -> bool:
        """Run one turn; returns whether more was said meanwhile."""
        worker.job = job
        worker.call = asyncio.create_task(self._ask(job))
        thinking = asyncio.create_task(self._show_thinking(job.conversation_id))
        try:
            await asyncio.wait({worker.call})
            result = "owner_changed" if worker.call.cancelled() else worker.call.result()
            return await self._finish(job, result)
        finally:
            worker.call.cancel()
            thinking.cancel()
            worker.call = worker.job = None
            with suppress(asyncio.CancelledError):
                await thinking

    async def _ask(self, job: Job) -> BotReply | str:
        """The bot's reply, or the name of what went wrong. No transaction is open meanwhile."""
        vector = await self._ahead.ready(job.text) if self._ahead and not job.payload else None
        levels = await self._patience.levels() if self._patience else None
        try:
            async with asyncio.timeout(self._settings.turn_timeout + 0.5):
                reply = await self._bot.turn(job.request(self._clock, vector, levels))
        except TimeoutError:
            await self._note_bot(False)
            return "bot_timeout"
        except BotUnavailable as error:
            await self._note_bot(False)
            return error.reason
        except Exception as error:
            log.error("bot_call_broke", turn_id=str(job.turn_id), exc_info=error)
            return "bot_error"
        await self._note_bot(True)
        return reply

    async def _finish(self, job: Job, result: BotReply | str) -> bool:
        for pause in (*WRITE_PAUSES, None):
            try:
                async with self._database.write() as db:
                    return await turn_finish.finish(
                        db, self._clock, self._desk, job, result, cap=self._settings.turn_cap
                    )
            except Unavailable:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            except Exception as error:
                if isinstance(result, str):
                    raise
                # The reply can't be written as it is: the customer gets an apology instead.
                log.error("reply_unusable", turn_id=str(job.turn_id), exc_info=error)
                result = "reply_unusable"
        return True

    async def _show_thinking(self, conversation_id: uuid.UUID) -> None:
        await asyncio.sleep(THINKING_AFTER)
        thinks = Typing(conversation_id=conversation_id, author=Author.BOT, on=True)
        await self._bus.publish([thinks])
        try:
            await asyncio.Event().wait()
        finally:
            await self._bus.publish([thinks.model_copy(update={"on": False})])

    async def _watch_owners(self) -> None:
        """A turn whose epoch is old is given up, so that the new owner's turns need not wait for it."""
        async with self._bus.subscribe(QUEUE) as events:
            while True:
                event = await events.next()
                if not isinstance(event, OwnerChanged):
                    continue
                worker = self._workers.get(event.conversation_id)
                if worker and worker.call and worker.job and worker.job.epoch < event.epoch:
                    worker.call.cancel()
                if event.owner is Owner.BOT:
                    self.wake(event.conversation_id)

    async def _watch_bot(self) -> None:
        while True:
            await self._note_bot(await self._bot.check())
            await asyncio.sleep(10 if self.bot_ok else 2)

    async def _note_bot(self, ok: bool) -> None:
        if ok != self.bot_ok:
            self.bot_ok = ok
            log.warning("bot_changed", ok=ok)
            await self._bus.publish([BotChanged(ok=ok)])


async def _forever(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run a background task again when it breaks; one fault must not end it for good."""
    while True:
        try:
            await work()
        except Exception as error:
            log.error("background_task_broke", task=name, exc_info=error)
            await asyncio.sleep(1)
