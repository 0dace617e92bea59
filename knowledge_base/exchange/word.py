"""One Word file (.docx) into an article."""

from __future__ import annotations

import io
import zipfile

import mammoth
from bs4 import Tag
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from knowledge_base.drafts import slug_of
from knowledge_base.exchange.archive import check_archive, read_member
from knowledge_base.exchange.html_page import NoText, Place
from knowledge_base.exchange.portable import Portable, read_portable
from knowledge_base.exchange.prose import markdown_of, read_html, split_body
from server.errors import HandrailError, Invalid

_HEADINGS = ["h1", "h2", "h3"]
#: Paragraphs that Word calls the title become the first heading.
_STYLES = "p[style-name='Title'] => h1:fresh\np.Title => h1:fresh"


def read_word(content: bytes, place: Place) -> Portable:
    """The article of a Word file: its title is the first heading, else the file's name.

    Images are left out, other formats and comments too; the parts are told apart as `split_body` says.

    Raises:
        Invalid: this is no Word file, or what it holds can't be an article.
        TooLarge: it unpacks to more than is allowed.
        NoText: it is empty.
    """
    try:
        found = mammoth.convert_to_html(
            io.BytesIO(checked_word(content)),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(lambda _: {}),
            include_embedded_style_map=False,
        )
    except HandrailError:
        raise
    except Exception as error:  # whatever a made-up file trips over in there
        raise Invalid("This Word file can't be read.") from error
    soup = read_html(found.value)
    heading = next((tag for tag in soup.find_all(_HEADINGS) if tag.get_text().strip()), None)
    title = place.stem.replace("-", " ").replace("_", " ")
    if isinstance(heading, Tag):
        title = " ".join(heading.get_text(" ").split())
        heading.decompose()
    text = markdown_of(soup)
    if not text:
        raise NoText("This Word file has no text.")
    fields = {
        "title": title,
        "slug": slug_of(place.stem) if place.stem else "",
        "category": place.folder.replace("-", " ").replace("_", " ")[:40].strip() or "general",
        **split_body(text),
    }
    return read_portable({name: value for name, value in fields.items() if value})


def checked_word(content: bytes) -> bytes:
    """The file's XML packed anew: nothing that was not looked at, and no size that was not measured, is in it.

    A part may have any name and lie about its size, and the reader would follow it there.

    Raises:
        Invalid, TooLarge.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_archive(archive)
            names = [member.filename for member in archive.infolist()]
            if "word/document.xml" not in names:
                raise Invalid("This is no Word file (.docx).")
            parts: dict[str, bytes] = {}
            for member in archive.infolist():
                if member.filename.lower().endswith((".xml", ".rels")):
                    part = parts[member.filename] = read_member(archive, member)
                    fromstring(part, forbid_dtd=True)
    except HandrailError:
        raise
    except DefusedXmlException as error:
        raise Invalid("This Word file declares XML entities; no Word writes that.") from error
    except (zipfile.BadZipFile, ParseError, RecursionError, ValueError) as error:
        raise Invalid("This Word file can't be read.") from error
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as kept:
        for name, part in parts.items():
            kept.writestr(name, part)
    return out.getvalue()
