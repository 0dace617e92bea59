"""What happens when a form is complete: read an order, or have an effect once and say so."""

from __future__ import annotations

from collections.abc import Awaitable

from actions import also, confirm, memory, turn
from actions.access import Access, Locked
from actions.exchange import Exchange, TurnAction
from actions.format import items, long_day, money
from actions.order_forms import tell_refusal, tell_trouble
from actions.services import ActionServices, Order, Receipt
from actions.stage import Happening
from actions.words import Words
from server.errors import Conflict, HandrailError, NotFound, Unavailable

OVERTAKEN = "owner_changed"
"""A person took the chat over: there was no effect, and this turn's words are dropped."""


class TaskAction(TurnAction):
    """Runs after the form. When the form said all there was to say, this is silent."""

    task: str

    def __init__(self, services: ActionServices, words: Words, access: Access) -> None:
        super().__init__(services, words)
        self.access = access

    def name(self) -> str:
        return f"action_{self.task}"

    async def act(self, x: Exchange) -> None:
        if not x.get(memory.TASK_END):
            await self.do(x)
        x.forget_task()
        if x.get(memory.AWAITING) is None:
            also.ask(x)

    async def do(self, x: Exchange) -> None:
        raise NotImplementedError


class ActionOrderStatus(TaskAction):
    task = "order_status"

    async def do(self, x: Exchange) -> None:
        try:
            order = await self.access.order(
                str(x.text(memory.ORDER_NUMBER)),
                email=x.text(memory.EMAIL),
                postcode=x.text(memory.POSTCODE),
                conversation=x.heard.conversation,
            )
        except (Unavailable, Locked) as error:
            tell_trouble(x, error, self.task)
            return
        if order is None:
            unknown = x.phrase("refused.order_unknown", number=x.text(memory.ORDER_NUMBER))
            x.say(unknown, buttons=[x.person()])
            return
        x.say(self._status(x, order), kind="summary")
        x.move(Happening.ANSWERED)
        confirm.ask(x)

    def _status(self, x: Exchange, order: Order) -> str:
        tracking = x.phrase("status.tracking", url=order.tracking_url) if order.tracking_url else ""
        text = x.phrase(
            f"status.{order.status}",
            number=order.number,
            items=items(order),
            courier=order.courier or "the courier",
            expected=self._expected(x, order),
            delivered="" if order.delivered_on is None else long_day(order.delivered_on),
            tracking=tracking,
        )
        return text.strip()

    def _expected(self, x: Exchange, order: Order) -> str:
        if order.expected_on is None or order.status == "delivered":
            return x.phrase("status.no_date")
        late = order.expected_on < x.services.clock.now().date()
        return x.phrase(
            "status.late" if late else "status.expected", day=long_day(order.expected_on)
        )


class EffectAction(TaskAction):
    """Changes something in the business system: only after a yes, only while the turn is the bot's.

    The turn's id is the idempotency key, so that a repeated turn finds its own receipt.
    """

    async def do(self, x: Exchange) -> None:
        if x.get(memory.CONFIRMED) is not True:
            x.say(x.phrase(f"declined.{self.task}"))
            return
        subject = self.subject(x)
        turn_id = x.heard.turn()
        if not await self.services.guard.still_owned(turn_id, x.heard.epoch):
            self._record(subject, error=OVERTAKEN)
            return
        try:
            receipt = await self.effect(x, subject, key=str(turn_id))
        except NotFound as error:
            self._record(subject, error=error.code)
            x.say(x.phrase(f"refused.{error.code}", number=subject), buttons=[x.person()])
        except Conflict as error:
            self._record(subject, error=error.code)
            if error.code != OVERTAKEN:
                await self.refused(x, subject, error)
        except Unavailable as error:
            self._record(subject, error=error.code)
            tell_trouble(x, error, self.task)
        else:
            self._record(subject, reference=receipt.reference)
            x.say(self.done(x, receipt), kind="summary")
            x.move(Happening.ANSWERED)
            confirm.ask(x)

    def subject(self, x: Exchange) -> str:
        return str(x.text(memory.ORDER_NUMBER))

    def effect(self, x: Exchange, subject: str, *, key: str) -> Awaitable[Receipt]:
        raise NotImplementedError

    def done(self, x: Exchange, receipt: Receipt) -> str:
        raise NotImplementedError

    async def refused(self, x: Exchange, subject: str, error: HandrailError) -> None:
        """Between the question and the yes somebody else was faster."""
        order = await self.services.business.find_order(subject)
        if order is not None:
            tell_refusal(x, error.code, order)

    def _record(
        self, subject: str, *, reference: str | None = None, error: str | None = None
    ) -> None:
        done = reference is not None
        outcome = {"reference": reference} if done else {"error": error}
        turn.record("effect", {"task": self.task, "subject": subject, "done": done, **outcome})


class ActionCancelOrder(EffectAction):
    task = "cancel_order"

    def effect(self, x: Exchange, subject: str, *, key: str) -> Awaitable[Receipt]:
        return self.services.business.cancel_order(subject, key=key)

    def done(self, x: Exchange, receipt: Receipt) -> str:
        return x.phrase(
            "done.cancel_order",
            number=receipt.subject,
            total=money(receipt.amount_cents or 0, receipt.currency),
            reference=receipt.reference,
        )


class ActionReturnOrder(EffectAction):
    task = "return_order"

    def effect(self, x: Exchange, subject: str, *, key: str) -> Awaitable[Receipt]:
        reason = x.text(memory.RETURN_REASON) or memory.NOT_GIVEN
        return self.services.business.return_order(subject, reason, key=key)

    def done(self, x: Exchange, receipt: Receipt) -> str:
        return x.phrase(
            "done.return_order",
            number=receipt.subject,
            label=receipt.label_url or "My orders",
            total=money(receipt.amount_cents or 0, receipt.currency),
            reference=receipt.reference,
        )


class ActionCancelSubscription(EffectAction):
    task = "cancel_subscription"

    def subject(self, x: Exchange) -> str:
        return str(x.text(memory.EMAIL))

    def effect(self, x: Exchange, subject: str, *, key: str) -> Awaitable[Receipt]:
        reason = x.text(memory.CANCEL_REASON) or memory.NOT_GIVEN
        return self.services.business.cancel_subscription(subject, reason, key=key)

    def done(self, x: Exchange, receipt: Receipt) -> str:
        until = "the end of the paid month" if not receipt.ends_on else long_day(receipt.ends_on)
        return x.phrase("done.cancel_subscription", until=until, reference=receipt.reference)

    async def refused(self, x: Exchange, subject: str, error: HandrailError) -> None:
        found = await self.services.business.find_subscription(subject)
        until = "" if found is None else long_day(found.paid_until)
        x.say(x.phrase("refused.subscription_ended", until=until), buttons=[x.person()])


class ActionSuggestion(TaskAction):
    """Nothing changes in the shop: the turn carries the suggestion, and why, to those who read them."""

    task = "suggestion"

    async def do(self, x: Exchange) -> None:
        suggestion = str(x.text(memory.SUGGESTION))
        reason = x.text(memory.SUGGESTION_REASON) or memory.NOT_GIVEN
        details = {"suggestion": suggestion, "reason": reason}
        turn.record("effect", {"task": self.task, "subject": "", "done": True, "details": details})
        x.say(x.phrase("done.suggestion", suggestion=suggestion), kind="summary")
        x.move(Happening.ANSWERED)
