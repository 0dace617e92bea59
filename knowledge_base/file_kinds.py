"""What a file is, found from its content; images are drawn anew, so only their picture remains."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from PIL import Image, ImageOps, ImageSequence

from knowledge_base.drafts import clean_line
from server.errors import HandrailError, TooLarge

IMAGE_LIMIT = 2 * 1024 * 1024
PIXEL_LIMIT = 20_000_000
"""Of all frames together: they are all in memory while they are drawn."""
FRAME_LIMIT = 1000
"""2 MB hold 50,000 frames of a few pixels, and each takes a millisecond to draw."""
ATTACHMENT_LIMIT = 10 * 1024 * 1024
NAME_LIMIT = 120

_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/csv": ".csv",
}
#: Pillow's name of a format -> media type; only these are ever tried.
_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
_SETTINGS: dict[str, dict[str, Any]] = {
    "PNG": {"optimize": True},
    "JPEG": {"quality": 88},
    "WEBP": {"quality": 85},
}
_IMAGE = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP", re.DOTALL)
_PDF = re.compile(rb"%PDF-[12]\.\d")
# What a browser that guesses would take for a page or a drawing.
_MARKUP = re.compile(
    r"<\s*(?:!doctype|!--|\?xml|html|head|body|svg|script|style|iframe|object|embed|meta|link|math)",
    re.IGNORECASE,
)
_MARKUP_WITHIN = 4096
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_NOT_IN_NAMES = re.compile(r"[^\w .()+,-]")


class FileRefused(HandrailError):
    """The message says what is wrong with the file, and what would do."""

    code, status, message = "file_refused", 422, "This kind of file is not allowed."


@dataclass(frozen=True)
class Checked:
    """A file that may be stored, as it will be stored."""

    name: str
    media_type: str
    content: bytes


def is_image(media_type: str) -> bool:
    return media_type.startswith("image/")


def check(name: str, content: bytes) -> Checked:
    """What the file is, whatever its name says. Takes up to a second for an image: call it in a thread.

    Raises:
        FileRefused: neither an image, a PDF, nor plain text; damaged; or too many pixels.
        TooLarge: more bytes than its kind may have.
    """
    if not content:
        raise FileRefused("This file is empty.")
    if _IMAGE.match(content):
        media_type, stored = _image(content)
    elif _PDF.match(content):
        media_type, stored = "application/pdf", _pdf(content)
    else:
        media_type, stored = _words(name, content)
    return Checked(_clean_name(name, media_type), media_type, stored)


def _image(content: bytes) -> tuple[str, bytes]:
    if len(content) > IMAGE_LIMIT:
        raise TooLarge("An image may have up to 2 MB. Make it smaller first.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(_FORMATS)) as image:
                image.verify()
            with Image.open(io.BytesIO(content), formats=tuple(_FORMATS)) as image:
                return _FORMATS[str(image.format)], _drawn_anew(image)
    except (FileRefused, TooLarge):
        raise
    # Pillow's readers raise many kinds of error on damaged files, struct.error and IndexError among them.
    except Exception as error:
        raise FileRefused("This image is damaged. Save it again, and add that.") from error


def _drawn_anew(image: Image.Image) -> bytes:
    """The picture alone: no place, camera, comment or second file hidden behind the first."""
    frames = getattr(image, "n_frames", 1)
    if image.width * image.height * frames > PIXEL_LIMIT:
        raise FileRefused("An image may have up to 20 megapixels, all its frames together.")
    if frames > FRAME_LIMIT:
        raise FileRefused(f"An image may have up to {FRAME_LIMIT} frames.")
    out = io.BytesIO()
    kind = str(image.format)
    if frames > 1 and kind in ("GIF", "WEBP"):
        drawn, times = [], []
        for frame in ImageSequence.Iterator(image):
            times.append(int(frame.info.get("duration", 100)) or 100)
            drawn.append(_bare(frame, "RGBA"))
        film: dict[str, Any] = {"append_images": drawn[1:], "duration": times, "loop": 0}
        if kind == "GIF":
            film["disposal"] = 2
        drawn[0].save(out, kind, save_all=True, **film)
    else:
        upright = ImageOps.exif_transpose(image)  # what the camera noted beside the picture
        see_through = upright.has_transparency_data and kind != "JPEG"
        bare = _bare(upright, "RGBA" if see_through else "RGB")
        bare.save(out, kind, **_SETTINGS.get(kind, {}))
    if out.tell() > 2 * IMAGE_LIMIT:
        raise TooLarge("This image is too large once it is saved anew. Make it smaller first.")
    return out.getvalue()


def _bare(image: Image.Image, mode: str) -> Image.Image:
    bare = image.convert(mode)
    bare.info = {}
    return bare


def _pdf(content: bytes) -> bytes:
    _limit_attachment(content)
    if b"%%EOF" not in content[-2048:]:
        raise FileRefused("This PDF is not whole. Save it again, and add that.")
    return content


def _words(name: str, content: bytes) -> tuple[str, bytes]:
    _limit_attachment(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(
            "Allowed are images (PNG, JPEG, GIF, WebP), PDF, and text or CSV in UTF-8."
        ) from error
    if _CONTROL.search(text):
        raise FileRefused(
            "Allowed are images (PNG, JPEG, GIF, WebP), PDF, and text or CSV in UTF-8."
        )
    if _MARKUP.search(text[:_MARKUP_WITHIN]) or name.lower().endswith((".svg", ".html", ".htm")):
        raise FileRefused("Web pages and SVG drawings are not allowed. A PNG or a PDF is.")
    return ("text/csv" if name.lower().endswith(".csv") else "text/plain"), content


def _limit_attachment(content: bytes) -> None:
    if len(content) > ATTACHMENT_LIMIT:
        raise TooLarge("A file may have up to 10 MB.")


def _clean_name(name: str, media_type: str) -> str:
    """A plain name without folders, with the ending that its content deserves."""
    suffix = _SUFFIXES[media_type]
    try:
        line = clean_line(PurePosixPath(name.replace("\\", "/")).name)
    except ValueError:
        line = ""
    stem = _NOT_IN_NAMES.sub("-", PurePosixPath(line).stem).strip(" .-")
    return f"{stem[: NAME_LIMIT - len(suffix)] or 'file'}{suffix}"
