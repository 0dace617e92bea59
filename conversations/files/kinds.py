"""What a file in a chat may be: pictures, PDF, and plain text, by what their bytes say and never by their name.

No archives and no office documents: we can't look into the one, macros and remote templates make the other what a
support desk is attacked with, and there is no scanner behind us. Both can be saved as PDF or as pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from conversations.files.errors import FileDamaged, FileRefused, FileTooLarge, TooManyPixels
from server import uploads

PIXELS: Final = 24_000_000
"""Of all frames together, at four bytes each while they are drawn."""
JPEG_PIXELS: Final = 64_000_000
"""Phones take photos of 50 megapixels; a JPEG is read at a part of its size, so that memory stays as for others:
300 MB at the peak."""
SIDE: Final = 4096
"""Longest side that is kept, in pixels: more than any screen shows at once."""
GROWTH: Final = 2
"""Drawn anew, a picture may have so many times the bytes that were sent, and not more than the limit then."""

_SAVING: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88},
    "WEBP": {"quality": 85, "method": 3},
}


@dataclass(frozen=True)
class Checked:
    """A file that may be kept, as it will be kept; a picture has its size in pixels."""

    name: str
    media_type: str
    content: bytes
    width: int | None = None
    height: int | None = None


def check(name: str, content: bytes, limit: int) -> Checked:
    """What the file is. Takes up to seconds for a picture: call it in a thread. ``limit``: bytes.

    Raises:
        FileDamaged: empty, cut off or not readable. TooManyPixels. FileTooLarge: drawn anew it is far larger.
        FileRefused: anything but a picture that we draw, a PDF, or text in UTF-8.
    """
    if not content:
        raise FileDamaged()
    if uploads.begins_as_picture(content):
        return _picture(name, content, limit)
    if uploads.begins_as_pdf(content):
        if not uploads.is_whole_pdf(content):
            raise FileDamaged()
        return _as_it_is(name, "application/pdf", content)
    text = uploads.words_in(content)
    if text is None or uploads.looks_like_a_page(name, text):
        raise FileRefused()
    is_table = name.lower().endswith(".csv")
    return _as_it_is(name, "text/csv" if is_table else "text/plain", content)


def _picture(name: str, content: bytes, limit: int) -> Checked:
    try:
        drawn = uploads.draw_anew(
            content, pixels=PIXELS, jpeg_pixels=JPEG_PIXELS, side=SIDE, saving=_SAVING
        )
    except (uploads.TooManyPixels, uploads.TooManyFrames) as error:
        raise TooManyPixels() from error
    except uploads.Damaged as error:
        raise FileDamaged() from error
    if len(drawn.content) > GROWTH * limit:
        raise FileTooLarge(limit)
    named = uploads.clean_name(name, drawn.media_type)
    return Checked(named, drawn.media_type, drawn.content, drawn.width, drawn.height)


def _as_it_is(name: str, media_type: str, content: bytes) -> Checked:
    return Checked(uploads.clean_name(name, media_type), media_type, content)
