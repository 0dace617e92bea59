"""Every way in which a conversation can refuse."""

from __future__ import annotations

from server.errors import Conflict, HandrailError, TooMany, Unavailable


class EmptyMessage(HandrailError):
    code, status, message = "empty_message", 422, "The message is empty."


class ClientIdReused(HandrailError):
    """The same client_id came with another body: a client's mistake, not a retry."""

    code, status = "client_id_reused", 422
    message = "This client_id was used for another message."


class TokenUnknown(HandrailError):
    """Also said for an expired token and for one that belongs to another origin."""

    code, status, message = "token_unknown", 401, "This chat is not known any more."


class OriginRefused(HandrailError):
    code, status, message = "origin_refused", 403, "This site may not use the chat."


class TooManyWaiting(TooMany):
    code = "too_many_waiting"
    message = "Many people who use your network wait for our team already. Please try again in a few minutes."


class AlreadyClaimed(Conflict):
    code, message = "already_claimed", "Somebody was faster, or the customer left the queue."


class NotOwner(Conflict):
    code, message = "not_owner", "This chat is not yours."


class OwnerChanged(Conflict):
    code, message = "owner_changed", "The chat has changed hands meanwhile."


class AlreadyRated(Conflict):
    code, message = "already_rated", "This was rated already."


class ButtonExpired(Conflict):
    """An old question's button: its answer would be taken for the answer to a newer question."""

    code, message = "button_expired", "This question is no longer open."


class BotUnavailable(Unavailable):
    code, message = "bot_unavailable", "The assistant can't be reached right now."

    reason = "bot_unavailable"
    """What the turn's ``error`` says."""


class BotTimeout(BotUnavailable):
    reason = "bot_timeout"


class BotMalformed(BotUnavailable):
    reason = "bot_malformed"


class MailOff(Conflict):
    code, message = "mail_off", "No mail can be sent from here. You can download your chat instead."


class NothingToSave(Conflict):
    code, message = "nothing_to_save", "Nobody has answered in this chat yet."


class TooManyTranscripts(TooMany):
    code = "too_many_transcripts"
    message = "This chat was mailed often enough today. You can download it, or try again tomorrow."


class LinkOver(HandrailError):
    """Unknown, used before and too old are not told apart."""

    code, status = "link_over", 410
    message = "This link has been used already, or is too old. Your chat and our answers are kept."


class ConsentRequired(HandrailError):
    """`details.version` is what must be agreed to first."""

    code, status = "consent_required", 403
    message = "Please agree to how we handle your data first."
