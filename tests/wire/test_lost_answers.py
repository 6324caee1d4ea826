"""The card of an accepted request does not reach Discord: its author still gets one outcome."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from bot.demo.pretend_api import PretendApi
from tests.wire.discord_standin import Channel, Message, Standin
from tests.wire.easel import easel, environment
from tests.wire.test_run import finished, scene

CALLBACK = "/interactions/*/callback"


async def outcomes(standin: Standin, channel: Channel) -> list[Message]:
    """All that the bot said in the channel and that is still there."""
    return [each for each in await standin.messages(channel) if each.by_bot and not each.deleted]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_card_whose_answer_breaks_off_is_put_up_once(
    tmp_path: Path, standin: Standin, service: PretendApi, when: Literal["before", "after"]
) -> None:
    """Given a connection that breaks, when the card is sent again, then it shows the picture."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        await standin.fault(method="POST", route=CALLBACK, cut=True, when=when)

        asked = await standin.slash(channel, alice, "generate", prompt="a lighthouse")

        await asked.message(until=finished)
        assert len(await outcomes(standin, channel)) == 1


async def test_a_card_that_never_comes_up_is_not_told_as_an_error(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Given a Discord that takes no answer, when it is drawn, then it is posted in the channel."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        await standin.fault(method="POST", route=CALLBACK, cut=True, times=2)

        await standin.slash(channel, alice, "generate", prompt="a lighthouse")

        shown = await standin.message(channel, finished)
        assert f"<@{alice.id}>" in shown.text
        assert [each.id for each in await outcomes(standin, channel)] == [shown.id]


async def test_a_stop_while_the_gateway_reconnects_ends(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Given a gateway that is away, when the operator stops Easel, then it stops."""
    await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path) as bot:
        await standin.ready()
        away = await standin.fault(route="/gw/", hold=True)
        await standin.cut_gateway()
        await away.struck()

        bot.terminate()

        assert await bot.stopped() == 0, bot.said
