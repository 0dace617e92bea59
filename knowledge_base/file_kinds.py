"""What a file of an article may be, and how much; what it is, `server.uploads` finds from its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server import uploads
from server.errors import HandrailError, TooLarge
from server.uploads import FRAME_LIMIT, clean_name
from server.uploads import is_image as is_image

IMAGE_LIMIT = 2 * 1024 * 1024
PIXEL_LIMIT = 20_000_000
"""Of all frames together: they are all in memory while they are drawn."""
ATTACHMENT_LIMIT = 10 * 1024 * 1024

_SETTINGS: dict[str, dict[str, Any]] = {
    "PNG": {"optimize": True},
    "JPEG": {"quality": 88},
    "WEBP": {"quality": 85},
}


class FileRefused(HandrailError):
    """The message says what is wrong with the file, and what would do."""

    code, status, message = "file_refused", 422, "This kind of file is not allowed."


@dataclass(frozen=True)
class Checked:
    """A file that may be stored, as it will be stored."""

    name: str
    media_type: str
    content: bytes


def check(name: str, content: bytes) -> Checked:
    """What the file is, whatever its name says. Takes up to a second for an image: call it in a thread.

    Raises:
        FileRefused: neither an image, a PDF, nor plain text; damaged; or too many pixels.
        TooLarge: more bytes than its kind may have.
    """
    if not content:
        raise FileRefused("This file is empty.")
    if uploads.begins_as_picture(content):
        media_type, stored = _image(content)
    elif uploads.begins_as_pdf(content):
        media_type, stored = "application/pdf", _pdf(content)
    else:
        media_type, stored = _words(name, content)
    return Checked(clean_name(name, media_type), media_type, stored)


def _image(content: bytes) -> tuple[str, bytes]:
    if len(content) > IMAGE_LIMIT:
        raise TooLarge("An image may have up to 2 MB. Make it smaller first.")
    try:
        drawn = uploads.draw_anew(content, pixels=PIXEL_LIMIT, frames=FRAME_LIMIT, saving=_SETTINGS)
    except uploads.TooManyPixels as error:
        raise FileRefused(
            "An image may have up to 20 megapixels, all its frames together."
        ) from error
    except uploads.TooManyFrames as error:
        raise FileRefused(f"An image may have up to {FRAME_LIMIT} frames.") from error
    except uploads.Damaged as error:
        raise FileRefused("This image is damaged. Save it again, and add that.") from error
    if len(drawn.content) > 2 * IMAGE_LIMIT:
        raise TooLarge("This image is too large once it is saved anew. Make it smaller first.")
    return drawn.media_type, drawn.content


def _pdf(content: bytes) -> bytes:
    _limit_attachment(content)
    if not uploads.is_whole_pdf(content):
        raise FileRefused("This PDF is not whole. Save it again, and add that.")
    return content


def _words(name: str, content: bytes) -> tuple[str, bytes]:
    _limit_attachment(content)
    text = uploads.words_in(content)
    if text is None:
        raise FileRefused(
            "Allowed are images (PNG, JPEG, GIF, WebP), PDF, and text or CSV in UTF-8."
        )
    if uploads.looks_like_a_page(name, text):
        raise FileRefused("Web pages and SVG drawings are not allowed. A PNG or a PDF is.")
    return ("text/csv" if name.lower().endswith(".csv") else "text/plain"), content


def _limit_attachment(content: bytes) -> None:
    if len(content) > ATTACHMENT_LIMIT:
        raise TooLarge("A file may have up to 10 MB.")
