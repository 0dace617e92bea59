"""The widget's modules, joined: each runs once, what is asked for is there, and what is not understood is said."""

from __future__ import annotations

import re

import pytest

from tests.widget.conftest import Customer
from widget.modules import STATIC, modules
from widget.packs import PACKS, NotUnderstood, joined
from widget.tight import tight

SMALL = {
    "handrail.js": (
        'import { one } from "./dom.js";\nexport const first = one + 1;\n'
        'export const later = () => import("./chat.js");\n'
    ),
    "dom.js": "export const one = 1;\nexport async function two() { return one + one; }\n",
    "chat.js": (
        'import sheet, { mark } from "./a.css.js";\nimport {\n  one,\n} from "./dom.js";\n'
        'import { View } from "./view.js";\nexport { deep } from "./deep.js";\n'
        "export class Chat {\n  say() { return [one, sheet, mark].join(); }\n"
        "  view() { return new View().one; }\n}\n"
    ),
    "a.css.js": 'export const mark = "a";\nexport default `.a { }`;\n',
    "deep.js": "const seven = 7;\nexport function deep() { return seven; }\n",
    "view.js": 'import { one } from "./dom.js";\nexport class View { get one() { return one; } }\n',
    "words.en.js": "export default {};\n",
}


def test_what_is_asked_for_is_there() -> None:
    sent = modules().sent
    assert set(PACKS) <= sent.keys()
    for name, file in sent.items():
        text = file.plain.decode()
        for other in re.findall(r'(?:from|import\()"\./([\w.]+)"', text):
            assert other in sent, (name, other)
    # Nothing is sent twice, and what is in a pack is not sent by itself.
    languages = {path.name for path in STATIC.glob("words.??.js")}
    assert sent.keys() == set(PACKS) | languages


@pytest.mark.parametrize(
    "wrong",
    [
        'import { one as other } from "./dom.js";\n',
        'import * as all from "./dom.js";\n',
        "export let changing = 1;\n",
        "const here = 1;\nexport { here };\n",
        "const seven = 8;\n",  # deep.js has one
        "class Chat {}\n",
        "const one = 2;\n",  # as it is imported beside
        'import sheet from "./deep.js";\n',  # chat.js calls another one so
        "function open() {}\n",  # what window.open is elsewhere
        'export const dom = () => import("./dom.js");\n',  # inside of the other file
    ],
)
def test_a_form_that_is_not_understood_is_refused(wrong: str) -> None:
    joined(SMALL)
    with pytest.raises(NotUnderstood):
        joined({**SMALL, "view.js": SMALL["view.js"] + wrong})


def test_joined_modules_run_as_they_did_apart(customer: Customer) -> None:
    files = {name: tight(text) for name, text in joined(SMALL).items()}
    page = customer.page
    page.route(
        "**/joined/*",
        lambda route: route.fulfill(
            body=files[route.request.url.rpartition("/")[2]], content_type="text/javascript"
        ),
    )
    customer.visit("/tests/blank.html")
    said = page.evaluate(
        """async () => {
          const { first, later } = await import("/joined/handrail.js");
          const { Chat, deep } = await later();
          const chat = new Chat();
          return [chat.say(), deep(), first, chat.view()];
        }"""
    )
    assert said == ["1,.a { },a", 7, 2, 1]
