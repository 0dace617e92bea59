"""Articles in and out over HTTP, for editors. Included before the article routes: ``export`` is no id."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, BinaryIO, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from knowledge_base.exchange import importing, sources
from knowledge_base.exchange.export import Format, export_file
from knowledge_base.exchange.fetch import Fetcher
from knowledge_base.exchange.portable import Source
from knowledge_base.exchange.sitemap import read_sitemap
from knowledge_base.exchange.sources import Kind
from knowledge_base.exchange.views import ImportBody, ImportWishes, ReportView
from knowledge_base.review import batch
from server.auth import CurrentEditor, services
from server.errors import Invalid

router = APIRouter(prefix="/api/articles", tags=["articles"])

Services = Annotated[Any, Depends(services)]
CHUNK = 64 * 1024
Form = TypeVar("Form", bound=ImportWishes)


@router.post("/import")
async def import_articles(app: Services, editor: CurrentEditor, request: Request) -> ReportView:
    """Multipart with a field ``file`` and those of `ImportWishes`, or JSON as `ImportBody`.

    The body is read here, after the guard, and not by a parameter before it.

    Raises:
        Invalid: the body, or the whole file, does not have the expected form.
        TooLarge: too many rows, or an archive that unpacks to too much.
        FetchRefused, FetchFailed: a sitemap that may not or can't be had.
        NotALead: a reason for going against the golden questions, from somebody who is no lead.
    """
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=8) as form:
            wishes, found = await _of_form(form)
    else:
        body = _checked(ImportBody, await request.body())
        wishes, found = body, await _of_body(app, body)
    report = await importing.run(
        app.database, app.clock, found, wishes.options(editor), dry=wishes.dry_run,
        gate=partial(batch.lost, app),
    )  # fmt: skip
    return ReportView.of(report, dry_run=wishes.dry_run)


@router.get("/export")
async def export_articles(
    app: Services, _: CurrentEditor, format: Format = Format.JSON
) -> StreamingResponse:
    """Every article, whatever its status, as one file that the import reads again."""
    file = await export_file(app.database, format)
    headers = {"Content-Disposition": f'attachment; filename="{format.file_name}"'}
    return StreamingResponse(_parts(file), media_type=format.media_type, headers=headers)


def _parts(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while part := file.read(CHUNK):
            yield part


async def _of_form(form: FormData) -> tuple[ImportWishes, list[Source]]:
    sent = form.get("file")
    if not isinstance(sent, UploadFile):
        raise Invalid("Send one file, in the field “file”.")
    fields = {name: value for name, value in form.items() if name != "file"}
    wishes = _checked(ImportWishes, fields)
    name = sent.filename or ""
    return wishes, await sources.read(await sent.read(), sources.kind_of(name), name)


async def _of_body(app: Any, body: ImportBody) -> list[Source]:
    if body.kind == "sitemap":
        async with Fetcher(app.settings.import_hosts) as fetcher:
            return await read_sitemap(fetcher, body.url)
    try:
        content = body.text.encode()
    except UnicodeEncodeError as error:
        raise Invalid("The text holds half a character.") from error
    return await sources.read(content, Kind(body.kind))


def _checked(form: type[Form], said: bytes | dict[str, Any]) -> Form:
    try:
        if isinstance(said, bytes):
            return form.model_validate_json(said)
        return form.model_validate(said)
    except ValidationError as error:
        problems = [
            {"at": ".".join(map(str, item["loc"])), "problem": item["msg"]}
            for item in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        raise Invalid(details=problems[:20]) from error
