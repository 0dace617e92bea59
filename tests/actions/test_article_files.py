"""Files of an article in the chat: always a link with words, never raw marks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.files import linked
from tests.actions.fakes import DELIVERY, Customer

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
AT = f"/help/files/{ID}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"![The box](file:{ID})", f"[Image: The box]({AT})"),
        (f"![](file:{ID.upper()})", f"[Image]({AT})"),
        (f"See [the form](file:{ID}).", f"See [the form]({AT})."),
        (f"[](file:{ID})", f"[File]({AT})"),
        (f'![a](file:{ID} "title") ![b](file:{ID})', f"[Image: a]({AT}) [Image: b]({AT})"),
        ("[x](https://a.example) **b**", "[x](https://a.example) **b**"),
        ("file:nothing [x](file:12)", "file:nothing [x](file:12)"),
    ],
)
def test_marks_become_links(text: str, shown: str) -> None:
    assert linked(text) == shown


def test_no_text_makes_it_slow() -> None:
    for unit in ("![", "[a](file:", "[", "![a](file:0f8fad5b-"):
        linked(unit * 20_000)


async def test_an_answer_carries_links_in_its_parts_and_in_its_plain_twin() -> None:
    customer = Customer()
    pictured = replace(DELIVERY, context=f"Look: ![The box](file:{ID})")
    customer.knowledge.articles[DELIVERY.article_id] = pictured
    reply = await customer.says(
        "action_answer", "give_details", article_id=str(DELIVERY.article_id)
    )
    answer = reply.messages[0]
    assert answer["custom"]["parts"]["context"] == f"Look: [Image: The box]({AT})"
    assert answer["custom"]["parts"]["action"] == DELIVERY.action
    assert answer["text"].startswith(f"Look: [Image: The box]({AT})")
