"""Two requests at once, a follow-up, politeness, slips and a burst, over the real socket."""

from __future__ import annotations

from server.commands.client import Customer, Frame, Socket
from server.trial import Trial


async def settled(socket: Socket) -> list[Frame]:
    """The bot's answer up to the message that carries its buttons."""
    heard = [await socket.hear("bot", "system")]
    while not heard[-1]["payload"].get("buttons"):
        heard.append(await socket.hear("bot", "system"))
    return heard


def sources(heard: list[Frame]) -> list[str]:
    return [
        f["payload"]["source"]["url"].removeprefix("/help/")
        for f in heard
        if "source" in f["payload"]
    ]


async def test_two_questions_in_one_message_are_both_answered(system: Trial) -> None:
    customer = await Customer.arrive(system.base_url)
    async with customer.connect() as socket:
        await socket.say("hi! how do i reset my pasword? and do you have a student discount? thx!!")
        heard = await settled(socket)
        assert sources(heard) == ["forgot-password", "student-discount"]
        assert [button["title"] for button in heard[-1]["payload"]["buttons"]][:2] == ["Yes", "No"]


async def test_two_tasks_are_done_one_after_the_other(system: Trial) -> None:
    customer = await Customer.arrive(system.base_url)
    async with customer.connect() as socket:
        await socket.say("where is order FW-204411? and also please cancel my subscription")
        await settled(socket)
        await socket.say("ann@example.com")
        heard = await settled(socket)
        assert any("FW-204411" in frame["text"] for frame in heard)
        assert heard[-1]["text"].startswith("You also asked")
        await socket.say("yes please")
        heard = await settled(socket)
        assert "postcode" in heard[-1]["text"]


async def test_a_follow_up_is_about_the_last_question(system: Trial) -> None:
    customer = await Customer.arrive(system.base_url)
    async with customer.connect() as socket:
        await socket.say("how much is the Fernway Box?")
        assert "box-sizes-prices" in sources(await settled(socket))
        await socket.say("and when does it come?")
        heard = await settled(socket)
        offered = [button["title"].lower() for button in heard[-1]["payload"]["buttons"]]
        told = " ".join([*sources(heard), *offered])
        assert "box" in told, [frame["text"] for frame in heard]


async def test_three_short_messages_typed_in_a_row_are_understood_together(system: Trial) -> None:
    customer = await Customer.arrive(system.base_url)
    async with customer.connect() as socket:
        await socket.say("hi")
        for text in ("my order", "hasnt come"):
            await socket.send(type="typing", on=True)
            await socket.say(text)
        heard = await settled(socket)
        assert "order number" in heard[-1]["text"].lower()
