"""`easel run` as a process of its own, to be started, stopped and killed by tests."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.demo.pretend_api import PretendApi
from tests.wire.discord_standin import Standin

ROOT = Path(__file__).parents[2]
PATIENCE = 40.0
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

    def terminate(self) -> None:
        """Ask it to stop, as systemd and Docker do."""
        self.process.send_signal(signal.SIGTERM)

    async def kill(self) -> None:
        """Take it away in the middle of whatever it does."""
        self.process.kill()
        await self.stopped()

    @property
    def said(self) -> str:
        """All that it wrote."""
        return "".join(self.output)


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
