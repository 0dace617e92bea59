"""A customer who writes in another language is told so honestly, is shown the articles we have in it, and reaches
a person who knows which one it is."""

from __future__ import annotations

from actions import clarify, confirm, memory, reply, resolve, search, spoken
from actions.exchange import Exchange, TurnAction
from actions.handoff import hand_off_in_their_language
from actions.services import Candidate

ARTICLES = 3


class ActionForeignLanguage(TurnAction):
    """The first time an offer, in that language and in English; after that, or when asked to, a person."""

    action_name = "action_foreign_language"

    async def act(self, x: Exchange) -> None:
        chosen, helped = clarify.chosen_by_words(x), spoken.helped(x)
        if chosen is not None:
            await resolve.show_chosen(x, chosen)
        elif helped:
            confirm.solved(x)
        elif helped is not None:
            reply.note_unsolved(x)
            hand_off_in_their_language(x, "no_answer")
        elif x.text(memory.LANGUAGE) is not None or x.heard.asks_person:
            _note_language(x)
            x.leave_form()
            hand_off_in_their_language(x, "asked")
        else:
            await _offer(x, _note_language(x))


def _note_language(x: Exchange) -> str:
    """Remember which language it is; its English name."""
    name = x.heard.language or x.text(memory.LANGUAGE) or "another language"
    x.set(memory.LANGUAGE, name)
    return name


async def _offer(x: Exchange, name: str) -> None:
    """A person; and before that, where words of theirs stand in articles of their language, these."""
    code = x.heard.language_code
    x.set(memory.LAST_QUESTION, x.heard.text)
    own, english = spoken.line(x, "foreign", code), x.phrase("foreign.en", language=name)
    text = "\n\n".join(part for part in (own, english) if part)
    articles = await _articles(x, code)
    if code is None or not articles:
        x.ask(text, spoken.person(x, code), awaiting="person")
        return
    x.say(text)
    ids = [str(one.article_id) for one in articles]
    spoken.offer(x, zip(ids, clarify.button_titles(articles), strict=True), code)


async def _articles(x: Exchange, code: str | None) -> list[Candidate]:
    if code is None or x.loop is not None:
        return []
    decision = await search.ask(x, x.heard.text, None, language=code)
    return list(decision.candidates[:ARTICLES]) if decision.kind == "choose" else []
