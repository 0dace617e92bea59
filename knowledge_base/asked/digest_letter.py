"""The week's digest to read elsewhere: plain lines for a terminal, a letter with subject, text and HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from knowledge_base.asked.digest import Digest, Recurring
from knowledge_base.asked.health import Health

#: The longest question or title that stands in a letter.
WIDTH = 200


@dataclass(frozen=True)
class Letter:
    """An e-mail without addresses."""

    subject: str
    """One line."""
    text: str
    html: str
    """The same in HTML that every mail program reads: no style sheets, pictures or scripts."""


@dataclass(frozen=True)
class _Line:
    text: str
    said: str
    path: str = ""
    """Where it is mended."""


@dataclass(frozen=True)
class _Part:
    heading: str
    lines: tuple[_Line, ...]
    empty: str


def letter(found: Digest, base_url: str) -> Letter:
    """The digest as an e-mail; `base_url` is where its links lead, without a slash at the end."""
    week = f"week {found.week.number}, {found.week.year}"
    failed = found.totals.failed
    said = (
        "nothing waits for you"
        if found.quiet
        else f"{failed} {'question' if failed == 1 else 'questions'} without a good answer"
    )
    page = f"{base_url}/staff/articles/digest?week={found.week}"
    return Letter(
        subject=f"Knowledge base, {week}: {said}",
        text=f"{as_text(found)}\n\n{page}\n",
        html=_html(found, base_url, page),
    )


def as_text(found: Digest) -> str:
    """The digest as plain lines."""
    lines = [f"Knowledge base, week {found.week}", "", *_sums(found)]
    for part in _parts(found):
        told = [f"  {one.text}{one.said}" for one in part.lines]
        lines += ["", part.heading, *(told or [f"  {part.empty}"])]
    return "\n".join(lines)


def _html(found: Digest, base_url: str, page: str) -> str:
    body = [f"<h1>Knowledge base, week {found.week}</h1>", _list(map(escape, _sums(found)))]
    for part in _parts(found):
        body.append(f"<h2>{escape(part.heading)}</h2>")
        lines = [
            f'<a href="{escape(base_url + one.path)}">{escape(one.text)}</a>{escape(one.said)}'
            if one.path
            else escape(one.text + one.said)
            for one in part.lines
        ]
        body.append(_list(lines) if lines else f"<p>{escape(part.empty)}</p>")
    body.append(f'<p><a href="{escape(page)}">Open the digest</a></p>')
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>Knowledge base, week {found.week}</title></head><body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _list(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{one}</li>' for one in items)}</ul>"


def _sums(found: Digest) -> list[str]:
    now, before = found.totals, found.before
    return [
        f"Without a good answer: {now.failed} (the week before: {before.failed}), "
        f"of them in the help centre: {now.searches} ({before.searches})",
        f"Answers shown: {now.shown} ({before.shown})",
        f"Helped: {now.helped} ({before.helped}), did not: {now.not_helped} ({before.not_helped})",
        f"Help-centre pages read: {now.views} ({before.views})",
    ]


def _parts(found: Digest) -> tuple[_Part, ...]:
    worst = [_article(one.slug, one.title, _said(one.health)) for one in found.worst]
    old = [
        _article(
            one.slug,
            one.title,
            f"review was due {one.review_by}" if one.overdue else f"unchanged since {one.updated}",
        )
        for one in found.old
    ]
    new = [
        _article(one.slug, one.title, f"shown {one.health.shown}×, {_said(one.health)}")
        for one in found.new
    ]
    return (
        _Part("Asked in vain", tuple(map(_recurring, found.recurring)), "nothing"),
        _Part("Helping least", tuple(worst), "nothing"),
        _Part("To read again", tuple(old), "nothing"),
        _Part("New", tuple(new), "nothing"),
    )


def _recurring(one: Recurring) -> _Line:
    place = f", {one.cluster.searches}× in the help centre" if one.cluster.searches else ""
    said = f" (the week before: {one.before}{place})"
    return _Line(f"{one.cluster.failed}× {_short(one.cluster.heading)}", said)


def _article(slug: str, title: str, said: str) -> _Line:
    return _Line(_short(title), f": {said}", f"/staff/articles/{quote(slug, safe='')}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1].rstrip()}…"


def _said(one: Health) -> str:
    share = one.helpfulness
    if share is None:
        return "no votes yet"
    return f"{share.value:.0%} of {share.of} said that it helped"
