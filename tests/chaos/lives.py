"""`easel run` as a process that is killed, stopped and started again, and what each life left."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.ops.clock import SystemClock
from bot.storage import answers
from bot.storage.files import ANSWERS
from tests.chaos import pauses
from tests.wire.discord_standin import Standin
from tests.wire.easel import ROOT

READY_WITHIN_S = 60.0
"""On a machine that has other things to do, and with a Discord that fails."""

DRAIN_S = 3
"""EASEL_DRAIN_S: how long a process that is asked to stop may take to finish."""

STOPPED_WITHIN_S = 20.0

DEATHS = (*("kill",) * 7, "term", "term", "term, term", "term, kill")
"""How lives end, each as often as the others."""

YOUNG = 0.2
"""How many die before they have begun to serve, of one."""


@dataclass
class Life:
    """One process.

    Attributes:
        began: Seconds since 1970; `ended` likewise.
        end: What was done to it; "by itself" where nothing was.
        answered: Requests whose pictures it had put on the disk to the last byte, with the
            answer that names them not yet withdrawn when it ended.
    """

    number: int
    log: Path
    began: float
    ended: float | None = None
    end: str = ""
    code: int | None = None
    answered: set[int] = field(default_factory=set)

    def lived_at(self, moment: float) -> bool:
        """Whether it was there then."""
        return self.began <= moment and (self.ended is None or moment < self.ended)


class Lives:
    """One process after the other, on the same folder."""

    def __init__(
        self, folder: Path, settings: Mapping[str, str], discord: Standin, dice: Random
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._discord = discord
        self._dice = dice
        self._clock = SystemClock()
        self._process: asyncio.subprocess.Process | None = None
        self.records: list[Life] = []
        (folder / "logs").mkdir(parents=True, exist_ok=True)

    async def begin(self) -> None:
        """Start the next process, and return at once."""
        number = len(self.records) + 1
        log = self._folder / "logs" / f"life-{number:03}.log"
        with log.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "bot", "run"),
                cwd=self._folder,
                env={**self._settings, "PYTHONPATH": str(ROOT)},
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
            )
        self.records.append(Life(number, log, self._now()))

    async def ready(self) -> bool:
        """Start the next process; whether it connects to Discord before it ends, and in time."""
        before = await self._discord.entries("event:READY")
        await self.begin()
        seen = self._discord.entry(
            "event:READY",
            lambda _: True,
            after=before[-1].number if before else 0,
            deadline=READY_WITHIN_S,
        )
        async with asyncio.TaskGroup() as group:
            ready = group.create_task(seen)
            gone = group.create_task(self._running.wait())
            await asyncio.wait({ready, gone}, return_when=asyncio.FIRST_COMPLETED)
            came = ready.done()
            ready.cancel()
            gone.cancel()
        return came

    async def suffer(self, until: float) -> None:
        """Kill and stop it at random moments, and start it again at once.

        The last one is killed as well: what it learned of a service that is calm now, such as how
        many pictures a minute it takes, would only make everybody wait.
        """
        while pauses.now() < until:
            await self._live()
        await self.take_away()

    async def _live(self) -> None:
        """A whole life, or the rest of one."""
        young = self._dice.random() < YOUNG
        span = self._dice.uniform(0.1, 2.0) if young else self._dice.uniform(1.0, 4.5)
        death = self._dice.choice(DEATHS)
        if not self.alive and young:
            await self.begin()
        elif not self.alive and not await self.ready():
            await self._over("by itself")
            return
        if await pauses.ends_within(span, self._running.wait()):
            await self._over("by itself")
        else:
            await self._strike(death)

    async def _strike(self, death: str) -> None:
        match death:
            case "kill":
                self._signal(signal.SIGKILL)
            case "term":
                self._signal(signal.SIGTERM)
            case "term, term":
                self._signal(signal.SIGTERM)
                await self._ends(self._dice.uniform(0.1, 1.0))
                self._signal(signal.SIGTERM)
            case _:
                self._signal(signal.SIGTERM)
                await self._ends(self._dice.uniform(0.1, DRAIN_S))
                self._signal(signal.SIGKILL)
        if not await self._ends(STOPPED_WITHIN_S):
            death += ", and it did not end"
            self._signal(signal.SIGKILL)
        await self._over(death)

    async def stop(self) -> None:
        """Ask the last process to stop, and wait until it has."""
        await self._strike("term")

    async def take_away(self) -> None:
        """Leave no process behind."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            await self._over("kill")

    @property
    def alive(self) -> bool:
        """Whether there is a process now."""
        return self._process is not None and self._process.returncode is None

    async def _ends(self, within: float) -> bool:
        return await pauses.ends_within(within, self._running.wait())

    async def _over(self, end: str) -> None:
        record = self.records[-1]
        record.code = await self._running.wait()
        record.ended, record.end = self._now(), end
        record.answered = whole_answers(self._folder / "data" / "pictures")
        self._process = None

    def _signal(self, number: signal.Signals) -> None:
        if self._running.returncode is None:
            self._running.send_signal(number)

    @property
    def _running(self) -> asyncio.subprocess.Process:
        assert self._process is not None
        return self._process

    def _now(self) -> float:
        return self._clock.now().timestamp()


def whole_answers(vault: Path) -> set[int]:
    """Requests whose answers are announced, with every picture there to the last byte."""
    return {
        answer.job_id
        for answer in answers.read_all(vault / ANSWERS)
        if all((vault / name[:2] / name).is_file() for name in answer.pictures)
    }
