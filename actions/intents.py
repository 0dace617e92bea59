"""Groups of intents that actions must tell apart; domain.yml says the kind of each.

tests/bot/test_domain.py compares these with the domain and the rules.
"""

from __future__ import annotations

from typing import Final

# A request that goes to a person at once, and the reason that the queue sees.
HANDOFF: Final = {
    "request_human": "asked",
    "request_someone_else": "asked_other",
    "safety_hazard": "moment_of_truth",
    "legal_threat": "moment_of_truth",
    "account_hacked": "moment_of_truth",
    "double_charge": "moment_of_truth",
    "cancellation_threat": "moment_of_truth",
    "self_harm": "moment_of_truth",
}

FORMS: Final = {
    "order_status": "order_status_form",
    "return_order": "return_order_form",
    "cancel_order": "cancel_order_form",
    "cancel_subscription": "cancel_subscription_form",
    "suggestion": "suggestion_form",
}

SOCIAL: Final = frozenset({"greet", "thanks", "goodbye", "praise", "bot_challenge", "small_talk"})
ANSWERS: Final = frozenset({"affirm", "deny"})
OTHER_SOCIAL: Final = frozenset({"never_mind", "frustrated", "foreign_language"})
NOT_SURE: Final = frozenset({"out_of_scope", "nlu_fallback"})

# These always bring trouble: the empathy line comes first even when the words are calm.
TROUBLE: Final = frozenset({"complaint", "item_damaged", "item_missing", "double_charge"})

# Asking about these means that something has gone wrong already.
GRIEVANCES: Final = frozenset(
    {
        *TROUBLE,
        "login_problem",
        "outage",
        "password_reset",
        "payment_problem",
        "refund_status",
        "technical_problem",
        "warranty",
    }
)

# What a customer says to the bot rather than about a matter; not a topic.
NO_TOPIC: Final = frozenset({*SOCIAL, *ANSWERS, *OTHER_SOCIAL, *NOT_SURE, *HANDOFF, "give_details"})
