"""Foreign text into ours: HTML to the few marks an article may have, and a body into its three parts."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Comment, Tag
from markdownify import MarkdownConverter

from knowledge_base.rendering import is_safe_link
from server.errors import Invalid

PARTS = ("context", "action", "outcome")
#: Tags within tags; both libraries call themselves for each.
DEPTH_LIMIT = 200
#: Where a tag or comment never ends, the parser reads to the page's end again for each “<” after it.
OPEN_LIMIT = 200
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_KEPT = frozenset({"p", "ul", "ol", "li", "strong", "b", "em", "i", "a", "br"})
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "header", "html", "main", "pre", "section", "summary",
})  # fmt: skip
_GONE = [
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "video", "audio",
    "canvas", "form", "button", "input", "select", "textarea", "img", "picture", "head", "title", "meta", "link",
]  # fmt: skip
_PART_LINE = re.compile(r"^\*\*(Context|Action|Outcome):?\*\*$", re.IGNORECASE | re.MULTILINE)


def read_html(html: str) -> BeautifulSoup:
    """A page as a tree.

    Raises:
        Invalid: tags stand in tags deeper than anybody writes, or it ends within one that swallows many.
    """
    first = HTMLParser()
    first.feed(html)
    if first.rawdata.count("<") > OPEN_LIMIT:
        raise Invalid("This page ends in the middle of a tag.")
    soup = BeautifulSoup(html, "html.parser")
    depths = {id(soup): 0}
    for tag in soup.find_all(True):
        depth = depths[id(tag)] = depths[id(tag.parent)] + 1
        if depth > DEPTH_LIMIT:
            raise Invalid("This page nests its tags too deep to be read.")
    return soup


def markdown_of(root: Tag, base: str = "") -> str:
    """The element's text with paragraphs, lists, bold, italics and https links; `base` completes links.

    Headings become bold lines, table rows list items with their cells between “·”; images are left out.
    The element is used up.
    """
    _simplify(root, base)
    converter = MarkdownConverter(bullets="-", heading_style="atx", autolinks=False)
    text = str(converter.convert_soup(root))
    lines = [line.rstrip() if not line.endswith("  ") else line for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).replace("\xa0", " ").strip()


def split_body(text: str) -> dict[str, str]:
    """Context, action and outcome of a text.

    Bold lines “Context”, “Action” and “Outcome” divide it where it has them. Any other text can't be told
    apart by its form: it goes into action, with the first paragraph as context when there is more than one.
    """
    heads = list(_PART_LINE.finditer(text))
    names = [head[1].lower() for head in heads]
    if len(names) > 1 and len(set(names)) == len(names) and not text[: heads[0].start()].strip():
        ends = [head.start() for head in heads[1:]] + [len(text)]
        return {
            name: text[head.end() : end].strip()
            for name, head, end in zip(names, heads, ends, strict=True)
        }
    first, _, rest = text.strip().partition("\n\n")
    if rest.strip() and not _is_list(first):
        return {"context": first.strip(), "action": rest.strip()}
    return {"action": text.strip()}


def _is_list(paragraph: str) -> bool:
    return re.match(r"(?:[-*+]|\d+[.)])\s", paragraph) is not None


def _simplify(root: Tag, base: str) -> None:
    for comment in root.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in root.find_all(_GONE):
        tag.decompose()
    for table in reversed(root.find_all("table")):  # tables within tables first
        _list_rows(table)
    for heading in root.find_all(_HEADINGS):
        _bolden(heading)
    for tag in root.find_all(True):
        if tag.name == "a":
            _keep_safe(tag, base)
        elif tag.name in _BLOCKS:
            tag.name, tag.attrs = "div", {}
        elif tag.name == "hr":
            tag.decompose()
        elif tag.name not in _KEPT:
            tag.unwrap()


def _list_rows(table: Tag) -> None:
    rows = BeautifulSoup("", "html.parser").new_tag("ul")
    for line in table.find_all("tr"):
        cells = [" ".join(cell.get_text(" ").split()) for cell in line.find_all(["td", "th"])]
        if any(cells):
            item = BeautifulSoup("", "html.parser").new_tag("li")
            item.string = " · ".join(cell for cell in cells if cell)
            rows.append(item)
    table.replace_with(rows)


def _bolden(heading: Tag) -> None:
    words = " ".join(heading.get_text(" ").split())
    heading.clear()
    heading.name, heading.attrs = "p", {}
    if words:
        strong = BeautifulSoup("", "html.parser").new_tag("strong")
        strong.string = words
        heading.append(strong)


def _keep_safe(link: Tag, base: str) -> None:
    try:
        url = urljoin(base, str(link.get("href") or ""))
    except ValueError:
        url = ""
    # A mark that ends a link's address would let the rest of it appear as text.
    if is_safe_link(url) and not re.search(r"[\s()<>]", url) and link.get_text().strip():
        link.attrs = {"href": url}
    else:
        link.unwrap()
