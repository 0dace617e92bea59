"""`/staff/insights/surveys`: what customers said when they were asked, and how sure one may be of it."""

from __future__ import annotations

from nicegui import ui

from conversations.surveys import SCALE, Kind
from insights.pages import room_frame
from insights.surveys.intervals import Estimate
from insights.surveys.results import PERIODS, Comment, Result, Results, SurveyResults
from server.auth import Role
from server.pages import page_services, require_page

PATH = "/staff/insights/surveys"
FEW = 10
"""With fewer answers a figure is hardly more than an anecdote, and the page says so."""
NAMES = {
    Kind.CSAT: "Satisfaction (CSAT)",
    Kind.CES: "Effort (CES)",
    Kind.NPS: "Recommendation (NPS)",
}
QUESTIONS = {
    Kind.CSAT: "How was your chat? One to five stars; the share of four and five.",
    Kind.CES: "How easy was it to get help? 1 very hard, 7 very easy; the mean.",
    Kind.NPS: "Would you recommend us? 0 to 10; promoters (9, 10) less detractors (0 to 6).",
}
LEANS = "Asked at most once in 90 days of a customer, and not after an angry end: so it leans to the kind side."


def register_pages() -> None:
    """Declare the page to NiceGUI."""

    @ui.page(PATH)
    async def surveys_page(days: int = PERIODS[0]) -> None:
        staff = await require_page(Role.SUPERVISOR)
        services = page_services()
        found = await SurveyResults(services.database, services.clock).read(days)
        surveys = (await services.widget.config()).surveys
        on = {Kind.CSAT: surveys.csat, Kind.CES: surveys.ces, Kind.NPS: surveys.nps}
        with room_frame("Surveys", staff, PATH), ui.element("div").classes("in-page"):
            _head(found)
            for one in found.questions:
                _question(one, asks=on[one.kind])
            _comments(found)


def _head(found: Results) -> None:
    with ui.element("div").classes("in-head"):
        with ui.element("h1"):
            ui.label("Surveys")
        ui.label(f"Asked since {found.since:%d %b %Y}").classes("in-quiet")
        with ui.element("nav").props("aria-label=Period").classes("in-weeks"):
            for days in PERIODS:
                link = ui.link(f"{days} days", f"{PATH}?days={days}")
                if days == found.days:
                    link.props("aria-current=true")


def _question(one: Result, *, asks: bool) -> None:
    panel = ui.element("section").classes("in-panel in-survey")
    panel.props["aria-label"] = NAMES[one.kind]
    with panel:
        with ui.element("h2"):
            ui.label(NAMES[one.kind])
        ui.label(QUESTIONS[one.kind]).classes("in-quiet")
        if not one.asked:
            with ui.element("p"):
                ui.label("Nobody was asked in this time.")
                if not asks:
                    ui.link("Switch it on in the widget's settings", "/staff/widget")
            return
        _figure(one)
        if one.kind is Kind.NPS:
            ui.label(LEANS).classes("in-quiet")
        if one.answered:
            _bars(one)


def _figure(one: Result) -> None:
    with ui.element("p").classes("in-figure"):
        figure = one.figure
        if figure is None:
            ui.label("No answer yet.")
        else:
            with ui.element("strong"):
                ui.label(said(one.kind, figure.value))
            ui.label(f"95% sure between {between(one.kind, figure)}")
    response = one.response
    if response is not None:
        words = (
            f"{one.answered} of {one.asked} asked answered ({response.value:.0%}, "
            f"{response.low:.0%} to {response.high:.0%}); {one.skipped} skipped."
        )
        ui.label(words).classes("in-quiet")
    if one.figure is not None and one.answered < FEW:
        ui.label("So few answers say little: wait for more before you act on it.").classes(
            "in-hint"
        )


def said(kind: Kind, value: float) -> str:
    """A figure as it is read: 83%, 5.7 of 7, +32.

    >>> said(Kind.CSAT, 83.3), said(Kind.CES, 5.71), said(Kind.NPS, 32.0), said(Kind.NPS, -4.2)
    ('83%', '5.7 of 7', '+32', '−4')
    """
    if kind is Kind.CSAT:
        return f"{value:.0f}%"
    if kind is Kind.CES:
        return f"{value:.1f} of 7"
    return f"{value:+.0f}".replace("-", "−").replace("+0", "0").replace("−0", "0")


def between(kind: Kind, one: Estimate) -> str:
    """The interval in words: "61% and 97%"."""
    return f"{said(kind, one.low)} and {said(kind, one.high)}"


def _bars(one: Result) -> None:
    """How often each score was given: a table, whose bars only repeat its numbers."""
    most = max(one.counts.values())
    with ui.element("table").classes("in-bars"):
        with ui.element("caption").classes("in-quiet"):
            ui.label("Answers by score")
        with ui.element("tbody"):
            for score in range(SCALE[one.kind][1], SCALE[one.kind][0] - 1, -1):
                count = one.counts[score]
                with ui.element("tr"):
                    with ui.element("th").props("scope=row"):
                        ui.label(str(score))
                    with ui.element("td"), ui.element("meter") as bar:
                        bar.props["min"], bar.props["max"] = "0", str(most)
                        bar.props["value"] = str(count)
                        bar.props["aria-hidden"] = "true"
                    with ui.element("td").classes("in-count"):
                        ui.label(str(count))


def _comments(found: Results) -> None:
    with ui.element("h2"):
        ui.label("What they wrote")
    if not found.comments:
        ui.label("Nobody wrote anything to it in this time.").classes("in-quiet")
        return
    with ui.element("ul").classes("in-items"):
        for one in found.comments:
            with ui.element("li"):
                _comment(one)


def _comment(one: Comment) -> None:
    ui.label(one.text).classes("in-text").props("dir=auto")
    with ui.element("p").classes("in-quiet"):
        ui.label(f"{NAMES[one.kind]}: {one.score} · {one.at:%d %b %Y}")
        link = ui.link("Open the chat", f"/staff/chat/{one.conversation}")
        link.props["aria-label"] = f"Open the chat of {one.at:%d %b %Y}, score {one.score}"
