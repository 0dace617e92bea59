from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handoff import words
from handoff.evidence import Detail
from handoff.summary import LINE_LENGTH, LINES, QUOTE_LENGTH, Said, lines, quote, summarise
from understanding.bank_numbers import find, hide


def said(*pairs: tuple[str, str | None]) -> list[Said]:
    return [Said(seq=n, text=text, intent=intent) for n, (text, intent) in enumerate(pairs, 1)]


def test_greetings_are_not_the_problem() -> None:
    made = summarise(
        said(
            ("hello", "greet"), ("my parcel is lost", "order_status"), ("a human", "request_human")
        ),
        [],
    )
    assert (made.first_ask, made.last_ask) == ("my parcel is lost", None)


def test_without_substance_any_words_stand_in() -> None:
    made = summarise(said(("hello", "greet"), ("a human please", "request_human")), [])
    assert (made.first_ask, made.last_ask) == ("hello", "a human please")


def test_details_and_sighs_are_no_questions() -> None:
    made = summarise(
        said(
            ("where is my parcel", "order_status"),
            ("ann@example.com", "give_details"),
            ("a human please", "request_human"),
            ("forget it", None),
        ),
        [],
    )
    assert (made.first_ask, made.last_ask) == ("where is my parcel", None)
    later = summarise(said(("hello", "greet"), ("the invoice is missing too", None)), [])
    assert later.first_ask == "the invoice is missing too"


def test_a_code_at_the_start_of_a_detail_is_said_in_words() -> None:
    assert words.detail("order_status: where is it?") == "Order status: where is it?"
    assert words.detail("legal_threat") == "Legal threat"
    assert words.detail("No, the link: nothing") == "No, the link: nothing"
    assert words.detail(None) is None


def test_the_journal_is_told_in_words() -> None:
    assert (
        words.happened("breached", {"promise": "first"}) == "The promised first answer was missed"
    )
    assert (
        words.happened("requested", {"reason": "frustration"}) == "Asked for a person: Frustrated"
    )
    assert words.happened("transferred", {"to": "Bob"}) == "Passed it on to Bob"
    assert words.happened("transferred", {}) == "Passed it on"
    assert words.happened("corrected", {"kind": "intent", "intent": "order_status"}) == (
        "Corrected: really about order status"
    )
    assert words.happened("something_new", {"id": 1}) == "Something new"


def test_what_failed_is_said_once() -> None:
    assert summarise([], ["x: failed", "x: failed"]).failed == ["x: failed"]


@given(st.text(max_size=1000))
def test_a_quote_is_one_line_of_bounded_length_and_extractive(text: str) -> None:
    line = quote(text)
    assert len(line) <= QUOTE_LENGTH
    assert len(line.splitlines()) <= 1
    assert hide(" ".join(text.split())).startswith(line.removesuffix("…").rstrip())


def detail(label: str, value: str) -> Detail:
    return Detail(name=label.lower(), label=label, value=value)


def test_the_summary_as_text() -> None:
    made = summarise(
        said(("where is my order", "order_status"), ("the page shows nothing", None)),
        ["Track my parcel: did not help"],
    )
    assert lines(made, [detail("Order number", "4411"), detail("E-mail", "a@example.com")]) == [
        "Asked first: “where is my order”",
        "Asked last: “the page shows nothing”",
        "Failed: Track my parcel: did not help",
        "Given: Order number 4411; E-mail a@example.com",
    ]
    assert lines(summarise(said(("refund?", "refund")), [])) == ["Asked: “refund?”"]
    assert lines(summarise([], [])) == []


def test_a_long_question_gets_the_lines_that_others_leave() -> None:
    made = summarise(said(("word " * 200, "refund")), ["x: failed"])
    shown = lines(made)
    assert len(shown) == 5
    assert (shown[0][:11], shown[-2][-2:], shown[-1]) == ("Asked: “wor", "…”", "Failed: x: failed")


CARD = "4111111111111111"
INTENTS = st.sampled_from([None, "greet", "deny", "give_details", "order_status", "request_human"])
SEPARATORS = st.sampled_from(["", " ", "-", ".", "\n", "  ", " \n "])


@st.composite
def messages(draw: st.DrawFn) -> tuple[str, str | None]:
    """Anything that a customer may write, now and then with a card number in some spelling."""
    text = draw(st.text(min_size=1, max_size=400).filter(lambda one: bool(one.strip())))
    if draw(st.booleans()):
        apart = draw(SEPARATORS)
        text = f"{text} {apart.join(CARD[at : at + 4] for at in range(0, 16, 4))} {text[::-1]}"
    return text, draw(INTENTS)


@given(
    st.lists(messages(), max_size=12),
    st.lists(st.text(max_size=200), max_size=8),
    st.lists(st.tuples(st.text(max_size=30), st.text(max_size=300)), max_size=8),
)
def test_six_lines_at_most_and_never_none_for_who_wrote(
    written: list[tuple[str, str | None]], failed: list[str], given_: list[tuple[str, str]]
) -> None:
    details = [*(detail(label, value) for label, value in given_), detail("Note", f"no {CARD}")]
    shown = lines(summarise(said(*written), failed), details)
    assert 1 <= len(shown) <= LINES
    assert all(0 < len(one) <= LINE_LENGTH and len(one.splitlines()) == 1 for one in shown)
    assert not written or shown[0].startswith("Asked")
    assert not any(CARD in "".join(filter(str.isdigit, one)) for one in shown)
    assert not list(find(" ".join(shown)))
