"""NUL characters in addresses and bodies are refused with a code, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from itertools import pairwise

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from server.auth import anyone
from server.errors import install_error_handlers
from server.nul import BodySearch, NoNul


class Words(BaseModel):
    words: str


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_error_handlers(app)

    @app.get("/api/list/{name}", dependencies=[Depends(anyone)])
    async def listed(name: str, words: str = "") -> str:
        return name + words

    @app.post("/api/words", dependencies=[Depends(anyone)])
    @app.post("/api/chat/words", dependencies=[Depends(anyone)])
    async def take(body: Words) -> str:
        return body.words

    @app.post("/api/file", dependencies=[Depends(anyone)])
    async def file(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(NoNul)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://help.example") as client:
        yield client


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 422 and answer.json()["error"]["code"] == "invalid"


@pytest.mark.parametrize("path", ["/api/list/x?words=a%00b", "/api/list/x%00", "/api/list/x?%00=1"])
async def test_an_address_with_a_nul_is_refused(http: httpx.AsyncClient, path: str) -> None:
    assert refused(await http.get(path))


async def test_an_address_that_only_spells_one_is_fine(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/list/x?words=a%2500b")
    assert (answer.status_code, answer.json()) == (200, "xa%00b")


async def test_a_json_body_with_a_nul_is_refused_and_its_spelling_is_not(
    http: httpx.AsyncClient,
) -> None:
    assert refused(await http.post("/api/words", json={"words": "a\x00b"}))
    assert refused(await http.post("/api/words", json={"words": "\\\x00"}))
    for fine in ("\\u0000", "\\\\u0000", "u0000", "\\u00001", "ä\u0001"):
        answer = await http.post("/api/words", json={"words": fine})
        assert (answer.status_code, answer.json()) == (200, fine)


async def test_a_form_with_a_nul_is_refused_and_a_file_is_not(http: httpx.AsyncClient) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert refused(await http.post("/api/file", content=b"words=a%00b", headers=form))
    fine = await http.post("/api/file", content=b"words=%2500", headers=form)
    assert (fine.status_code, fine.json()) == (200, 11)
    files = {"file": ("a.bin", b"\x00\\u0000%00")}
    assert (await http.post("/api/file", files=files)).status_code == 200


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
async def test_a_nul_does_not_hide_in_another_encoding(
    http: httpx.AsyncClient, encoding: str
) -> None:
    body = '{"words": "a\\u0000b"}'.encode(encoding)
    json_type = {"content-type": "application/json"}
    assert refused(await http.post("/api/words", content=body, headers=json_type))


async def test_a_form_is_one_however_its_type_is_written(http: httpx.AsyncClient) -> None:
    form = {"content-type": "Application/X-WWW-Form-URLEncoded; charset=utf-8"}
    assert refused(await http.post("/api/file", content=b"words=a%00b", headers=form))


async def test_a_customers_words_are_left_to_who_cleans_them(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/chat/words", json={"words": "a\x00b"})
    assert (answer.status_code, answer.json()) == (200, "a\x00b")


@given(
    words=st.text(alphabet='\\u0"\x00a', max_size=30),
    cuts=st.lists(st.integers(0, 200), max_size=6),
)
def test_the_parts_of_a_body_hide_nothing(words: str, cuts: list[int]) -> None:
    body = json.dumps({"words": words}).encode()
    edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    parts = [body[start:end] for start, end in pairwise(edges)]
    search = BodySearch()
    found = [search.finds(part) for part in parts]
    assert any(found) == ("\x00" in words)


@given(words=st.text(alphabet="%0a\x00", max_size=20), cut=st.integers(0, 40))
def test_nor_do_those_of_a_form(words: str, cut: int) -> None:
    body = str(httpx.QueryParams({"words": words})).encode()
    search = BodySearch(form=True)
    found = [search.finds(part) for part in (body[:cut], body[cut:])]
    assert any(found) == ("\x00" in words)
