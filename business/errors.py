"""What a business system may refuse; every refusal has a code that the dialogue has words for."""

from __future__ import annotations

from server.errors import Conflict, HandrailError, NotFound, Unavailable


class OrderUnknown(NotFound):
    code, message = "order_unknown", "There is no such order."


class SubscriptionUnknown(NotFound):
    code, message = "subscription_unknown", "There is no such subscription."


class Refused(Conflict):
    """The system understood the request and its rules forbid it; nothing was changed."""

    code, message = "refused", "This can't be done any more."


class AlreadyShipped(Refused):
    code, message = "already_shipped", "The order has left the warehouse."


class AlreadyPacked(Refused):
    code, message = "already_packed", "The order is being packed and the hour to cancel is over."


class AlreadyCancelled(Refused):
    code, message = "already_cancelled", "It is cancelled already."


class AlreadyReturned(Refused):
    code, message = "already_returned", "A return for this order is open already."


class NotDelivered(Refused):
    code, message = "not_delivered", "The order has not been delivered."


class ReturnTooLate(Refused):
    code, message = "return_too_late", "The time to return the order is over."


class NotReturnable(Refused):
    code, message = "not_returnable", "Nothing in this order can be returned."


class KeyReused(HandrailError):
    """One idempotency key was used for two different requests: a fault of the caller."""

    code, status, message = "key_reused", 422, "This key belongs to another request."


class BusinessUnavailable(Unavailable):
    """The system did not answer, or answered with a fault; it is not known to have acted."""

    code, message = "business_unavailable", "The shop's system is not answering."
