"""A scripted server that speaks the customer's frames (docs/frames.md), for tests of the widget in a browser."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response, WebSocket, WebSocketDisconnect
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import HTMLResponse, JSONResponse

from server.settings import Settings
from tests.widget.fake_help import FakeHelp, routes
from widget.config import WidgetConfig
from widget.routes import router

Frame = dict[str, Any]
HERE = Path(__file__).parent
TOKEN = "t" * 43
BLANK = '<!doctype html><link rel="icon" href="data:,"><title>blank</title>'
MOMENT = "2026-03-02T09:00:00Z"


@dataclass
class FakeServer:
    """One conversation. Tests call its methods from their own thread."""

    port: int
    frames: list[Frame] = field(default_factory=list)
    """What the widget sent, pings left out."""
    log: list[Frame] = field(default_factory=list)
    state: Frame = field(default_factory=dict)
    open: bool = True
    """False: sockets are refused, as if the server were down."""
    acknowledging: bool = True
    """False: messages are taken in and committed, but the ack is lost."""
    errors: dict[str, Frame] = field(default_factory=dict)
    """Text of a message -> the error it gets, once."""
    replies: Callable[[Frame], list[Frame]] = lambda frame: []
    """Called with each new customer message; returns the bot messages that follow."""
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    sockets: set[WebSocket] = field(default_factory=set)
    hosts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Further pages: path -> (HTML, Content-Security-Policy)."""
    visitors: int = 0
    agreed: list[int | None] = field(default_factory=list)
    """The consent with which each visitor was made; None: without."""
    thumbs: dict[int, bool] = field(default_factory=dict)
    """What the customer said of answers before."""
    identity_error: str = ""
    """The code by which the next identity is refused, once."""
    links: set[str] = field(default_factory=set)
    links_tried: list[str] = field(default_factory=list)
    settings: WidgetConfig = field(default_factory=lambda: WidgetConfig(language="auto"))
    """What the house has set; the entry module carries it."""
    invitations: list[tuple[str, str, str | None]] = field(default_factory=list)
    """What was asked and told of them: (id, check or what, the visitor's token)."""
    may_invite: bool = True
    help: FakeHelp = field(default_factory=FakeHelp)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __post_init__(self) -> None:
        self.state = {
            "owner": "bot",
            "agent": None,
            "position": None,
            "wait_seconds": None,
            "online": True,
            "opens_at": None,
            "promised_at": None,
            "mail": None,
            "episode": 1,
            "stage": None,
            "bot": "ok",
            "rateable": None,
            "rated": False,
            "consent": None,
            "form": False,
            "survey": None,
        }

    # ---- what tests call ----

    def say(self, author: str, text: str, name: str | None = None, **payload: Any) -> int:
        """Commit a message and send it; returns its seq."""
        frame = self.commit(author=author, text=text, name=name, payload=payload)
        self.push(frame)
        return int(frame["seq"])

    def commit(self, **message: Any) -> Frame:
        frame = {
            "type": "message",
            "seq": len(self.log) + 1,
            "name": None,
            "payload": {},
            "created_at": MOMENT,
            "episode": 1,
            **message,
        }
        self.log.append(frame)
        return frame

    def change(self, **state: Any) -> None:
        self.state.update(state)
        self.push({"type": "state", **self.state})

    def push(self, frame: Frame) -> None:
        self.run(self._broadcast(frame))

    def drop(self) -> None:
        """Close every socket without a word."""
        self.run(self._drop())

    def said(self, kind: str = "message") -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == kind]

    def texts(self) -> list[str]:
        return [message["text"] for message in self.log if message["author"] == "customer"]

    async def config_or_default(self) -> WidgetConfig:
        """As widget.settings.WidgetSettings."""
        return self.settings

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(5)

    # ---- the server ----

    async def _broadcast(self, frame: Frame) -> None:
        for one in list(self.sockets):
            await one.send_json(frame)

    async def _drop(self) -> None:
        for one in list(self.sockets):
            await one.close(1012)

    async def serve(self, one: WebSocket) -> None:
        await one.accept()
        if not self.open:
            await one.close(1013)
            return
        try:
            hello = await one.receive_json()
            self.frames.append(hello)
            if hello.get("token") not in self.tokens:
                await one.send_json(
                    {"type": "error", "code": "token_unknown", "message": "?", "fatal": True}
                )
                await one.close(4401)
                return
            await one.send_json(
                {
                    "type": "welcome",
                    "conversation": "c",
                    "last_seq": len(self.log),
                    "state": self.state,
                }
            )
            for message in self.log[hello["after"] :]:
                await one.send_json(message)
            await one.send_json({"type": "caught_up", "last_seq": len(self.log)})
            if self.thumbs:
                await one.send_json({"type": "thumbs", "thumbs": self.thumbs})
            self.sockets.add(one)
            while True:
                await self._take(one, await one.receive_json())
        except (WebSocketDisconnect, RuntimeError):
            return
        finally:
            self.sockets.discard(one)

    async def _take(self, one: WebSocket, frame: Frame) -> None:
        if frame["type"] == "ping":
            await one.send_json({"type": "pong"})
            return
        self.frames.append(frame)
        if frame["type"] == "identify" and self.identity_error:
            code, self.identity_error = self.identity_error, ""
            fatal = code == "identity_changed"
            await one.send_json({"type": "error", "code": code, "message": "?", "fatal": fatal})
            if fatal:
                await one.close(4409)
        if frame["type"] == "message":
            await self._take_message(one, frame)

    async def _take_message(self, one: WebSocket, frame: Frame) -> None:
        error = self.errors.pop(frame["text"], None)
        if error:
            await one.send_json({"type": "error", "client_id": frame["client_id"], **error})
            return
        known = [m for m in self.log if m.get("client_id") == frame["client_id"]]
        invited = frame.get("invitation")
        if invited and not any(
            m.get("client_id") == f"invitation-{invited['id']}" for m in self.log
        ):
            opening = self.commit(
                author="bot", text=invited["text"], client_id=f"invitation-{invited['id']}",
                payload={"kind": "invitation"},
            )  # fmt: skip
            await self._broadcast(opening)
        message = (
            known[0]
            if known
            else self.commit(author="customer", text=frame["text"], client_id=frame["client_id"])
        )
        if not self.acknowledging:
            return
        await one.send_json({"type": "ack", "client_id": frame["client_id"], "seq": message["seq"]})
        if known:
            return
        await self._broadcast(message)
        for reply in self.replies(frame):
            await self._broadcast(self.commit(author="bot", **reply))


def build_app(fake: FakeServer, **settings: Any) -> FastAPI:
    app = FastAPI()
    values = {"environment": "test", "port": fake.port, **settings}
    app.state.services = SimpleNamespace(settings=Settings(**values), widget=fake)
    app.include_router(routes(fake.help))
    app.include_router(router)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(app.state.services.settings.origins),
        allow_methods=["POST"],
        allow_headers=["Content-Type", "Authorization"],
    )

    @app.websocket("/ws/chat")
    async def chat(one: WebSocket) -> None:
        await fake.serve(one)

    @app.post("/api/chat/visitors")
    async def visitor(request: Request) -> Response:
        if not fake.open:
            raise HTTPException(503)
        version = (await request.json()).get("consent")
        wanted = fake.settings.consent and fake.settings.consent.version
        if wanted and version != wanted:
            refusal = {"code": "consent_required", "message": "?", "details": {"version": wanted}}
            return JSONResponse({"error": refusal}, 403)
        fake.visitors += 1
        fake.agreed.append(version)
        token = sorted(fake.tokens)[-1]
        return JSONResponse({"token": token, "conversation": "c"})

    @app.post("/api/widget/invitations/{name}/check")
    async def may_invite(name: str, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or None
        fake.invitations.append((name, "check", token))
        return JSONResponse({"show": fake.may_invite})

    @app.post("/api/widget/invitations/{name}")
    async def invited(name: str, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or None
        fake.invitations.append((name, (await request.json())["what"], token))
        return Response(status_code=204)

    @app.post("/api/chat/resume")
    async def resume(request: Request) -> Response:
        given = await request.json()
        fake.links_tried.append(given["token"])
        if given["token"] not in fake.links:
            return JSONResponse({"error": {"code": "link_over"}}, 410)
        fake.links.discard(given["token"])
        return JSONResponse({"token": sorted(fake.tokens)[-1], "conversation": "c"})

    @app.get("/tests/{name}")
    async def own_file(name: str) -> Response:
        if name == "blank.html":
            return HTMLResponse(BLANK)
        return Response((HERE / name).read_bytes(), media_type="text/javascript")

    @app.get("/hosts/{name}")
    async def host_page(name: str) -> Response:
        html, policy = fake.hosts[name]
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    return app


class Running:
    """A FakeServer in a thread of its own."""

    def __init__(self, **settings: Any) -> None:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.fake = FakeServer(listener.getsockname()[1])
        app = build_app(self.fake, **settings)
        config = uvicorn.Config(app, log_level="error", ws="websockets-sansio", lifespan="off")
        self.server = uvicorn.Server(config)
        self.listener = listener
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self.fake.loop)
        self.fake.loop.run_until_complete(self.server.serve(sockets=[self.listener]))

    def __enter__(self) -> FakeServer:
        self.thread.start()
        return self.fake

    def __exit__(self, *_: object) -> None:
        self.fake.drop()
        self.server.should_exit = True
        self.thread.join(10)
        self.fake.loop.close()
        self.listener.close()
