"""The desk's app and its staff, for the tests of signing in and of the pages' shell."""

from tests.handoff.conftest import (  # noqa: F401 - fixtures
    api,
    app,
    corrections,
    desk,
    earlier,
    encoder,
    hire,
    knowledge,
    presence,
    settings,
)
