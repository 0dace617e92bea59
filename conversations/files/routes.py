"""The doors for files (docs/frames.md, "Files"): a customer sends one, an agent sends one, and both are read."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from conversations import visitors
from conversations.asking import AgreedVisitor
from conversations.files import reading, removing, sending
from conversations.files.sending import Upload
from conversations.guards import address_of, needs
from conversations.models import Message
from server.auth import CurrentAgent, anyone
from server.errors import NotFound

router = APIRouter(tags=["files"])

ClientId = Annotated[str, Query(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Name = Annotated[str, Query(max_length=1000)]


class Sent(BaseModel):
    seq: int
    file: dict[str, Any]
    """As `payload.file` of the message."""


@router.post("/api/chat/files")
async def send_file(
    request: Request, visitor: AgreedVisitor, client_id: ClientId, name: Name = ""
) -> Sent:
    """A customer's file: the body is the file and nothing else; 200 also for a repeat."""
    room = needs(request)
    async with room.database.read() as db:
        conversation = await visitors.conversation_of(db, visitor.id)
    message = await sending.as_customer(
        room, visitor.id, conversation.id, _upload(request, client_id, name), address=address_of(request)
    )  # fmt: skip
    return _sent(request, message)


@router.post("/api/conversations/{conversation_id}/files")
async def send_file_as_agent(
    request: Request,
    agent: CurrentAgent,
    conversation_id: UUID,
    client_id: ClientId,
    name: Name = "",
) -> Sent:
    """An agent's file, into a chat that is theirs; as the customer's door."""
    room = needs(request)
    async with room.database.read() as db:
        if not await room.desk.may_read(db, conversation_id, agent):
            raise NotFound()
    upload = _upload(request, client_id, name)
    return _sent(request, await sending.as_agent(room, agent, conversation_id, upload))


@router.delete("/api/conversations/{conversation_id}/files/{file_id}", status_code=204)
async def remove_file(
    request: Request, agent: CurrentAgent, conversation_id: UUID, file_id: UUID
) -> None:
    """What should not have been sent, gone for everybody; nobody can bring it back.

    Raises:
        NotFound: no such chat for this agent, or no such file in it. NotOwner: another's chat, or nobody's.
    """
    room = needs(request)
    async with room.database.read() as db:
        if not await room.desk.may_read(db, conversation_id, agent):
            raise NotFound()
    await removing.remove(room, conversation_id, file_id, agent)


@router.api_route(
    "/api/chat/files/{file_id}", methods=["GET", "HEAD"], dependencies=[Depends(anyone)]
)
@router.api_route(
    "/api/chat/files/{file_id}/{name}", methods=["GET", "HEAD"], dependencies=[Depends(anyone)]
)  # fmt: skip
async def read_file(
    request: Request,
    file_id: UUID,
    name: str = "",
    until: Annotated[int, Query(ge=0, le=2**53)] = 0,
    key: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """A file, for who has its address, or as staff may read its chat; the name is for those who save it."""
    room = needs(request)
    room.limits.take("file_read", address_of(request))
    row, path = await reading.find(room, request, file_id, until=until, key=key)
    headers = reading.headers(row)
    known = request.headers.get("If-None-Match", "")
    if headers["ETag"] in {tag.strip().removeprefix("W/") for tag in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers=headers)


def _upload(request: Request, client_id: str, name: str) -> Upload:
    stated = request.headers.get("content-length", "")
    return Upload(client_id, name, int(stated) if stated.isdigit() else None, request.stream())


def _sent(request: Request, message: Message) -> Sent:
    file = needs(request).files.links.shown(message.payload["file"])
    return Sent(seq=message.seq, file=file)
