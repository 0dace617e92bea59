"""No text of an article can become anything but text, lists, emphasis and https links."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.rendering import ALLOWED_TAGS, is_safe_link, plain, render

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
)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!--", {}))


def check(html: str) -> None:
    reader = Reader()
    reader.feed(html)
    for tag, attributes in reader.tags:
        assert tag in ALLOWED_TAGS, html
        assert set(attributes) <= ({"href", "rel"} if tag == "a" else {"start"}), html
        if tag == "a":
            assert is_safe_link(attributes["href"] or ""), html


@pytest.mark.parametrize("text", XSS)
def test_nothing_of_the_corpus_executes(text: str) -> None:
    check(render(text))


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


def test_deep_nesting_is_survived() -> None:
    check(render("- " * 5000 + "x"))
    check(render(">" * 5000 + "[" * 5000))
