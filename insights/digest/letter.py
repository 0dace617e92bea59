"""The digest to read elsewhere: plain lines for a terminal, a letter with subject, text and HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from insights.digest.found import NAMES, Digest, Section

PATH = "/staff/insights/digest"


@dataclass(frozen=True)
class Letter:
    """An e-mail without addresses."""

    subject: str
    """One line."""
    text: str
    html: str
    """The same in HTML that every mail program reads: no style sheets, pictures or scripts."""


def letter(found: Digest, base_url: str) -> Letter:
    """The digest as an e-mail; `base_url` is where its links lead, without a slash at the end."""
    page = f"{base_url}{PATH}?week={found.week}"
    things = sum(len(one.items) for one in found.sections)
    waits = "nothing to mend" if found.quiet else f"{things} {'thing' if things == 1 else 'things'}"
    subject = f"Digest, week {found.week.number}, {found.week.year}: {waits}"
    if not found.quiet:
        subject += " to look at"
    return Letter(subject, f"{as_text(found, base_url)}\n\n{page}\n", _html(found, base_url, page))


def as_text(found: Digest, base_url: str) -> str:
    """The digest as plain lines, each item with its link below."""
    lines = [_title(found), *_so_far(found)]
    for room, name in NAMES.items():
        sections = found.of(room)
        if not sections:
            continue
        lines += ["", name.upper()]
        for section in sections:
            lines += ["", _heading(section), *_told(section, base_url)]
    return "\n".join(lines)


def _told(section: Section, base_url: str) -> Iterator[str]:
    if not section.items:
        yield f"  {section.empty}"
    for one in section.items:
        yield f"  {one.text}: {one.told}" if one.told else f"  {one.text}"
        if one.path:
            yield f"    {base_url}{one.path}"


def _html(found: Digest, base_url: str, page: str) -> str:
    body = [f"<h1>{escape(_title(found))}</h1>"]
    body += [f"<p>{escape(line)}</p>" for line in _so_far(found)]
    for room, name in NAMES.items():
        sections = found.of(room)
        if sections:
            body.append(f"<h2>{escape(name)}</h2>")
        for section in sections:
            body.append(f"<h3>{escape(_heading(section))}</h3>")
            items = [_item(one.text, one.told, base_url, one.path) for one in section.items]
            if items:
                body.append(f"<ul>{''.join(items)}</ul>")
            else:
                body.append(f"<p>{escape(section.empty)}</p>")
    body.append(f'<p><a href="{escape(page)}">Open the digest</a></p>')
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(_title(found))}</title></head><body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _item(text: str, told: str, base_url: str, path: str) -> str:
    named = f'<a href="{escape(base_url + path)}">{escape(text)}</a>' if path else escape(text)
    return f"<li>{named}: {escape(told)}</li>" if told else f"<li>{named}</li>"


def _title(found: Digest) -> str:
    return (
        f"Digest, week {found.week} ({found.week.begins:%d %b} to {found.week.last_day:%d %b %Y})"
    )


def _so_far(found: Digest) -> list[str]:
    return [] if found.over else ["The week is not over: these are its figures so far."]


def _heading(section: Section) -> str:
    return f"{section.title}: {section.change.words}" if section.change else section.title
