"""A customer who writes in another language is told so honestly, is shown the articles we have in it, and reaches
a person who knows which one it is."""

from __future__ import annotations

from actions import clarify, memory, resolve, search, spoken
from actions.exchange import Button, Exchange, TurnAction
from actions.handoff import hand_off_in_their_language

ARTICLES = 3


class ActionForeignLanguage(TurnAction):
    """The first time an offer, in that language and in English; after that, or when asked to, a person."""

    action_name = "action_foreign_language"

    async def act(self, x: Exchange) -> None:
        chosen = clarify.chosen_by_words(x)
        if chosen is not None:
            await resolve.show_chosen(x, chosen)
            return
        asked_before = x.text(memory.LANGUAGE) is not None
        name = x.heard.language or x.text(memory.LANGUAGE) or "another language"
        x.set(memory.LANGUAGE, name)
        if asked_before or x.heard.asks_person:
            x.leave_form()
            hand_off_in_their_language(x, "asked")
            return
        await _offer(x, name)


async def _offer(x: Exchange, name: str) -> None:
    """A person; and in front of that, where words of theirs stand in articles of their language, these."""
    code = x.heard.language_code
    x.set(memory.LAST_QUESTION, x.heard.text)
    text = "\n\n".join(
        part for part in (spoken.line(x, "foreign", code), x.phrase("foreign.en", language=name)) if part
    )  # fmt: skip
    person = Button(
        spoken.line(x, "foreign_button", code) or x.phrase("button.person"), "/request_human"
    )
    articles = (
        []
        if code is None or x.loop
        else (await search.ask(x, x.heard.text, None, language=code)).candidates
    )
    if not articles:
        x.ask(text, person, awaiting="person")
        return
    shown = articles[:ARTICLES]
    spoken.offer(x, shown, str(code))
    x.say(text)
    x.ask(
        spoken.line(x, "foreign_articles", code) or x.phrase("foreign_articles.en", language=name),
        *(
            clarify.button(str(one.article_id), title)
            for one, title in zip(shown, clarify.button_titles(shown), strict=True)
        ),
        person,
        awaiting="choice",
    )
