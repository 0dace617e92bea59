"""The doors of articles and of the saved chat, for tests of the widget in a browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

REFUND = "00000000-0000-4000-8000-000000000001"
EXCHANGE = "00000000-0000-4000-8000-000000000002"


def article(id: str, title: str, slug: str, **parts: str) -> dict[str, Any]:
    return {
        "id": id,
        "title": title,
        "snippet": f"All about: {title}.",
        "language": "en",
        "url": f"/help/{slug}",
        "parts": parts
        or {"context": "It takes **a while**.", "action": "1. Wait.\n2. Look again."},
    }


@dataclass
class FakeHelp:
    articles: list[dict[str, Any]] = field(
        default_factory=lambda: [
            article(REFUND, "How long a refund takes", "refund-time"),
            article(EXCHANGE, "Exchange an item", "exchange"),
        ]
    )
    suggested: list[str] = field(default_factory=lambda: [REFUND, EXCHANGE])
    error: tuple[int, str] | None = None
    """Status and code of every answer from now on."""
    asked: list[str] = field(default_factory=list)
    """What was searched for and meant."""
    drafts: list[str] = field(default_factory=list)
    read: list[tuple[str, str]] = field(default_factory=list)
    judged: list[tuple[str, bool]] = field(default_factory=list)
    mailed: list[str] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)

    def refusal(self) -> JSONResponse | None:
        if self.error is None:
            return None
        status, code = self.error
        return JSONResponse({"error": {"code": code, "message": "?"}}, status)


def routes(fake: FakeHelp) -> APIRouter:
    router = APIRouter()

    @router.get("/api/widget/help")
    async def search(q: str = "", done: bool = False) -> Any:
        if refused := fake.refusal():
            return refused
        if done:
            fake.asked.append(q)
        words = q.casefold().split()
        found = [one for one in fake.articles if all(w in one["title"].casefold() for w in words)]
        answer = found[0]["id"] if q and found else None
        return {"results": found, "answer": answer, "found": "a" * 16 if done else ""}

    @router.post("/api/widget/help/suggest")
    async def suggest(request: Request) -> Any:
        if refused := fake.refusal():
            return refused
        fake.drafts.append((await request.json())["q"])
        return {"suggestions": [one for one in fake.articles if one["id"] in fake.suggested]}

    @router.get("/api/widget/help/{article_id}")
    async def read(article_id: str, found: str = "") -> Any:
        if refused := fake.refusal():
            return refused
        fake.read.append((article_id, found))
        return next(one for one in fake.articles if one["id"] == article_id)

    @router.post("/api/widget/help/{article_id}/helped", status_code=204)
    async def helped(article_id: str, request: Request) -> None:
        fake.judged.append((article_id, (await request.json())["helped"]))

    @router.get("/api/chat/transcript")
    async def transcript(request: Request, format: str) -> Response:
        if refused := fake.refusal():
            return refused
        fake.saved.append(f"{format} {request.headers['authorization']}")
        return Response("the chat", media_type="text/plain")

    @router.post("/api/chat/transcript", status_code=204)
    async def mail(request: Request) -> Response:
        if refused := fake.refusal():
            return refused
        fake.mailed.append((await request.json())["email"])
        return Response(status_code=204)

    return router
