"""While the database, the disk or Discord is away, nothing is lost, and whoever asks is told."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, closing, contextmanager
from pathlib import Path

import pytest

from bot.demo.pretend_api import PretendApi
from tests.wire.discord_standin import Standin
from tests.wire.easel import Easel, easel, environment, states
from tests.wire.test_run import finished, scene

SORRY = "I cannot do that right now, and nothing was changed. Please try again in a minute."

Trouble = Callable[[Path, Easel], AbstractContextManager[None]]


@contextmanager
def locked(folder: Path, _bot: Easel) -> Iterator[None]:
    """Somebody else writes to the database, and takes their time."""
    database = sqlite3.connect(folder / "data" / "easel.db", isolation_level=None)
    with closing(database):
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


@contextmanager
def full(_folder: Path, bot: Easel) -> Iterator[None]:
    """No file of the process takes another byte."""
    before = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    yield
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("trouble", "reason"), [(locked, "database is locked"), (full, "disk I/O error")]
)
async def test_what_cannot_be_stored_is_refused_and_what_is_drawn_is_kept(
    tmp_path: Path, standin: Standin, service: PretendApi, trouble: Trouble, reason: str
) -> None:
    """Given a store that takes nothing, then each request is answered, and no picture is lost."""
    channel, alice = await scene(standin)
    settings = environment(tmp_path, standin, service, EASEL_LOG="json")
    async with easel("run", settings, tmp_path) as bot, AsyncExitStack() as holding:
        await standin.ready()
        await holding.enter_async_context(service.held())
        drawn = await standin.slash(channel, alice, "generate", prompt="in hand")
        await service.arrived(1)
        await drawn.message(until=lambda card: "**Drawing**" in card.text)
        with trouble(tmp_path, bot):
            await holding.aclose()
            await bot.says("keeping what was drawn")
            refused = [
                await standin.slash(channel, alice, "generate", prompt=f"number {number}")
                for number in range(2)
            ]
            for each in refused:
                answer = await each.message()
                assert (answer.text, answer.ephemeral) == (SORRY, True)
        assert (await drawn.message(until=finished)).attachments
        accepted = await standin.slash(channel, alice, "generate", prompt="afterwards")
        await accepted.message(until=finished)
        bot.terminate()
        assert await bot.stopped() == 0, bot.said

    assert states(tmp_path) == {"in hand": "delivered", "afterwards": "delivered"}
    assert [each.prompt for each in service.requests] == ["in hand", "afterwards"]
    assert all(reason in line["detail"] for line in bot.logged("refused"))
    assert len(bot.logged("refused")) == 2


async def test_a_discord_that_is_down_gets_the_picture_when_it_is_back(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Given no Discord at all when a picture is finished, then it waits, and is posted once."""
    channel, alice = await scene(standin)
    settings = environment(tmp_path, standin, service, EASEL_LOG="json")
    async with easel("run", settings, tmp_path) as bot:
        await standin.ready()
        async with service.held():
            asked = await standin.slash(channel, alice, "generate", prompt="patience")
            await service.arrived(1)
            await asked.message(until=lambda card: "**Drawing**" in card.text)
            down = await standin.fault(times=None, cut=True)
            await standin.cut_gateway()
        await bot.says('"event": "postponed"')
        await down.release()
        message = await asked.message(until=finished)
        await standin.ready(2)
        later = await standin.slash(channel, alice, "generate", prompt="as ever")
        await later.message(until=finished)
        bot.terminate()
        assert await bot.stopped() == 0, bot.said

    assert [each.id for each in await asked.messages()] == [message.id]
    assert states(tmp_path) == {"patience": "delivered", "as ever": "delivered"}
    assert len(service.requests) == 2
