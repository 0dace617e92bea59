"""Serves the widget's modules to any listed site, and the demo page that embeds them as an outsider would."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Depends, Request, Response

from server.auth import anyone
from server.errors import NotFound

HERE = Path(__file__).parent
STATIC = HERE / "static"
DEMO = HERE / "demo"
ENTRY = "handrail.js"
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


def version() -> str:
    """A name for the present contents of all modules; another content has another name."""
    return _version(
        tuple(
            (path, path.stat().st_mtime_ns) for path in sorted(STATIC.iterdir()) if path.is_file()
        )
    )


@lru_cache(maxsize=4)
def _version(files: tuple[tuple[Path, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _ in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@router.api_route("/", methods=METHODS)
def demo_page(request: Request) -> Response:
    response = _answer(request, (DEMO / "index.html").read_bytes(), ".html", ASK)
    response.headers["Content-Security-Policy"] = DEMO_CSP
    return response


@router.api_route("/demo/{name}", methods=METHODS)
def demo_file(request: Request, name: str) -> Response:
    return _answer(request, _read(DEMO, name), Path(name).suffix, ASK)


@router.api_route("/widget/{name}", methods=METHODS)
def module(request: Request, name: str) -> Response:
    """A module by its plain name. The entry is one line that leads to the present version: after the first
    visit the browser asks for that line only, and a page never mixes modules of two versions."""
    content = _read(STATIC, name)
    if name == ENTRY:
        content = f'import "./v/{version()}/{ENTRY}";\n'.encode()
    return _share(request, _answer(request, content, Path(name).suffix, ASK))


@router.api_route("/widget/v/{wanted}/{name}", methods=METHODS)
def versioned_module(request: Request, wanted: str, name: str) -> Response:
    """A module of one version; a version that is gone gets the present files, not to be kept."""
    cache = KEEP if wanted == version() else ASK
    return _share(request, _answer(request, _read(STATIC, name), Path(name).suffix, cache))


def _read(folder: Path, name: str) -> bytes:
    """A file of this folder, by plain name.

    Raises:
        NotFound: it is not there, or not a kind that we serve.
    """
    if Path(name).suffix not in TYPES or name not in {path.name for path in folder.iterdir()}:
        raise NotFound()
    return (folder / name).read_bytes()


def _answer(request: Request, content: bytes, suffix: str, cache: str) -> Response:
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": cache, "X-Content-Type-Options": "nosniff"}
    known = {tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")}
    # A proxy that compressed the file on its way has marked the tag as weak.
    if known & {etag, f"W/{etag}", "*"}:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=TYPES[suffix], headers=headers)


def _share(request: Request, response: Response) -> Response:
    """Module scripts are fetched with CORS: only a page on a listed site may run them."""
    origin = request.headers.get("Origin")
    response.headers["Vary"] = "Origin"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if origin and origin in request.app.state.services.settings.origins:
        response.headers["Access-Control-Allow-Origin"] = origin
    return response
