"""The article file format of data/articles/README.md: front matter, then Context, Action and Outcome.

An export's files also say in their front matter where the article stands (status, review_by, family…), and
name their attachments: ``files: [{id, name, media_type, path}]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import yaml

from knowledge_base.drafts import Draft, read_draft
from knowledge_base.exchange.portable import STANDING, Portable, read_portable
from knowledge_base.exchange.prose import split_body
from knowledge_base.files import FILES_LIMIT
from server.errors import Invalid

MARKDOWN_LIMIT = 512 * 1024
"""Bytes of one file: the words of two versions, and forty questions of each."""

NUMBER_LENGTH = 40

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)^---[ \t]*$\n?(.*)\Z", re.DOTALL | re.MULTILINE)
# Greedy up to the last sign: step by step, a line of spaces would cost the square of its length.
_SECTION = re.compile(r"^##[ \t]+(?=\S)(.*\S)[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}[ \t]+(?=\S)(.*)$", re.MULTILINE)
# A line of the text that would be read as the next section gets a backslash, and loses it again.
_LIKE_SECTION = re.compile(r"^(?=\\*##[ \t])", re.MULTILINE)
_ESCAPED = re.compile(r"^\\(?=\\*##[ \t])", re.MULTILINE)
_SECTIONS = ("context", "action", "outcome")
_FIELDS = frozenset(Draft.model_fields) - set(_SECTIONS)
_FILE_FIELDS = frozenset({"id", "name", "media_type", "path"})


class _Front(yaml.SafeLoader):
    """YAML without references: nobody needs them here, and few bytes of them make gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("references are not allowed")
        return super().compose_node(parent, index)

    def construct_scalar(self, node: Any) -> Any:
        # 1:1:1:… is a number, too, in base 60: it takes the square of its length, and may fit no float.
        if node.tag.endswith((":int", ":float")) and len(node.value) > NUMBER_LENGTH:
            raise yaml.YAMLError("so long a number is not allowed")
        return super().construct_scalar(node)


def parse_markdown(text: str, **defaults: str) -> Draft:
    """Read one article file; `defaults` (slug, category) hold where the front matter says nothing.

    Raises:
        Invalid: the front matter or a section is missing, unknown or not of the expected form.
    """
    front, body = _divide(text)
    return read_draft({**_said(defaults), **_read_front(front, _FIELDS), **_read_sections(body)})


def parse_portable(
    text: str, attached: Callable[[str], bytes] | None = None, **defaults: str
) -> Portable:
    """As `parse_markdown`, with what an export says besides; `attached` reads a file by its path.

    A body without any of the three sections is told apart as `split_body` says, its headings made bold lines.

    Raises:
        Invalid: the front matter is missing or wrong, a section unexpected, or an attachment missing.
        TooLarge: an attachment is over its limit.
    """
    front, body = _divide(text)
    if body.strip() and not any(_names_section(head) for head in _SECTION.finditer(body)):
        parts = split_body(_HEADING.sub(_bold_line, body.strip()))
    else:
        parts = _read_sections(body)
    fields = {**_said(defaults), **_read_front(front, _FIELDS | STANDING), **parts}
    if "files" in fields:
        fields["files"] = _attachments(fields["files"], attached)
    return read_portable(fields)


def write_markdown(draft: Draft) -> str:
    """The same article as a file; reading it again gives an equal draft."""
    return _write(
        draft.model_dump(mode="json", exclude=set(_SECTIONS), exclude_defaults=True), draft
    )


def write_portable(article: Portable, paths: Mapping[UUID, str]) -> str:
    """The article as a file of an export, whose attachments lie at `paths`."""
    fields = article.fields(files=False)
    # Said even where usual: in another folder or house the usual may differ.
    fields = {"category": article.draft.category, **fields, "slug": article.slug}
    if article.standing.files:
        fields["files"] = [
            {
                "id": str(one.id),
                "name": one.name,
                "media_type": one.media_type,
                "path": paths[one.id],
            }
            for one in article.standing.files
        ]
    return _write({name: fields[name] for name in fields if name not in _SECTIONS}, article.draft)


def _write(fields: dict[str, Any], draft: Draft) -> str:
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1000)
    parts = [f"## {name.title()}\n{_escape(getattr(draft, name))}\n" for name in _SECTIONS]
    return f"---\n{front}---\n" + "\n".join(parts)


def _escape(text: str) -> str:
    return _LIKE_SECTION.sub(r"\\", text)


def _divide(text: str) -> tuple[str, str]:
    found = _FRONT.match(text.replace("\r\n", "\n").replace("\r", "\n"))
    if found is None:
        raise Invalid("front matter: the file does not begin with a block between --- lines")
    return found[1], found[2]


def _said(defaults: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in defaults.items() if value}


def _read_front(block: str, known: frozenset[str]) -> dict[str, Any]:
    try:
        fields = yaml.load(block, _Front)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        raise Invalid("front matter: this is not YAML") from error
    if not isinstance(fields, dict):
        raise Invalid("front matter: expected lines of the form “title: …”")
    unknown = sorted(str(name) for name in set(fields) - known)
    if unknown:
        raise Invalid(f"front matter: unknown field {unknown[0][:40]!r}")
    # YAML reads "no" as false and 30 as a number; in an article they are words.
    for name in ("questions", "tags", "intents"):
        if isinstance(fields.get(name), list):
            fields[name] = [_as_text(item) for item in fields[name]]
    return {name: value for name, value in fields.items() if value is not None}


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int | float | date | datetime) else value


def _attachments(files: Any, attached: Callable[[str], bytes] | None) -> list[dict[str, Any]]:
    if not isinstance(files, list) or len(files) > FILES_LIMIT:
        raise Invalid(f"files: expected a list of at most {FILES_LIMIT}")
    if attached is None:
        raise Invalid("files: only a zip or folder brings the files along")
    found = []
    for file in files:
        if not isinstance(file, dict) or set(file) != _FILE_FIELDS:
            raise Invalid("files: each needs id, name, media_type and path")
        said = {name: file[name] for name in ("id", "name", "media_type")}
        found.append({**said, "content": attached(str(file["path"]))})
    return found


def _read_sections(body: str) -> dict[str, str]:
    heads = list(_SECTION.finditer(body))
    if not heads or body[: heads[0].start()].strip():
        raise Invalid("sections: the text must begin with “## Context”")
    parts: dict[str, str] = {}
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        name = head[1].strip().lower()
        if name not in _SECTIONS or name in parts:
            raise Invalid(f"sections: unexpected “## {head[1][:40]}”")
        part = body[head.end() : following.start() if following else len(body)].strip()
        parts[name] = _ESCAPED.sub("", part)
    return parts


def _names_section(head: re.Match[str]) -> bool:
    return head[1].lower() in _SECTIONS


def _bold_line(heading: re.Match[str]) -> str:
    # An article has no headings; a bold line by itself reads as one.
    words = heading[1].rstrip(" \t#").strip("* ")
    return f"**{words}**\n"
