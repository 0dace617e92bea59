"""Files of an article, as a chat can show them: a link, whose words say what it leads to."""

from __future__ import annotations

import re

# As knowledge_base.rendering reads them; alt text may be missing, and marks may stand in it.
_FILE = re.compile(
    r"(!?)\[([^\]\n]{0,200})\]\(file:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"(?: \"[^\"\n]{0,200}\")?\)",
    re.IGNORECASE,
)


def linked(text: str) -> str:
    """The text with each image or attachment as a link to the help centre, which docs/frames.md allows.

    >>> linked("![The box](file:0f8fad5b-d9cb-469f-a165-70867728950e)")
    '[Image: The box](/help/files/0f8fad5b-d9cb-469f-a165-70867728950e)'
    """
    return _FILE.sub(_link, text)


def _link(found: re.Match[str]) -> str:
    is_image, words, file_id = bool(found[1]), found[2].strip(), found[3].lower()
    if is_image:
        words = f"Image: {words}" if words else "Image"
    return f"[{words or 'File'}](/help/files/{file_id})"
