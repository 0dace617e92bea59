"""Files of articles: what may be added, how it is stored, and who gets it."""

from __future__ import annotations

import io
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from knowledge_base import articles, file_kinds, files
from knowledge_base.drafts import Draft
from knowledge_base.editor.linter import lint
from knowledge_base.file_kinds import FileRefused, check
from knowledge_base.models import Article
from knowledge_base.service import KnowledgeBase
from server.auth import Role
from server.database import Database
from server.errors import TooLarge
from server.web import UPLOAD_LIMIT, limit_of
from tests.knowledge_base.house import build, reader, staff
from tests.knowledge_base.support import draft, published
from tests.support import FakeClock

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def picture(kind: str, size: tuple[int, int] = (40, 30), **saved: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **saved)
    return out.getvalue()


@pytest.fixture
def app(knowledge: KnowledgeBase, database: Database, clock: FakeClock, tmp_path: Path) -> FastAPI:
    return build(knowledge, database, clock, tmp_path)


@pytest.fixture
async def kettle(database: Database, clock: FakeClock) -> Article:
    """A draft."""
    async with database.write() as db:
        return await articles.create(db, clock, draft("Descale the kettle"), "ada")


async def send(client: httpx.AsyncClient, article: Article, name: str, content: bytes) -> Any:
    return await client.post(
        f"/api/articles/{article.id}/files", files={"file": (name, content, "text/html")}
    )


# ---- what a file is ----


@pytest.mark.parametrize(
    ("kind", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif"), ("WEBP", "webp")]
)
def test_images_are_known_by_their_content_and_named_by_it(kind: str, suffix: str) -> None:
    found = check("../../evil\\page.html", picture(kind))
    assert (found.name, found.media_type) == (f"page.{suffix}", f"image/{kind.lower()}")
    with Image.open(io.BytesIO(found.content)) as image:
        assert (image.format, image.size) == (kind, (40, 30))


def test_an_image_keeps_its_picture_and_nothing_else() -> None:
    secret = b"51.05N 3.72E <script>alert(1)</script>"
    exif = Image.Exif()
    exif[0x010E] = secret.decode()
    exif[0x0112] = 6  # the camera was held upright: a quarter turn
    notes = PngInfo()
    notes.add_text("Comment", secret.decode())
    for content in (
        picture("JPEG", exif=exif, comment=secret) + b"PK\x03\x04" + secret,
        picture("PNG", pnginfo=notes, exif=exif) + secret,
        picture("WEBP", exif=exif, xmp=secret),
        picture("GIF", comment=secret) + secret,
    ):
        assert secret in content
        stored = check("a.png", content).content
        assert secret not in stored
        assert b"51.05N" not in stored
        with Image.open(io.BytesIO(stored)) as image:
            assert not image.getexif()
            assert image.size == ((40, 30) if image.format == "GIF" else (30, 40))


def test_what_is_see_through_or_moves_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(check("a.png", out.getvalue()).content)) as image:
        assert image.convert("RGBA").getpixel((4, 4)) == (0, 0, 0, 0)
    for kind in ("GIF", "WEBP"):
        out = io.BytesIO()
        frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue", "green")]
        frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=[80, 90, 100])
        with Image.open(io.BytesIO(check("a.gif", out.getvalue()).content)) as moving:
            assert getattr(moving, "n_frames", 1) == 3
            moving.seek(1)
            assert moving.convert("RGB").getpixel((4, 4))[2] > 240  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.png", b"", FileRefused),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", FileRefused),
        ("a.txt", b"<!doctype html><script>alert(1)</script>", FileRefused),
        ("a.csv", b"\xef\xbb\xbf  <HTML>", FileRefused),
        ("a.svg", b"harmless words", FileRefused),
        ("a.exe", b"MZ\x90\x00\x03", FileRefused),
        ("a.txt", b"latin \xe9", FileRefused),
        ("a.zip", b"PK\x03\x04\x14\x00", FileRefused),
        ("a.pdf", b"%PDF-1.7\ncut off", FileRefused),
        ("a.pdf", b"junk before %PDF-1.7\n%%EOF\x00", FileRefused),
        ("a.png", picture("PNG")[:60], FileRefused),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 200, FileRefused),
        ("a.jpg", b"\xff\xd8\xff" + b"x" * 300, FileRefused),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", FileRefused),
        ("a.bmp", picture("BMP"), FileRefused),
        ("a.png", picture("PNG", (5000, 4001)), FileRefused),
        ("a.png", picture("PNG") + b"x" * file_kinds.IMAGE_LIMIT, TooLarge),
        ("a.txt", b"x" * (file_kinds.ATTACHMENT_LIMIT + 1), TooLarge),
        ("a.pdf", PDF + b" " * file_kinds.ATTACHMENT_LIMIT + b"%%EOF", TooLarge),
    ],
)
def test_everything_else_is_refused(
    name: str, content: bytes, error: type[FileRefused | TooLarge]
) -> None:
    with pytest.raises(error):
        check(name, content)


def test_too_many_frames_are_refused_however_small(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [Image.new("P", (2, 2), at) for at in range(9)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], optimize=False)
    assert check("a.gif", out.getvalue()).media_type == "image/gif"
    monkeypatch.setattr(file_kinds, "FRAME_LIMIT", 8)
    with pytest.raises(FileRefused, match="8 frames"):
        check("a.gif", out.getvalue())


def test_many_small_frames_count_as_one_large_image(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [Image.new("P", (50, 50), at) for at in range(9)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], optimize=False)
    monkeypatch.setattr(file_kinds, "PIXEL_LIMIT", 50 * 50 * 8)
    with pytest.raises(FileRefused, match="megapixels"):
        check("a.gif", out.getvalue())


@pytest.mark.parametrize(
    ("name", "content", "kept", "media_type"),
    [
        ("Form (2).PDF", PDF, "Form (2).pdf", "application/pdf"),
        ("sizes.csv", "größe;cm\nS;88\n".encode(), "sizes.csv", "text/csv"),
        ("read\u202eme\r\n.txt", b"a < b", "readme.txt", "text/plain"),
        ("заметка.md", b"words", "заметка.txt", "text/plain"),
        ("...", b"words", "file.txt", "text/plain"),
        ("x" * 300, b"words", "x" * 116 + ".txt", "text/plain"),
    ],
)
def test_attachments_get_plain_names(name: str, content: bytes, kept: str, media_type: str) -> None:
    found = check(name, content)
    assert (found.name, found.media_type, found.content) == (kept, media_type, content)


# ---- the API ----


async def test_an_editor_adds_lists_and_deletes(
    app: FastAPI, kettle: Article, clock: FakeClock
) -> None:
    editor = await staff(app, Role.EDITOR)
    added = await send(editor, kettle, "box.html", picture("PNG"))
    assert added.status_code == 201
    one = added.json()
    assert (one["name"], one["media_type"], one["by"]) == ("box.png", "image/png", "editor")
    assert (await send(editor, kettle, "again.png", picture("PNG"))).json()["id"] == one["id"]
    clock.advance(1)
    await send(editor, kettle, "form.pdf", PDF)
    at = f"/api/articles/{kettle.id}/files"
    assert [file["name"] for file in (await editor.get(at)).json()] == ["box.png", "form.pdf"]
    other = f"/api/articles/{uuid.uuid4()}/files/{one['id']}"
    assert (await editor.delete(other)).status_code == 404
    assert (await editor.delete(f"{at}/{one['id']}")).status_code == 204
    assert (await editor.delete(f"{at}/{one['id']}")).status_code == 404
    assert [file["name"] for file in (await editor.get(at)).json()] == ["form.pdf"]


async def test_what_is_wrong_is_said_with_a_code(app: FastAPI, kettle: Article) -> None:
    editor = await staff(app, Role.EDITOR)
    at = f"/api/articles/{kettle.id}/files"
    bad = await send(editor, kettle, "a.svg", b"<svg/>")
    assert (bad.status_code, bad.json()["error"]["code"]) == (422, "file_refused")
    bodies: list[dict[str, Any]] = [
        {"json": {}},
        {"data": {"file": "words"}},
        {"files": {"other": b"x"}},
    ]
    for body in bodies:
        answer = await editor.post(at, **body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid"), body
    large = await send(editor, kettle, "a.txt", b"x" * (UPLOAD_LIMIT + 1))
    assert (large.status_code, large.json()["error"]["code"]) == (413, "too_large")
    gone = await editor.post(f"/api/articles/{uuid.uuid4()}/files", files={"file": b"words"})
    assert gone.status_code == 404
    assert (await editor.get(at)).json() == []


async def test_an_article_holds_thirty_files(app: FastAPI, kettle: Article) -> None:
    editor = await staff(app, Role.EDITOR)
    for number in range(files.FILES_LIMIT):
        assert (await send(editor, kettle, "a.txt", f"{number}".encode())).status_code == 201
    full = await send(editor, kettle, "a.txt", b"one more")
    assert (full.status_code, full.json()["error"]["code"]) == (409, "too_many_files")
    assert (await send(editor, kettle, "a.txt", b"3")).status_code == 201  # it is there already


async def test_agents_read_and_only_editors_change(app: FastAPI, kettle: Article) -> None:
    agent = await staff(app, Role.AGENT)
    assert (await agent.get(f"/api/articles/{kettle.id}/files")).status_code == 200
    assert (await send(agent, kettle, "a.txt", b"x")).status_code == 403
    assert (await send(reader(app), kettle, "a.txt", b"x")).status_code == 401


def test_only_uploads_may_be_large() -> None:
    assert limit_of(f"/api/articles/{uuid.uuid4()}/files") == UPLOAD_LIMIT
    assert limit_of("/_nicegui/client/abc/upload/12") >= UPLOAD_LIMIT
    for path in (
        "/api/articles",
        "/api/chat/messages",
        "/help/a/files",
        "/_nicegui/other/upload/1",
    ):
        assert limit_of(path) == 64 * 1024


# ---- readers ----


async def with_files(app: FastAPI, article: Article) -> tuple[str, str]:
    """The addresses of a picture and a PDF that a draft's editor added."""
    editor = await staff(app, Role.EDITOR)
    names = (("box.png", picture("PNG")), ("naïve “form”.pdf", PDF))
    found = [(await send(editor, article, name, content)).json() for name, content in names]
    return found[0]["address"], found[1]["address"]


async def publish(app: FastAPI, article: Article, wanted: Draft | None = None) -> None:
    held = app.state.services
    async with held.database.write() as db:
        number = 1
        if wanted is not None:
            saved = await articles.save(db, held.clock, article.id, wanted, "ada", expected=1)
            number = saved.newest
        live = await articles.publish(db, held.clock, article.id, expected=number)
    await held.knowledge.wait_for_revision(live.revision)


async def test_a_file_is_as_public_as_its_article(
    app: FastAPI, kettle: Article, database: Database, clock: FakeClock
) -> None:
    image, _ = await with_files(app, kettle)
    agent, public = await staff(app, Role.AGENT), reader(app)
    assert (await public.get(image)).status_code == 404
    hidden = await agent.get(image)
    assert (hidden.status_code, hidden.headers["cache-control"]) == (200, "private, no-store")
    await publish(app, kettle)
    assert (await public.get(image)).status_code == 200
    async with database.write() as db:
        gone = await articles.archive(db, clock, kettle.id)
    await app.state.services.knowledge.wait_for_revision(gone.revision)
    assert (await public.get(image)).status_code == 404
    for path in (f"/help/files/{uuid.uuid4()}/x.png", "/help/files/nothing/x.png"):
        assert (await public.get(path)).status_code in (404, 422)


async def test_a_files_headers_leave_nothing_to_guess(app: FastAPI, kettle: Article) -> None:
    image, pdf = await with_files(app, kettle)
    await publish(app, kettle)
    public = reader(app)
    shown, saved = await public.get(image), await public.get(pdf)
    assert saved.content == PDF
    for answer, kind in ((shown, "image/png"), (saved, "application/pdf")):
        assert answer.headers["content-type"] == kind
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "max-age=604800" in answer.headers["cache-control"]
    assert shown.headers["content-disposition"].startswith("inline;")
    name = "attachment; filename*=UTF-8''na%C3%AFve%20-form.pdf"
    assert saved.headers["content-disposition"] == name
    tag = shown.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = await public.get(image, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
    head = await public.head(image)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(shown.content))
    short = image.rpartition("/")[0]
    assert (await public.get(short)).content == shown.content


async def test_an_article_shows_its_own_files_only(
    app: FastAPI, kettle: Article, database: Database, clock: FakeClock
) -> None:
    image, pdf = await with_files(app, kettle)
    ids = [address.split("/")[3] for address in (image, pdf)]
    text = f"![The filter](file:{ids[0]})\n\nSee [the form](file:{ids[1]})."
    await publish(app, kettle, draft("Descale the kettle", context=text))
    page = (await reader(app).get("/help/descale-the-kettle")).text
    assert f'<img src="{image}" alt="The filter" loading="lazy">' in page
    assert f'<a href="{pdf}" rel="noopener noreferrer">the form</a> (PDF, {len(PDF)} bytes)' in page
    other = await published(database, clock, draft("Other", context=text))
    await app.state.services.knowledge.wait_for_revision(other.revision)
    page = (await reader(app).get("/help/other")).text
    assert "/help/files/" not in page
    assert "<p>The filter</p>" in page
    assert "file:" not in page


async def test_what_is_named_in_a_text_is_known(
    database: Database, clock: FakeClock, kettle: Article
) -> None:
    async with database.write() as db:
        checked = [check("a.txt", b"one"), check("b.png", picture("PNG"))]
        one, two = [await files.add(db, clock, kettle.id, each, "ada") for each in checked]
    words = draft("Descale the kettle", action=files.mark_of(two, "The [red] lever\\"))
    assert words.action == f"![The red lever](file:{two.id})"
    async with database.write() as db:
        await articles.save(db, clock, kettle.id, words, "ada", expected=1)
    async with database.read() as db:
        assert await files.named_in(db, kettle.id) == {two.id}
        assert await files.shown_in(db, kettle.id, "no file") == {}
        assert set(await files.shown_in(db, kettle.id, files.mark_of(one, "x"))) == {one.id}


@pytest.mark.parametrize(
    ("size", "words"), [(999, "999 bytes"), (120_400, "120 kB"), (2_340_000, "2.3 MB")]
)
def test_sizes_in_words(size: int, words: str) -> None:
    assert files.size_in_words(size) == words


def test_a_picture_without_words_gets_a_hint() -> None:
    text = (
        f"![](file:{uuid.UUID(int=5)}) ![ ](file:{uuid.UUID(int=5)}) ![x](file:{uuid.UUID(int=5)})"
    )
    found = lint(questions=["a", "b", "c"], context="c", action=text, outcome="In 2 days.")
    hints = [hint for hint in found if "picture" in hint.advice]
    assert [(hint.part, text[hint.start : hint.start + 3]) for hint in hints] == [
        ("action", "![]"),
        ("action", "![ "),
    ]
