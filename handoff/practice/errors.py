"""What is refused, and why."""

from __future__ import annotations

from server.errors import Conflict, Invalid, NotFound

MOST_IN_USE, MOST_KEPT = 100, 500
"""Practice chats; a list of more is read by nobody, and old ones speak of rules that have changed."""
MOST_TRIES = 20


class LeadsOnly(NotFound):
    """Looks like what is not there, as everything that belongs to others."""

    message = "Only leads and supervisors see this."


class NotFinished(Conflict):
    code, message = "chat_not_finished", "This chat is still going on. Wait until it has ended."


class NothingToPractise(Invalid):
    code = "nothing_to_practise"
    message = "No person answered in this chat, so there is nothing to practise."


class TooLong(Invalid):
    code, message = "chat_too_long", "This chat is too long to practise on. Choose a shorter one."


class ExistsAlready(Conflict):
    code, message = "practice_chat_exists", "This chat is a practice chat already."


class CopyChanged(Conflict):
    code = "practice_copy_changed"
    message = "The masked copy is not the one you read. Read it again, then keep it."


class TooManyChats(Conflict):
    code = "too_many_practice_chats"
    message = f"There are {MOST_IN_USE} practice chats already. Retire one first."


class TooManyKept(Conflict):
    code = "too_many_practice_chats"
    message = f"{MOST_KEPT} practice chats are kept, the retired ones included. Erase one first."


class Retired(Conflict):
    code, message = "practice_chat_retired", "This practice chat is not offered any more."


class OwnChat(Conflict):
    code = "own_practice_chat"
    message = "You scored this chat yourself. Practise on one that somebody else chose."


class TooManyTries(Conflict):
    code = "too_many_tries"
    message = f"You have tried this chat {MOST_TRIES} times. Choose another one."


class OutOfTurn(Conflict):
    code = "answer_out_of_turn"
    message = "This point has an answer already, perhaps from another window. Reload the page."


class NotAnswered(Conflict):
    code, message = "not_answered_yet", "Answer every point first."


class FinishedAlready(Conflict):
    code, message = "already_finished", "This try is finished. Start another one."


class OwnAttempt(Conflict):
    code, message = "own_attempt", "Somebody else scores your answers."
