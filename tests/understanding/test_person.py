"""Requests for a person: what asks, what only sounds like it, and what the classifier adds."""

from __future__ import annotations

import pytest

from understanding import person


@pytest.mark.parametrize(
    "text",
    [
        "agent",
        "Human please!!",
        "ok, get me a person now",
        "My deposit is gone, connect me to an agent",
        "i need to speak to customer service regarding my flight",
        "I don't want to talk to a bot, give me a real person",
        "could you put me in touch with an employee?",
        "are there any agents available to help",
        "please have someone call me",
        "no. talk to a human",
    ],
)
def test_words_that_ask_are_found_without_the_classifier(text: str) -> None:
    assert person.read(text).found
    assert person.wants([text], 0.0, in_scope=False)


@pytest.mark.parametrize(
    "text",
    [
        "are you a real person?",
        "am i speaking with a human",
        "what is your customer care number",
        "do i have to talk to someone to close an account",
        "people call me Brad",
        "it was nice to talk to an agent like you",
        "I don't need an agent",
        "you are the best chat assistant",
    ],
)
def test_words_that_only_sound_like_it_take_a_classifier_that_is_all_but_certain(text: str) -> None:
    words = person.read(text)
    assert (words.found, words.taken_back) == ("", True)
    assert not person.wants([text], 0.9, in_scope=True)
    assert person.wants([text], 0.97, in_scope=True)


@pytest.mark.parametrize(
    "text",
    [
        "where is my parcel",
        "my card was stolen by someone",
        "the support agent was rude to me",
        "i want to report my travel expenses to the office",
        "nice day to chat with you",
        "can someone help me unblock my pin",
    ],
)
def test_other_messages_have_nothing_of_it(text: str) -> None:
    assert not person.read(text).found
    assert not person.wants([text], 0.0, in_scope=True)


def test_the_classifier_alone_must_be_sure_and_the_message_in_scope() -> None:
    limits = person.Thresholds()
    text = ["somebody ought to ring this evening"]
    assert person.wants(text, limits.alone, in_scope=True)
    assert not person.wants(text, limits.alone - 0.01, in_scope=True)
    assert not person.wants(text, 0.99, in_scope=False)


def test_the_words_as_they_were_meant_count_beside_those_typed() -> None:
    assert person.wants(["tallk too a humn", "talk to a human"], 0.0, in_scope=True)


def test_a_long_text_is_read_in_no_time() -> None:
    assert not person.read("speak " * 2000).found
