"""The widget's modules joined to a few files: gzip finds more that repeats, and a click asks for one file, not 20.

A module becomes a function that runs once and gives what it exports: its names stay its own. The first module of a
pack is the file that is asked for, and brings the others along; another module of it that is imported by itself is
answered by a line that leads there. Modules are written in the forms below, and nothing else is understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

#: In the order in which they are loaded: the bubble, the rules of invitations and what they show, where the
#: house has any, and all that may come after the first click. Apart, what is wanted later (help, form, surveys)
#: would cost 2 kB more in all, and a wait of its own each. Files are rare, and large enough to stand alone.
PACKS = (
    ("handrail.js",),
    ("invite.js",),
    ("teaser.js",),
    ("chat.js", "help.js", "save.js", "suggest.js", "start.js", "survey.js", "asks.css.js"),
    ("files.js",),
)

SHEET = ".css.js"

_IMPORT = re.compile(
    r'^import\s+(?:(\w+)\s*,?\s*)?(?:\{([^}]*)\}\s*)?from\s+"\./([\w.-]+)";\n?', re.MULTILINE
)
_PASSED_ON = re.compile(r'^export\s+\{([^}]*)\}\s+from\s+"\./([\w.-]+)";\n?', re.MULTILINE)
_NAMED = re.compile(r"^export\s+((?:async\s+)?function|class|const)\s+(\w+)", re.MULTILINE)
_DEFAULT = re.compile(r"^export\s+default\s+", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b[^(]", re.MULTILINE)


class NotUnderstood(ValueError):
    """A module is written in a form that can't be joined."""


def joined(sources: Mapping[str, str]) -> dict[str, str]:
    """The files that the widget's pages ask for, by name; what is in no pack stays as it is.

    Raises:
        NotUnderstood: a module's imports or exports have another form; its name is told.
    """
    place: dict[str, str] = {}
    files: dict[str, str] = {}
    for entries in PACKS:
        head = entries[0]
        members = [name for name in _reached(entries, sources) if name not in place]
        if place:
            # Sheets need nothing but the first pack, and next to each other they pack best.
            members.sort(key=lambda name: not name.endswith(SHEET))
        place |= dict.fromkeys(members, head)
        files[head] = _pack(members, head, place, sources)
        for name in entries[1:]:
            files[name] = _facade(name, head, sources[name])
    return {
        name: files.get(name, sources[name])
        for name in sources
        if name in files or name not in place
    }


def _reached(entries: tuple[str, ...], sources: Mapping[str, str]) -> Iterator[str]:
    """The entries and all that they import, each after what it needs."""
    seen: set[str] = set()

    def walk(name: str) -> Iterator[str]:
        if name in seen:
            return
        seen.add(name)
        for needed in _needs(sources[name]):
            yield from walk(needed)
        yield name

    for name in entries:
        yield from walk(name)


def _needs(source: str) -> list[str]:
    found = [match[3] for match in _IMPORT.finditer(source)]
    return found + [match[2] for match in _PASSED_ON.finditer(source)]


def _pack(
    members: list[str], head: str, place: Mapping[str, str], sources: Mapping[str, str]
) -> str:
    elsewhere: dict[str, list[str]] = {}
    for name in dict.fromkeys(one for member in members for one in _needs(sources[member])):
        if place[name] != head:
            elsewhere.setdefault(place[name], []).append(_name(name))
    lines = [
        f'import {{ {", ".join(names)} }} from "./{file}";' for file, names in elsewhere.items()
    ]
    lines += [_wrapped(name, sources[name]) for name in members]
    lines.append(f"export {{ {', '.join(_name(name) for name in members)} }};")
    lines.append(_exports(_name(head), sources[head]))
    return "\n".join(lines) + "\n"


def _facade(name: str, head: str, source: str) -> str:
    own = _name(name)
    return f'import {{ {own} }} from "./{head}";\n{_exports(own, source)}\n'


def _exports(own: str, source: str) -> str:
    """What the module exports, said again by the file that is asked for."""
    names = [name for name, _ in _given(source) if name != "default"]
    lines = [f"export const {{ {', '.join(names)} }} = {own};"] if names else []
    if _DEFAULT.search(source):
        lines.append(f"export default {own}.default;")
    return "\n".join(lines)


def _given(source: str) -> Iterator[tuple[str, str]]:
    """What a module exports, and the expression that gives it inside."""
    for match in _PASSED_ON.finditer(source):
        for name in _listed(match[1]):
            yield name, f"{_name(match[2])}.{name}"
    for match in _NAMED.finditer(source):
        yield match[2], match[2]
    if _DEFAULT.search(source):
        yield "default", "$default"


def _wrapped(name: str, source: str) -> str:
    gives = ", ".join(f"{one}: {by}" if one != by else one for one, by in _given(source))
    body = _IMPORT.sub(_taken, source)
    body = _NAMED.sub(r"\1 \2", _PASSED_ON.sub("", body))
    body = _DEFAULT.sub("const $default = ", body)
    if left := _LEFT.search(body):
        raise NotUnderstood(f"{name}: {left[0]!r}")
    return f"const {_name(name)} = (() => {{\n{body}\nreturn {{ {gives} }};\n}})();"


def _taken(match: re.Match[str]) -> str:
    own = _name(match[3])
    names = ", ".join(_listed(match[2] or ""))
    taken = f"const {{ {names} }} = {own};\n" if names else ""
    return taken + (f"const {match[1]} = {own}.default;\n" if match[1] else "")


def _listed(names: str) -> list[str]:
    found = [name.strip() for name in names.split(",") if name.strip()]
    if any(not name.isidentifier() for name in found):
        raise NotUnderstood(f"names are taken as they are: {names!r}")
    return found


def _name(file: str) -> str:
    return "$" + re.sub(r"\W", "_", file.removesuffix(".js"))
