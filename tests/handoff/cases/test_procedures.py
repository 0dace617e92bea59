"""Procedures: the shipped ones, chosen by topic, ticked beside a chat, changed by the house."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff.cases import sops
from handoff.cases.sops import SopChange
from server.auth import Role
from server.database import Database
from server.errors import Conflict
from tests.handoff.cases.conftest import Begin, Person, Sign
from tests.support import FakeClock

DOMAIN = Path(__file__).resolve().parents[3] / "domain.yml"


def test_the_shipped_ones_name_real_topics_and_exact_times() -> None:
    intents = {name for one in yaml.safe_load(DOMAIN.read_text("utf-8"))["intents"] for name in one}
    found = sops.shipped()
    assert len(found) >= 10
    assert not {intent for one in found for intent in one.intents} - intents
    topics = [intent for one in found for intent in one.intents]
    assert len(topics) == len(set(topics)), "each topic has one procedure"
    assert not [words for one in found for words in sops.vague(one.steps, one.reply)]
    assert all(one.reply and one.escalate_to and one.resolution_minutes for one in found)


@pytest.mark.usefixtures("app")
async def test_steps_are_ticked_by_who_has_the_chat(
    begin: Begin, person: Person, sign: Sign, clock: FakeClock
) -> None:
    agent, other = await person("ada"), await person("bob")
    ada, bob = await sign(agent), await sign(other)
    chat = await begin(agent)
    base = f"/api/conversations/{chat.id}/case"
    sheet = (await ada.get(base)).json()
    step = sheet["procedure"]["steps"][1]["text"]
    done: dict[str, Any] = {"step": 1, "text": step, "done": True}
    refused = await bob.put(f"{base}/tick", json=done)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_owner")
    ticked = (await ada.put(f"{base}/tick", json=done)).json()["procedure"]["steps"]
    assert (ticked[1]["by"], ticked[1]["at"]) == ("Ada", "2026-03-02T09:00:00Z")
    assert [one["by"] for one in ticked].count(None) == len(ticked) - 1
    other_words = await ada.put(f"{base}/tick", json={**done, "text": "Something else"})
    assert other_words.json()["error"]["code"] == "procedure_changed"
    beyond = await ada.put(f"{base}/tick", json={**done, "step": 99})
    assert beyond.json()["error"]["code"] == "procedure_changed"
    off = (await ada.put(f"{base}/tick", json={**done, "done": False})).json()
    assert off["procedure"]["steps"][1]["by"] is None

    await ada.put(f"{base}/tick", json=done)
    damaged = next(one for one in off["procedures"] if one["title"] == "Item arrived damaged")
    chosen = (await ada.put(f"{base}/procedure", json={"sop": damaged["id"]})).json()
    assert chosen["procedure"]["title"] == "Item arrived damaged"
    assert not any(one["by"] for one in chosen["procedure"]["steps"])


@pytest.mark.usefixtures("app")
async def test_a_rewritten_step_is_to_be_done_again(
    begin: Begin, person: Person, sign: Sign, database: Database, clock: FakeClock
) -> None:
    agent, lead = await person("ada"), await person("boss", role=Role.SUPERVISOR)
    ada = await sign(agent)
    chat = await begin(agent)
    base = f"/api/conversations/{chat.id}/case"
    procedure = (await ada.get(base)).json()["procedure"]
    steps = [one["text"] for one in procedure["steps"]]
    for number in (0, 1):
        done = {"step": number, "text": steps[number], "done": True}
        await ada.put(f"{base}/tick", json=done)
    async with database.write() as db:
        (sop,) = [one for one in await sops.in_use(db) if one.title == procedure["title"]]
        change = SopChange(title=sop.title, intents=sop.intents, steps=["New first", *steps[1:]])
        await sops.save(db, clock, sop.id, change, lead)
    seen = (await ada.get(base)).json()["procedure"]["steps"]
    assert [bool(one["by"]) for one in seen[:3]] == [False, True, False]
    async with database.write() as db:
        await sops.archive(db, clock, sop.id, lead, archived=True)
    fresh = await begin(agent)
    assert (await ada.get(f"/api/conversations/{fresh.id}/case")).json()["procedure"] is None
    begun = (await ada.get(base)).json()["procedure"]
    assert begun["title"] == procedure["title"], "a chat that follows it goes on"


@pytest.mark.usefixtures("app")
async def test_titles_are_unique_and_a_house_keeps_what_it_archived(
    person: Person, database: Database, clock: FakeClock
) -> None:
    lead = await person("boss", role=Role.SUPERVISOR)
    change = SopChange(title="Return an item", steps=["Look"])
    with pytest.raises(Conflict):
        async with database.write() as db:
            await sops.save(db, clock, None, change, lead)
    async with database.write() as db:
        for one in await sops.in_use(db):
            await sops.archive(db, clock, one.id, lead, archived=True)
        await sops.ensure(db, clock)
        assert await sops.in_use(db) == []
