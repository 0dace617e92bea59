"""Articles in and out over HTTP."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from knowledge_base.routes_exchange import router
from server.auth import COOKIE, CSRF_HEADER, Role, create_staff
from server.database import Database
from server.errors import install_error_handlers
from server.limits import Limits
from server.web import BODY_LIMIT, IMPORT_LIMIT, BodyLimit, limit_of, refuse_undeclared
from tests.knowledge_base.support import LAMP, RETURN, published, settings_at
from tests.support import FakeClock, sign_in

CSV = "title,action\nWash,Wash it.\n,no title\n"
IMPORT, EXPORT = "/api/articles/import", "/api/articles/export"


@pytest.fixture
async def app(database: Database, clock: FakeClock, tmp_path: Path) -> FastAPI:
    app = FastAPI()
    app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings_at(tmp_path),
        limits=Limits.of(clock, settings_at(tmp_path)),
    )
    install_error_handlers(app)
    app.include_router(router)
    app.add_middleware(BodyLimit)
    refuse_undeclared(app)
    return app


async def client(app: FastAPI, role: Role | None) -> httpx.AsyncClient:
    held, headers = app.state.services, {CSRF_HEADER: "1"}
    if role is not None:
        async with held.database.write() as db:
            await create_staff(
                db, held.clock, login=role, name=role, password="x" * 12, roles=[role]
            )
        async with held.database.write() as db:
            headers["cookie"] = f"{COOKIE}={await sign_in(db, held.clock, role, 'x' * 12, 12)}"
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


@pytest.fixture
async def editor(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with await client(app, Role.EDITOR) as http:
        yield http


async def test_a_file_is_planned_then_taken_and_each_row_reported(
    editor: httpx.AsyncClient,
) -> None:
    for dry, outcome in (("true", "created"), ("false", "created"), ("false", "unchanged")):
        answer = await editor.post(
            IMPORT, files={"file": ("a.csv", CSV)}, data={"dry_run": dry, "publish": "true"}
        )
        assert answer.status_code == 200
        report = answer.json()
        assert report["dry_run"] is (dry == "true")
        assert [(row["outcome"], row["code"]) for row in report["rows"]] == [
            (outcome, ""),
            ("error", "invalid"),
        ]
        assert (report["counts"][outcome], report["counts"]["error"]) == (1, 1)


async def test_text_is_taken_too(editor: httpx.AsyncClient) -> None:
    page = "<title>Wash</title><main><p>Cold.</p></main>"
    for body in ({"kind": "html", "text": page}, {"kind": "csv", "text": CSV, "overwrite": True}):
        answer = await editor.post(IMPORT, json=body)
        assert (answer.status_code, answer.json()["rows"][0]["slug"]) == (200, "wash")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "invalid"),
        (b"{", 422, "invalid"),
        (b'{"kind": "csv", "text": "title", "more": 1}', 422, "invalid"),
        (b'{"kind": "docx", "text": ""}', 422, "invalid"),
        (b'{"kind": "sitemap", "text": "x"}', 422, "invalid"),
        (b'{"kind": "csv", "text": "x", "url": "https://help.example"}', 422, "invalid"),
        (b'{"kind": "json", "text": "{"}', 422, "invalid"),
        (b'{"kind": "json", "text": "\\ud800"}', 422, "invalid"),
        (b'{"kind": "sitemap", "url": "https://help.example/s.xml"}', 422, "fetch_refused"),
        (b" " * (IMPORT_LIMIT + 1), 413, "too_large"),
    ],
)
async def test_what_is_no_import_is_refused_with_a_code(
    editor: httpx.AsyncClient, body: bytes, status: int, code: str
) -> None:
    headers = {"content-type": "application/json"}
    answer = await editor.post(IMPORT, content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("files", "data"),
    [
        ({"other": ("a.csv", CSV)}, {}),
        ({"file": ("a.exe", CSV)}, {}),
        ({"file": ("a.csv", CSV)}, {"publish": "perhaps"}),
        ({"file": ("a.csv", CSV)}, {"shelf": "3"}),
        ({"file": ("a.zip", "PK")}, {}),
    ],
)
async def test_a_form_that_is_not_as_it_should_be_is_refused(
    editor: httpx.AsyncClient, files: dict[str, tuple[str, str]], data: dict[str, str]
) -> None:
    answer = await editor.post(IMPORT, files=files, data=data)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


async def test_everything_goes_out_and_comes_back_unchanged(
    editor: httpx.AsyncClient, database: Database, clock: FakeClock
) -> None:
    for one in (RETURN, LAMP):
        await published(database, clock, one)
    plain = await editor.get(EXPORT)
    assert plain.headers["content-disposition"] == 'attachment; filename="articles.json"'
    assert [one["slug"] for one in json.loads(plain.content)["articles"]] == [
        "return-an-item",
        "the-lamp-does-not-light",
    ]
    packed = await editor.get(EXPORT, params={"format": "markdown"})
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert archive.namelist()[0] == "returns/return-an-item.md"
    for name, content in (("a.json", plain.content), ("a.zip", packed.content)):
        answer = await editor.post(IMPORT, files={"file": (name, content)})
        assert answer.json()["counts"]["unchanged"] == 2
    assert (await editor.get(EXPORT, params={"format": "pdf"})).status_code == 422


async def test_only_editors_may(app: FastAPI) -> None:
    for role, status in ((Role.AGENT, 403), (None, 401)):
        async with await client(app, role) as http:
            assert (await http.post(IMPORT, files={"file": ("a.csv", CSV)})).status_code == status
            assert (await http.get(EXPORT)).status_code == status


def test_only_imports_and_uploads_may_be_long() -> None:
    assert limit_of(IMPORT) == limit_of("/_nicegui/client/1/upload/2") == IMPORT_LIMIT
    assert limit_of("/api/articles") == limit_of("/_nicegui/client/1") == BODY_LIMIT
