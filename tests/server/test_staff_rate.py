"""One session of staff can't keep the app busy; a console that reads its desk never meets the limit."""

from __future__ import annotations

from tests.handoff.conftest import Api, Hire
from tests.support import FakeClock

BURST, PER_SECOND = 200, 10


async def test_a_session_that_asks_without_end_is_told_to_wait(
    api: Api, hire: Hire, clock: FakeClock
) -> None:
    ada, bob = await hire("ada"), await hire("bob")
    hers, his = await api.as_staff(ada), await api.as_staff(bob)
    for _ in range(BURST):
        assert (await hers.get("/api/queue")).status_code == 200
    refused = await hers.get("/api/queue")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_requests")
    assert int(refused.headers["retry-after"]) >= 1
    assert (await his.get("/api/queue")).status_code == 200, "each session has its own"
    # Another browser of hers, say a second console, is another session.
    assert (await (await api.as_staff(ada)).get("/api/queue")).status_code == 200
    clock.advance(1)
    codes = [(await hers.get("/api/queue")).status_code for _ in range(PER_SECOND + 1)]
    assert codes == [200] * PER_SECOND + [429]


async def test_who_is_not_signed_in_has_no_bucket_to_fill(api: Api) -> None:
    nobody = api.client({})
    codes = {(await nobody.get("/api/queue")).status_code for _ in range(BURST + 1)}
    assert codes == {401}
