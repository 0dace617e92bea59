"""Stands before a service that shall give way to all others: `python modest.py COMMAND…`.

Lowers its own priority, then becomes the service. The kernel weighs sessions against each other before
the processes in them (autogroup, see sched(7)), and each service leads a session of its own: without the
group's own nice value the process's would count for nothing. Standard library only, like guard.py.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

NICE = 10


def main(command: list[str]) -> None:
    """Become the command; does not return."""
    os.nice(NICE)
    # Not there on other systems, or when autogroup is off.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICE), "ascii")
    os.execvp(command[0], command)  # noqa: S606 - the supervisor's own command


if __name__ == "__main__":
    main(sys.argv[1:])
