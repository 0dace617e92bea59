"""Every way in which a file can be refused; ``details`` holds what a client may say in its own words."""

from __future__ import annotations

from server.errors import Forbidden, HandrailError, TooLarge, TooMany, Unavailable


class FileRefused(HandrailError):
    code, status = "file_refused", 422
    message = (
        "This kind of file can't be sent. Pictures (PNG, JPEG, GIF, WebP), PDF and plain text can."
    )


class FileDamaged(HandrailError):
    code, status = "file_damaged", 422
    message = "This file is empty or damaged. Save it again, and send that."


class TooManyPixels(HandrailError):
    code, status = "file_pixels", 422
    message = "This picture has too many pixels. Make it smaller, and send that."


class FileTooLarge(TooLarge):
    """``details.limit``: bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"A file may have up to {limit / 1_000_000:.3g} MB.", details={"limit": limit}
        )


class EnoughFiles(TooMany):
    code = "enough_files"
    message = "That is all the files that this chat can take for now. Please say the rest in words."


class FilesOff(Forbidden):
    code, message = "files_off", "No files can be sent in this chat."


class NoRoom(Unavailable):
    """The disk is nearly full: what is left of it keeps the chats themselves going."""

    message = "No files can be taken in right now. Please say it in words, or try again later."
