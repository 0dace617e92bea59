"""A tiny service for the supervisor's tests: `tiny_server.py PORT MODE_FILE [PID_FILE GUARD]`.

It answers 200 until the mode file says otherwise: "crash" ends it, "hang" makes it silent, "deaf"
makes it ignore SIGTERM. With a third and fourth argument it also starts an endless child
through the guard, as the app starts a training.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MODE_FILE = Path(sys.argv[2])


def mode() -> str:
    return MODE_FILE.read_text().strip() if MODE_FILE.exists() else ""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if mode() == "crash":
            os._exit(7)
        while mode() == "hang":
            time.sleep(0.1)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        return


if __name__ == "__main__":
    if mode() == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if len(sys.argv) > 3:
        child = subprocess.Popen(
            [sys.executable, "-I", sys.argv[4], str(os.getpid()), "sleep", "1000"]
        )
        Path(sys.argv[3]).write_text(str(child.pid))
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
