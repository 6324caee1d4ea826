"""Too much at once, from one hand or from many, and the same thing twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bot.demo.pretend_api import PretendApi
from tests.wire.discord_standin import Interaction, Message, Standin, User
from tests.wire.easel import easel, environment, states
from tests.wire.test_run import finished, scene


async def pressed(
    standin: Standin, message: Message, person: User, button: str, times: int = 10
) -> Sequence[Interaction]:
    """An impatient finger."""
    async with asyncio.TaskGroup() as group:
        presses = [group.create_task(standin.click(message, person, button)) for _ in range(times)]
    return [press.result() for press in presses]


async def private(presses: Sequence[Interaction]) -> Counter[str]:
    """What presses were answered with in private, once all are answered."""
    answers = [await each.acknowledged() for each in presses]
    texts = [answer.data.get("content") for answer in answers if answer.ephemeral]
    return Counter(str(text) for text in texts)


async def test_a_queue_that_is_full_says_so_to_whoever_asks(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Given as many as may wait, when somebody wants more, then they are told whose limit it is."""
    alice, bob = await standin.user("alice"), await standin.user("bob")
    guild = await standin.guild("Studio", members=[alice, bob])
    channel = await standin.channel(guild, "gallery")
    few = {"EASEL_SLOTS": "1", "EASEL_MEMBER_QUEUE": "2", "EASEL_SERVER_QUEUE": "3"}
    async with easel("run", environment(tmp_path, standin, service, **few), tmp_path) as bot:
        await standin.ready()

        async def ask(person: User, prompt: str) -> Message:
            asked = await standin.slash(channel, person, "generate", prompt=prompt)
            return await asked.message()

        async with service.held():
            await ask(alice, "drawn")
            await service.arrived(1)
            waiting = [await ask(alice, "second"), await ask(alice, "third")]
            too_many = await ask(alice, "one too many of alice")
            waiting.append(await ask(bob, "fourth"))
            full = await ask(bob, "one too many of all")
            bot.terminate()
        assert await bot.stopped() == 0, bot.said

    assert "You have 2 requests waiting already" in too_many.text
    assert "This server has 3 requests waiting already" in full.text
    assert [each.ephemeral for each in (*waiting, too_many, full)] == [False] * 3 + [True] * 2
    assert Counter(states(tmp_path).values()) == {"delivered": 1, "queued": 3}


async def test_a_command_that_discord_sends_again_is_drawn_once(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Given a connection that broke, when what was missed comes twice, then it counts once."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path) as bot:
        await standin.ready()
        away = await standin.fault(route="/gw/", hold=True)
        await standin.reconnect()
        await away.struck()
        asked = await standin.slash(channel, alice, "generate", prompt="once")
        await standin.repeat(asked)
        await away.release()
        await standin.event("RESUMED")
        await asked.message(until=finished)
        await standin.repeat(asked)
        await standin.request("POST", f"/interactions/{asked.id}/*", times=3)
        bot.terminate()
        assert await bot.stopped() == 0, bot.said

    assert [each.prompt for each in service.requests] == ["once"]
    assert states(tmp_path) == {"once": "delivered"}
    assert len([each for each in await standin.messages(channel) if not each.deleted]) == 1
    assert len(await standin.requests("POST", f"/interactions/{asked.id}/*")) == 3
    assert "Traceback" not in bot.said


async def test_a_button_that_is_mashed_does_what_it_says_once(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Given ten presses at once, then one picture more, one cancellation, one deletion."""
    channel, alice = await scene(standin)
    settings = environment(tmp_path, standin, service, EASEL_SLOTS="1")
    async with easel("run", settings, tmp_path) as bot:
        await standin.ready()
        asked = await standin.slash(channel, alice, "generate", prompt="owls")
        drawn = await asked.message(until=finished)
        async with service.held():
            again = await pressed(standin, drawn, alice, "Again")
            await service.arrived(2)
            asked = await standin.slash(channel, alice, "generate", prompt="withdrawn")
            cancel = await pressed(standin, await asked.message(), alice, "Cancel")
            await asked.message(until=lambda shown: "**Cancelled.**" in shown.text)
            told = [await private(again), await private(cancel)]
        removing = await standin.fault(method="DELETE", times=None, hold=True)
        delete = await pressed(standin, drawn, alice, "Delete")
        told.append(await private(delete))
        await removing.release()
        await standin.request("DELETE", "/webhooks/*", times=10)
        bot.terminate()
        assert await bot.stopped() == 0, bot.said

    assert told[0] == {"I have that already. Press again in a few seconds for another one.": 9}
    assert told[1] == {"This request is cancelled already.": 9}
    assert told[2] == {}
    assert len(service.requests) == 2
    assert states(tmp_path) == {"owls": "delivered", "withdrawn": "cancelled"}
    removals = await standin.requests("DELETE", "/webhooks/*")
    assert Counter(each.status for each in removals) == {204: 1, 404: 9}
    assert "Traceback" not in bot.said


async def test_a_button_of_a_message_that_goes_meanwhile_is_answered(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Given a press, when a moderator is faster, then a sentence says so, and no log complains."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path) as bot:
        await standin.ready()
        asked = await standin.slash(channel, alice, "generate", prompt="owls")
        drawn = await asked.message(until=finished)
        answering = await standin.fault(method="POST", route="/interactions/*", hold=True)
        press = await standin.click(drawn, alice, "Delete")
        await answering.struck()
        await standin.delete_message(drawn)
        await answering.release()
        told = await press.message()
        bot.terminate()
        assert await bot.stopped() == 0, bot.said

    assert (told.text, told.ephemeral) == ("This message is not there any more.", True)
    assert "Traceback" not in bot.said
