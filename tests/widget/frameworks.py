"""React's and Vue's own builds for the browser, fetched from the npm registry once and kept under var/.

They are for tests only and no part of the project. Where npm or its registry is out of reach, the tests that
need them are skipped, but not in CI; test_javascript_api.py tries the same lives by plain DOM calls.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from server.settings import ROOT

HELD = ROOT / "var" / "frameworks"
SECONDS = 60
# Package, version, the file inside, and what it must be (sha256).
BUILDS = {
    "react.js": (
        "react",
        "18.3.1",
        "umd/react.development.js",
        "28348fef6cb0ed8b2ceeb22deaf824428fd13875d84c73d38f77dd216fc24e7f",
    ),
    "react-dom.js": (
        "react-dom",
        "18.3.1",
        "umd/react-dom.development.js",
        "f9044a5e9c39db8bb1a204dff924e526ec0a621e695bb69de1035811be8709e4",
    ),
    "vue.js": (
        "vue",
        "3.5.13",
        "dist/vue.runtime.global.prod.js",
        "c30803c46b41d8bbd0ff02e4a790a06a5e3d7a39f72df3cf380389926044cbd4",
    ),
}


def build(name: str) -> str:
    """The source of one; without it the test is skipped, and fails in CI."""
    package, version, inside, wanted = BUILDS[name]
    kept = HELD / f"{version}-{name}"
    if not kept.exists():
        HELD.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(
                ["npm", "pack", f"{package}@{version}", "--silent"],
                cwd=HELD, check=True, capture_output=True, timeout=SECONDS,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            instead = pytest.fail if os.environ.get("CI") else pytest.skip
            instead(f"{package} can't be had from a registry: {type(error).__name__}")
        _take(HELD / f"{package}-{version}.tgz", inside, kept)
    content = kept.read_bytes()
    assert hashlib.sha256(content).hexdigest() == wanted, f"{kept} is not what was published"
    return content.decode()


def _take(archive: Path, inside: str, kept: Path) -> None:
    with tarfile.open(archive) as packed:
        found = packed.extractfile(f"package/{inside}")
        assert found is not None
        kept.write_bytes(found.read())
    archive.unlink()
