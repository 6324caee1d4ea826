"""A pretend image API on loopback: OpenAI's Images API in all but the account and the model.

It checks requests as strictly, counts tokens as exactly, streams, takes its time, keeps a bill,
and fails in the ways the real one does when it is told to, by a script or by words in the prompt.
"""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, time
from types import TracebackType
from typing import Self

import orjson
from aiohttp import web

from bot.core.ports import Clock
from bot.demo import painter
from bot.demo.pretend_answers import headers, refusal
from bot.demo.pretend_faults import Fault, Refusal
from bot.demo.pretend_log import Ledger, Received, Rule
from bot.demo.pretend_models import models
from bot.demo.pretend_press import Blur, Paint
from bot.demo.pretend_service import Faults, Service
from bot.ops.clock import SystemClock

_SLOW = 10
_MOST_BODY = 900_000_000


class PretendApi:
    """The server; use it as an async context manager, or start and close it.

    Args:
        seconds: How long each picture takes; partial pictures are spread over it.
        key: The only API key that is accepted.
        port: On 127.0.0.1; 0 takes any that is free.
        paint: How pictures are made; ``painter.plain`` costs next to no time.
        blur: How unfinished ones are; ``painter.coarse`` costs next to no time.
        clock: Tells which models live, and when a picture was created.
        remember: How many requests are kept in ``requests``, the newest; None keeps all.
    """

    def __init__(
        self,
        *,
        seconds: float = 3.0,
        key: str = "sk-pretend-0123456789",
        port: int = 0,
        paint: Paint = painter.paint,
        blur: Blur = painter.partial,
        clock: Clock | None = None,
        remember: int | None = None,
    ) -> None:
        self._port = port
        self._ledger = Ledger(remember)
        self._faults = Faults(slow_s=seconds * _SLOW)
        self._service = Service(
            key=key,
            seconds=seconds,
            paint=paint,
            blur=blur,
            clock=clock or SystemClock(),
            ledger=self._ledger,
            faults=self._faults,
        )
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def start(self) -> str:
        """Listen, at the same port as before; gives the base URL, which ends in ``/v1``.

        Raises:
            OSError: The port is taken.
        """
        self._service.pool = ThreadPoolExecutor(2, thread_name_prefix="painter")
        app = web.Application(client_max_size=_MOST_BODY)
        app.add_routes(
            [
                web.get("/v1/models", self._models),
                web.post("/v1/images/generations", self._service.generations),
                web.post("/v1/images/edits", self._service.edits),
                web.get("/files/{name}", self._file),
                web.route("*", "/{anything:.*}", self._nothing_here),
            ]
        )
        # Whoever is still being answered on closing is cut off; 0 would mean to wait for them.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._service.origin = f"http://127.0.0.1:{self._port}"
        return self.base_url

    async def close(self) -> None:
        """Stop listening and cut off whoever is still being answered."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._service.pool is not None:
            await asyncio.to_thread(self._service.pool.shutdown, cancel_futures=True)
            self._service.pool = None

    @property
    def base_url(self) -> str:
        """Where the API is found once it has started, ending in ``/v1``."""
        return f"{self._service.origin}/v1"

    @property
    def key(self) -> str:
        """The API key that is accepted."""
        return self._service.key

    def script(self, *faults: Fault | None) -> None:
        """Queue faults for the next good image requests, one each; None lets one pass."""
        self._faults.script.extend(faults)

    def rule(self, rule: Rule) -> None:
        """Ask a function for the fault of each image request that the script leaves alone.

        Args:
            rule: Takes the request, gives its fault, or None to ask the next rule and in the end
                the words of the prompt.
        """
        self._faults.rules.append(rule)

    @property
    def requests(self) -> list[Received]:
        """Image requests in the order they came, refused ones too."""
        return list(self._ledger.requests)

    @property
    def billed_microdollars(self) -> int:
        """What all pictures drawn so far cost, also those whose answer was cut off."""
        return self._ledger.billed_microdollars

    @property
    def in_flight(self) -> int:
        """How many image requests are being answered."""
        return self._ledger.in_flight

    @property
    def peak_in_flight(self) -> int:
        """The most that were being answered at one time."""
        return self._ledger.peak_in_flight

    def held(self) -> AbstractAsyncContextManager[None]:
        """Inside, good image requests arrive and wait; they go on when it is left."""
        return self._ledger.held()

    async def arrived(self, count: int) -> None:
        """Wait until so many image requests have come in since the start."""
        await self._ledger.arrived(count)

    async def _models(self, request: web.Request) -> web.Response:
        try:
            self._service.authorize(request)
        except Refusal as refused:
            return refusal(refused, 0.0)
        today = self._service.clock.now().date()
        data = [
            {
                "id": model.id,
                "object": "model",
                "created": int(datetime.combine(model.created, time(), UTC).timestamp()),
                "owned_by": "system",
                "shutdown_date": model.shutdown.isoformat() if model.shutdown else None,
            }
            for model in models()
            if model.alive(today)
        ]
        return _json({"object": "list", "data": data})

    async def _file(self, request: web.Request) -> web.Response:
        found = self._service.files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        content, kind = found
        return web.Response(body=content, content_type=kind)

    async def _nothing_here(self, request: web.Request) -> web.Response:
        return refusal(Refusal(404, f"Invalid URL ({request.method} {request.path})"), 0.0)


def _json(data: Mapping[str, object]) -> web.Response:
    return web.Response(
        body=orjson.dumps(data), content_type="application/json", headers=headers(0.0)
    )
