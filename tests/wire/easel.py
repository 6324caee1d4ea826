"""`easel run` as a process of its own, to be started, stopped and killed by tests."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.demo.pretend_api import PretendApi
from tests.wire.discord_standin import Standin

ROOT = Path(__file__).parents[2]
PATIENCE = 80.0
"""Seconds until a test gives a process up."""


@dataclass
class Easel:
    """One process and what it said."""

    process: asyncio.subprocess.Process
    output: list[str] = field(default_factory=list)

    async def stopped(self) -> int:
        """Wait until it has ended; answers its exit code."""
        async with asyncio.timeout(PATIENCE):
            assert self.process.stdout is not None
            self.output.append((await self.process.stdout.read()).decode())
            return await self.process.wait()

    async def says(self, words: str) -> None:
        """Wait for its next line that has these words."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while True:
                line = (await self.process.stdout.readline()).decode()
                assert line, f"it ended without saying {words!r}:\n{self.said}"
                self.output.append(line)
                if words in line:
                    return

    def terminate(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to stop, as systemd and Docker do, or like a Ctrl-C."""
        self.process.send_signal(number)

    async def kill(self) -> None:
        """Take it away in the middle of whatever it does."""
        self.process.kill()
        await self.stopped()

    @property
    def said(self) -> str:
        """All that it wrote."""
        return "".join(self.output)

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The lines of its log about one thing, where EASEL_LOG is json."""
        lines = [json.loads(line) for line in self.said.splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]


def environment(
    folder: Path, discord: Standin | None, service: PretendApi | None, **more: str
) -> dict[str, str]:
    """What an operator would export; nothing of this machine's own settings."""
    settings = {"PATH": os.environ["PATH"], "HOME": str(folder), "DATA_DIR": str(folder / "data")}
    if discord is not None:
        settings |= {
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
        }
    if service is not None:
        settings |= {"OPENAI_API_KEY": service.key, "OPENAI_BASE_URL": service.base_url}
    return {**settings, **more}


@asynccontextmanager
async def easel(command: str, settings: Mapping[str, str], folder: Path) -> AsyncIterator[Easel]:
    """`easel COMMAND`, ended when the test is."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", command),
        cwd=folder,
        env={**settings, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    running = Easel(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            await running.kill()


def states(folder: Path) -> dict[str, str]:
    """How each request stands in the database, by its prompt."""
    with closing(sqlite3.connect(folder / "data" / "easel.db")) as database:
        rows = database.execute("SELECT request, state FROM job").fetchall()
    return {json.loads(request)["prompt"]: state for request, state in rows}
