"""What stands in spoken.yml: articles and questions in four languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_READ: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("spoken.yml").read_text(encoding="utf-8")
)

ARTICLES: dict[str, dict[str, tuple[str, str, str]]] = {
    language: {name: tuple(texts) for name, texts in part["articles"].items()}
    for language, part in _READ.items()
}
#: Question and the article that answers it.
ASKED: dict[str, list[tuple[str, str]]] = {
    language: [(text, name) for name, texts in part["asked"].items() for text in texts]
    for language, part in _READ.items()
}
#: Nothing here answers these.
BESIDE: dict[str, list[str]] = {language: part["beside"] for language, part in _READ.items()}
