"""The article file format of data/articles/README.md: front matter, then Context, Action and Outcome."""

from __future__ import annotations

import re
from typing import Any

import yaml

from knowledge_base.drafts import Draft, read_draft
from server.errors import Invalid

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)^---[ \t]*$\n?(.*)\Z", re.DOTALL | re.MULTILINE)
_SECTION = re.compile(r"^##[ \t]+(.+?)[ \t]*$", re.MULTILINE)
_SECTIONS = ("context", "action", "outcome")
_FIELDS = frozenset(Draft.model_fields) - set(_SECTIONS)


def parse_markdown(text: str, **defaults: str) -> Draft:
    """Read one article file; `defaults` (slug, category) hold where the front matter says nothing.

    Raises:
        Invalid: the front matter or a section is missing, unknown or not of the expected form.
    """
    found = _FRONT.match(text.replace("\r\n", "\n").replace("\r", "\n"))
    if found is None:
        raise Invalid("front matter: the file does not begin with a block between --- lines")
    fields = _read_front(found[1])
    return read_draft({**defaults, **fields, **_read_sections(found[2])})


def write_markdown(draft: Draft) -> str:
    """The same article as a file; reading it again gives an equal draft."""
    fields = draft.model_dump(mode="json", exclude=set(_SECTIONS), exclude_defaults=True)
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1000)
    parts = [f"## {name.title()}\n{getattr(draft, name)}\n" for name in _SECTIONS]
    return f"---\n{front}---\n" + "\n".join(parts)


def _read_front(block: str) -> dict[str, Any]:
    try:
        fields = yaml.safe_load(block)
    except (yaml.YAMLError, RecursionError) as error:
        raise Invalid("front matter: this is not YAML") from error
    if not isinstance(fields, dict):
        raise Invalid("front matter: expected lines of the form “title: …”")
    unknown = sorted(str(name) for name in set(fields) - _FIELDS)
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
    return str(value) if isinstance(value, int | float) else value


def _read_sections(body: str) -> dict[str, str]:
    heads = list(_SECTION.finditer(body))
    if not heads or body[: heads[0].start()].strip():
        raise Invalid("sections: the text must begin with “## Context”")
    parts: dict[str, str] = {}
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        name = head[1].strip().lower()
        if name not in _SECTIONS or name in parts:
            raise Invalid(f"sections: unexpected “## {head[1][:40]}”")
        parts[name] = body[head.end() : following.start() if following else len(body)].strip()
    return parts
