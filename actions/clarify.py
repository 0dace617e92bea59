"""P3: when it isn't clear, ask one question with concrete choices, and never guess."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions import memory, spoken
from actions.empathy import wants_offer
from actions.exchange import Button, Exchange
from actions.handoff import hand_off
from actions.services import Candidate
from actions.stage import Happening

ORDINALS = {
    "first": 0, "1": 0, "1st": 0, "one": 0,
    "second": 1, "2": 1, "2nd": 1, "two": 1,
    "third": 2, "3": 2, "3rd": 2, "three": 2,
    "fourth": 3, "4": 3, "4th": 3, "four": 3,
    "last": -1,
}  # fmt: skip
_FILLING = frozenset({"the", "number", "option", "one", "please", "answer", "no", "nr", "pls"})


def ask_choice(x: Exchange, candidates: Sequence[Candidate], lead: str | None = None) -> None:
    """One question, two to four buttons that can be told apart, and a way out."""
    shown = list(candidates)[: x.services.thresholds.choices]
    titles = button_titles(shown)
    ids = [str(candidate.article_id) for candidate in shown]
    _choose(x, list(zip(ids, titles, strict=True)), lead or x.phrase("clarify.choose"))
    x.move(Happening.UNCLEAR)


def ask_choice_again(x: Exchange) -> None:
    known = [(str(c["article_id"]), str(c["title"])) for c in x.get(memory.CHOICES) or []]
    language = spoken.of_choices(x)
    if language is not None:
        spoken.offer(x, known, language)
    else:
        _choose(x, known, x.phrase("clarify.choose_again"))


def _choose(x: Exchange, choices: list[tuple[str, str]], text: str) -> None:
    buttons = [Button.article(article_id, title) for article_id, title in choices]
    buttons.append(Button(x.phrase("button.none"), "/deny"))
    if wants_offer(x):
        buttons.append(x.person())
    x.say(text, kind="choose", buttons=buttons)
    x.set(memory.CHOICES, [{"article_id": i, "title": t} for i, t in choices])
    x.set(memory.AWAITING, "choice" if x.loop is None else None)


def button_titles(candidates: Sequence[Candidate]) -> list[str]:
    """The articles' titles; where two are the same, the start of the context tells them apart."""
    titles = [candidate.title for candidate in candidates]
    folded = [title.casefold() for title in titles]
    return [
        title if folded.count(title.casefold()) == 1 else f"{title} ({_start(candidate.context)})"
        for title, candidate in zip(titles, candidates, strict=True)
    ]


def _start(context: str) -> str:
    words = re.sub(r"[*_#\[\]]", "", context).split()
    return " ".join(words[:8]) + ("…" if len(words) > 8 else "")


def chosen_by_words(x: Exchange) -> str | None:
    """The article meant by "the second one" or by a button's own words, typed."""
    choices = x.get(memory.CHOICES) or []
    if x.get(memory.AWAITING) != "choice" or not choices:
        return None
    said = re.sub(r"[^\w\s]", "", x.heard.text.casefold()).split()
    for choice in choices:
        if said == re.sub(r"[^\w\s]", "", str(choice["title"]).casefold()).split():
            return str(choice["article_id"])
    named = [word for word in said if word in ORDINALS and word not in _FILLING] or [
        word for word in said if word in ORDINALS
    ]
    if len(named) != 1 or any(w not in ORDINALS and w not in _FILLING for w in said):
        return None
    index = ORDINALS[named[0]]
    return str(choices[index]["article_id"]) if index < len(choices) else None


def ask_other_words(x: Exchange) -> None:
    """Once per issue; who has done so and still gets no answer talks to a person, who is upset is offered one."""
    if x.count(memory.REPHRASED):
        hand_off(x, "no_answer")
        return
    if x.heard.level != "calm":
        # "I've had enough of this" wants no request for other words.
        offer_person(x)
        x.move(Happening.UNCLEAR)
        return
    x.set(memory.REPHRASED, 1)
    text = x.phrase("clarify.rephrase" if x.heard.in_scope else "clarify.outside")
    x.ask(text, x.person(), awaiting="rephrase")
    x.move(Happening.UNCLEAR)


def offer_person(x: Exchange, words: str = "offer") -> None:
    x.ask(x.phrase(f"acknowledge.{words}"), *x.yes_no(), awaiting="person")


def only_details(x: Exchange) -> bool:
    """The message gives details and there is no question that they belong to."""
    return x.heard.intent == "give_details" and x.get(memory.AWAITING) != "rephrase"


def note_details(x: Exchange) -> None:
    """Rasa has filled the slots already; say so, and ask what is wanted."""
    number = memory.order_number(x.heard.entity("order_number") or x.heard.text)
    if number is None:
        x.ask(x.phrase("clarify.details"), x.person())
    else:
        x.set(memory.ORDER_NUMBER, number)
        tasks = ("order_status", "return_order", "cancel_order")
        buttons = [Button(x.phrase(f"button.{task}"), f"/{task}") for task in tasks]
        x.ask(x.phrase("clarify.details_order", number=number), *buttons, x.person())
    x.move(Happening.UNCLEAR)
