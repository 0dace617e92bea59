"""`python -m benchmarks.widget_size`: what a page loads of the widget, beside others' published packages.

Ours is asked of the app's own routes, as a browser that takes gzip gets it. Others are fetched from the npm
registry with npm itself; of the builds that a package names the smaller is compressed as ours is (gzip, level 9).
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.machine import commit
from server.clock import SystemClock
from server.settings import ROOT, Settings
from widget.config import DEFAULT, LANGUAGES, WidgetConfig
from widget.modules import ENTRY, modules, version
from widget.routes import router

REPORT = ROOT / "docs" / "benchmarks" / "widget-size.md"
FIRST, ALL = 20_000, 40_000
"""Issue 7: before the bubble is pressed, and in all."""
# A customer's first click asks for these beside their language's words; the rest of ours leads to them.
CLICKED = "chat.js"
NPM_SECONDS = 120


@dataclass(frozen=True)
class Other:
    """A package whose named entry is its widget."""

    package: str
    product: str
    note: str
    styles: str = ""
    build: str = ""
    """Where the package holds a smaller one than those it names."""


OTHERS = (
    Other(
        "@botpress/webchat",
        "Botpress",
        "React comes on top",
        "dist/style.css",
    ),
    Other(
        "deep-chat",
        "Deep Chat",
        "a chat box alone, for a server of one's own",
        build="dist/deepChat.bundle.js",
    ),
    Other("rasa-webchat", "Rasa Webchat (Botfront)", "React comes on top"),
    Other(
        "@papercups-io/chat-widget",
        "Papercups",
        "a frame's loader: React and five libraries come on top, and the chat itself is a page of the server",
    ),
)
PAGE = """# The widget's size

{date}, commit {commit}

| kB, gzip, as served | measured | target |
|---|---|---|
| before the bubble is pressed | {first:.1f} | {least:.0f} |
| the first click adds, in Arabic | {clicked:.1f} | |
| in all, in English | {in_english:.1f} | {most:.0f} |
| in all, in Arabic, the longest of five languages | {everything:.1f} | {most:.0f} |

`python -m benchmarks.widget_size`: the app's own routes asked with `Accept-Encoding: gzip`, nothing set in the
builder. kB are thousands of bytes of bodies, without HTTP's own.

Others' widgets, from their published packages (`npm pack`): the smaller of the builds that the package names, with
its style sheet, gzip at level 9:

| widget | kB | kB gzip | |
|---|---|---|---|
{others}

What they need beside is not counted, and a site's own build may leave parts out: the figures say how much there is
to carry, not what one of their sites loads. Not measured: the widgets of Chatwoot, Zammad, Rocket.Chat and
LibreDesk, which come with their servers and as no package of their own that we know, and Tiledesk's: the
registry has neither `@tiledesk/tiledesk-web-widget` nor `@chat21/chat21-web-widget`.
"""


class Defaults:
    """A house that has set nothing."""

    async def config_or_default(self) -> WidgetConfig:
        return DEFAULT


def client() -> TestClient:
    app = FastAPI()
    app.state.services = SimpleNamespace(settings=Settings(environment="test"), widget=Defaults())
    app.include_router(router)
    return TestClient(app)


def sent(http: TestClient, path: str) -> int:
    """Bytes of a file's body on the way."""
    with http.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        answer.raise_for_status()
        if answer.headers.get("content-encoding") != "gzip":
            raise RuntimeError(f"{path} came as it is")
        return len(b"".join(answer.iter_raw()))


@dataclass(frozen=True)
class Ours:
    first: int
    """Before the bubble is pressed: the entry with the settings, and what it leads to."""
    clicked: int
    """With the first click: the chat, and the words of the longest language."""
    everything: int
    in_english: int


def ours() -> Ours:
    http = client()
    base = f"/widget/v/{version()}"
    sizes = {name: sent(http, f"{base}/{name}") for name in modules().sent}
    words = {f"words.{language}.js" for language in LANGUAGES} & sizes.keys()
    longest = max(sizes[name] for name in words)
    first = sent(http, f"/widget/{ENTRY}") + sizes[ENTRY]
    rest = sum(size for name, size in sizes.items() if name not in (ENTRY, CLICKED, *words))
    clicked = sizes[CLICKED] + longest
    everything = first + clicked + rest
    return Ours(first, clicked, everything, everything - longest + sizes["words.en.js"])


@dataclass(frozen=True)
class Measured:
    other: Other
    version: str
    plain: int
    packed: int


def others(folder: Path) -> Iterator[Measured]:
    """
    Raises:
        OSError, subprocess.SubprocessError: npm is not there, or the registry does not answer.
    """
    for other in OTHERS:
        told = subprocess.run(  # noqa: S603
            ["npm", "pack", other.package, "--json", "--silent"],  # noqa: S607 - npm from the PATH
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=NPM_SECONDS,
            check=True,
        )
        [packed] = json.loads(told.stdout)
        with tarfile.open(folder / packed["filename"]) as archive:
            about: dict[str, Any] = json.loads(_read(archive, "package.json"))
            named = {str(about[key]).removeprefix("./") for key in ("module", "main")}
            names = {other.build} if other.build else named
            build = min((_read(archive, name) for name in names), key=_packed)
            files = [build, _read(archive, other.styles)] if other.styles else [build]
        plain, small = sum(map(len, files)), sum(map(_packed, files))
        yield Measured(other, str(packed["version"]), plain, small)


def _packed(content: bytes) -> int:
    return len(gzip.compress(content, 9, mtime=0))


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"package/{name}")
    if file is None:
        raise FileNotFoundError(name)
    return file.read()


def report(mine: Ours, theirs: list[Measured]) -> str:
    rows = [
        f"| {one.other.product} (`{one.other.package}` {one.version}) | {one.plain / 1000:,.0f} | "
        f"{one.packed / 1000:,.1f} | {one.other.note} |"
        for one in theirs
    ]
    return PAGE.format(
        date=SystemClock().now().date().isoformat(),
        commit=commit(),
        first=mine.first / 1000,
        clicked=mine.clicked / 1000,
        everything=mine.everything / 1000,
        in_english=mine.in_english / 1000,
        least=FIRST / 1000,
        most=ALL / 1000,
        others="\n".join(rows),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", help="print the table, keep no file")
    told = parser.parse_args()
    mine = ours()
    with tempfile.TemporaryDirectory() as folder:
        text = report(mine, list(others(Path(folder))))
    Console().print(Markdown(text))
    if not told.print:
        REPORT.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
