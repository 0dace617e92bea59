"""The widget's modules, joined: each runs once, what is asked for is there, and what is not understood is said."""

from __future__ import annotations

import re

import pytest

from tests.widget.conftest import Customer
from widget.modules import STATIC, modules
from widget.packs import PACKS, NotUnderstood, joined

SMALL = {
    "handrail.js": 'import { one } from "./dom.js";\nexport const first = one + 1;\n',
    "dom.js": "export const one = 1;\nexport async function later() { return one; }\n",
    "chat.js": (
        'import sheet, { name } from "./a.css.js";\nimport {\n  one,\n} from "./dom.js";\n'
        'export { deep } from "./deep.js";\n'
        "export class Chat { say() { return [one, sheet, name].join(); } }\n"
    ),
    "a.css.js": 'export const name = "a";\nexport default `.a { }`;\n',
    "deep.js": "const one = 7;\nexport function deep() { return one; }\n",
    "help.js": 'import { one } from "./dom.js";\nexport class View { get one() { return one; } }\n',
    "save.js": 'import { View as Other } from "./help.js";\nexport class View {}\n',
    "suggest.js": "export const some = 1;\n",
    "start.js": "export const start = 1;\n",
    "invite.js": "export const invite = 1;\n",
    "teaser.js": "export const teaser = 1;\n",
    "survey.js": "export const survey = 1;\n",
    "asks.css.js": "export default `.b { }`;\n",
    "words.en.js": "export default {};\n",
}


def test_what_is_asked_for_is_there() -> None:
    sent = modules().sent
    sources = {path.name: path.read_text("utf-8") for path in STATIC.glob("*.js")}
    wanted = {
        name for text in sources.values() for name in re.findall(r'import\("\./([\w.]+)"\)', text)
    }
    assert wanted <= sent.keys()
    assert {name for pack in PACKS for name in pack} <= sent.keys()
    # A pack imports from packs only.
    for name, file in sent.items():
        for other in re.findall(r'from"\./([\w.]+)"', file.plain.decode()):
            assert other in sent, (name, other)


def test_a_form_that_is_not_understood_is_refused() -> None:
    good = {**SMALL, "save.js": "export class View {}\n"}
    joined(good)
    for wrong in (
        SMALL["save.js"],  # a name that is changed on the way
        'import * as all from "./dom.js";\n',
        "export let changing = 1;\n",
        "const one = 1;\nexport { one };\n",
    ):
        with pytest.raises(NotUnderstood):
            joined({**good, "save.js": wrong})


def test_joined_modules_run_as_they_did_apart(customer: Customer) -> None:
    files = joined({**SMALL, "save.js": "export class View {}\n"})
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
          const { Chat, deep } = await import("/joined/chat.js");
          const { first } = await import("/joined/handrail.js");
          const [help, save] = [await import("/joined/help.js"), await import("/joined/save.js")];
          const { default: css } = await import("/joined/asks.css.js");
          return [new Chat().say(), deep(), first, new help.View().one, help.View !== save.View, css];
        }"""
    )
    assert said == ["1,.a { },a", 7, 2, 1, True, ".b { }"]
