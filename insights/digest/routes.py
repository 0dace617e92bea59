"""The digest over HTTP: `/api/insights/digest`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from insights.digest.found import READERS, seen_by
from insights.digest.service import Digests
from insights.digest.views import DigestView
from server.auth import Staff, allow, services

router = APIRouter(prefix="/api/insights", tags=["insights"])


def _digests(held: Annotated[Any, Depends(services)]) -> Digests:
    digests: Digests = held.digests
    return digests


@router.get("/digest")
async def read_digest(
    digests: Annotated[Digests, Depends(_digests)],
    staff: Annotated[Staff, Depends(allow(*READERS))],
    week: Annotated[str, Query(max_length=8)] = "",
) -> DigestView:
    """One ISO week beside the one before, the reader's sections; without a week the one to read now."""
    return DigestView.of(seen_by(await digests.read(digests.wanted(week)), staff))
