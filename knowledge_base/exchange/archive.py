"""Zip archives that strangers packed: their sizes are checked before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib

from server.errors import Invalid, TooLarge

MEMBERS = 20_000
MEMBER_LIMIT = 12 * 1024 * 1024
TOTAL_LIMIT = 256 * 1024 * 1024
"""Bytes after unpacking."""
#: Text packs 3 to 20 times, sitemaps and logs up to 60; a bomb a thousand times. Small members may.
RATIO = 120
RATIO_FROM = 1024 * 1024
#: Python unpacks the other methods whole, whatever size the directory says: 350 bytes of bzip2 make 300 MB.
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def check_archive(archive: zipfile.ZipFile) -> None:
    """Believe the directory only so far: its numbers are limited here, and held to in `read_member`.

    Raises:
        TooLarge: too many members, too large ones, too much in all, or packed too tight to be honest.
    """
    members = archive.infolist()
    if len(members) > MEMBERS:
        raise TooLarge(f"The archive has more than {MEMBERS} files.")
    total = 0
    for member in members:
        total += member.file_size
        if member.file_size > RATIO_FROM and member.file_size > RATIO * member.compress_size:
            raise TooLarge("The archive unpacks to too much.")
    if total > TOTAL_LIMIT:
        raise TooLarge(f"The archive unpacks to more than {TOTAL_LIMIT // 2**20} MB.")


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of one member, and never more than the directory said.

    Raises:
        TooLarge: it is too large.
        Invalid: it is encrypted or damaged.
    """
    if member.file_size > MEMBER_LIMIT:
        raise TooLarge(f"This file is larger than {MEMBER_LIMIT // 2**20} MB.")
    if member.flag_bits & 0x1:
        raise Invalid("This file is encrypted.")
    if member.compress_type not in METHODS:
        raise Invalid("This file is packed in an unusual way; pack it again as a plain zip.")
    try:
        with archive.open(member) as file:
            content = file.read(member.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise Invalid("This file is damaged.") from error
    if len(content) > member.file_size:
        raise Invalid("This file is damaged.")
    return content
