"""Scores that are missing or older than the present model, worked out again in the background."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, insert
from sqlalchemy.exc import SQLAlchemyError

from encoder import Encoder, EncoderError
from server.clock import Clock
from server.database import Database
from server.errors import Conflict, HandrailError, Unavailable
from training.files import Claim, read_json, write_json
from training.mood_replay import chats
from training.mood_replay.models import MoodScore
from training.mood_replay.replay import Chat, Said
from training.mood_replay.rescoring import Heard, score_episode
from training.mood_replay.texts_of import Line, lines_of
from training.paths import Paths, Tools
from training.process import ProgramFailed, run
from training.serving import serving_model
from understanding.frustration import Frustration
from understanding.mood import MoodModel, load_mood

log = structlog.get_logger(__name__)

#: Messages of one run at most, of the newest chats: 15 ms each, so about two minutes.
AT_MOST = 8000
#: Loading the model, then 8,000 messages on a busy machine.
LIMIT = 900.0
TELL = 0.5
LONGEST = 4000

Parse = dict[str, Any]


class AlreadyScoring(Conflict):
    code, message = "already_scoring", "The messages are being scored already."


@dataclass(frozen=True)
class Progress:
    running: bool = False
    done: int = 0
    total: int = 0
    problem: str = ""


def stale(chat: Chat, version: str) -> list[Said]:
    """Return what has no score of the present version, and could hand the chat over."""
    return [one for one in chat.said if _typed(one) and one.version != version]


def _typed(said: Said) -> bool:
    return said.counts


class ScoreAgain:
    """One run at a time, across processes; what it found is stored, so that it is done once a model."""

    def __init__(
        self, database: Database, clock: Clock, paths: Paths, tools: Tools, encoder: Encoder
    ) -> None:
        self._database, self._clock = database, clock
        self._paths, self._tools, self._encoder = paths, tools, encoder
        self._claim = Claim(paths.var / "mood" / "scoring.lock")
        self._told = paths.var / "mood" / "progress.json"
        self._task: asyncio.Task[None] | None = None
        self._mood: MoodModel | None = None

    async def start(self, since: datetime) -> None:
        """Begin with the chats since then.

        Raises:
            AlreadyScoring: a run goes on, here or elsewhere. Unavailable: no model is in service.
        """
        if serving_model(self._paths.var) is None:
            raise Unavailable("No assistant is in service, so nothing can be scored.")
        if not self._claim.take():
            raise AlreadyScoring()
        self._tell(Progress(running=True))
        self._task = asyncio.create_task(self._work(since), name="mood-scores")
        # A task that is cancelled before its first step would never let go of the claim.
        await asyncio.sleep(0)

    def progress(self) -> Progress:
        """Return how far it is, whichever process runs it; a run whose process died has ended."""
        told = read_json(self._told) or {}
        found = Progress(
            bool(told.get("running")),
            int(told.get("done") or 0),
            int(told.get("total") or 0),
            str(told.get("problem") or ""),
        )
        if found.running and self._claim.take():
            self._claim.release()
            return Progress(done=found.done, total=found.total)
        return found

    async def wait(self) -> None:
        """Return when the run that goes on here, if any, has ended."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Stop a run: the process is about to end."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    def _tell(self, progress: Progress) -> None:
        write_json(self._told, asdict(progress))

    async def _work(self, since: datetime) -> None:
        ended = Progress()
        try:
            ended = await self._score(since)
        except ProgramFailed as error:
            ended = Progress(problem=f"The messages could not be scored. {error}")
        except (HandrailError, SQLAlchemyError, EncoderError, OSError) as error:
            log.error("scoring_failed", exc_info=error)
            ended = Progress(problem="The messages could not be scored; the log says why.")
        finally:
            self._tell(ended)
            self._claim.release()

    async def _score(self, since: datetime) -> Progress:
        async with self._database.read() as db:
            version = await chats.present_version(db, self._encoder.checksum)
            every = await chats.read(db, since, version)
            wanted = _newest([chat for chat in every if stale(chat, version)])
            lines = await lines_of(db, wanted)
        texts = sorted({one.text for found in lines.values() for one in found if not one.pressed})
        parses = await self._parse([text for text in texts if text.strip()])
        for chat in wanted:
            said = lines[chat.conversation_id, chat.episode]
            scored = await asyncio.to_thread(self._score_chat, said, parses)
            await self._keep(chat, version, said, scored)
        log.info("mood_scores_kept", chats=len(wanted), texts=len(texts))
        return Progress(done=len(texts), total=len(texts))

    async def _parse(self, texts: Sequence[str]) -> dict[str, Parse]:
        """Ask the serving model what it makes of each text; told forward as it answers."""
        model = serving_model(self._paths.var)
        if not texts or model is None:
            return {}
        found: list[Parse] = []
        told = self._clock.now()

        async def take(parse: Parse) -> None:
            nonlocal told
            if "intent" not in parse and "error" not in parse:
                return
            found.append(parse)
            if self._clock.now() - told >= timedelta(seconds=TELL):
                told = self._clock.now()
                await asyncio.to_thread(self._tell, Progress(True, len(found), len(texts)))

        self._tell(Progress(True, 0, len(texts)))
        await run(
            [*self._tools.parse, "--model", str(model)],
            self._tools,
            self._paths.logs / "mood-scores.log",
            limit=LIMIT,
            on_line=take,
            log_answers=False,
            say=[{"text": text[:LONGEST]} for text in texts],
        )
        if len(found) != len(texts):
            raise ProgramFailed(f"The model answered {len(found)} of {len(texts)} messages.")
        return dict(zip(texts, found, strict=True))

    def _score_chat(
        self, lines: Sequence[Line], parses: dict[str, Parse]
    ) -> list[Frustration | None]:
        if self._mood is None:
            mood = load_mood()
            self._mood = mood if mood.encoder == self._encoder.checksum else None
        heard = [_heard(line, parses.get(line.text, {})) for line in lines]
        return score_episode(heard, self._encoder.encode, self._mood)

    async def _keep(
        self,
        chat: Chat,
        version: str,
        lines: Sequence[Line],
        scored: Sequence[Frustration | None],
    ) -> None:
        wanted = {said.first_seq for said in stale(chat, version)}
        rows = [
            _row(chat.conversation_id, line.first_seq, version, found)
            for line, found in zip(lines, scored, strict=True)
            if found is not None and line.first_seq in wanted
        ]
        if not rows:
            return
        async with self._database.write() as db:
            await db.execute(
                delete(MoodScore).where(
                    MoodScore.conversation_id == chat.conversation_id,
                    MoodScore.first_seq.in_(wanted),
                )
            )
            await db.execute(insert(MoodScore), rows)


def _newest(found: Sequence[Chat]) -> list[Chat]:
    kept, messages = [], 0
    for chat in reversed(found):
        messages += len(chat.said)
        if messages > AT_MOST:
            break
        kept.append(chat)
    return kept


def _heard(line: Line, parse: Parse) -> Heard:
    intent = line.intent
    ranking = parse.get("intent_ranking") or []
    if not line.pressed:
        seen = parse.get("frustration") or {}
        # What the detector puts "frustrated" in the place of is what the classifier said.
        intent = seen.get("instead_of") or (parse.get("intent") or {}).get("name")
    return Heard(
        text=line.text,
        intent=intent,
        probabilities={str(one["name"]): float(one["confidence"]) for one in ranking},
        meant=str(parse.get("meant") or ""),
        pressed=line.pressed,
        bot_failures=line.bot_failures,
        waiting_seconds=line.waiting_seconds,
    )


def _row(
    conversation_id: uuid.UUID, first_seq: int, version: str, found: Frustration
) -> dict[str, Any]:
    return {
        "conversation_id": conversation_id,
        "first_seq": first_seq,
        "version": version,
        "score": round(found.score, 4),
        "signals": [
            {"name": one.name, "value": round(one.value, 4), "evidence": one.evidence}
            for one in found.signals
        ],
    }
