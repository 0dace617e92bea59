"""The forms of the tasks on orders and subscriptions, and of suggestions."""

from __future__ import annotations

import re

from actions import memory
from actions.access import Locked
from actions.exchange import Button, Exchange
from actions.form import ValidateForm
from actions.format import items, long_day, money
from actions.intents import NO_TOPIC
from actions.proof import looked_up, own_orders, remember_lookup
from actions.services import Order
from actions.stage import Happening
from server.errors import Unavailable
from understanding import numbers

_UNSURE = memory.ORDER_NUMBER + numbers.UNSURE


class OrderForm(ValidateForm):
    """An order opens with its number and its e-mail or postcode, and with nothing less."""

    async def next(self, x: Exchange) -> None:
        named = own_orders(x) or memory.order_numbers(x.heard.text)
        if x.text(memory.ORDER_NUMBER) is None:
            # A number with a wrong check digit was meant as one: say what it looks like.
            self.ask(x, memory.ORDER_NUMBER, hint=x.heard.entity(_UNSURE) is not None)
        elif len(named) > 1:
            buttons = [Button(n, f'/give_details{{"order_number": "{n}"}}') for n in named[:4]]
            x.set(memory.ORDER_NUMBER, None)
            self.request(x, memory.ORDER_NUMBER, x.phrase("ask.which_order"), *buttons)
        elif x.text(memory.EMAIL) is None and x.text(memory.POSTCODE) is None:
            self.ask(x, memory.EMAIL)
        elif looked_up(x) is False:
            self.ask(x, memory.EMAIL, words="wrong_pair")  # back from an interruption
        elif (order := await self._open(x)) is not None:
            self.proceed(x, order)

    async def _open(self, x: Exchange) -> Order | None:
        number = str(x.text(memory.ORDER_NUMBER))
        try:
            order = await self.access.order(
                number,
                email=x.text(memory.EMAIL),
                postcode=x.text(memory.POSTCODE),
                conversation=x.heard.conversation,
            )
        except (Unavailable, Locked) as error:
            tell_trouble(x, error, self.task)
            self.end(x)
            return None
        remember_lookup(x, found=order is not None)
        if order is None:
            if self._tried_too_often(x):
                self.give_up(x, "no_answer", "wrong_details")
            else:
                self.ask(x, memory.EMAIL, words="wrong_pair")
        return order

    def proceed(self, x: Exchange, order: Order) -> None:
        """The order is the customer's own: go on."""
        self.finish(x)

    def refuse(self, x: Exchange, code: str, order: Order) -> None:
        tell_refusal(x, code, order)
        self.end(x)


class ValidateOrderStatus(OrderForm):
    task = "order_status"


class ValidateCancelOrder(OrderForm):
    task = "cancel_order"

    def proceed(self, x: Exchange, order: Order) -> None:
        if order.cannot_cancel is not None:
            self.refuse(x, order.cannot_cancel, order)
        elif x.get(memory.CONFIRMED) is None:
            text = x.phrase(
                "readback.cancel_order",
                number=order.number,
                items=items(order),
                total=money(order.total_cents, order.currency),
            )
            read_back(self, x, text)
        else:
            self.finish(x)


class ValidateReturnOrder(OrderForm):
    task = "return_order"

    def proceed(self, x: Exchange, order: Order) -> None:
        reason = x.text(memory.RETURN_REASON)
        if order.cannot_return is not None:
            self.refuse(x, order.cannot_return, order)
        elif reason is None:
            self.ask(x, memory.RETURN_REASON)
        elif x.get(memory.CONFIRMED) is None:
            text = x.phrase(
                "readback.return_order", number=order.number, items=items(order), reason=reason
            )
            read_back(self, x, text)
        else:
            self.finish(x)


class ValidateCancelSubscription(ValidateForm):
    task = "cancel_subscription"

    def words_for(self, slot: str) -> str:
        return "subscription_email" if slot == memory.EMAIL else super().words_for(slot)

    async def next(self, x: Exchange) -> None:
        email, postcode = x.text(memory.EMAIL), x.text(memory.POSTCODE)
        if email is None:
            self.ask(x, memory.EMAIL)
        elif postcode is None:
            self.ask(x, memory.POSTCODE)
        elif looked_up(x) is False:
            self.ask(x, memory.POSTCODE, words="wrong_subscription")
        else:
            await self._open(x, email, postcode)

    async def _open(self, x: Exchange, email: str, postcode: str) -> None:
        try:
            found = await self.access.subscription(
                email, postcode=postcode, conversation=x.heard.conversation
            )
        except (Unavailable, Locked) as error:
            tell_trouble(x, error, self.task)
            self.end(x)
            return
        remember_lookup(x, found=found is not None)
        reason = x.text(memory.CANCEL_REASON)
        if found is None and self._tried_too_often(x):
            self.give_up(x, "no_answer", "wrong_details")
        elif found is None:
            self.ask(x, memory.POSTCODE, words="wrong_subscription")
        elif found.ended:
            until = long_day(found.paid_until)
            x.say(x.phrase("refused.subscription_ended", until=until), buttons=[x.person()])
            x.move(Happening.ANSWERED)
            self.end(x)
        elif reason is None:
            self.ask(x, memory.CANCEL_REASON)
        elif x.get(memory.CONFIRMED) is None:
            text = x.phrase(
                "readback.cancel_subscription",
                name=found.name,
                total=money(found.price_cents),
                until=long_day(found.paid_until),
                reason=reason,
            )
            read_back(self, x, text)
        else:
            self.finish(x)


_BARE_SUGGESTION = re.compile(
    r"\W*((i|we) )?(have|got|ve|want to (make|give|leave))?\W*(an?|some|one|my)?\W*"
    r"(small |little )?(suggestions?|ideas?|feedback|proposal|feature request)\W*"
    r"(for (you|the site|your site|the shop))?\W*",
    re.I,
)


class ValidateSuggestion(ValidateForm):
    """What is suggested, and why (P40: know why; skippable)."""

    task = "suggestion"

    def begin(self, x: Exchange) -> None:
        text = x.heard.text
        if text and x.heard.intent not in NO_TOPIC and not _BARE_SUGGESTION.fullmatch(text):
            x.set(memory.SUGGESTION, text[:500])

    async def next(self, x: Exchange) -> None:
        for slot in (memory.SUGGESTION, memory.SUGGESTION_REASON):
            if x.text(slot) is None:
                self.ask(x, slot)
                return
        self.finish(x)


def read_back(form: ValidateForm, x: Exchange, text: str) -> None:
    """P39: say what was understood and ask, before anything is done."""
    form.request(x, memory.CONFIRMED, text, *x.yes_no())
    x.move(Happening.ANSWERED)


def tell_refusal(x: Exchange, code: str, order: Order) -> None:
    """Why it can't be done, and what can be done instead."""
    until = "" if order.return_until is None else long_day(order.return_until)
    buttons = [x.person()]
    if code == "already_shipped" and order.cannot_return is None:
        buttons.insert(0, Button(x.phrase("button.return_instead"), "/return_order", primary=True))
    x.say(x.phrase(f"refused.{code}", number=order.number, until=until), buttons=buttons)
    x.move(Happening.ANSWERED)


def tell_trouble(x: Exchange, error: Exception, task: str) -> None:
    if isinstance(error, Locked):
        x.say(x.phrase("trouble.locked"), kind="apology", buttons=[x.person()])
    else:
        retry = Button(x.phrase("button.retry"), f"/{task}", primary=True)
        x.say(x.phrase("trouble.down"), kind="apology", buttons=[retry, x.person()])
