"""What a customer reads when nobody is there, and in the mails that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from conversations.lines import Line, line
from handoff.promises.when import Promise

MESSAGES, CHARACTERS = 20, 60_000
"""A mail shows the last so many, and fewer of very long ones; the others are in the chat."""


@dataclass(frozen=True)
class Written:
    subject: str
    text: str
    html: str


def promised(promise: Promise, when: str | None, *, mail_on: bool, email: str | None) -> list[Line]:
    """The message in the chat; ``when`` as `when.say` gives it."""
    if when is None:
        first = line("promise_unknown")
    else:
        key = "outside" if promise.somebody else "nobody"
        if promise.staffed:
            key = "staffed"
        first = line(f"promise_{key}", until=when, at=promise.at)
    return [first, line("promise_kept"), _where(mail_on, email)]


def _where(mail_on: bool, email: str | None) -> Line:
    if mail_on and email:
        return line("promise_mail", email=email)
    return line("promise_ask" if mail_on else "promise_here")


def contact(email: str) -> list[Line]:
    return [line("promise_thanks"), line("promise_mail", email=email)]


def missed(when: str, at: datetime | None) -> Line:
    return line("promise_missed", until=when, at=at)


def missed_mail(when: str, link: str, reply: str) -> Written:
    return _letter("Your question is still open", [missed(when, None).text], [], link, reply)


def answer_mail(said: Sequence[tuple[str, str]], link: str, reply: str) -> Written:
    """``said``: who wrote what, oldest first."""
    shown = said[-MESSAGES:]
    while len(shown) > 1 and sum(len(escape(text)) for _, text in shown) > CHARACTERS:
        shown = shown[1:]
    name = shown[-1][0]
    opening = [f"{name} has answered you in the chat:"]
    if len(said) > len(shown):
        opening.append(f"({len(said) - len(shown)} earlier messages are in the chat.)")
    return _letter("Your answer from " + " ".join(name.split()), opening, shown, link, reply)


def _letter(
    subject: str, opening: list[str], said: Sequence[tuple[str, str]], link: str, reply: str
) -> Written:
    closing = (
        "You can answer by replying to this mail, or go on in the chat:"
        if reply
        else "Please don't reply to this mail, nobody reads it. Go on in the chat:"
    )
    lasts = "This link works once, for three days, and opens your chat: please don't pass it on."
    quoted = [f"{name}:\n{text}" for name, text in said]
    text = "\n\n".join([*opening, *quoted, closing, link, lasts]) + "\n"
    parts = [f"<p>{escape(line)}</p>" for line in opening]
    parts += [
        f'<blockquote style="margin:0 0 1em;padding-left:1em;border-left:3px solid #ccc">'
        f'<b>{escape(name)}</b><br><span style="white-space:pre-wrap">{escape(words)}</span></blockquote>'
        for name, words in said
    ]
    parts.append(f'<p>{escape(closing)} <a href="{escape(link)}">Open the chat</a></p>')
    parts.append(f"<p><small>{escape(lasts)}</small></p>")
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><body>{"".join(parts)}</body></html>'
    )
    return Written(subject[:200], text, page)
