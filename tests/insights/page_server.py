"""The whole app with two weeks behind it and a small encoder, without Rasa: python -m … <folder> <port>.

Prints the session tokens of its people as JSON, then serves until it is ended.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import uvicorn

from server.app import build_services, create_app
from server.auth import Role, create_staff
from server.migrations import upgrade
from server.settings import Settings
from tests.insights.house import two_weeks
from tests.knowledge_base.support import FakeEncoder
from tests.support import FakeClock, sign_in

PASSWORD = "a long password"


async def main(folder: Path, port: int) -> None:
    url = f"sqlite+aiosqlite:///{folder / 'page.db'}"
    settings = Settings(
        environment="test", var=folder, database_url=url, port=port, rasa_port=1,
        staff_requests_per_minute=100_000, _env_file=None,
    )  # fmt: skip
    await asyncio.to_thread(upgrade, settings)
    clock = FakeClock()
    services = build_services(settings, clock=clock, encoder=FakeEncoder())  # type: ignore[arg-type]
    tokens = {}
    people = {
        role.value: [role] for role in (Role.EDITOR, Role.TRAINER, Role.SUPERVISOR, Role.ADMIN)
    }
    async with services.database.write() as db:
        agent = await create_staff(
            db, clock, login="lena", name="Lena Peeters", password=PASSWORD, roles=[Role.AGENT]
        )
        for login, roles in people.items():
            await create_staff(
                db, clock, login=login, name=login.title(), password=PASSWORD, roles=roles
            )
    await two_weeks(services.database, clock, agent.id)
    for login in (*people, "lena"):
        async with services.database.write() as db:
            tokens[login] = await sign_in(db, clock, login, PASSWORD, 1)
    sys.stdout.write(f"{json.dumps(tokens)}\n")
    sys.stdout.flush()
    app = create_app(settings, services)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
