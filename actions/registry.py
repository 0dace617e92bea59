"""All actions, made once with what they need."""

from __future__ import annotations

from rasa_sdk import Action

from actions.access import Access
from actions.acknowledge import ActionAcknowledge
from actions.foreign import ActionForeignLanguage
from actions.handoff import ActionHandoff
from actions.order_forms import (
    ValidateCancelOrder,
    ValidateCancelSubscription,
    ValidateOrderStatus,
    ValidateReturnOrder,
    ValidateSuggestion,
)
from actions.reply import ActionConfirm
from actions.resolve import ActionAnswer
from actions.services import ActionServices
from actions.social import ActionNeverMind, ActionSocial
from actions.tasks import (
    ActionCancelOrder,
    ActionCancelSubscription,
    ActionOrderStatus,
    ActionReturnOrder,
    ActionSuggestion,
)
from actions.words import Words

CONVERSATIONAL = (
    ActionAcknowledge,
    ActionAnswer,
    ActionConfirm,
    ActionForeignLanguage,
    ActionHandoff,
    ActionNeverMind,
    ActionSocial,
)
WITH_ACCESS = (
    ActionCancelOrder,
    ActionCancelSubscription,
    ActionOrderStatus,
    ActionReturnOrder,
    ActionSuggestion,
    ValidateCancelOrder,
    ValidateCancelSubscription,
    ValidateOrderStatus,
    ValidateReturnOrder,
    ValidateSuggestion,
)


def build(services: ActionServices) -> list[Action]:
    """Every action that domain.yml names, for ``ActionExecutor.register_action``."""
    words = Words.load()
    access = Access(services.business, services.clock)
    return [
        *(kind(services, words) for kind in CONVERSATIONAL),
        *(kind(services, words, access) for kind in WITH_ACCESS),
    ]
