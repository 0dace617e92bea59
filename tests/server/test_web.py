"""What holds for every answer: who may call from another site, how large a body may be, which headers go out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

import server.errors
import server.web
from server.auth import anyone
from server.errors import install_error_handlers
from server.web import BODY_LIMIT, BodyLimit, ChatCors, OwnPagesOnly, SecurityHeaders

SHOP = "https://shop.example"
OWN = "http://help.example"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_error_handlers(app)

    @app.api_route("/api/chat/echo", methods=["GET", "POST"], dependencies=[Depends(anyone)])
    @app.api_route("/api/queue", methods=["GET", "POST"], dependencies=[Depends(anyone)])
    async def echo(request: Request) -> int:
        return len(await request.body())

    @app.get("/api/chat/broken", dependencies=[Depends(anyone)])
    @app.get("/staff/chat/broken", dependencies=[Depends(anyone)])
    async def broken() -> None:
        raise RuntimeError("the password is hunter2")

    @app.get("/api/chat/half", dependencies=[Depends(anyone)])
    async def half() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"half"
            raise RuntimeError("the password is hunter2")

        return StreamingResponse(parts())

    @app.get("/api/chat/own-500", dependencies=[Depends(anyone)])
    async def answered() -> Response:
        return Response("in its own words", status_code=500)

    # As NiceGUI does: a page that shows the exception, which is then raised once more.
    inner = FastAPI()

    @inner.exception_handler(Exception)
    async def shown(_: Request, error: Exception) -> HTMLResponse:
        return HTMLResponse(f"<h1>{error}</h1>", status_code=500)

    inner.get("/broken")(broken)
    app.mount("/staff/queue", inner)
    app.add_middleware(BodyLimit)
    app.add_middleware(OwnPagesOnly, origins=[OWN])
    app.add_middleware(ChatCors, origins=[SHOP])
    app.add_middleware(SecurityHeaders)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://help.example") as client:
        yield client


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the errors logged. Not read from stderr: a logger keeps the one of its first use."""
    names: list[str] = []

    class Log:
        def error(self, event: str, **_: object) -> None:
            names.append(event)

    monkeypatch.setattr(server.errors, "log", Log())
    return names


@pytest.mark.parametrize(
    ("origin", "path", "allowed"),
    [
        (SHOP, "/api/chat/echo", SHOP),
        (SHOP, "/api/queue", None),
        ("https://shop.example.attacker.test", "/api/chat/echo", None),
        ("https://evilshop.example", "/api/chat/echo", None),
        ("http://shop.example", "/api/chat/echo", None),
        ("null", "/api/chat/echo", None),
    ],
)
async def test_only_listed_origins_may_call_and_only_the_customers_door(
    http: httpx.AsyncClient, origin: str, path: str, allowed: str | None
) -> None:
    asked = await http.options(
        path, headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
    )
    called = await http.post(path, headers={"Origin": origin})
    for answer in (asked, called):
        assert answer.headers.get("access-control-allow-origin") == allowed
        assert "access-control-allow-credentials" not in answer.headers


async def test_a_body_over_the_limit_is_refused_with_a_code(http: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * (BODY_LIMIT // 2)

    stated = await http.post("/api/queue", content=b"x" * (BODY_LIMIT + 1))
    streamed = await http.post("/api/queue", content=chunks())
    within = await http.post("/api/queue", content=b"x" * BODY_LIMIT)
    assert [stated.status_code, streamed.status_code, within.status_code] == [413, 413, 200]
    assert stated.json()["error"]["code"] == streamed.json()["error"]["code"] == "too_large"


async def test_a_body_that_does_not_arrive_ends_the_request(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.web, "BODY_SECONDS", 0.05)

    async def drips() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(1)
        yield b"}"

    answer = await http.post("/api/queue", content=drips())
    assert (answer.status_code, answer.json()["error"]["code"]) == (408, "too_slow")
    assert answer.headers["connection"] == "close"


async def test_who_leaves_in_the_middle_of_a_body_leaves_no_error(
    http: httpx.AsyncClient, logged: list[str]
) -> None:
    app = http._transport.app  # type: ignore[attr-defined]
    came: Iterator[dict[str, object]] = iter(
        [
            {"type": "http.request", "body": b"{", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return next(came)

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/api/queue", "query_string": b"", "headers": [],
    }  # fmt: skip
    await app(scope, receive, send)
    assert sent[0]["status"] == 499
    assert logged == []


@pytest.mark.parametrize(
    ("origin", "status"),
    [(OWN, 404), (None, 404), (SHOP, 403), ("null", 403), (f"{OWN}.attacker.test", 403)],
)
async def test_other_sites_do_not_reach_the_staff_pages_socket(
    http: httpx.AsyncClient, origin: str | None, status: int
) -> None:
    headers = {"Origin": origin} if origin else {}
    for method in ("GET", "POST"):
        answer = await http.request(method, "/_nicegui_ws/socket.io/", headers=headers)
        assert answer.status_code == status


async def test_every_answer_carries_the_security_headers(http: httpx.AsyncClient) -> None:
    answer = await http.get("/nowhere")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await http.get("/api/queue")).headers["cache-control"] == "no-store"
    staff = (await http.get("/staff/queue")).headers["content-security-policy"]
    assert "frame-ancestors 'none'" in staff


@pytest.mark.parametrize("path", ["/api/chat/broken", "/staff/chat/broken", "/staff/queue/broken"])
async def test_what_breaks_is_answered_like_everything_else_and_tells_nothing(
    http: httpx.AsyncClient, path: str
) -> None:
    fine = (await http.get("/api/queue")).headers
    answer = await http.get(path)
    assert answer.status_code == 500
    assert answer.json() == {
        "error": {"code": "internal", "message": "Something broke on our side.", "details": None}
    }
    assert set(answer.headers) >= set(fine), "every header that an ordinary answer has"
    assert answer.headers["cache-control"] == "no-store"
    assert "hunter2" not in answer.text


async def test_a_widget_on_another_site_can_read_what_broke(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/chat/broken", headers={"Origin": SHOP})
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert answer.json()["error"]["code"] == "internal"


async def test_what_breaks_is_logged_once(http: httpx.AsyncClient, logged: list[str]) -> None:
    await http.get("/api/chat/broken")
    assert logged == ["request_failed"]


async def test_a_route_may_answer_500_in_its_own_words(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/chat/own-500")
    assert (answer.status_code, answer.text) == (500, "in its own words")
    assert "content-security-policy" in answer.headers


async def test_an_answer_that_breaks_in_the_middle_is_cut(http: httpx.AsyncClient) -> None:
    # No whole answer: over a real server the connection ends before the last chunk.
    transport = httpx.ASGITransport(http._transport.app)  # type: ignore[attr-defined]
    async with httpx.AsyncClient(transport=transport, base_url=OWN) as client:
        with pytest.raises(RuntimeError):
            await client.get("/api/chat/half")
