"""What is wrong with a request is said in the one shape, whatever the request holds."""

from __future__ import annotations

import httpx
from fastapi import Depends, FastAPI
from pydantic import BaseModel, field_validator

from server.auth import anyone
from server.errors import install_error_handlers


class Day(BaseModel):
    day: str

    @field_validator("day")
    @classmethod
    def _is_a_date(cls, day: str) -> str:
        raise ValueError(f"“{day}” is no date")


async def test_an_answer_may_quote_what_no_encoding_carries() -> None:
    app = FastAPI()
    install_error_handlers(app)

    @app.post("/day", dependencies=[Depends(anyone)])
    async def take(body: Day) -> str:
        return body.day

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://help.example") as http:
        said, kind = b'{"day": "caf\\u00e9 \\ud800"}', {"content-type": "application/json"}
        answer = await http.post("/day", content=said, headers=kind)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "invalid"
    assert "“café ?” is no date" in error["details"][0]["problem"]
