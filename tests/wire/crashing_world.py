"""Somebody asks for pictures, the process dies, a new one starts: what is there in the end."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.demo.pretend_api import PretendApi
from bot.ops.clock import SystemClock
from bot.storage.files import FileVault
from bot.storage.transactions.files import files_in_use
from tests.conformance import proofs
from tests.conformance.engines import SqliteBench
from tests.wire.discord_standin import Channel, Interaction, Message, Standin, User
from tests.wire.easel import ROOT, Easel, easel, environment

PAID = {"answered", "streamed", "cut", "half", "abandoned"}
"""How requests end that the service was paid for."""

PLENTY = 100.0
"""Seconds that anything may take on a busy machine."""

ROOMY = {
    "EASEL_SLOTS": "30",
    "EASEL_SERVER_SLOTS": "30",
    "EASEL_MEMBER_SLOTS": "30",
    "EASEL_MEMBER_QUEUE": "30",
}
"""Requests that have come to their step hold their slots for ever."""


class Outcome(StrEnum):
    """What the author of a request sees in the end."""

    PICTURE = "picture"
    NOTICE = "notice"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Fall:
    """One request, the step that it does not get past, and its end after a restart.

    Attributes:
        kind: Tells it from others with the same step; part of the prompt.
        pictures: How many are posted, if any.
        lost: How many more were drawn, and paid, but never reached the disk.
        nameless: Whether the step comes before there is a request.
        options: Of the command.
    """

    step: str
    outcome: Outcome
    kind: str = ""
    pictures: int = 1
    lost: int = 0
    nameless: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def prompt(self) -> str:
        """Its words; no two are the same."""
        return f"{self.kind or 'a picture'}, {self.step}"

    @property
    def spelled(self) -> str:
        """As the process that dies is told."""
        return f"{'' if self.nameless else self.prompt}={self.step}"


@dataclass
class Doomed(Easel):
    """A process that dies when all its requests have come to their steps."""

    async def reached(self, fall: Fall) -> None:
        """Wait until that request has, or the process is dead."""
        assert self.process.stdout is not None
        wanted = f"reached {'' if fall.nameless else fall.prompt}"
        async with asyncio.timeout(PLENTY):
            # Also where the process is dead: it says so as its last word, or not at all.
            while line := (await self.process.stdout.readline()).decode():
                self.output.append(line)
                if line.rstrip("\n") == wanted:
                    return

    async def dead(self) -> None:
        """Wait until it is, by its own hand."""
        assert await self.stopped() == -signal.SIGKILL, self.said


@dataclass
class World:
    """One server with one member, and the folder that one process leaves to the next."""

    folder: Path
    discord: Standin
    service: PretendApi
    channel: Channel
    alice: User
    lives: int = 0

    @asynccontextmanager
    async def doomed(self, *steps: str, behind: int = 12, **settings: str) -> AsyncIterator[Doomed]:
        """A process that dies at these steps; it is dead when this is left.

        Its clock is that many seconds behind, which will have gone by when the next one starts.
        """
        wish = environment(self.folder, self.discord, self.service, **ROOMY, **settings)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.wire.crashing", str(behind), *steps),
            cwd=self.folder,
            env={**wish, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        running = Doomed(process)
        try:
            yield running
            await running.dead()
            # One that dies as soon as it starts may have become ready, or not.
            self.lives = len(await self.discord.entries("event:READY"))
        finally:
            if process.returncode is None:
                await running.kill()

    async def ready(self) -> None:
        """Wait until the process of this life is."""
        self.lives += 1
        await self.discord.ready(self.lives, deadline=PLENTY)

    async def asks(self, fall: Fall) -> Interaction:
        """Alice wants something."""
        command = "edit" if "image" in fall.options else "generate"
        wish = {"prompt": fall.prompt, **fall.options}
        return await self.discord.slash(self.channel, self.alice, command, **wish)

    async def dies(self, *falls: Fall, behind: int = 12) -> None:
        """A whole life: it starts, each request comes as far as its step, and it dies."""
        async with self.doomed(*(fall.spelled for fall in falls), behind=behind) as process:
            await self.ready()
            for fall in falls:
                await self.asks(fall)
                await process.reached(fall)

    async def restarts(self, *falls: Fall) -> None:
        """The real program starts on what is left, brings all to an end, and is stopped."""
        settings = environment(self.folder, self.discord, self.service)
        async with easel("run", settings, self.folder) as bot:
            await self.ready()
            for fall in falls:
                if fall.outcome is not Outcome.NOTHING:
                    await self.discord.message(self.channel, shows(fall), deadline=PLENTY)
            bot.terminate()
            assert await bot.stopped() == 0, bot.said

    async def proves(self, *falls: Fall) -> None:
        """Check all that was promised."""
        messages = await self.discord.messages(self.channel)
        shown = [each for each in messages if each.by_bot and not each.deleted]
        with self.rows() as bench:
            proofs.check(bench)
            lost = 0
            for fall in falls:
                self._one_outcome(fall, shown)
                lost += self._one_price(fall, bench) * fall.lost // fall.pictures
            charged, doubtful = _sum(bench, "charge"), _sum(bench, "unknown")
            billed = self.service.billed_microdollars
            rounded = len([fall for fall in falls if fall.lost])
            assert charged + lost - rounded <= billed <= charged + lost + doubtful
            assert bench.look("SELECT id FROM delivery WHERE state <> 'done'") == []
            await self._keeps_no_more_than_is_named(bench)

    def _one_outcome(self, fall: Fall, shown: list[Message]) -> None:
        """Pictures or a notice, and nothing twice."""
        files = [
            file.filename
            for message in shown
            for file in message.attachments
            if file.description == fall.prompt
        ]
        notices = [each for each in shown if is_notice(each) and fall.prompt in each.text]
        expected = fall.pictures if fall.outcome is Outcome.PICTURE else 0
        assert len(files) == len(set(files)) == expected, fall.prompt
        assert len(notices) == (fall.outcome is Outcome.NOTICE), fall.prompt

    def _one_price(self, fall: Fall, bench: SqliteBench) -> int:
        """At most one call was paid; answers what is charged for it, if anything."""
        calls = [each for each in self.service.requests if each.prompt == fall.prompt]
        paid = len([each for each in calls if each.outcome in PAID])
        found = bench.look("SELECT kind, micro, request FROM ledger JOIN job ON job.id = job_id")
        rows = [
            (row["kind"], row["micro"])
            for row in found
            if json.loads(row["request"])["prompt"] == fall.prompt
        ]
        amounts: dict[str, int] = dict(rows)
        settled = {"charge", "unknown"} & amounts.keys()
        match fall.outcome:
            case Outcome.PICTURE:
                assert (paid, settled) == (1, {"charge"}), fall.prompt
            case Outcome.NOTICE:
                assert paid <= 1, fall.prompt
                assert settled == {"unknown"} or (paid, settled) == (0, set()), fall.prompt
            case Outcome.NOTHING:
                assert (calls, rows) == ([], []), fall.prompt
        assert len(rows) == len(amounts), fall.prompt
        return amounts.get("charge", 0)

    @contextmanager
    def rows(self) -> Iterator[SqliteBench]:
        bench = SqliteBench(self.folder / "data" / "easel.db")
        try:
            yield bench
        finally:
            bench.close()

    async def _keeps_no_more_than_is_named(self, bench: SqliteBench) -> None:
        """What rows name is there; a later sweep removes all the rest."""
        folder = self.folder / "data" / "pictures"
        vault, later = FileVault(folder), SystemClock().now() + timedelta(hours=2)
        ever = datetime(2000, 1, 1, tzinfo=UTC)
        named = bench.run(files_in_use, ever, ever)
        for stray in await vault.stray(named, later):
            await vault.drop(stray)
        assert {path.name for path in folder.rglob("*") if path.is_file()} == named


def is_notice(message: Message) -> bool:
    """Whether a message says that there is no picture."""
    return "Try again" in message.buttons


def shows(fall: Fall) -> Callable[[Message], bool]:
    """Whether a message is the outcome of a request, or the last part of it."""

    def is_it(message: Message) -> bool:
        if fall.outcome is Outcome.NOTICE:
            return is_notice(message) and fall.prompt in message.text
        ours = any(file.description == fall.prompt for file in message.attachments)
        return ours and "Again" in message.buttons

    return is_it


def _sum(bench: SqliteBench, kind: str) -> int:
    ledger = bench.look("SELECT kind, micro FROM ledger")
    return sum(int(row["micro"]) for row in ledger if row["kind"] == kind)
