"""The desk's app with the library's routes."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from handoff.finding import routes as finding_routes
from handoff.library import desk_routes, routes


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    for room in (routes, desk_routes, finding_routes):
        app.include_router(room.router)
    return app
