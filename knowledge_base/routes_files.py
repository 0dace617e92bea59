"""Files of articles: the API for editors, and the door by which readers get them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from knowledge_base import files
from knowledge_base.file_kinds import is_image
from knowledge_base.models import ArticleFile, Audience
from server.auth import (
    CurrentEditor,
    Role,
    Staff,
    allow,
    anyone,
    cookie_name,
    services,
    staff_of_session,
)
from server.errors import Invalid, NotFound, NotSignedIn

router = APIRouter(tags=["files"])

Services = Annotated[Any, Depends(services)]
Reader = Annotated[Staff, Depends(allow(Role.AGENT, Role.EDITOR, Role.TRAINER, Role.SUPERVISOR))]

#: Opened by itself, a file is a document of its own: it may load nothing, run nothing and be framed by nobody.
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
)
# A week: an address never has another content, but a file that was taken back must go from caches too.
KEEP = "public, max-age=604800"


class FileView(BaseModel):
    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    address: str
    by: str
    at: datetime

    @classmethod
    def of(cls, file: ArticleFile) -> FileView:
        names = "id name media_type size sha256 by at"
        fields = {name: getattr(file, name) for name in names.split()}
        return cls(**fields, address=files.address(file))


@router.get("/api/articles/{article_id}/files")
async def list_files(app: Services, _: Reader, article_id: UUID) -> list[FileView]:
    async with app.database.read() as db:
        return [FileView.of(file) for file in await files.list_of(db, article_id)]


@router.post("/api/articles/{article_id}/files", status_code=201)
async def add_file(
    app: Services, editor: CurrentEditor, request: Request, article_id: UUID
) -> FileView:
    """Multipart, with one field ``file``. It is read here, after the guard, and not by a parameter before.

    Raises:
        Invalid: there is no such field.
        FileRefused, TooLarge, TooManyFiles, NotFound: as `files.add`.
    """
    async with request.form(max_files=1, max_fields=4) as form:
        sent = form.get("file")
        if not isinstance(sent, UploadFile):
            raise Invalid("Send one file, in the field “file”.")
        checked = await files.read_upload(sent.filename or "", await sent.read())
    async with app.database.write() as db:
        return FileView.of(await files.add(db, app.clock, article_id, checked, editor.login))


@router.delete("/api/articles/{article_id}/files/{file_id}", status_code=204)
async def delete_file(app: Services, _: CurrentEditor, article_id: UUID, file_id: UUID) -> None:
    async with app.database.write() as db:
        await files.delete(db, article_id, file_id)


@router.api_route("/help/files/{file_id}", methods=["GET", "HEAD"], dependencies=[Depends(anyone)])
@router.api_route(
    "/help/files/{file_id}/{name}", methods=["GET", "HEAD"], dependencies=[Depends(anyone)]
)
async def read_file(app: Services, request: Request, file_id: UUID, name: str = "") -> Response:
    """A file of a published public article; of any article for signed-in staff; else there is none."""
    async with app.database.read() as db:
        file = await files.get(db, file_id)
        record = app.knowledge.snapshot.alive.get(file.article_id)
        public = record is not None and record.audience == Audience.PUBLIC.value
        if not public:
            await _staff_only(app, db, request)
        headers = _headers(file, public=public)
        if headers["ETag"] in _known(request):
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            headers["Content-Length"] = str(file.size)
            return Response(headers=headers)
        return Response(await files.content(db, file_id), headers=headers)


async def _staff_only(app: Any, db: Any, request: Request) -> None:
    try:
        token = request.cookies.get(cookie_name(app.settings.secure_cookies))
        await staff_of_session(db, app.clock, token)
    except NotSignedIn as error:
        raise NotFound("There is no such file.") from error


def _known(request: Request) -> set[str]:
    tags = request.headers.get("If-None-Match", "").split(",")
    return {tag.strip().removeprefix("W/") for tag in tags}


def _headers(file: ArticleFile, *, public: bool) -> dict[str, str]:
    kind = "inline" if is_image(file.media_type) else "attachment"
    utf8 = "; charset=utf-8" if file.media_type.startswith("text/") else ""
    return {
        "Content-Type": f"{file.media_type}{utf8}",
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": KEEP if public else "private, no-store",
        "ETag": f'"{file.sha256}"',
    }
