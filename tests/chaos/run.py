"""One run: a town, a storm, a calm, and everything that is left gathered as evidence."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.ops.clock import SystemClock
from bot.storage.files import FileVault
from bot.storage.transactions.files import files_in_use
from tests.chaos import pauses
from tests.chaos.crowd import Crowd
from tests.chaos.evidence import Evidence, live_rows, read_logs, read_requests
from tests.chaos.lives import DRAIN_S, Lives
from tests.chaos.seen import Seen
from tests.chaos.service import MoodyService, Print, looks
from tests.chaos.town import Town, build
from tests.chaos.trouble import Trouble
from tests.chaos.wishes import Wishes
from tests.conformance.engines import SqliteBench
from tests.wire.discord_standin import Entry, Standin, StandinError
from tests.wire.easel import environment

SETTLED_WITHIN_S = 90.0

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Stage:
    """Everybody who takes part."""

    wishes: Wishes
    discord: Standin
    service: MoodyService
    town: Town
    seen: Seen
    lives: Lives
    crowd: Crowd
    trouble: Trouble


async def run(wishes: Wishes) -> Evidence:
    """Let it happen, and gather what is left."""
    async with _stage(wishes) as stage, asyncio.TaskGroup() as group:
        following = group.create_task(stage.seen.follow())
        await _open(stage)
        _say("the storm begins")
        until = pauses.now() + wishes.seconds
        async with asyncio.TaskGroup() as storm:
            storm.create_task(stage.crowd.act(until))
            storm.create_task(stage.trouble.make(until))
            storm.create_task(stage.lives.suffer(until))
        _say("calm")
        stage.service.calm = True
        settled = await _settle(stage)
        _say("settled" if settled else "it does not come to rest")
        await stage.lives.stop()
        following.cancel()
        await stage.seen.catch_up()
        return await _gather(stage, settled=settled)


@asynccontextmanager
async def _stage(wishes: Wishes) -> AsyncIterator[Stage]:
    async with MoodyService(wishes) as service, Standin.spawn() as discord:
        town, seen = await build(discord), Seen(discord)
        settings = environment(
            wishes.folder,
            discord,
            service,
            EASEL_SLOTS="6",
            EASEL_SERVER_SLOTS="5",
            EASEL_MEMBER_SLOTS="3",
            EASEL_DRAIN_S=str(DRAIN_S),
            EASEL_AFTER_CRASH=wishes.after_crash.value,
            EASEL_LOG="json",
        )
        lives = Lives(wishes.folder, settings, discord, wishes.dice("lives"))
        crowd = Crowd(wishes, discord, town, seen)
        trouble = Trouble(discord, town, seen, wishes.dice("trouble"))
        try:
            yield Stage(wishes, discord, service, town, seen, lives, crowd, trouble)
        finally:
            await lives.take_away()


async def _open(stage: Stage) -> None:
    """The first process starts in peace, and owners set their limits."""
    if not await stage.lives.ready():
        raise RuntimeError(f"it did not start: see {stage.lives.records[0].log}")
    for limit in stage.town.limits:
        asked = await stage.discord.slash(limit.channel, limit.owner, "quota set", **limit.options)
        await asked.acknowledged()


async def _settle(stage: Stage) -> bool:
    """Whether a process that nobody disturbs brings everything to its end."""
    if not await stage.lives.ready():
        return False
    rests = partial(_rests, stage.lives, stage.wishes.folder / "data" / "easel.db")
    await pauses.comes_true(rests, within=SETTLED_WITHIN_S)
    return stage.lives.alive and rests()


def _rests(lives: Lives, database: Path) -> bool:
    return not lives.alive or live_rows(database) == 0


async def _gather(stage: Stage, *, settled: bool) -> Evidence:
    wishes, discord = stage.wishes, stage.discord
    bench = SqliteBench(wishes.folder / "data" / "easel.db")
    requests = read_requests(bench)
    named = bench.run(files_in_use, LONG_AGO, LONG_AGO)
    vault = FileVault(wishes.folder / "data" / "pictures")
    strays = await vault.stray(named, SystemClock().now() + timedelta(hours=2))
    direct = {
        member.user.id: (await discord.direct_channel(member.user)).id
        for member in stage.town.members
    }
    return Evidence(
        wishes=wishes,
        acts=stage.crowd.acts,
        requests=requests,
        bench=bench,
        named=named,
        strays=frozenset(strays),
        sights=list(stage.seen.sights.values()),
        calls=stage.service.books.calls,
        prints=stage.service.press.prints,
        billed=stage.service.billed_microdollars,
        lives=stage.lives.records,
        logs=list(read_logs(stage.lives.records)),
        transcript=await _transcript(discord),
        violations=await discord.violations(),
        troubles=await stage.trouble.struck(),
        posted=await _posted(stage),
        direct=direct,
        settled=settled,
    )


async def _transcript(discord: Standin) -> list[Entry]:
    """Requests, answers and connections, without what messages looked like."""
    topics = ("rest", "cdn", "ack", "event:READY", "event:RESUMED", "event:DISCONNECTED")
    found = [entry for topic in topics for entry in await discord.entries(topic)]
    return sorted(found, key=lambda entry: entry.number)


async def _posted(stage: Stage) -> dict[str, Print]:
    """Every picture that stands in a message, by its link."""
    drawn = {each.sha256 for prints in stage.service.press.prints.values() for each in prints}
    found: dict[str, Print] = {}
    for sight in stage.seen.sights.values():
        for _, _, link in sight.files if not sight.now.deleted else ():
            try:
                data = await stage.discord.download(link)
            except StandinError:
                found[link] = Print("it cannot be had", b"")
                continue
            digest = hashlib.sha256(data).hexdigest()
            found[link] = Print(digest, b"" if digest in drawn else looks(data))
    return found


def _say(what: str) -> None:
    clock = SystemClock().now().strftime("%H:%M:%S")
    sys.stdout.write(f"{clock} {what}\n")
    sys.stdout.flush()
