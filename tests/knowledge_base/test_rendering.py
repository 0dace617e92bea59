"""No text of an article can become anything but text, lists, emphasis, https links and its own files."""

from __future__ import annotations

from html.parser import HTMLParser
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.rendering import ALLOWED_TAGS, Shown, files_in, is_safe_link, plain, render

PICTURE, FORM, STRANGE = UUID(int=1), UUID(int=2), UUID(int=3)
FILES = {
    PICTURE: Shown("/help/files/1/box.png", True, "PNG, 9 kB"),
    FORM: Shown("/help/files/2/form.pdf", False, "PDF, 120 kB"),
}

XSS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example)",
    "[x](http://plain.example)",
    "[x](https://user:pass@evil.example)",
    '[x](https://a.example "onmouseover=alert(1)")',
    '[x](https://a.example/"onmouseover="alert(1))',
    "![x](https://a.example/x.png)",
    "![x](x onerror=alert(1))",
    "<https://a.example>",
    "`<script>`",
    "```\n<script>alert(1)</script>\n```",
    "# <iframe src=//evil>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "</p></section><script>alert(1)</script>",
    "<style>@import 'x'</style>",
    "<form action=//evil><input name=password>",
    "{{ 7*7 }}{% raw %}",
    "**<b onclick=alert(1)>**",
    "- <details open ontoggle=alert(1)>",
    "| a |\n|---|\n| <script> |",
    "[a]: javascript:alert(1)\n\n[a]",
    f'![" onerror="alert(1)](file:{PICTURE})',
    f'![<script>](file:{PICTURE} "onload=alert(1)")',
    f"[<img src=x onerror=alert(1)>](file:{FORM})",
    f"![x](file:{PICTURE}/../../x)",
    "![x](file:///etc/passwd)",
    "[x](file:///etc/passwd)",
    "[x](file:javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!--", {}))


ATTRIBUTES = {"a": {"href", "rel"}, "img": {"src", "alt", "loading"}, "ol": {"start"}}
ADDRESSES = {file.address for file in FILES.values()}


def check(html: str) -> None:
    reader = Reader()
    reader.feed(html)
    for tag, attributes in reader.tags:
        assert tag in ALLOWED_TAGS, html
        assert set(attributes) <= ATTRIBUTES.get(tag, set()), html
        if tag == "a":
            address = attributes["href"] or ""
            assert is_safe_link(address) or address in ADDRESSES, html
        if tag == "img":
            assert attributes["src"] in ADDRESSES, html


@pytest.mark.parametrize("text", XSS)
def test_nothing_of_the_corpus_executes(text: str) -> None:
    check(render(text))
    check(render(text, FILES))


@given(st.text(alphabet=st.sampled_from("<>[]()!*_#`-\"'&;:/= \n\tahtpsjvrcig.1\\"), max_size=80))
def test_no_text_at_all_opens_another_tag(text: str) -> None:
    check(render(text))


def test_what_editors_need_works() -> None:
    html = render("1. **Open** it\n2. *Then*\n\nSee [here](https://fernway.example/a).")
    assert "<ol>" in html
    assert "<strong>Open</strong>" in html
    assert "<em>Then</em>" in html
    assert 'href="https://fernway.example/a" rel="noopener noreferrer"' in html


def test_plain_words_without_marks() -> None:
    text = "Choose **Return**:\n\n- one\n- [two](https://a.example)"
    assert plain(text) == "Choose Return:\none\ntwo"


def test_own_files_are_shown_and_others_named_by_their_words() -> None:
    text = f"![The *box*](file:{PICTURE}) [the form](file:{FORM}) [gone](file:{STRANGE})"
    assert render(text, FILES) == (
        '<p><img src="/help/files/1/box.png" alt="The box" loading="lazy"> '
        '<a href="/help/files/2/form.pdf" rel="noopener noreferrer">the form</a> (PDF, 120 kB) '
        "gone</p>\n"
    )
    assert render(text) == "<p>The box the form gone</p>\n"
    assert plain(text) == "The box the form gone"
    assert files_in(text, "no file", f"file:{UUID(int=9)}") == {PICTURE, FORM, STRANGE}


def test_a_file_that_is_no_picture_is_not_drawn_and_a_picture_may_be_linked() -> None:
    assert render(f"![words](file:{FORM})", FILES) == "<p>words</p>\n"
    html = render(
        f"[![alt](file:{PICTURE})](https://a.example) ![x](https://a.example/x.png)", FILES
    )
    assert html.count("<img") == 1
    assert html.index('<a href="https://a.example"') < html.index("<img") < html.index("</a> x")


def test_deep_nesting_is_survived() -> None:
    check(render("- " * 5000 + "x"))
    check(render(">" * 5000 + "[" * 5000))
