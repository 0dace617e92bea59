"""The widget's modules joined to two files: gzip finds more that repeats, and a click asks for one file, not 30.

The modules of a pack share one scope, in which the minifier may give every name a letter; so no two of them may
call different things by the same name. The first module of a pack is the file that is asked for, and exports for
all. Modules are written in the forms below, and nothing else is understood; what is in one file needs no import of
its own at a later moment.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

#: The first modules, in the order in which they are loaded: the bubble with its invitations, and all that may come
#: after the first click. Apart, what is wanted later (help, files) would cost 3 kB more in all, and a wait each.
PACKS = ("handrail.js", "chat.js")

SHEET = ".css.js"

_IMPORT = re.compile(
    r'^import\s+(?:(\w+)\s*,?\s*)?(?:\{([^}]*)\}\s*)?from\s+"\./([\w.-]+)";\n?', re.MULTILINE
)
_PASSED_ON = re.compile(r'^export\s+\{([^}]*)\}\s+from\s+"\./([\w.-]+)";\n?', re.MULTILINE)
_NAMED = re.compile(r"^export\s+((?:async\s+)?function|class|const)\s+(\w+)", re.MULTILINE)
_DEFAULT = re.compile(r"^export\s+default\s+", re.MULTILINE)
_DECLARED = re.compile(
    r"^(?:export\s+)?(?:(?:async\s+)?function\*?|class|const|let)\s+(\w+)", re.MULTILINE
)
_LATER = re.compile(r'\bimport\("\./([\w.-]+)"\)')
_LEFT = re.compile(r"^(?:import|export)\b[^(]", re.MULTILINE)
# What a module may mean without declaring it: another module's name would take its place.
_GLOBALS = frozenset(
    {
        "close", "event", "fetch", "find", "focus", "history", "length", "location", "name",
        "navigator", "open", "origin", "parent", "performance", "print", "screen", "scroll",
        "self", "status", "stop", "top",
    }
)  # fmt: skip


class NotUnderstood(ValueError):
    """Modules are written in a form that can't be joined."""


@dataclass
class _Pack:
    """One file: its modules, each after what it needs, and what they call things."""

    head: str
    members: list[str]
    owner: dict[str, str] = field(default_factory=dict)
    """Where what is called so comes from."""

    def is_new(self, name: str, owner: str) -> bool:
        """Whether nothing was called so; now this is.

        Raises:
            NotUnderstood: something else is called so.
        """
        if name in _GLOBALS:
            raise NotUnderstood(f"{owner} is called {name}, as something of the browser's")
        is_new = name not in self.owner
        known = self.owner.setdefault(name, owner)
        if known != owner:
            raise NotUnderstood(f"{known} and {owner} both have {name}")
        return is_new


def joined(sources: Mapping[str, str]) -> dict[str, str]:
    """The files that the widget's pages ask for, by name; what is in no pack stays as it is.

    Raises:
        NotUnderstood: imports, exports or names have another form; it says where.
    """
    place: dict[str, str] = {}
    packs: list[_Pack] = []
    for head in PACKS:
        members = [name for name in _reached(head, sources) if name not in place]
        if packs:
            # Sheets need nothing but the first pack, and next to each other they pack best.
            members.sort(key=lambda name: not name.endswith(SHEET))
        place |= dict.fromkeys(members, head)
        packs.append(_Pack(head, members))
    wanted = {name for pack in packs for name in _wanted_outside(pack, place, sources)}
    files = {pack.head: _packed(pack, place, sources, wanted) for pack in packs}
    return files | {name: text for name, text in sources.items() if name not in place}


def _reached(head: str, sources: Mapping[str, str]) -> Iterator[str]:
    """A module and all that it imports, each after what it needs."""
    seen: set[str] = set()

    def walk(name: str) -> Iterator[str]:
        if name in seen:
            return
        seen.add(name)
        for needed in _needs(sources[name]):
            yield from walk(needed)
        yield name

    yield from walk(head)


def _needs(source: str) -> list[str]:
    found = [match[3] for match in _IMPORT.finditer(source)]
    return found + [match[2] for match in _PASSED_ON.finditer(source)]


def _wanted_outside(
    pack: _Pack, place: Mapping[str, str], sources: Mapping[str, str]
) -> Iterator[str]:
    """What others ask of a pack: all that its first module exports, and what a later pack imports."""
    yield from _given(pack.head, sources)
    for match in _PASSED_ON.finditer(sources[pack.head]):
        yield from _listed(match[1])
    for name in pack.members:
        for names, other in _taken(sources[name]):
            if place[other] != pack.head:
                yield from names


def _packed(
    pack: _Pack, place: Mapping[str, str], sources: Mapping[str, str], wanted: Container[str]
) -> str:
    outside: dict[str, set[str]] = {}
    bodies = []
    for name in pack.members:
        source = sources[name]
        for declared in _DECLARED.findall(source):
            pack.is_new(declared, name)
        for names, other in _taken(source):
            for one in names:
                pack.is_new(one, _origin(one, other, sources))
            if place[other] != pack.head:
                outside.setdefault(place[other], set()).update(names)
        bodies.append(_body(name, pack, place, sources))
    given = sorted({one for name in pack.members for one in _given(name, sources) if one in wanted})
    lines = [
        f'import {{ {", ".join(sorted(names))} }} from "./{file}";'
        for file, names in outside.items()
    ]
    returned = ", ".join(given)
    lines += [f"export const {{ {returned} }} = (() => {{", *bodies, f"return {{ {returned} }};"]
    return "\n".join([*lines, "})();\n"])


def _body(name: str, pack: _Pack, place: Mapping[str, str], sources: Mapping[str, str]) -> str:
    """The module without its imports and exports, with its default under the name that others take it by."""

    source = sources[name]
    aliases = [
        f"const {match[1]} = {_default(match[3])};\n"
        for match in _IMPORT.finditer(source)
        if match[1] and pack.is_new(match[1], f"the default of {match[3]}")
    ]
    body = _PASSED_ON.sub("", _IMPORT.sub("", source))
    body = _DEFAULT.sub(f"const {_default(name)} = ", _NAMED.sub(r"\1 \2", body))
    if left := _LEFT.search(body):
        raise NotUnderstood(f"{name}: {left[0]!r}")
    if hidden := [other for other in _LATER.findall(body) if place.get(other, other) != other]:
        raise NotUnderstood(f"{name} asks for {hidden}, which is inside of a file")
    return "".join(aliases) + body


def _taken(source: str) -> Iterator[tuple[list[str], str]]:
    """What a module imports or passes on, by the names of a pack's scope, and from where."""
    for match in _IMPORT.finditer(source):
        default = [_default(match[3])] if match[1] else []
        yield default + _listed(match[2] or ""), match[3]
    for match in _PASSED_ON.finditer(source):
        yield _listed(match[1]), match[2]


def _origin(name: str, file: str, sources: Mapping[str, str]) -> str:
    """The module that declares what `file` exports by this name."""
    for match in _PASSED_ON.finditer(sources[file]):
        if name in _listed(match[1]):
            return _origin(name, match[2], sources)
    return file


def _given(name: str, sources: Mapping[str, str]) -> Iterator[str]:
    """What a module gives to others, by the names in its pack's scope."""
    source = sources[name]
    for match in _NAMED.finditer(source):
        yield match[2]
    if _DEFAULT.search(source):
        yield _default(name)


def _listed(names: str) -> list[str]:
    found = [name.strip() for name in names.split(",") if name.strip()]
    if any(not name.isidentifier() for name in found):
        raise NotUnderstood(f"names are taken as they are: {names!r}")
    return found


def _default(file: str) -> str:
    return "$" + re.sub(r"\W", "_", file.removesuffix(".js"))
