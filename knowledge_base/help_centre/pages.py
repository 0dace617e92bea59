"""How a help-centre page is put together: its head, its templates, its headers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from knowledge_base.help_centre.machines import category_path
from knowledge_base.rendering import NO_FILES, Files, render
from knowledge_base.search.records import Record

HERE = Path(__file__).parent
# No script at all: JSON-LD is data, which no policy is asked about.
POLICY = (
    "default-src 'self'; script-src 'none'; style-src 'self'; img-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# The page with the chat in it: the widget's modules, its socket, and its constructed style sheets.
CHAT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "no-cache",
}
RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
#: What languages call themselves, for links between variants; others go by their code.
LANGUAGES = {
    "bg": "Български", "cs": "Čeština", "da": "Dansk", "de": "Deutsch", "el": "Ελληνικά", "en": "English",
    "es": "Español", "et": "Eesti", "fi": "Suomi", "fr": "Français", "ga": "Gaeilge", "hr": "Hrvatski",
    "hu": "Magyar", "it": "Italiano", "ja": "日本語", "ko": "한국어", "lt": "Lietuvių", "lv": "Latviešu",
    "nl": "Nederlands", "no": "Norsk", "pl": "Polski", "pt": "Português", "ro": "Română", "sk": "Slovenčina",
    "sl": "Slovenščina", "sv": "Svenska", "tr": "Türkçe", "uk": "Українська", "zh": "中文", "ar": "العربية",
    "he": "עברית",
}  # fmt: skip


@dataclass(frozen=True)
class Head:
    """What stands in a page's head; `path` is its one true address, None for pages nobody should find."""

    title: str
    path: str | None = None
    description: str = ""
    kind: str = "website"
    data: Markup | None = None
    alternates: list[tuple[str, str]] = field(default_factory=list)
    """Language code and path of each variant, itself among them."""


@dataclass(frozen=True)
class Opened:
    """An article as it stands on a page."""

    record: Record
    parts: list[tuple[str, str, Markup]]
    """Name, heading and HTML."""

    @property
    def direction(self) -> str:
        return direction_of(self.record.language)


def opened(record: Record, files: Files = NO_FILES) -> Opened:
    """The article's three parts; each file it names must be among `files` to be shown."""
    parts = [
        (name, heading, Markup(render(text, files)))  # noqa: S704 - rendering allows nine tags only
        for name, heading, text in (
            ("context", "", record.context),
            ("action", "What to do", record.action),
            ("outcome", "What happens next", record.outcome),
        )
        if text
    ]
    return Opened(record, parts)


def direction_of(language: str) -> str:
    return "rtl" if language.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def language_name(code: str) -> str:
    return LANGUAGES.get(code.split("-")[0].lower(), code)


def headed(name: str) -> str:
    """A category's name as a heading; capitals that stand in it (VAT) stay."""
    return name[:1].upper() + name[1:]


class Pages:
    """The templates, for one base address."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._templates.filters.update(
            headed=headed, category_path=category_path, language_name=language_name
        )

    def show(
        self, template: str, head: Head, *, status: int = 200, asked: str = "", **values: object
    ) -> HTMLResponse:
        page = self._templates.get_template(template)
        html = page.render(base=self._base, head=head, asked=asked, **values)
        return HTMLResponse(html, status_code=status, headers=HEADERS)
