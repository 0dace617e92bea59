"""What an uploaded file is, found from its bytes; pictures are drawn anew, so only what one sees remains."""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from PIL import Image, ImageOps, ImageSequence

NAME_LIMIT = 120
FRAME_LIMIT = 1000
"""2 MB hold 50,000 frames of a few pixels, and each takes a millisecond to draw."""

SUFFIXES = {
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


class Damaged(ValueError):
    """It begins like a file of its kind, and can't be read."""


class TooManyPixels(ValueError):
    """More than may be in memory at a time."""


class TooManyFrames(ValueError):
    """More pictures in one than may be."""


@dataclass(frozen=True)
class Picture:
    """A picture as it may be stored; `width` and `height` in pixels, as one sees it."""

    media_type: str
    content: bytes
    width: int
    height: int


def is_image(media_type: str) -> bool:
    return media_type.startswith("image/")


def begins_as_picture(head: bytes) -> bool:
    """Whether a file with these first bytes is one of the pictures that we draw."""
    return _IMAGE.match(head) is not None


def begins_as_pdf(head: bytes) -> bool:
    return _PDF.match(head) is not None


def is_whole_pdf(tail: bytes) -> bool:
    """By its last 2 kB."""
    return b"%%EOF" in tail[-2048:]


def words_in(content: bytes) -> str | None:
    """The text, if every byte of it is text in UTF-8; else None."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def looks_like_a_page(name: str, text: str) -> bool:
    """Whether a browser could take it for a web page or an SVG drawing."""
    named = name.lower().endswith((".svg", ".html", ".htm", ".xhtml", ".xml"))
    return named or _MARKUP.search(text[:_MARKUP_WITHIN]) is not None


def draw_anew(
    content: bytes,
    *,
    pixels: int,
    saving: Mapping[str, Mapping[str, Any]],
    frames: int = FRAME_LIMIT,
    jpeg_pixels: int | None = None,
    side: int | None = None,
) -> Picture:
    """The picture alone: no place, camera, comment or second file hidden behind the first.

    Takes up to a second and `pixels` times four bytes of memory: call it in a thread. ``pixels``: of all frames
    together; ``jpeg_pixels``: of a JPEG, which is read at a half, quarter or eighth of its size where that is
    enough for ``side``, the longest side of what is kept. ``saving``: options by Pillow's name of the format.

    Raises:
        Damaged, TooManyPixels, TooManyFrames.
    """
    try:
        with warnings.catch_warnings():
            # Ours is the limit; Pillow's own warning would come above 89 megapixels.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(_FORMATS)) as image:
                _check_size(image, pixels, jpeg_pixels or pixels, frames)
                image.verify()
            with Image.open(io.BytesIO(content), formats=tuple(_FORMATS)) as image:
                return _drawn(image, saving, side)
    except (TooManyPixels, TooManyFrames):
        raise
    except Image.DecompressionBombError as error:
        raise TooManyPixels from error
    # Pillow's readers raise many kinds of error on damaged files, struct.error and IndexError among them.
    except Exception as error:
        raise Damaged from error


def _check_size(image: Image.Image, pixels: int, jpeg_pixels: int, most: int) -> None:
    """Before anything is decoded: the header says how large it will be."""
    area = image.width * image.height
    if area > (jpeg_pixels if image.format == "JPEG" else pixels):
        raise TooManyPixels
    frames = getattr(image, "n_frames", 1)
    if image.format in ("GIF", "WEBP") and area * frames > pixels:
        raise TooManyPixels
    if frames > most:
        raise TooManyFrames


def _drawn(
    image: Image.Image, saving: Mapping[str, Mapping[str, Any]], side: int | None
) -> Picture:
    out = io.BytesIO()
    kind = str(image.format)
    if getattr(image, "n_frames", 1) > 1 and kind in ("GIF", "WEBP"):
        size = _film(image, kind, out)
    else:
        see_through = image.has_transparency_data and kind != "JPEG"
        mode = "RGBA" if see_through else "RGB"
        if side and max(image.size) > side:
            # First of all, so that no copy of the large one is made; colours by number can't be mixed.
            small = image.convert(mode) if image.mode in ("P", "PA", "1") else image
            # The gap of 1: a JPEG is then read at the smallest part of its size that is enough.
            small.thumbnail((side, side), reducing_gap=1.0)
            ImageOps.exif_transpose(small, in_place=True)
            bare = _bare(small, mode)
        else:
            bare = _bare(ImageOps.exif_transpose(image), mode)  # as the camera was held
        bare.save(out, kind, **saving.get(kind, {}))
        size = bare.size
    return Picture(_FORMATS[kind], out.getvalue(), *size)


def _film(image: Image.Image, kind: str, out: io.BytesIO) -> tuple[int, int]:
    drawn, times = [], []
    for frame in ImageSequence.Iterator(image):
        times.append(int(frame.info.get("duration", 100)) or 100)
        drawn.append(_bare(frame, "RGBA"))
    film: dict[str, Any] = {"append_images": drawn[1:], "duration": times, "loop": 0}
    if kind == "GIF":
        film["disposal"] = 2
    drawn[0].save(out, kind, save_all=True, **film)
    return drawn[0].size


def _bare(image: Image.Image, mode: str) -> Image.Image:
    bare = image.convert(mode)
    bare.info = {}
    return bare


def clean_name(name: str, media_type: str) -> str:
    """A plain name without folders, with the ending that its content deserves; at most 120 characters.

    >>> clean_name("../../etc/pass\\nwd.html", "image/png"), clean_name("C:\\\\x\\\\März.PDF", "application/pdf")
    ('pass wd.png', 'März.pdf')
    """
    suffix = SUFFIXES[media_type]
    # "é" in one character: as a letter with an accent behind it, the accent would be taken out.
    line = unicodedata.normalize("NFC", name.replace("\\", "/"))
    seen = "".join(" " if one.isspace() else one for one in line if _can_be_seen(one))
    stem = _NOT_IN_NAMES.sub("-", " ".join(PurePosixPath(PurePosixPath(seen).name).stem.split()))
    stem = stem.strip(" .-")[: NAME_LIMIT - len(suffix)].strip(" .-")
    return f"{stem or 'file'}{suffix}"


def _can_be_seen(one: str) -> bool:
    """Not what turns the direction of a name around, or hides in it."""
    return one.isspace() or unicodedata.category(one) not in ("Cc", "Cf", "Cs")
