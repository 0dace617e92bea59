"""`python3 -m setup` makes or refreshes both environments; `… setup lock` renews the locks."""

from __future__ import annotations

import sys

from setup.console import StepFailed, say
from setup.environments import ENVIRONMENTS, make_environment
from setup.locks import renew_locks
from setup.paths import one_at_a_time
from setup.uv import find_uv


def main(arguments: list[str]) -> int:
    """Run set-up; return the exit status."""
    if arguments not in ([], ["lock"]):
        say("usage: python3 -m setup [lock]")
        return 2
    try:
        with one_at_a_time():
            uv = find_uv()
            if arguments == ["lock"]:
                renew_locks(uv)
            else:
                for environment in ENVIRONMENTS:
                    make_environment(environment, uv)
    except StepFailed as failure:
        say(f"\n{failure}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped. Run the same command again: what is done is kept.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
