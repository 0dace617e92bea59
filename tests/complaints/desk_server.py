"""The whole app on a port, with stand-ins for bot and encoder: no Rasa, no model, up in seconds.

python -m tests.complaints.desk_server FOLDER PORT    two agents ("ada", "bob") and a supervisor ("sue") work here,
                                                       and "kim" keeps articles and training

Started again in the same folder it goes on where it was.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvicorn
from sqlalchemy import select

from server import migrations
from server.app import build_services, create_app
from server.auth import Role, Staff, create_staff
from server.settings import Settings, load_settings
from tests.browser.people import PASSWORD
from tests.conversations.fakes import FakeBot
from tests.knowledge_base.support import FakeEncoder

STAFF = {
    "ada": ("Ada Agent", [Role.AGENT]),
    "bob": ("Bob Colleague", [Role.AGENT]),
    "sue": ("Sue Super", [Role.SUPERVISOR]),
    "kim": ("Kim Keeper", [Role.EDITOR, Role.TRAINER]),
}


async def serve(settings: Settings) -> None:
    held = build_services(settings, bot=FakeBot(), encoder=FakeEncoder())  # type: ignore[arg-type]
    async with held.database.write() as db:
        known = set(await db.scalars(select(Staff.login)))
        for login, (name, roles) in STAFF.items():
            if login not in known:
                await create_staff(
                    db, held.clock, login=login, name=name, password=PASSWORD, roles=roles
                )
    app = create_app(settings, held)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=settings.port, log_level="warning", ws="websockets-sansio"
    )
    await uvicorn.Server(config).serve()


def main(folder: Path, port: int) -> None:
    settings = load_settings(var=folder, port=port)
    settings.messages_per_minute = 10_000
    migrations.upgrade(settings)
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
