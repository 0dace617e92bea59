"""Real processes for tests: training, Rasa's server, an action endpoint that the test steers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = 90.0
ACTION_TIMEOUT = 1.0


def environment(**ours: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HANDRAIL_")
        or name in ("HANDRAIL_ENCODER_PATH", "HANDRAIL_PRECISION")
    }
    return {**kept, "PYTHONPATH": str(ROOT), "HANDRAIL_ENVIRONMENT": "test", **ours}


def train(project: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable, "-m", "bot.train", "--out", str(out), "--data", str(project / "data"),
            "--domain", str(project / "domain.yml"), *more,
        ],
        cwd=ROOT,
        env=environment(HANDRAIL_VAR=str(out.parent)),
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


@dataclass
class Actions:
    """Answers Rasa's action calls as the test says, and keeps what it was asked."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    answer: dict[str, Any] = field(default_factory=dict)
    hang: bool = False
    released: Event = field(default_factory=Event)

    def reset(self) -> None:
        self.released.set()
        self.released = Event()
        self.calls.clear()
        self.headers.clear()
        self.status, self.hang = 200, False
        self.answer = {
            "events": [],
            "responses": [{"text": "An answer.", "custom": {"kind": "answer", "parts": []}}],
        }


@dataclass
class Answer:
    status: int
    body: dict[str, Any]


@dataclass
class Running:
    url: str
    secret: str
    token: str
    actions: Actions
    process: subprocess.Popen[bytes]
    log: Path

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        request = urllib.request.Request(self.url + path, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return Answer(response.status, json.loads(response.read() or b"{}"))
        except urllib.error.HTTPError as error:
            text = error.read()
            return Answer(error.code, json.loads(text) if text.startswith(b"{") else {})

    def turn(self, text: str | None = None, **fields: Any) -> Answer:
        """Post a turn; fields replace the usual ones."""
        body = {"sender": f"{uuid.uuid4()}:1", "turn_id": str(uuid.uuid4()), "text": text, **fields}
        headers = {"X-Handrail-Secret": self.secret}
        return self.post("/webhooks/handrail/turn", json.dumps(body).encode(), headers)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(model: Path, folder: Path, secret: str, token: str) -> Iterator[Running]:
    """Run `bot.serve` until the block ends."""
    actions = Actions()
    actions.reset()
    endpoint = _action_endpoint(actions)
    port, log = free_port(), folder / "rasa.log"
    command = [sys.executable, "-m", "bot.serve", "--model", str(model), "--port", str(port)]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=environment(
                HANDRAIL_VAR=str(folder),
                HANDRAIL_CHANNEL_SECRET=secret,
                HANDRAIL_RASA_TOKEN=token,
                HANDRAIL_ACTION_TIMEOUT=str(ACTION_TIMEOUT),
                HANDRAIL_ACTION_URL=f"http://127.0.0.1:{endpoint.server_port}/webhook",
            ),
        )
    try:
        running = Running(f"http://127.0.0.1:{port}", secret, token, actions, process, log)
        _await(running)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        actions.released.set()
        endpoint.shutdown()
        endpoint.server_close()


def _await(running: Running) -> None:
    end = time.monotonic() + START_LIMIT
    while time.monotonic() < end and running.process.poll() is None:
        try:
            urllib.request.urlopen(running.url + "/", timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"bot.serve did not start:\n{running.log.read_text()}")


def _action_endpoint(actions: Actions) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            actions.calls.append(json.loads(self.rfile.read(length)))
            actions.headers.append(dict(self.headers))
            if actions.hang:
                actions.released.wait(30)
                return
            body = json.dumps(actions.answer).encode()
            self.send_response(actions.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server
