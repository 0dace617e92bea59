"""The tables behind a verdict: intents, confusions, time and size. Each is folded until somebody asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from nicegui import ui

from training import words as room_words
from training.comparing import words
from training.comparing.comparison import Comparison
from training.comparing.page_changes import build_golden_changes
from training.comparing.parts import fold, quiet, table

#: Intents in the chart; with more of them nothing can be read.
CHARTED = 16
LISTED = 40


def build_tables(comparison: Comparison) -> None:
    """Draw the folded sections; one that failed says why instead."""
    with ui.element("section").classes("cp-panel").props('aria-label="In detail"'):
        for title, section, build in (
            ("By intent", comparison.intents, lambda: _intents(comparison.intents)),
            ("What is taken for what", comparison.confusions, lambda: _confusions(comparison)),
            ("Golden set", comparison.golden, lambda: _golden(comparison.golden)),
            ("Cross-validation", comparison.crossval, lambda: _crossval(comparison.crossval)),
            ("Time, memory and size", comparison.cost, lambda: _cost(comparison.cost)),
            ("How this was measured", {}, lambda: _method(comparison)),
        ):
            if problem := section.get("problem"):
                quiet(f"{title}: not done. {problem}")
            else:
                fold(title, build)


def _intents(section: Mapping[str, Any]) -> None:
    moved = [row for row in section["rows"] if row["won"] or row["lost"]]
    quiet(
        "Precision / recall / F1 in per cent. A change is called better or worse only where it is "
        "larger than noise, all intents looked at together; the interval is of one intent alone."
    )
    if moved:
        _intent_table(f"{len(moved)} of {len(section['rows'])} intents are read differently", moved)
    others = [row for row in section["rows"] if not (row["won"] or row["lost"])]
    if others:
        fold(
            room_words.plural(len(others), "intent is", "intents are") + " read the same",
            lambda: _intent_table("Read the same", others),
        )


def _intent_table(caption: str, rows: list[Mapping[str, Any]]) -> None:
    table(
        caption,
        ("Intent", "Golden before", "Golden after", "Held out before", "Held out after",
         "F1, points", ""),
        [
            [
                (room_words.intent(row["intent"]), ""),
                (words.score(row["golden"]["before"]), ""),
                (words.score(row["golden"]["after"]), ""),
                (words.score(row["crossval"]["before"]), ""),
                (words.score(row["crossval"]["after"]), ""),
                (words.points(row), ""),
                (words.mark(row), words.mark(row)),
            ]
            for row in rows
        ],
    )  # fmt: skip


def _confusions(comparison: Comparison) -> None:
    pairs = comparison.confusions["pairs"]
    if not pairs:
        quiet("Every message was read rightly.")
        return
    _chart(pairs)
    table(
        f"Mistakes among {comparison.confusions['messages']:,} golden and held-out messages",
        ("Right intent", "Taken for", "Before", "After"),
        [
            [
                (room_words.intent(right), ""),
                (room_words.intent(said), ""),
                ("–" if before is None else str(before), ""),
                (str(after), _tone(before, after)),
            ]
            for right, said, before, after in pairs[:LISTED]
        ],
    )


def _tone(before: int | None, after: int) -> str:
    if before is None or before == after:
        return ""
    return "worse" if after > before else "better"


def _chart(pairs: list[list[Any]]) -> None:
    """The candidate's mistakes as a heat map; the table below says the same to those who can't see it."""
    weight: Counter[str] = Counter()
    for right, said, _, after in pairs:
        weight[right] += after
        weight[said or ""] += after
    names = sorted(name for name, times in weight.most_common(CHARTED) if times)
    cells = [
        [names.index(said or ""), names.index(right), after]
        for right, said, _, after in pairs
        if after and right in names and (said or "") in names
    ]
    if not cells:
        return
    said = [room_words.intent(name or None) for name in names]
    options = {
        "animation": False,
        "tooltip": {"position": "top"},
        "grid": {"left": 8, "right": 8, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": said,
                  "axisLabel": {"rotate": 55, "interval": 0, "color": "currentColor"}},
        "yAxis": {"type": "category", "data": said, "inverse": True,
                  "axisLabel": {"interval": 0, "color": "currentColor"}},
        "visualMap": {"min": 0, "max": max(cell[2] for cell in cells), "show": False,
                      "inRange": {"color": ["#e4eefc", "#7fabf0"]}},
        "series": [{"type": "heatmap", "name": "mistakes", "data": cells,
                    "label": {"show": True, "color": "#17212f"}}],
    }  # fmt: skip
    quiet(
        "The new model's most frequent mistakes: a row is the right intent, a column what it is taken for."
    )
    ui.echart(options, renderer="svg").classes("cp-chart").props("aria-hidden=true")


def _golden(section: Mapping[str, Any]) -> None:
    note = f"{section['messages']} messages that no model is trained on."
    if section.get("left_out"):
        became = room_words.plural(section["left_out"], "message is", "messages are")
        note += f" {became} left out, having become training examples."
    quiet(note)
    build_golden_changes(section)


def _crossval(section: Mapping[str, Any]) -> None:
    quiet(
        f"{section['examples']:,} training examples, each read by a model that had not seen it: "
        f"{section['candidate']['share']:.1%} right{_before(section['serving'])}."
    )
    if section.get("guessed"):
        quiet(
            "What the old model learned from was not noted: taken are today's examples without the labels "
            "since, so what was edited by hand does not count."
        )
    fresh = section["fresh"]
    if fresh and fresh["messages"]:
        new = room_words.plural(fresh["messages"], "new example", "new examples")
        quiet(
            f"Of {new}, held out as well, {fresh['after']} are read rightly; "
            f"{fresh['before']} by the data before."
        )


def _before(serving: Mapping[str, Any] | None) -> str:
    return "" if serving is None else f", {serving['share']:.1%} with the data before"


def _cost(section: Mapping[str, Any]) -> None:
    serving, candidate = section["serving"], section["candidate"]
    names = (
        ("p50_ms", "A message, median (ms)", 1),
        ("p95_ms", "The slowest in twenty (ms)", 1),
        ("memory_mb", "Memory, at most (MB)", 0),
        ("load_seconds", "To load (s)", 1),
        ("size_mb", "File (MB)", 2),
    )

    def cell(side: Mapping[str, Any] | None, name: str, places: int) -> tuple[str, str]:
        value = None if side is None else side.get(name)
        return ("–" if value is None else f"{value:,.{places}f}", "")

    table(
        f"{section['messages']:,} messages, read by both models in turn",
        ("", "Before", "After"),
        [[(t, ""), cell(serving, n, p), cell(candidate, n, p)] for n, t, p in names],
    )
    if (span := section["slower_ms"]) is not None:
        quiet(
            f"For the same message the new model takes {span[0]:+.2f} ms (95 % interval "
            f"{span[1]:+.2f} to {span[2]:+.2f})."
        )


def _method(comparison: Comparison) -> None:
    replay = comparison.replay
    for sentence in (
        "Golden set: messages with their right intents that no model learns from.",
        "Cross-validation: the training data, in parts that the model to be judged has not seen. "
        "The data of before and of now are cut into the same parts.",
        f"Noise: {comparison.intents.get('tests', 'not tested')}.",
        "Past chats: each message is read by both models with what was really said before it; the "
        "intent decides the rule, today's articles decide the answer. What the customer would have "
        "said next is not replayed. From which frustration on a person comes is judged by the "
        "threshold of today, for both models."
        + (f" The oldest message is of {replay['since'][:10]}." if replay.get("since") else ""),
        "Worse means: over one point fewer right answers on the golden set, or an intent whose F1 "
        "falls by over ten points and more than noise, or a moment of truth that is missed, or a "
        "story test that passes with the old model and fails with the new one.",
    ):
        ui.label(sentence).style("margin-bottom: 6px")
