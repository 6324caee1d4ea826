"""Answers on EASEL_HTTP: `/healthz` (alive), `/readyz` (able to work), `/metrics`."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.core.errors import Misconfigured
from bot.ops.metrics import CONTENT_TYPE

Check = Callable[[], Awaitable[str | None]]
"""Answers None when all is well, else why not, in a sentence for the operator."""

FINE = "ok"

PATIENCE = 5.0
"""Seconds that a check may take; less than whoever asks us waits."""


class Health:
    """A small HTTP server for orchestrators and Prometheus.

    Args:
        host: Where to listen, as EASEL_HTTP says; IPv6 with brackets or without.
        port: Likewise; 0 takes any that is free.
        checks: What has to be well before Easel can work, by name.
        metrics: Renders the numbers, as `Metrics.render` does.
        patience: Seconds that one check may take.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        checks: Mapping[str, Check],
        metrics: Callable[[], Awaitable[bytes]],
        patience: float = PATIENCE,
    ) -> None:
        self._host, self._port = host.strip("[]"), port
        self._checks = dict(checks)
        self._metrics = metrics
        self._patience = patience
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        """`host:port`: once started the real one, as it stands in a URL."""
        if self._runner is not None and self._runner.addresses:
            host, port, *_ = self._runner.addresses[0]
            return _joined(str(host), int(port))
        return _joined(self._host, self._port)

    async def start(self) -> None:
        """Listen.

        Raises:
            Misconfigured: The address cannot be had.
        """
        app = web.Application()
        app.router.add_get("/healthz", self._alive)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", self._numbers)
        # No access log: probes every few seconds would be most of it.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as failure:
            await runner.cleanup()
            raise Misconfigured((self._why_not(failure),)) from failure
        self._runner = runner

    async def close(self) -> None:
        """Stop listening; safe to call twice."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _alive(self, _: web.Request) -> web.Response:
        # That the loop came round to answering is all there is to say.
        return _json({"alive": True})

    async def _ready(self, _: web.Request) -> web.Response:
        async with asyncio.TaskGroup() as group:
            asked = {
                name: group.create_task(self._ask(name, check))
                for name, check in self._checks.items()
            }
        answers = {name: task.result() or FINE for name, task in asked.items()}
        ready = all(answer == FINE for answer in answers.values())
        return _json({"ready": ready, "checks": answers}, status=200 if ready else 503)

    async def _numbers(self, _: web.Request) -> web.Response:
        return web.Response(body=await self._metrics(), headers={"Content-Type": CONTENT_TYPE})

    async def _ask(self, name: str, check: Check) -> str | None:
        try:
            async with asyncio.timeout(self._patience):
                return await check()
        except TimeoutError:
            return f"“{name}” gave no answer within {self._patience:g} seconds."
        except Exception:
            # Whoever probes is not told more: a traceback can hold addresses and names.
            logging.getLogger(__name__).exception("%s could not be checked", name)
            return f"“{name}” could not be checked; the log says why."

    def _why_not(self, failure: OSError) -> str:
        wanted = f"EASEL_HTTP: {_joined(self._host, self._port)}"
        if isinstance(failure, socket.gaierror) or failure.errno == errno.EADDRNOTAVAIL:
            return (
                f"{wanted} is not an address of this machine. "
                "Use 127.0.0.1 to be reached from here only, or 0.0.0.0 from everywhere."
            )
        if failure.errno == errno.EADDRINUSE:
            return f"{wanted} is in use by another program. Choose another port, or stop it."
        if failure.errno == errno.EACCES:
            return f"{wanted} may only be used by the system. Choose a port above 1023."
        return f"{wanted} cannot be listened on ({failure.strerror}). Choose another address."


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _json(answer: Mapping[str, object], *, status: int = 200) -> web.Response:
    # A probe answered from a cache would be worse than none.
    return web.json_response(answer, status=status, headers={"Cache-Control": "no-store"})
