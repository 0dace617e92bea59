"""Fakes of what the actions need, and a customer who talks with one action at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4, uuid5

from rasa_sdk.executor import ActionExecutor

from actions import registry, turn
from actions.intents import FORMS
from actions.services import ActionServices, QuestionContext
from tests.business.fakes import FakeClock, FakeShop

SPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


def article_id(slug: str) -> UUID:
    return uuid5(SPACE, slug)


@dataclass(frozen=True)
class FakeCandidate:
    slug: str
    title: str
    context: str = "This is about **that**."
    action: str = "1. Do this."
    outcome: str = "It works within 2 working days."
    version: int = 1
    score: float = 0.9
    probability: float = 0.9
    signals: Mapping[str, Any] = field(default_factory=dict)

    @property
    def article_id(self) -> UUID:
        return article_id(self.slug)


@dataclass(frozen=True)
class FakeDecision:
    kind: str
    candidates: tuple[FakeCandidate, ...] = ()
    probability: float = 0.9
    versions: Mapping[str, Any] = field(default_factory=lambda: {"index": "1"})
    milliseconds: float = 1.0


LAMP = FakeCandidate("devices/lamp", "Connect your lamp")
HUB = FakeCandidate("devices/hub", "Connect your hub")
DELIVERY = FakeCandidate("delivery/costs", "What delivery costs")
LATE = FakeCandidate("delivery/late", "My parcel is late")
GERMAN = FakeCandidate("rueckgabe", "Einen Artikel zurückgeben", context="So geht es.")
GERMAN_TOO = FakeCandidate("etikett", "Das Etikett drucken")


class FakeKnowledge:
    """Answers by rules: the first whose word is in the question and that is not excluded."""

    def __init__(self) -> None:
        self.articles = {c.article_id: c for c in (LAMP, HUB, DELIVERY, LATE, GERMAN, GERMAN_TOO)}
        self.asked: list[tuple[str, QuestionContext]] = []

    async def decide(self, question: str, context: QuestionContext) -> FakeDecision:
        self.asked.append((question, context))
        words = question.casefold()
        found: tuple[FakeCandidate, ...] = ()
        if context.language != "en":
            kind = "choose" if "zurück" in words else "nothing"
            return FakeDecision(kind, (GERMAN, GERMAN_TOO), probability=0.3)
        if "connect" in words:
            found = (LAMP, HUB)
        elif "deliver" in words:
            found = (DELIVERY, LATE)
        elif "order" in words:
            found = (LATE,)
        left = tuple(c for c in found if c.article_id not in context.excluded)
        if not left:
            return FakeDecision("nothing", probability=0.1)
        if "connect" in words and len(left) > 1:
            return FakeDecision("choose", left, probability=0.5)
        return FakeDecision("answer", left)

    async def article(self, article_id: UUID) -> FakeCandidate | None:
        return self.articles.get(article_id)


class FakeGuard:
    def __init__(self) -> None:
        self.owned = True
        self.checked: list[tuple[UUID, int]] = []

    async def still_owned(self, turn_id: UUID, epoch: int) -> bool:
        self.checked.append((turn_id, epoch))
        return self.owned


@dataclass
class Reply:
    messages: list[dict[str, Any]]
    records: dict[str, Any]
    events: list[dict[str, Any]]

    @property
    def text(self) -> str:
        return "\n".join(str(m["text"]) for m in self.messages)

    @property
    def rejected(self) -> bool:
        return any(e["event"] == "action_execution_rejected" for e in self.events)

    @property
    def buttons(self) -> dict[str, str]:
        return {
            b["title"]: b["payload"] for m in self.messages for b in m["custom"].get("buttons", [])
        }


class Customer:
    """Keeps a tracker as Rasa would, and runs the actions that the rules would choose."""

    def __init__(self, reserved: frozenset[str] = frozenset(), **slots: Any) -> None:
        self.knowledge, self.shop, self.guard = FakeKnowledge(), FakeShop(), FakeGuard()
        self.services = ActionServices(
            self.knowledge, self.shop, self.guard, FakeClock(), reserved=reserved
        )
        self.executor = ActionExecutor()
        for action in registry.build(self.services):
            self.executor.register_action(action)
        self.slots: dict[str, Any] = {"stage": "acknowledge", "requested_slot": None, **slots}
        self.loop: str | None = None
        self.latest: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []

    def hears(
        self,
        intent: str,
        text: str = "",
        *,
        level: str = "calm",
        confidence: float = 0.9,
        **entities: str,
    ) -> Customer:
        """A new turn begins."""
        turn_id = str(uuid4())
        self.latest = {
            "text": text or f"/{intent}",
            "intent": {"name": intent, "confidence": confidence},
            "entities": [{"entity": k, "value": v} for k, v in entities.items()],
            "frustration": {"score": 0.5, "level": level, "signals": []},
            "metadata": {"conversation_id": "c1", "turn_id": turn_id, "epoch": 3},
        }
        self.events = [{"event": "user"}]
        for name in ("order_number", "email"):
            if name in entities:
                self.slots[name] = entities[name]
        return self

    async def run(self, action: str) -> Reply:
        events = list(self.events)
        if action.startswith("validate_"):  # Rasa adds the form's own run before it validates
            events.append({"event": "action", "name": self.loop})
        call = {
            "next_action": action,
            "tracker": {
                "sender_id": "c1:1",
                "slots": dict(self.slots),
                "latest_message": self.latest,
                "events": events,
                "active_loop": {"name": self.loop} if self.loop else {},
                "latest_action_name": "action_listen",
            },
            "domain": {},
        }
        with turn.recording() as records:
            result = (await self.executor.run(call)).model_dump()
        for event in result["events"]:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            if event["event"] == "active_loop":
                self.loop = event["name"]
        if not action.startswith("validate_"):
            self.events.append({"event": "action", "name": action})
        return Reply(result["responses"], records, result["events"])

    async def says(
        self, action: str, intent: str, text: str = "", *, level: str = "calm", **entities: str
    ) -> Reply:
        return await self.hears(intent, text, level=level, **entities).run(action)

    async def opens(
        self, task: str, text: str = "", *, level: str = "calm", **entities: str
    ) -> Reply:
        """A task's intent activates its form."""
        self.hears(task, text, level=level, **entities)
        self.loop = FORMS[task]
        self.events.append({"event": "active_loop", "name": self.loop})
        return await self._form()

    async def tells(
        self,
        intent: str,
        text: str = "",
        *,
        level: str = "calm",
        confidence: float = 0.9,
        **entities: str,
    ) -> Reply:
        """A message while a form is open."""
        self.hears(intent, text, level=level, confidence=confidence, **entities)
        return await self._form()

    async def form_goes_on(self) -> Reply:
        return await self._form()

    async def _form(self) -> Reply:
        form = str(self.loop)
        reply = await self.run(f"validate_{form}")
        if self.slots["requested_slot"] is not None or reply.rejected:
            return reply
        self.loop = None
        after = await self.run(f"action_{form.removesuffix('_form')}")
        return Reply(
            reply.messages + after.messages,
            reply.records | after.records,
            reply.events + after.events,
        )
