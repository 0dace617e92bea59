"""The names of all slots, and how a detail is written down. domain.yml declares the same names."""

from __future__ import annotations

import re
from typing import Final

from understanding import numbers

STAGE: Final = "stage"

# Details that the customer gave. The app seeds a new episode with them (`metadata.slots`).
ORDER_NUMBER: Final = "order_number"
EMAIL: Final = "email"
POSTCODE: Final = "postcode"
DETAILS: Final = (
    ORDER_NUMBER,
    EMAIL,
    POSTCODE,
    "phone",
    "invoice_number",
    "ticket_number",
    "amount",
    "product",
    "name",
    "place",
)

LANGUAGE: Final = "language"
"""The English name of the language that the customer wrote in, when it wasn't English."""

# The issue at hand.
DATE: Final = "date"
"""The last day or span of days named, ISO 8601."""
TOPIC: Final = "topic"
TOPIC_CONFIDENCE: Final = "topic_confidence"
LAST_QUESTION: Final = "last_question"
LAST_ARTICLE: Final = "last_article"
EXCLUDED: Final = "excluded_articles"
CHOICES: Final = "choices"
ATTEMPTS: Final = "attempts"
REPHRASED: Final = "rephrased"
AWAITING: Final = "awaiting"
"""What the bot's last question was: solved, choice, rephrase, person, also, or nothing."""
ACKNOWLEDGED: Final = "acknowledged"
ALSO_ASKED: Final = "also_asked"
"""A second request that is still open: ``{"intent": str, "confidence": float, "text": str}``."""

# The form at hand.
REQUESTED: Final = "requested_slot"
RETURN_REASON: Final = "return_reason"
CANCEL_REASON: Final = "cancel_reason"
SUGGESTION: Final = "suggestion"
SUGGESTION_REASON: Final = "suggestion_reason"
CONFIRMED: Final = "confirmed"
TRIES: Final = "tries"
LOOKED_UP: Final = "looked_up"
"""The details that were last looked up, and whether they matched: ``{"pair": str, "found": bool}``."""
TASK_END: Final = "task_end"
"""``told`` when the form ended with everything said, so that its task is not done."""
OF_ONE_TASK: Final = (
    RETURN_REASON,
    CANCEL_REASON,
    SUGGESTION,
    SUGGESTION_REASON,
    CONFIRMED,
    TRIES,
    LOOKED_UP,
    TASK_END,
)

NOT_GIVEN: Final = "not given"
"""The reason of a customer who would rather not say."""

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_POSTCODE = re.compile(r"[A-Z]{0,2}\d[\dA-Z]{0,4}[\s-]?[\dA-Z]{0,4}", re.IGNORECASE)


def order_number(text: str) -> str | None:
    """``FW-204411`` out of ``fw 204411``, ``204411`` or a sentence with one of them.

    The house's own forms and check digits: data/entities/numbers.yml.
    """
    return next(iter(order_numbers(text)), None)


def order_numbers(text: str) -> list[str]:
    """All of them, in the order named, each once."""
    return numbers.default().all(text, ORDER_NUMBER)


def email(text: str) -> str | None:
    found = _EMAIL.search(text)
    return None if found is None else found.group(0).rstrip(".").casefold()


def postcode(text: str) -> str | None:
    """A message that is nothing but a postcode, with or without saying so."""
    bare = re.sub(r"^(my |the )?(post ?code|zip( code)?)( is|:)?\s+", "", text.strip(), flags=re.I)
    bare = bare.strip(" .!")
    if not _POSTCODE.fullmatch(bare) or not 3 <= len(bare) <= 10:
        return None
    return bare.upper()
