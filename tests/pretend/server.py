"""What every pretend service has: a port, what came in, a bill, and what goes wrong next.

A service of its own is a class that gives `provider`, `model`, `environment`, `routes` and
`refusal`. Its handlers check what they are sent as strictly as the real one would, draw with
`painted` or `changed`, and add to `bill` what they take for it.
"""

from __future__ import annotations

import asyncio
import io
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any, ClassVar, Self

import orjson
from aiohttp import web
from PIL import Image

from bot.demo import painter
from bot.demo.pretend_parts import Part
from bot.demo.pretend_reading import read

KEY = "made-up-for-tests"


class Trouble(StrEnum):
    """What can go wrong at any service; each says it in its own words."""

    MODERATION = "moderation"  #: It will not draw that.
    TOO_FAST = "too fast"  #: Not now: in a fraction of a second, where it can say so.
    MONEY = "money"  #: Nothing left to pay with.
    GONE = "gone"  #: It does not have that model any more.


class Wrong(Exception):
    """The request is refused, in the service's own words."""

    def __init__(self, response: web.Response) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """One request as it came in.

    Attributes:
        path: Without its query.
        here: The parts of the path that the route names.
        headers: By their names in lower case.
        fields: Of its JSON, or the texts of its form.
        files: Of its form.
    """

    method: str
    path: str
    here: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    fields: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[Part, ...] = ()


Handler = Callable[[Came], Awaitable[web.StreamResponse]]
Route = tuple[str, str, Handler]


class PretendService(ABC):
    """One service on loopback; use it as an async context manager.

    Attributes:
        provider: The name of the file that it stands for.
        model: What journeys draw with there.
        requests: Everything that came, in order, refused or not.
        bill: Micro-dollars that it takes for what it drew.
        troubles: What goes wrong with the next good requests, one each.
        cancelled: How often it was told that nobody wants a picture any more.
    """

    provider: ClassVar[str]
    model: ClassVar[str]

    def __init__(self) -> None:
        self.requests: list[Came] = []
        self.bill = 0
        self.troubles: deque[Trouble] = deque()
        self.cancelled = 0
        self.origin = ""
        self._files: dict[str, tuple[bytes, str]] = {}
        self._runner: web.AppRunner | None = None
        self._open = asyncio.Event()
        self._open.set()
        self._came = asyncio.Event()

    @property
    @abstractmethod
    def environment(self) -> Mapping[str, str]:
        """The variables that lead Easel here; `origin` is known by the time they are asked for."""

    @abstractmethod
    def routes(self) -> Sequence[Route]:
        """(method, path, handler) of all that it serves."""

    @abstractmethod
    def refusal(self, trouble: Trouble) -> web.Response:
        """How it says so."""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=100_000_000)
        app.add_routes([web.get("/files/{name}", self._file)])
        for method, path, handler in self.routes():
            app.router.add_route(method, path, self._served(handler))
        app.router.add_route("*", "/{anything:.*}", self._served(self._nothing_here))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def posts(self) -> list[Came]:
        """The requests that may be paid."""
        return [came for came in self.requests if came.method == "POST"]

    async def ready(self) -> None:
        """To be awaited where it would begin to draw: waits while it is held, then stumbles.

        Raises:
            Wrong: Something is to go wrong.
        """
        # Whoever came later, while this one was held, has the trouble after it.
        trouble = self.troubles.popleft() if self.troubles else None
        await self._open.wait()
        if trouble:
            raise Wrong(self.refusal(trouble))

    def takes(self) -> bool:
        """For a service that takes orders and draws them later: whether it draws this one.

        Raises:
            Wrong: It does not take it.
        """
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble and trouble is not Trouble.MODERATION:
            raise Wrong(self.refusal(trouble))
        return trouble is None

    @property
    def is_held(self) -> bool:
        """Whether nothing is to be drawn now."""
        return not self._open.is_set()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Inside, whoever awaits `ready` waits."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    async def arrived(self, count: int = 1) -> None:
        """Wait until so many requests have come."""
        while len(self.requests) < count:
            self._came.clear()
            await self._came.wait()

    def link(self, content: bytes, kind: str = "png") -> str:
        """An address of this service where the picture is found."""
        name = f"{len(self._files)}.{kind}"
        self._files[name] = content, f"image/{kind}"
        return f"{self.origin}/files/{name}"

    async def _nothing_here(self, came: Came) -> web.StreamResponse:
        return says({"error": {"message": f"Invalid URL ({came.method} {came.path})"}}, 404)

    async def _file(self, request: web.Request) -> web.Response:
        found = self._files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[0], content_type=found[1])

    def _served(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            came = await _came(request)
            self.requests.append(came)
            self._came.set()
            try:
                return await handler(came)
            except Wrong as wrong:
                return wrong.response

        return serve


async def _came(request: web.Request) -> Came:
    fields: dict[str, Any] = {}
    files: tuple[Part, ...] = ()
    if request.content_type == "multipart/form-data":
        fields, files = await read(request)
    elif request.can_read_body:
        fields = orjson.loads(await request.read())
    return Came(
        method=request.method,
        path=request.path,
        here=dict(request.match_info),
        query=dict(request.query),
        headers={name.lower(): value for name, value in request.headers.items()},
        fields=fields,
        files=files,
    )


def says(content: object, status: int = 200, **headers: str) -> web.Response:
    """An answer in JSON; `_` in the name of a header stands for `-`."""
    return web.Response(
        body=orjson.dumps(content),
        status=status,
        content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def painted(
    prompt: str, width: int, height: int, *, kind: str = "png", variation: int = 0
) -> bytes:
    """A file with a picture of that size."""
    return _file_of(painter.plain(prompt, width, height, variation=variation), kind)


def changed(
    source: bytes,
    mask: Image.Image | None,
    prompt: str,
    *,
    size: tuple[int, int] | None = None,
    kind: str = "png",
) -> bytes:
    """A file with the picture changed, in that size, where the mask is white if there is one."""
    image: Image.Image = Image.open(io.BytesIO(source))
    if size is not None and image.size != size:
        image = image.resize(size)
    return _file_of(painter.edited(image, mask, prompt), kind)


def _file_of(image: Image.Image, kind: str) -> bytes:
    target = io.BytesIO()
    (image.convert("RGB") if kind == "jpeg" else image).save(target, kind.upper())
    return target.getvalue()
