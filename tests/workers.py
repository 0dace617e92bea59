"""How workers share the suite (pytest-xdist): a file stays whole, and one worker has all that talk to `system`."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

#: Their tests share one running Handrail with Rasa; another worker would start a second.
SYSTEM = ("tests/browser/", "tests/system/")


class Sharing(LoadScopeScheduling):
    """Gives out files in the order of the tree; the one long unit comes early in it."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "system" if file.startswith(SYSTEM) else file
