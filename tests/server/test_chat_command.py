"""What `handrail chat` prints: articles as a reader wants them, people's words as they are."""

from __future__ import annotations

import io

from rich.console import Console

from server.commands.chat import show


def printed(**frame: object) -> str:
    console = Console(file=io.StringIO(), width=80, highlight=False)
    show(console, {"type": "message", "author": "bot", "payload": {}, **frame})
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_an_article_is_shown_without_its_marks() -> None:
    text = "You pay in **3 parts**.\n\n1. Choose [Klarna](https://klarna.example/x)."
    said = printed(
        text=text,
        payload={
            "parts": {"context": text},
            "source": {"title": "Klarna", "url": "/help/klarna"},
            "buttons": [{"title": "Yes"}],
        },
    )
    assert "3 parts" in said
    assert "**" not in said
    assert "https://klarna.example/x" in said
    assert "from: Klarna" in said
    assert "[1] Yes" in said


def test_what_people_write_stays_as_it_is() -> None:
    said = printed(author="agent", name="Ada", text="**not bold** [red]not red[/red]")
    assert said == "Ada: **not bold** [red]not red[/red]\n"


def test_a_message_does_not_steer_the_terminal() -> None:
    for payload in ({}, {"parts": {"context": "x"}}):
        assert "\x1b" not in printed(text="a\x1b[2Jb\x07c", payload=payload)
