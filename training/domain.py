"""The intents and entities that the assistant knows, as `domain.yml` lists them, and how an intent is added.

A new intent is a question that the articles answer: one line in `domain.yml`, one in the rule that searches. Other
kinds need more than lines: a social one its reply, a task its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from server.errors import Conflict, Unavailable

#: Rasa's own, which nobody says (rasa/shared/core/constants.py, DEFAULT_INTENTS).
NOBODYS = frozenset({"restart", "back", "session_start", "nlu_fallback"})
ANSWER = "action_answer"
#: Topics, too, but none that a new one stands below.
_ODD = frozenset({"give_details", "out_of_scope", *NOBODYS})
_TOPIC = re.compile(r"^(?P<indent> *)- (?P<name>\w+): *\{[^}]*\bkind: topic\b")
_ITEM = re.compile(r"^(?P<indent> *)- (?P<name>\w+)\b")
_RULED = re.compile(r"^(?P<indent> +)- intent: (?P<name>\w+)\s*$")


class DomainNotReadable(Conflict):
    code, message = (
        "domain_not_readable",
        "domain.yml or a rule is not in the form that is kept here.",
    )


def intents(path: Path) -> list[str]:
    """Return the names of the intents that a message can have, in alphabetical order.

    Raises:
        Unavailable: the domain is missing or can't be read.
    """
    listed = _load(path).get("intents")
    if not isinstance(listed, list):
        raise Unavailable("domain.yml lists no intents.")
    return sorted({name for name, _ in _named(listed)} - NOBODYS)


def entities(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the entities that can be marked in a message, in the domain's order, each with its roles.

    Raises:
        Unavailable: the domain is missing or can't be read.
    """
    listed = _load(path).get("entities")
    return {
        name: tuple(str(role) for role in more.get("roles") or ())
        for name, more in _named(listed if isinstance(listed, list) else [])
    }


def with_intent(text: str, name: str) -> str:
    """Return domain.yml with one topic more, below the topic that comes before it in the alphabet.

    Raises:
        DomainNotReadable: its intents are not written as one line each.
    """
    lines = text.split("\n")
    start = next((n for n, line in enumerate(lines) if re.match(r"intents: *(#.*)?$", line)), None)
    if start is None:
        raise DomainNotReadable("domain.yml: the line 'intents:' is missing.")
    end = start + 1
    while end < len(lines) and re.match(r" *- | *#|\s*$", lines[end]):
        end += 1
    items = [n for n in range(start + 1, end) if _ITEM.match(lines[n])]
    topics = [n for n in items if (found := _TOPIC.match(lines[n])) and found["name"] not in _ODD]
    match = _ITEM.match(lines[items[0]]) if items else None
    indent = match["indent"] if match else ""
    place = _below(lines, topics, _TOPIC, name) if topics else (items[-1] if items else start) + 1
    lines.insert(place, f"{indent}- {name}: {{use_entities: [], kind: topic}}")
    made = "\n".join(lines)
    if name not in _names_in(made):
        raise DomainNotReadable(f"domain.yml, line {place + 1}: no intent can be added here.")
    return made


def with_rule(text: str, name: str) -> str | None:
    """Return a file of rules with the intent among those that are answered by search; None: no such rule here."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not re.match(rf" *- action: {ANSWER}\s*$", line):
            continue
        first = number
        while first and _RULED.match(lines[first - 1]):
            first -= 1
        listed = list(range(first, number))
        if not listed or not re.match(r" *- or:\s*$", lines[first - 1]):
            continue
        names = {n: found["name"] for n in listed if (found := _RULED.match(lines[n]))}
        if name in names.values():
            return text
        ordinary = [n for n in listed if names[n] not in _ODD] or listed
        match = _RULED.match(lines[first])
        indent = match["indent"] if match else ""
        lines.insert(_below(lines, ordinary, _RULED, name), f"{indent}- intent: {name}")
        return "\n".join(lines)
    return None


def files_with(domain: Path, rules: Path, name: str) -> dict[Path, str]:
    """Return the files that make an intent known, as they are to be; the domain last: it says that all is done.

    Raises:
        Unavailable: the domain can't be read.
        DomainNotReadable: it, or the rule that searches, is written in another form.
    """
    found: dict[Path, str] = {}
    for path in sorted(rules.glob("*.yml")):
        if (made := with_rule(path.read_text("utf-8"), name)) is not None:
            found[path] = made
            break
    else:
        raise DomainNotReadable(
            f"data/{rules.name}: no rule lists the intents that {ANSWER} answers, one '- intent: name' a line."
        )
    if name not in _names_in(domain.read_text("utf-8")):
        found[domain] = with_intent(domain.read_text("utf-8"), name)
    return found


def files_without(
    domain: Path, rules: Path, name: str, *, partly: bool = False
) -> dict[Path, str] | None:
    """Undo `files_with`: the files without the two lines; None when they are not as they were written.

    `partly`: one of the two may be gone already.

    Raises:
        Unavailable: a file can't be read.
    """
    found: dict[Path, str] = {}
    lines = {domain: rf" *- {name}: {{use_entities: \[\], kind: topic}}"}
    lines |= dict.fromkeys(sorted(rules.glob("*.yml")), rf" +- intent: {name}")
    for path, form in lines.items():
        try:
            text = path.read_bytes().decode()
        except (OSError, ValueError) as error:
            raise Unavailable(f"{path.name} can't be read.") from error
        kept = text.split("\n")
        own = [n for n, line in enumerate(kept) if re.fullmatch(form, line)]
        if len(own) == 1:
            del kept[own[0]]
            found[path] = "\n".join(kept)
    # The rule first: the domain says that an intent is there.
    whole = partly or (len(found) == 2 and domain in found)
    return dict(sorted(found.items(), key=lambda one: one[0] == domain)) if whole else None


def _below(lines: Sequence[str], places: Sequence[int], form: re.Pattern[str], name: str) -> int:
    """Return where a line goes: below the one that precedes it in the alphabet, else above the first."""
    before = [
        (found["name"], n)
        for n in places
        if (found := form.match(lines[n])) and found["name"] < name
    ]
    return max(before)[1] + 1 if before else places[0]


def _names_in(text: str) -> set[str]:
    try:
        listed = yaml.safe_load(text)["intents"]
    except (KeyError, TypeError, yaml.YAMLError) as error:
        raise DomainNotReadable("domain.yml can't be read.") from error
    return {name for name, _ in _named(listed)}


def _load(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise Unavailable("domain.yml can't be read, so no intent is known.") from error
    return found if isinstance(found, dict) else {}


def _named(listed: Iterable[Any]) -> list[tuple[str, dict[str, Any]]]:
    """An entry with options is a mapping of its name to them."""
    found = []
    for one in listed:
        name = next(iter(one)) if isinstance(one, dict) else one
        more = one[name] if isinstance(one, dict) else None
        found.append((str(name), more if isinstance(more, dict) else {}))
    return found
