"""Stands between the supervisor and a service: `python guard.py PARENT_PID COMMAND…`.

Asks the kernel to kill the service when the supervisor dies, even by SIGKILL, then becomes the
service. The request survives `exec`, and made here instead of in a `preexec_fn` it cannot deadlock
the supervisor's threads after a fork. The app starts its own long children (a training) through it
too, or they would outlive the app. Standard library only: it runs without our import path.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Tie this process to its parent and become the command; does not return."""
    parent = int(arguments[0])
    if sys.platform == "linux":
        # SIGKILL and not SIGTERM: a hung service would outlive a polite request, and what it has
        # acknowledged is committed already.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        # The supervisor died before the request was made, so no signal will ever come.
        sys.exit(1)
    os.execvp(arguments[1], arguments[1:])  # noqa: S606 - the supervisor's own command


if __name__ == "__main__":
    main(sys.argv[1:])
