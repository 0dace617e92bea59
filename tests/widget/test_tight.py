"""Made small, a module still does what it did: checked by running both in Chromium, and the whole widget on it."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Browser

from widget.modules import STATIC, modules
from widget.tight import tight, tight_sheets

# Where a careless minifier goes wrong; each ends in a value.
TRICKY = [
    'const a = 3, l = "h", u = "min"; `about ${a}${u === l ? "" : ` ${u}`} to  ${a}  end`',
    '["a  b", "/  \\" c"].map((t) => /a  b/.test(t)).join()',
    "const n = 12, m = 3, g = 2; n / m / g // /g\n",
    'const s = "//  no comment", t = `/* nor  this */`; s + t',
    'class A {\n  #a = 1;\n  static  b = "x"\n  get  c() { return this.#a ?? 0; }\n}\nA.b + new A().c',
    "let i = 1; const j = i++ + ++i; j - -1",
    'const one = (s) => {\n  if (s) return /["`\']/.exec(s)?.index\n  return -1\n}\none("  `")',
    "const x = { a: `}` }; `${ {b: `${x.a}`}.b }  {`",
    'const r = [/[/"]/.test("/"), /\\//.source];\nr.join()',
    "const v = 1\n;[v].length",
]


@pytest.mark.parametrize("source", TRICKY)
def test_it_still_says_the_same(browser: Browser, source: str) -> None:
    page = browser.new_page()
    small = tight(source)
    run = "source => (0, eval)(source)"
    assert page.evaluate(run, small) == page.evaluate(run, source)
    assert len(small) <= len(source)
    page.close()


def test_sheets_lose_their_blanks_but_no_meaning(browser: Browser) -> None:
    sources = {path.name: path.read_text("utf-8") for path in STATIC.glob("*.css.js")}
    assert sources
    page = browser.new_page()
    # What the engine understood of a sheet, as it writes it itself.
    rules = """css => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      return [...sheet.cssRules].map((rule) => rule.cssText.replace(/, /g, ","));
    }"""
    for name, text in sources.items():
        before, after = (self_contained(one) for one in (text, tight_sheets(text)))
        assert page.evaluate(rules, after) == page.evaluate(rules, before), name
        assert len(after) < len(before)
    page.close()


def self_contained(module: str) -> str:
    """The style sheet in a module, with what it puts in itself."""
    parts = module.split("`")
    at = next(n for n, part in enumerate(parts) if part.endswith("sheet(")) + 1
    css, named = parts[at], {}
    for head, body in zip(parts[: at - 1 : 2], parts[1:at:2], strict=False):
        named[head.split()[-2]] = body
    for name, body in named.items():
        css = css.replace(f"${{{name}}}", body)
    assert "${" not in css
    return css


def test_the_same_contents_are_packed_to_the_same_bytes() -> None:
    files = modules().files
    assert set(files) == {path.name for path in STATIC.glob("*.js")}
    for name, file in files.items():
        assert gzip.decompress(file.packed) == file.plain
        assert b"\n//" not in file.plain, name
