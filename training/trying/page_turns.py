"""The test console's result: each message, and under it what every model made of it, side by side."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from training.trying import words
from training.trying.walks import Tried, Walk

#: Intents that are shown at once; the others are a click away.
RANKED = 4

Press = Callable[[str], Awaitable[None]]


def draw_walks(walks: Sequence[Walk], press: Press) -> None:
    """Draw a tried conversation; a button of the last answer is pressed by `press`, with its payload."""
    for walk in walks:
        if walk.problem:
            ui.label(f"{walk.model}: {walk.problem}").classes("ty-bad").props("role=alert")
    length = max((len(walk.turns) for walk in walks), default=0)
    for place in range(length):
        said = next(walk.turns[place].said for walk in walks if place < len(walk.turns))
        with ui.element("section").classes("ty-turn"):
            with ui.element("h2").classes("ty-said"):
                ui.label(f"{place + 1}. {said.text}")
            different = words.differences(walks, place)
            with ui.element("div").classes("ty-line").style("margin-top: 4px"):
                for one in different:
                    ui.label(one).classes("ty-chip")
                if len(walks) > 1 and not different:
                    ui.label("Both do the same.").classes("ty-quiet")
            with ui.element("div").classes("ty-beside"):
                for walk in walks:
                    if place < len(walk.turns):
                        last = press if place == length - 1 else None
                        _draw_turn(walk, place, last)


def _draw_turn(walk: Walk, place: int, press: Press | None) -> None:
    turn = walk.turns[place]
    with _card(walk.model):
        with ui.element("h3"):
            ui.label(f"{words.plain(turn.intent)}, {words.percent(turn.confidence)}")
        ui.label(walk.model).classes("ty-quiet")
        if silent := words.silent(walk.turns, place):
            ui.label(silent).classes("ty-does")
        if turn.failed:
            ui.label(f"The turn would fail: {turn.failed}").classes("ty-bad")
        for effect in words.effects(turn):
            ui.label(effect).classes("ty-does")
        for message in turn.messages:
            _draw_message(message, press)
        if not turn.messages and not turn.failed:
            ui.label("Nothing would be said.").classes("ty-quiet")
        _draw_facts(turn)
        _draw_found(turn.found)
        _draw_ranking(turn)


def _card(model: str) -> ui.element:
    card = ui.element("article").classes("ty-card")
    card.props["aria-label"] = model
    return card


def _draw_message(message: Mapping[str, Any], press: Press | None) -> None:
    custom = message.get("custom") or {}
    ui.label(str(message.get("text") or "")).classes("ty-says").props("tabindex=0")
    source = custom.get("source")
    if source:
        ui.label(f"from: {source.get('title')}").classes("ty-quiet")
    buttons = [one for one in custom.get("buttons") or [] if one.get("payload")]
    if buttons:
        with ui.element("div").classes("ty-line").style("margin-top: 0"):
            for one in buttons:
                _draw_button(str(one.get("title")), str(one["payload"]), press)


def _draw_button(title: str, payload: str, press: Press | None) -> None:
    if press is None:
        ui.label(f"[{title}]").classes("ty-quiet")
        return

    async def pressed() -> None:
        await press(payload)

    ui.button(title, on_click=pressed).props("outline no-caps dense padding='4px 12px'")


def _draw_facts(turn: Tried) -> None:
    score, signals = words.frustration(turn.parse)
    rule, ran = words.followed(turn)
    facts = {
        "Rule": rule,
        "Actions": ran,
        "Search": words.search(turn),
        "Entities": words.entities(turn.parse),
        "Moment": words.moment(turn.parse),
        "Scope": words.scope(turn.parse),
        "Language": words.language(turn.parse),
        "Frustration": "; ".join([score, *signals]),
    }
    with ui.element("dl").classes("ty-facts"):
        for name, value in facts.items():
            with ui.element("dt"):
                ui.label(name)
            with ui.element("dd"):
                ui.label(value)


def _draw_found(found: Mapping[str, Any]) -> None:
    candidates = found.get("candidates") or []
    if not candidates:
        return
    with ui.element("details"):
        with ui.element("summary"):
            ui.label(f"What search finds ({len(candidates)})").style("display: inline")
        _draw_bars([(str(one["title"]), float(one["probability"])) for one in candidates])


def _draw_ranking(turn: Tried) -> None:
    _draw_bars(turn.ranking[:RANKED])
    rest = turn.ranking[RANKED:]
    if rest:
        with ui.element("details"):
            with ui.element("summary"):
                ui.label(f"{len(rest)} more intents").style("display: inline")
            _draw_bars(rest)


def _draw_bars(rows: Sequence[tuple[str, float]]) -> None:
    with ui.element("div").classes("ty-rank"):
        for name, share in rows:
            ui.label(words.plain(name))
            with ui.element("div").classes("ty-bar").props("aria-hidden=true"):
                ui.element("div").style(f"width: {max(0.0, min(1.0, share)):.1%}")
            ui.label(words.percent(share))
