"""Web pages, Word files and trees of them into articles; hostile ones are refused."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from knowledge_base.exchange import archive, sources
from knowledge_base.exchange.html_page import NoText, Place, read_page
from knowledge_base.exchange.portable import Portable
from knowledge_base.exchange.prose import DEPTH_LIMIT, split_body
from knowledge_base.exchange.sources import Kind
from knowledge_base.exchange.tree import page_text
from knowledge_base.exchange.word import checked_word, read_word
from knowledge_base.markdown_files import parse_portable
from server.errors import HandrailError, Invalid, TooLarge

PAGE = """<!doctype html><html lang="en-GB"><head>
<title>Return an item – Fernway Help</title><meta property="og:site_name" content="Fernway Help">
<script>var title = "not this";</script><style>p {{}}</style></head>
<body><header><a href="/">Fernway</a><h1 class="logo"></h1></header>
<nav aria-label="Breadcrumb"><ol><li><a href="/">Home</a></li><li><a href="/r">Returns &amp; refunds</a></li>
<li>Return an item</li></ol></nav>
<div class="cookie-banner">We use cookies.</div>
<main><article><header><h1>Return an item</h1></header>
<p>You can send back <b>anything</b> within 30&nbsp;days.</p>
<h2>What <strong>to do</strong></h2>
<ol><li>Open <a href="/orders">My orders</a>.</li><li>Print the <a href="https://x.example/l">label</a>.</li></ol>
<table><tr><th>Where</th><th>Costs</th></tr><tr><td>EU</td><td>free</td></tr></table>
<p onclick="steal()">Done * soon <img src=x onerror=alert(1)><a href="javascript:alert(1)">here</a>.</p>
<aside class="related-articles"><a href="/b">Another article</a></aside>
</article></main><div id="comments"><p>First!</p></div><footer>© Fernway</footer></body></html>"""


def test_a_page_gives_its_article_without_its_furniture() -> None:
    article = read_page(PAGE, Place("123-return-an-item", "returns", "https://help.example/a/b"))
    draft = article.draft
    assert (draft.title, draft.slug) == ("Return an item", "123-return-an-item")
    assert (draft.category, draft.language) == ("Returns & refunds", "en")
    assert draft.context == "You can send back **anything** within 30 days."
    assert draft.action == (
        "**What to do**\n\n"
        "1. Open [My orders](https://help.example/orders).\n"
        "2. Print the [label](https://x.example/l).\n\n"
        "- Where · Costs\n- EU · free\n\n"
        "Done \\* soon here."
    )


def test_a_page_without_landmarks_is_read_too_and_its_folder_is_the_category() -> None:
    html = "<title>Wash wool | Shop</title><ul class=navbar><li>Home</li></ul><p>Cold.</p><p>By hand.</p>"
    draft = read_page(html, Place("wool", "hand-care")).draft
    assert (draft.title, draft.category) == ("Wash wool", "hand care")
    assert (draft.context, draft.action) == ("Cold.", "By hand.")


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p></p>",
        "<main><ul><li><a href=/a>Return an item</a></li><li><a href=/b>Wash wool</a></li></ul></main>",
    ],
)
def test_a_page_that_lists_others_or_nothing_is_no_article(html: str) -> None:
    with pytest.raises(NoText):
        read_page(html, Place("index"))


def test_tags_too_deep_to_be_honest_are_refused() -> None:
    for depth in (DEPTH_LIMIT + 1, 50_000):
        with pytest.raises(Invalid):
            read_page("<div>" * depth + "x", Place("deep"))


@pytest.mark.parametrize("start", ["<!--", "<a ", '<p x="', "<?", "</"])
def test_a_page_of_tags_that_never_end_is_refused_at_once(start: str) -> None:
    before = time.process_time()
    with pytest.raises(Invalid, match="middle of a tag"):
        read_page(start * (1_000_000 // len(start)), Place("x"))
    assert time.process_time() - before < 5  # the square of the length: hours


def test_a_page_that_was_cut_off_is_read_still() -> None:
    assert read_page("<h1>Wash</h1><p>Cold.</p><a href='x", Place("x")).draft.context == "Cold."


def test_an_id_of_a_million_dashes_costs_no_time() -> None:
    before = time.process_time()
    page = f'<h1>Wash</h1><p id="{"menu-" * 200_000}\n\nx">Cold water.</p>'
    assert read_page(page, Place("x")).draft.action == "Cold water."
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Wash\n---\n## a" + " \t" * 200_000 + "b",
        "---\ntitle: Wash\n---\n# a" + " #" * 200_000 + "b",
        "---\ntitle: 1" + ":1" * 200_000 + "\n---\n## Action\nCold.",
        "---\ntitle: 1" + ":1" * 1_000 + ".5\n---\n## Action\nCold.",
    ],
)
def test_a_markdown_file_made_to_be_slow_is_refused_at_once(text: str) -> None:
    before = time.process_time()
    with pytest.raises(Invalid):
        parse_portable(text)
    assert time.process_time() - before < 5


def test_headings_of_a_text_without_parts_become_bold_lines() -> None:
    text = "---\ntitle: Wash\n---\nCold.\n\n# Wool ##  \nBy hand.\n"
    assert "**Wool**\n" in parse_portable(text).draft.action


def test_parts_are_told_apart_where_the_text_says_so_and_guessed_nowhere() -> None:
    said = "**Context**\n\nAbout.\n\n**Action:**\n\nDo.\n\n**Outcome**\n\nDone."
    assert split_body(said) == {"context": "About.", "action": "Do.", "outcome": "Done."}
    assert split_body("One paragraph.") == {"action": "One paragraph."}
    assert split_body("First.\n\nSecond.\n\nThird.") == {
        "context": "First.",
        "action": "Second.\n\nThird.",
    }
    assert split_body("- a\n- b\n\nThen.") == {"action": "- a\n- b\n\nThen."}


def test_old_pages_are_read_in_their_own_letters() -> None:
    assert page_text('<meta charset="iso-8859-1">café'.encode("latin-1")).endswith("café")
    assert page_text("“café”".encode("cp1252")) == "“café”"


def docx(body: str, *, extra: dict[str, bytes] | None = None, before: str = "") -> bytes:
    out = io.BytesIO()
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{kinds}"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        )
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{links}">'
            f'<Relationship Id="r1" Type="{office}" Target="word/document.xml"/></Relationships>',
        )
        file.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?>{before}<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>',
        )
        for name, content in (extra or {}).items():
            file.writestr(name, content)
    return out.getvalue()


def paragraph(text: str, style: str = "", bold: bool = False) -> str:
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    marked = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"<w:p>{styled}<w:r>{marked}<w:t>{text}</w:t></w:r></w:p>"


def test_a_word_file() -> None:
    content = docx(
        paragraph("Wash wool", "Heading1") + paragraph("Cold.") + paragraph("By hand.", bold=True)
    )
    draft = read_word(content, Place("wool_2024", "care")).draft
    assert (draft.title, draft.slug, draft.category) == ("Wash wool", "wool-2024", "care")
    assert (draft.context, draft.action) == ("Cold.", "**By hand.**")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "invalid"),
        (b"PK\x03\x04 no zip", "invalid"),
        (docx("<w:p>"), "invalid"),
        (docx(""), "no_text"),
        (docx(paragraph("&e;"), before='<!DOCTYPE d [<!ENTITY e "boo">]>'), "invalid"),
        (docx(paragraph("x"), extra={"word/styles.xml": b"\0" * 30_000_000}), "too_large"),
    ],
)
def test_what_is_no_honest_word_file_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(HandrailError) as caught:
        read_word(content, Place("file"))
    assert caught.value.code == code


def test_the_reader_of_word_files_sees_only_what_was_looked_at() -> None:
    # A relationship may name any part, and the reader follows it; a directory may lie about a size.
    bomb = b'<!DOCTYPE d [<!ENTITY e "boo">]><d>&e;</d>'
    sent = docx(paragraph("Cold."), extra={"word/main.bin": bomb})
    with zipfile.ZipFile(io.BytesIO(checked_word(sent))) as kept:
        assert sorted(kept.namelist()) == [
            "[Content_Types].xml",
            "_rels/.rels",
            "word/document.xml",
        ]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_that_would_be_unpacked_whole_whatever_their_size_are_not_touched(
    method: int,
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        packed.writestr("a.md", b"x" * 100_000)
    with zipfile.ZipFile(out) as packed, pytest.raises(Invalid, match="plain zip"):
        archive.read_member(packed, packed.infolist()[0])


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return out.getvalue()


def simple(title: str, body: str = "<p>Do it.</p>") -> bytes:
    return f"<title>{title}</title><main><h1>{title}</h1>{body}</main>".encode()


TREE = {
    "site/returns/overview.html": simple("Returning"),
    "site/delivery/overview.html": simple("Delivery"),
    "site/delivery/index.html": simple("Parcels"),
    "site/delivery/app.js": b"alert(1)",
    "site/delivery/.hidden.html": simple("Hidden"),
    "__MACOSX/site/x.html": simple("Mac"),
    "site/care/wool.md": b"---\ntitle: Wash wool\n---\n# Wash wool\nCold.\n\nBy hand.\n",
    "site/care/broken.md": b"no front matter",
    "site/care/fold.docx": docx(paragraph("Fold", "Title") + paragraph("In half.")),
}


@pytest.mark.parametrize("packed", [True, False])
async def test_a_saved_help_centre_is_read_page_by_page(tmp_path: Path, packed: bool) -> None:
    if packed:
        found = await sources.read(zipped(TREE), Kind.ZIP, "site.zip")
    else:
        for name, content in TREE.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
        (tmp_path / "site" / "away.html").symlink_to("/etc/passwd")
        found = await sources.read_path(tmp_path)
    seen = {
        name: (one.slug, one.draft.category, one.draft.title)
        if isinstance(one, Portable)
        else one.code
        for name, one in found
    }
    assert seen == {
        "site/care/broken.md": "invalid",
        "site/care/fold.docx": ("fold", "care", "Fold"),
        "site/care/wool.md": ("wool", "care", "Wash wool"),
        "site/delivery/index.html": ("delivery", "delivery", "Parcels"),
        "site/delivery/overview.html": ("overview", "delivery", "Delivery"),
        "site/returns/overview.html": ("returns-overview", "returns", "Returning"),
    }


async def test_archives_that_unpack_to_too_much_are_refused_before_they_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bomb = zipped({"a.html": b"\0" * (11 * 1024 * 1024)})
    with pytest.raises(TooLarge):
        await sources.read(bomb, Kind.ZIP)
    monkeypatch.setattr(archive, "MEMBERS", 2)
    with pytest.raises(TooLarge):
        await sources.read(zipped({f"{at}.html": b"x" for at in range(3)}), Kind.ZIP)
    monkeypatch.setattr(archive, "MEMBERS", 10)
    monkeypatch.setattr(archive, "TOTAL_LIMIT", 100)
    with pytest.raises(TooLarge):
        await sources.read(zipped({f"{at}.html": b"x" * 60 for at in range(2)}), Kind.ZIP)


async def test_a_member_that_is_larger_than_its_directory_says_is_damaged() -> None:
    content = zipped({"a.html": simple("Wash")})
    size = len(simple("Wash"))
    lying = content.replace(size.to_bytes(4, "little"), (size - 9).to_bytes(4, "little"))
    assert lying != content
    found = await sources.read(lying, Kind.ZIP)
    assert [(name, getattr(one, "code", "read")) for name, one in found] == [("a.html", "invalid")]


async def test_nothing_to_read_is_said() -> None:
    with pytest.raises(Invalid, match="Nothing here"):
        await sources.read(zipped({"a.js": b""}), Kind.ZIP)
    for name in ("a.exe", "a", ".zip.exe"):
        with pytest.raises(Invalid):
            sources.kind_of(name)
    with pytest.raises(HandrailError):
        await sources.read_path(Path("/does/not/exist.csv"))


async def test_yaml_references_are_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
    text = "---\ntitle: Wash\n" + "\n".join(lines) + "\n---\n## Action\nDo.\n"
    found = await sources.read(text.encode(), Kind.MARKDOWN)
    assert [getattr(one, "code", "read") for _, one in found] == ["invalid"]
