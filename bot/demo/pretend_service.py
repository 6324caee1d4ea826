"""One image request from door to door: read, judged, held, drawn, billed and answered."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import ParamSpec, TypeVar
from uuid import uuid4

from aiohttp import web
from PIL import Image

from bot.core.ports import Clock
from bot.demo import pretend_answers as answers
from bot.demo import pretend_press as press
from bot.demo.pretend_answers import Picture
from bot.demo.pretend_checks import Kind, Order, check
from bot.demo.pretend_faults import (
    Cut,
    Fault,
    HalfJson,
    Hang,
    Html,
    Huge,
    IgnoreMask,
    Moderation,
    Refusal,
    ServerError,
    UrlAnswer,
    named_in,
    refusal_of,
)
from bot.demo.pretend_log import Ledger, Received, Rule
from bot.demo.pretend_parts import Part
from bot.demo.pretend_reading import read

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_MOST_FILES = 64


@dataclass(kw_only=True)
class Faults:
    """What is to go wrong next: a script first, then rules, then words in the prompt."""

    script: deque[Fault | None] = field(default_factory=deque)
    rules: list[Rule] = field(default_factory=list)
    slow_s: float

    def next(self, request: Received) -> Fault | None:
        """The fault for a request that was found good."""
        if self.script:
            return self.script.popleft()
        for rule in self.rules:
            fault = rule(request)
            if fault is not None:
                return fault
        return named_in(request.prompt, self.slow_s)


@dataclass(frozen=True)
class Visit:
    """A request found good; ``started`` is when its drawing began, by the event loop's clock."""

    request: web.Request
    number: int
    order: Order
    fault: Fault | None
    started: float


@dataclass(kw_only=True)
class Service:
    """Serves image requests.

    ``seconds`` is the time each picture takes; ``files`` are what ``url`` answers link to, the
    newest few of them; ``origin`` is where this server is found.
    """

    key: str
    seconds: float
    paint: press.Paint
    blur: press.Blur
    clock: Clock
    ledger: Ledger
    faults: Faults
    pool: ThreadPoolExecutor | None = None
    origin: str = ""
    files: OrderedDict[str, tuple[bytes, str]] = field(default_factory=OrderedDict)

    def authorize(self, request: web.Request) -> None:
        """Refuse a request without the right key.

        Raises:
            Refusal: 401.
        """
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and given == self.key:
            return
        message = (
            "You didn't provide an API key. You need to provide your API key in an "
            "Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
        )
        if given:
            message = f"Incorrect API key provided: {given[:4]}***."
        raise Refusal(401, message, code="invalid_api_key")

    async def generations(self, request: web.Request) -> web.StreamResponse:
        """POST /v1/images/generations."""
        return await self._serve("generations", request)

    async def edits(self, request: web.Request) -> web.StreamResponse:
        """POST /v1/images/edits."""
        return await self._serve("edits", request)

    async def _serve(self, kind: Kind, request: web.Request) -> web.StreamResponse:
        started = self._time()
        with self.ledger.working():
            try:
                fields, parts = await read(request)
                unread = None
            except Refusal as refused:
                fields, parts, unread = {}, (), refused
            received = _received(request, fields, parts, started)
            number = await self.ledger.enter(received)
            try:
                self.authorize(request)
                if unread is not None:
                    raise unread
                order = check(kind, fields, parts, self.clock.now().date())
                fault = self.faults.next(received)
                order = replace(order, ignores_mask=isinstance(fault, IgnoreMask))
                await self.ledger.pass_gate()
                return await self._fulfil(Visit(request, number, order, fault, self._time()))
            except Refusal as refused:
                self.ledger.end(number, refused.code or refused.kind)
                return answers.refusal(refused, self._time() - started)
            except (ConnectionError, asyncio.CancelledError):
                self.ledger.end(number, "abandoned")
                raise

    async def _fulfil(self, visit: Visit) -> web.StreamResponse:
        """Answer a good request, as far as its fault lets it."""
        fault, order = visit.fault, visit.order
        if isinstance(fault, Hang):
            await asyncio.sleep(fault.seconds)
            visit = replace(visit, started=self._time())
        if isinstance(fault, Html):
            self.ledger.end(visit.number, "html")
            page = answers.GATEWAY_PAGE
            return web.Response(status=fault.status, text=page, content_type="text/html")
        if isinstance(fault, ServerError) and not fault.body:
            self.ledger.end(visit.number, "server_error")
            return web.Response(status=fault.status)
        late = fault == Moderation("output")
        refused = refusal_of(fault, order.model.id) if fault is not None else None
        if refused is not None and not late:
            raise refused
        if order.stream and fault != Cut("before"):
            return await self._stream(visit, refused)
        contents = []
        for index in range(order.n):
            image = await self._aside(press.drawn, order, index, self.paint)
            contents.append(await self._aside(_printed, image, visit))
        await self._until(visit.started + self.seconds * order.n)
        if refused is not None:
            raise refused
        return await self._answer(visit, contents)

    async def _answer(self, visit: Visit, contents: list[bytes]) -> web.StreamResponse:
        """Hand over the pictures in one piece, or break off; they are paid for in any case."""
        self.ledger.bill(visit.order.usage())
        if visit.fault == Cut("before"):
            self.ledger.end(visit.number, "cut")
            answers.hang_up(visit.request)
            return web.Response()
        pictures = [self._picture(content, visit) for content in contents]
        body = await self._aside(answers.whole, visit.order, pictures, self._created())
        if isinstance(visit.fault, Cut | HalfJson):
            honest = isinstance(visit.fault, HalfJson)
            self.ledger.end(visit.number, "half" if honest else "cut")
            return await answers.send_half(visit.request, body, honest=honest)
        self.ledger.end(visit.number, "abandoned" if _gone(visit.request) else "answered")
        took = answers.headers(self._time() - visit.started)
        return web.Response(body=body, content_type="application/json", headers=took)

    async def _stream(self, visit: Visit, refused: Refusal | None) -> web.StreamResponse:
        """Send partial pictures while it lasts, then the finished one, for each picture."""
        order = visit.order
        # A picture that cannot be edited is refused before the stream begins.
        image = await self._aside(press.drawn, order, 0, self.paint)
        response = web.StreamResponse(headers=answers.headers(self._time() - visit.started))
        response.content_type = "text/event-stream"
        await response.prepare(visit.request)
        for index in range(order.n):
            if index:
                image = await self._aside(press.drawn, order, index, self.paint)
            await self._send_partials(visit, response, image, index)
            content = await self._aside(_printed, image, visit)
            await self._until(visit.started + self.seconds * (index + 1))
            if refused is not None:
                self.ledger.end(visit.number, refused.code or refused.kind)
                await response.write(answers.error_event(refused))
                return response
            usage = order.usage(1, first=index == 0)
            self.ledger.bill(usage)
            picture = self._picture(content, visit)
            event = await self._aside(
                answers.completed_event, order, picture, usage, self._created()
            )
            if isinstance(visit.fault, Cut | HalfJson):
                return await self._break_off(visit, response, event)
            if index == order.n - 1:
                self.ledger.end(visit.number, "streamed")
            await response.write(event)
        return response

    async def _send_partials(
        self, visit: Visit, response: web.StreamResponse, image: Image.Image, index: int
    ) -> None:
        order = visit.order
        for step in range(order.partials):
            proof = await self._aside(press.unfinished, image, order, step, self.blur)
            event = await self._aside(answers.partial_event, order, proof, step, self._created())
            share = index + (step + 1) / (order.partials + 1)
            await self._until(visit.started + self.seconds * share)
            await response.write(event)

    async def _break_off(
        self, visit: Visit, response: web.StreamResponse, event: bytes
    ) -> web.StreamResponse:
        """Stop in the middle of the last event."""
        cut = isinstance(visit.fault, Cut)
        self.ledger.end(visit.number, "cut" if cut else "half")
        await response.write(event[: len(event) // 2])
        if cut:
            answers.hang_up(visit.request)
        return response

    def _picture(self, content: bytes, visit: Visit) -> Picture:
        """The picture itself, or a link to it where the fault says so."""
        if visit.fault != UrlAnswer():
            return Picture(content)
        name = f"{uuid4().hex}.{visit.order.output_format}"
        self.files[name] = content, f"image/{visit.order.output_format}"
        while len(self.files) > _MOST_FILES:
            self.files.popitem(last=False)
        return Picture(content, f"{self.origin}/files/{name}")

    async def _aside(
        self, work: Callable[_Given, _Result], *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Result:
        """Do slow work in the pool, away from the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.pool, partial(work, *args, **kwargs))

    async def _until(self, moment: float) -> None:
        """Wait for a moment of the event loop's clock, if it is still to come."""
        left = moment - self._time()
        if left > 0:
            await asyncio.sleep(left)

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    def _created(self) -> int:
        return round(self.clock.now().timestamp())


def _received(
    request: web.Request, fields: dict[str, object], parts: tuple[Part, ...], at: float
) -> Received:
    model, count = fields.get("model"), str(fields.get("n") or 1)
    return Received(
        path=request.path,
        model=model if isinstance(model, str) else None,
        n=int(count) if count.isdecimal() else 1,
        fields=fields,
        parts=parts,
        received_at_monotonic=at,
    )


def _printed(image: Image.Image, visit: Visit) -> bytes:
    return press.huge(image) if visit.fault == Huge() else press.encoded(image, visit.order)


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
