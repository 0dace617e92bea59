"""A chat as a file for its customer: who said what and when, on their clock, as text or as one HTML page.

Only what the customer could see is in it: the messages, not the notes, and of our own lines those alone that
promise something.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import inviting
from conversations.models import Author, Message
from conversations.transcript_words import ENGLISH, LANGUAGES, Words

Format = Literal["text", "html"]

#: The newest of a very long chat: about a hundred hours of talking.
MOST = 3000
#: System lines that the customer may hold us to (handoff.promises).
PROMISES = frozenset({"promised", "promise_missed"})

_LINK = re.compile(
    r"\[([^\]\n]{1,200})\]\((https://[^\s()<>\"]{1,500}|/help/files/[0-9a-f-]{36})\)"
)
_BOLD = re.compile(r"\*\*(?=\S)([^\n]{1,400}?)\*\*")
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,500}")
_AFTER = ".,;:!?)]}'*_"

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#17202c;"
    "background:#fff}h1{font-size:1.4rem;margin:0}p{margin:0}article{margin:1.2rem 0;padding:0 0 0 1rem;"
    "border-inline-start:3px solid #dde3ea}article.you{border-color:#1f5fbf}.who{color:#536070;"
    "font-size:.875rem}.said{white-space:pre-wrap;overflow-wrap:anywhere}a{color:#1a4f9f}"
    "@media(prefers-color-scheme:dark){body{background:#161b22;color:#eaeff6}.who{color:#aeb8c6}"
    "article{border-color:#343d4a}a{color:#8ab8ff}}"
)


@dataclass(frozen=True)
class Said:
    """One message as it is saved."""

    who: str
    at: str
    text: str
    own: bool
    source: tuple[str, str] | None
    """Title and address of the article it came from."""


@dataclass(frozen=True)
class Transcript:
    """A chat, ready to be written; `said` is oldest first."""

    said: tuple[Said, ...]
    saved: str
    words: Words
    language: str
    shortened: bool
    """Whether earlier messages are left out."""
    last_seq: int
    answered: bool
    """Whether anybody but the customer has said something; an invitation that they answer is nobody's answer."""


async def read(
    db: AsyncSession,
    conversation_id: uuid.UUID,
    *,
    now: datetime,
    zone: str | None,
    language: str,
    base: str,
) -> Transcript:
    """The chat as its customer saw it; ``zone`` is theirs, ``base`` the address that articles stand under."""
    found = await db.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            or_(
                Message.author != Author.SYSTEM,
                Message.payload["event"].as_string().in_(PROMISES),
            ),
        )
        .order_by(Message.seq.desc())
        .limit(MOST + 1)
    )
    newest = list(found)
    messages = newest[:MOST][::-1]
    words, here = LANGUAGES.get(language, ENGLISH), ZoneInfo(zone or "UTC")
    said = [_said(one, words, here, base) for one in messages]
    return Transcript(
        said=tuple(one for one in said if one.text or one.source),
        saved=words.saved.format(when=f"{_when(now, here)} ({here.key})"),
        words=words,
        language=language if language in LANGUAGES else "en",
        shortened=len(newest) > MOST,
        last_seq=messages[-1].seq if messages else 0,
        answered=any(
            one.author in (Author.BOT, Author.AGENT) and one.payload.get("kind") != inviting.KIND
            for one in messages
        ),
    )


def shorter(transcript: Transcript, limit: int) -> Transcript:
    """The same without the oldest messages, so that both its forms stay below ``limit`` characters."""
    room = limit - len(as_html(_with(transcript, (), shortened=True)))
    kept: list[Said] = []
    for one in reversed(transcript.said):
        room -= len(_article(one, transcript.words))
        if room < 0:
            return _with(transcript, tuple(reversed(kept)), shortened=True)
        kept.append(one)
    return transcript


def as_text(transcript: Transcript, *closing: str) -> str:
    """Plain text; one paragraph a message."""
    return "\n\n".join(_paragraphs(transcript, closing)) + "\n"


def as_html(transcript: Transcript, *closing: str) -> str:
    """One page that needs nothing else and runs nothing; every text in it is escaped."""
    words, language = transcript.words, transcript.language
    direction = "rtl" if language == "ar" else "ltr"
    head = (
        f'<!doctype html>\n<html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">"
        f"<title>{escape(words.title)}</title><style>{_STYLE}</style></head><body>\n"
        f'<h1>{escape(words.title)}</h1>\n<p class="who">{escape(transcript.saved)}</p>\n'
    )
    if transcript.shortened:
        head += f'<p class="who">{escape(words.earlier)}</p>\n'
    said = "".join(_article(one, words) for one in transcript.said)
    end = "".join(f'<p class="who">{escape(line)}</p>\n' for line in closing)
    return f"{head}{said}{end}</body></html>\n"


def _paragraphs(transcript: Transcript, closing: Sequence[str]) -> Iterator[str]:
    words = transcript.words
    yield f"{words.title}\n{transcript.saved}"
    if transcript.shortened:
        yield words.earlier
    for one in transcript.said:
        lines = [f"[{one.at}] {one.who}:", *([one.text] if one.text else [])]
        if one.source:
            lines.append(f"{words.article}: {one.source[0]}\n{one.source[1]}")
        yield "\n".join(lines)
    yield from closing


def _article(one: Said, words: Words) -> str:
    source = ""
    if one.source:
        title, address = map(escape, one.source)
        source = (
            f'<p class="who">{escape(words.article)}: '
            f'<a href="{address}" rel="noopener noreferrer" dir="auto">{title}</a></p>'
        )
    # What customers wrote stays plain text, as in the chat.
    text = escape(one.text) if one.own else _linked(one.text)
    whose = ' class="you"' if one.own else ""
    return (
        f'<article{whose}><p class="who"><b dir="auto">{escape(one.who)}</b>'
        f' <time dir="ltr">{one.at}</time></p>'
        f'<p class="said" dir="auto">{text}</p>{source}</article>\n'
    )


def _said(message: Message, words: Words, zone: ZoneInfo, base: str) -> Said:
    own = message.author is Author.CUSTOMER
    who = {
        Author.CUSTOMER: words.you,
        Author.BOT: words.assistant,
        Author.AGENT: message.agent_name or words.team,
        Author.SYSTEM: words.notice,
    }[message.author]
    return Said(
        who=" ".join(who.split()),
        at=_when(message.created_at, zone),
        text=_text(message, words, base),
        own=own,
        source=_source(message, base),
    )


def _text(message: Message, words: Words, base: str) -> str:
    if message.is_file:
        return f"{words.file}: {message.text}"
    return message.text if message.author is Author.CUSTOMER else _unmarked(message.text, base)


def _source(message: Message, base: str) -> tuple[str, str] | None:
    source = message.payload.get("source")
    if not isinstance(source, dict):
        return None
    title, url = str(source.get("title") or ""), str(source.get("url") or "")
    # Our own help centre only, as in the chat.
    return (title, base + url) if title and re.fullmatch(r"/help/[\w-]{1,80}", url) else None


def _unmarked(text: str, base: str) -> str:
    """Without the marks of an article's text; a link is its words and its address."""

    def link(found: re.Match[str]) -> str:
        words, address = found[1], found[2]
        return f"{words} ({base + address if address.startswith('/') else address})"

    return _BOLD.sub(r"\1", _LINK.sub(link, text))


def _linked(text: str) -> str:
    """Escaped, with its https addresses as links."""
    parts, at = [], 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_AFTER)
        parts.append(escape(text[at : found.start()]))
        parts.append(f'<a href="{escape(address)}" rel="noopener noreferrer">{escape(address)}</a>')
        at = found.start() + len(address)
    return "".join([*parts, escape(text[at:])])


def _when(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d, %H:%M}"


def _with(transcript: Transcript, said: tuple[Said, ...], *, shortened: bool) -> Transcript:
    return Transcript(
        said, transcript.saved, transcript.words, transcript.language, shortened,
        transcript.last_seq, transcript.answered,
    )  # fmt: skip
