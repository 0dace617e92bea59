"""Serves the widget's modules to any listed site, and the demo page that embeds them as an outsider would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Depends, Request, Response

from server.auth import anyone
from server.errors import NotFound
from widget.config import WidgetConfig
from widget.modules import ENTRY, STATIC, File, modules, version

__all__ = ["DEMO_CSP", "ENTRY", "STATIC", "router", "version"]

DEMO = Path(__file__).parent / "demo"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".html": "text/html; charset=utf-8",
}
# Ask each time, and get 304 when nothing changed; under a version's own address nothing ever changes.
ASK = "no-cache"
KEEP = "public, max-age=31536000, immutable"
DEMO_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; "
    "img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)

router = APIRouter(dependencies=[Depends(anyone)], include_in_schema=False)
METHODS = ["GET", "HEAD"]


@router.api_route("/", methods=METHODS)
def demo_page(request: Request) -> Response:
    response = _answer(request, File.of((DEMO / "index.html").read_bytes()), ".html", ASK)
    response.headers["Content-Security-Policy"] = DEMO_CSP
    return response


@router.api_route("/demo/{name}", methods=METHODS)
def demo_file(request: Request, name: str) -> Response:
    return _answer(request, File.of(_read(DEMO, name)), Path(name).suffix, ASK)


@router.api_route("/widget/handrail.js", methods=METHODS)
async def entry(request: Request) -> Response:
    """One line that leads to the present version, with what the house has set: after the first visit the
    browser asks for that line only, and a page never mixes modules of two versions."""
    config = await request.app.state.services.widget.config_or_default()
    file = _entry(await asyncio.to_thread(version), config)
    return _share(request, _answer(request, file, ".js", ASK))


@router.api_route("/widget/{name}", methods=METHODS)
def module(request: Request, name: str) -> Response:
    """A module by its plain name."""
    return _share(request, _answer(request, _module(modules().files, name), ".js", ASK))


@router.api_route("/widget/v/{wanted}/{name}", methods=METHODS)
def versioned_module(request: Request, wanted: str, name: str) -> Response:
    """A module of one version; a version that is gone gets the present files, not to be kept."""
    cache = KEEP if wanted == version() else ASK
    return _share(request, _answer(request, _module(modules().sent, name), ".js", cache))


def _entry(now: str, config: WidgetConfig) -> File:
    # Dictionaries have no hash: the text is what tells two configurations apart.
    return _entry_of(now, json.dumps(config.public(), separators=(",", ":"), ensure_ascii=False))


@lru_cache(maxsize=4)
def _entry_of(now: str, config: str) -> File:
    return File.of(f'import{{start}}from"./v/{now}/{ENTRY}";start({config});\n'.encode())


def _module(files: Mapping[str, File], name: str) -> File:
    """
    Raises:
        NotFound: there is no such module.
    """
    found = files.get(name)
    if found is None:
        raise NotFound()
    return found


def _read(folder: Path, name: str) -> bytes:
    """A file of this folder, by plain name.

    Raises:
        NotFound: it is not there, or not a kind that we serve.
    """
    if Path(name).suffix not in TYPES or name not in {path.name for path in folder.iterdir()}:
        raise NotFound()
    return (folder / name).read_bytes()


def _answer(request: Request, file: File, suffix: str, cache: str) -> Response:
    packed = _takes_gzip(request.headers.get("Accept-Encoding", ""))
    plain_tag, packed_tag = f'"{file.tag}"', f'"{file.tag}-gzip"'
    headers = {
        "ETag": packed_tag if packed else plain_tag,
        "Cache-Control": cache,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    # A proxy that compressed the file on its way has marked the tag as weak.
    known = {
        tag.strip().removeprefix("W/")
        for tag in request.headers.get("If-None-Match", "").split(",")
    }
    if known & {plain_tag, packed_tag, "*"}:
        return Response(status_code=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
    content = file.packed if packed else file.plain
    return Response(content, media_type=TYPES[suffix], headers=headers)


def _takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header names gzip (or anything) with a quality above zero."""
    qualities = {}
    for one in accepted.lower().split(","):
        name, _, rest = one.partition(";")
        quality = rest.strip().removeprefix("q=") if rest else "1"
        qualities[name.strip()] = quality.strip(" 0.") != ""
    return qualities.get("gzip", qualities.get("*", False))


def _share(request: Request, response: Response) -> Response:
    """Module scripts are fetched with CORS: only a page on a listed site may run them."""
    origin = request.headers.get("Origin")
    response.headers["Vary"] = "Origin, Accept-Encoding"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if origin and origin in request.app.state.services.settings.origins:
        response.headers["Access-Control-Allow-Origin"] = origin
    return response
