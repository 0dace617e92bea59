"""What a customer reads when nobody is there, and in the mails that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from handoff.promises.when import Promise

MESSAGES, CHARACTERS = 20, 60_000
"""A mail shows the last so many, and fewer of very long ones; the others are in the chat."""


@dataclass(frozen=True)
class Written:
    subject: str
    text: str
    html: str


def promised(promise: Promise, when: str | None, *, mail_on: bool, email: str | None) -> str:
    """The message in the chat; ``when`` as `when.say` gives it."""
    if when is None:
        first = "Nobody is here right now, and we can't say yet when somebody will be."
    elif promise.staffed:
        first = f"Nobody is at the desk at this moment. Somebody answers you by {when}."
    elif promise.somebody:
        first = (
            f"It is outside our hours. A colleague may still answer now; "
            f"otherwise somebody is here on {when}."
        )
    else:
        first = f"Nobody is here right now. Somebody will be here on {when}."
    kept = "Your request is kept: you can close this page, and need not ask again."
    return f"{first} {kept} {_where(mail_on, email)}"


def _where(mail_on: bool, email: str | None) -> str:
    if mail_on and email:
        return f"If you are not here when we answer, the answer also goes to {email}."
    if mail_on:
        return "Leave your e-mail address, and the answer also goes there."
    return "You find the answer here, in this chat."


def contact(email: str) -> str:
    return f"Thank you. If you are not here when we answer, the answer also goes to {email}."


def missed(when: str) -> str:
    return (
        f"We said that somebody would be here by {when}, and nobody has answered you. We are sorry. "
        "Your request is now the first in line, and everybody on duty has been alerted."
    )


def missed_mail(when: str, link: str, reply: str) -> Written:
    return _letter("Your question is still open", [missed(when)], [], link, reply)


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
