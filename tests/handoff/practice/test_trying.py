"""An agent's way through a practice chat, and the lead's score of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from handoff.models import Level
from handoff.practice import errors
from server.auth import Role, Staff
from tests.handoff.practice.conftest import OTHERS, SCORES, Made, Person, Sign
from tests.support import FakeClock

pytestmark = pytest.mark.usefixtures("app")
PATH = "/api/desk/practice"
SAME = {"acknowledge": 1, "clarify": 1, "resolve": 1, "confirm": 1}


@pytest.fixture
async def chat(made: Made) -> str:
    return await made()


async def done(api: Any, chat: str, handled: dict[str, int] = OTHERS) -> dict[str, Any]:
    attempt = (await api.post(f"{PATH}/chats/{chat}/attempts")).json()
    for point in range(attempt["points"]):
        body = {"point": point, "text": f"my answer {point}"}
        await api.post(f"{PATH}/attempts/{attempt['id']}/answers", json=body)
    body = {"handled": handled, "own": SAME}
    answer = await api.post(f"{PATH}/attempts/{attempt['id']}/finish", json=body)
    assert answer.status_code == 200, answer.text
    finished: dict[str, Any] = answer.json()
    return finished


async def test_what_was_really_said_comes_after_ones_own_answer(
    chat: str, ada: Staff, sign: Sign
) -> None:
    api = await sign(ada)
    attempt = (await api.post(f"{PATH}/chats/{chat}/attempts")).json()
    assert [line["author"] for line in attempt["lines"]] == ["customer", "assistant"]
    assert attempt["lead_handled"] is None
    answers = f"{PATH}/attempts/{attempt['id']}/answers"
    early = await api.post(answers, json={"point": 1, "text": "x"})
    assert early.json()["error"]["code"] == "answer_out_of_turn"
    for text in ("", " \u200b ", "x" * 2001):
        assert (await api.post(answers, json={"point": 0, "text": text})).status_code == 422
    seen = (await api.post(answers, json={"point": 0, "text": "  I look at it. "})).json()
    assert [line["author"] for line in seen["lines"][2:]] == ["you", "agent", "agent", "customer"]
    assert seen["lines"][2]["text"] == "I look at it."
    again = await api.post(answers, json={"point": 0, "text": "I look at it."})
    assert (again.status_code, again.json()["point"]) == (200, 1)
    other = await api.post(answers, json={"point": 0, "text": "Something else"})
    assert other.json()["error"]["code"] == "answer_out_of_turn"
    # Another day: the same try goes on.
    back = (await api.post(f"{PATH}/chats/{chat}/attempts")).json()
    assert (back["id"], back["point"]) == (attempt["id"], 1)
    finish = f"{PATH}/attempts/{attempt['id']}/finish"
    scores = {"handled": OTHERS, "own": SAME}
    assert (await api.post(finish, json=scores)).json()["error"]["code"] == "not_answered_yet"
    assert (await api.post(answers, json={"point": 1, "text": "Done?"})).json()["point"] == 2
    for wrong in ({"handled": OTHERS}, {**scores, "own": {**SAME, "clarify": 6}}):
        assert (await api.post(finish, json=wrong)).status_code == 422
    end = (await api.post(finish, json=scores)).json()
    assert (end["lead_handled"], end["lead_handled_why"]) == (SCORES, "Asked too late.")
    assert (await api.post(finish, json=scores)).json()["error"]["code"] == "already_finished"
    late = await api.post(answers, json={"point": 1, "text": "Done!"})
    assert late.json()["error"]["code"] == "already_finished"


async def test_one_of_two_windows_answers_a_point(chat: str, ada: Staff, sign: Sign) -> None:
    api = await sign(ada)
    begun = await asyncio.gather(*(api.post(f"{PATH}/chats/{chat}/attempts") for _ in range(3)))
    ids = {one.json()["id"] for one in begun}
    assert len(ids) == 1
    path = f"{PATH}/attempts/{ids.pop()}/answers"
    answers = await asyncio.gather(
        *(api.post(path, json={"point": 0, "text": f"answer {n}"}) for n in range(3))
    )
    assert sorted(one.status_code for one in answers) == [200, 409, 409]


async def test_a_lead_scores_the_answers_and_the_agent_sees_it(
    chat: str, ada: Staff, lena: AsyncClient, sign: Sign
) -> None:
    api = await sign(ada)
    attempt = await done(api, chat)
    (line,) = (await lena.get(f"{PATH}/attempts")).json()
    assert (line["id"], line["agent"], line["scored_by"]) == (attempt["id"], "Ada", None)
    seen = (await lena.get(f"{PATH}/attempts/{attempt['id']}")).json()
    assert [one["text"] for one in seen["lines"] if one["author"] == "you"] == [
        "my answer 0",
        "my answer 1",
    ]
    path = f"{PATH}/attempts/{attempt['id']}/score"
    assert (await lena.put(path, json={"scores": SCORES, "why": " "})).status_code == 422
    body = {"scores": SCORES, "why": "Warm, but no next step."}
    assert (await lena.put(path, json=body)).status_code == 200
    mine = (await api.get(f"{PATH}/attempts/{attempt['id']}")).json()
    assert (mine["own"], mine["lead_own"], mine["lead_own_why"], mine["scored_by"]) == (
        SAME, SCORES, "Warm, but no next step.", "Lena",
    )  # fmt: skip
    overview = (await api.get(PATH)).json()
    assert [one["state"] for one in overview["chats"]] == ["scored"]
    assert overview["on_answers"]["mean"] == {
        "acknowledge": 3.0, "clarify": 2.0, "resolve": 4.0, "confirm": 1.0
    }  # fmt: skip


async def test_tries_are_private_to_the_agent_and_leads(
    chat: str, ada: Staff, bob: Staff, lena: AsyncClient, person: Person, sign: Sign
) -> None:
    api, other = await sign(ada), await sign(bob)
    begun = (await api.post(f"{PATH}/chats/{chat}/attempts")).json()["id"]
    assert (await lena.get(f"{PATH}/attempts/{begun}")).status_code == 404
    finished = (await done(api, chat))["id"]
    assert finished == begun
    body = {"scores": SCORES, "why": "x"}
    attempt = f"{PATH}/attempts/{finished}"
    tries = [
        await other.get(attempt),
        await other.post(f"{attempt}/answers", json={"point": 0, "text": "my answer 0"}),
        await other.post(f"{attempt}/finish", json={"handled": SAME, "own": SAME}),
        await other.put(f"{attempt}/score", json=body),
        await api.put(f"{attempt}/score", json=body),
        await lena.post(f"{attempt}/answers", json={"point": 0, "text": "my answer 0"}),
    ]
    assert [one.status_code for one in tries] == [404] * 6
    supervisor = await sign(await person("sue", role=Role.SUPERVISOR))
    assert (await supervisor.get(attempt)).status_code == 200
    assert (await supervisor.put(f"{attempt}/score", json=body)).status_code == 200


async def test_nobody_scores_themselves_or_practises_on_what_they_scored(
    chat: str, lena: AsyncClient, person: Person, sign: Sign, clock: FakeClock
) -> None:
    own = await lena.post(f"{PATH}/chats/{chat}/attempts")
    assert own.json()["error"]["code"] == "own_practice_chat"
    api = await sign(await person("lou", Level.LEAD))
    clock.advance(3)  # the roster is read again every two seconds
    attempt = (await done(api, chat))["id"]
    refused = await api.put(f"{PATH}/attempts/{attempt}/score", json={"scores": SCORES, "why": "x"})
    assert refused.json()["error"]["code"] == "own_attempt"
    assert (await api.get(f"{PATH}/attempts")).json() == []


async def test_untried_chats_come_first_and_only_first_tries_count_for_agreement(
    chat: str, made: Made, lena: AsyncClient, ada: Staff, sign: Sign,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    second = await made()
    api = await sign(ada)
    await done(api, second)
    # By now the lead's score is known.
    assert (await done(api, second, SCORES))["number"] == 2
    overview = (await api.get(PATH)).json()
    assert [(one["id"], one["state"]) for one in overview["chats"]] == [
        (chat, "new"),
        (second, "finished"),
    ]
    assert overview["on_handling"] == {
        "tries": 1,
        "mean": {"acknowledge": 1.0, "clarify": 2.0, "resolve": 0.0, "confirm": 1.0},
        "lately": {},
    }
    monkeypatch.setattr(errors, "MOST_TRIES", 2)
    more = await api.post(f"{PATH}/chats/{second}/attempts")
    assert more.json()["error"]["code"] == "too_many_tries"


async def test_a_retired_chat_is_offered_no_more_but_a_begun_try_goes_on(
    chat: str, ada: Staff, bob: Staff, lena: AsyncClient, sign: Sign
) -> None:
    api, late = await sign(ada), await sign(bob)
    begun = (await api.post(f"{PATH}/chats/{chat}/attempts")).json()["id"]
    await lena.post(f"{PATH}/chats/{chat}/retire")
    assert (await late.get(PATH)).json()["chats"] == []
    refused = await late.post(f"{PATH}/chats/{chat}/attempts")
    assert refused.json()["error"]["code"] == "practice_chat_retired"
    assert (await done(api, chat))["id"] == begun
    assert [one["state"] for one in (await api.get(PATH)).json()["chats"]] == ["finished"]
