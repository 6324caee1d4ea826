"""One call of a drawing, from its first byte to its answer: sent once, and asked after for free.

Once a service took an order, it may be drawing and will be paid, whatever becomes of the questions
how it stands. So a question that fails is asked again until the provider's time-out, and then the
outcome is unknown: nothing that goes wrong with a question has the picture drawn elsewhere as well.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp

from bot.core.errors import BadAnswer, Blocked, DrawingFailed, OutcomeUnknown, TooFast, Unreachable
from bot.imageapi.calls import Answer, Pending
from bot.imageapi.exchange import learn, patience, read, sent
from bot.imageapi.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.core.ports import Clock
    from bot.imageapi.calls import Call, Dialect, Order
    from bot.imageapi.pacing import Pace

QUESTION = 60
"""Seconds for one question how a drawing stands; its answer may be the picture."""

FAREWELL = aiohttp.ClientTimeout(total=5, sock_connect=2)
"""For saying that nobody wants the picture any more."""

SHORTEST = 0.5
"""Seconds between two questions, whatever an answer says."""


@dataclass(frozen=True, slots=True)
class _Later:
    """A question that came to nothing."""

    until: datetime | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How one call is made.

    Attributes:
        session: Must not send anything of ours by itself.
        dialect: What understands the answers.
        order: What is asked of whom.
        pace: Told of the limits that the service names.
        limit: Bytes that an answer may have.
        on_partial: Told of partial pictures.
        on_progress: Told of percents.
    """

    session: aiohttp.ClientSession
    dialect: Dialect
    order: Order
    pace: Pace
    clock: Clock
    limit: int
    on_partial: Callable[[bytes], None]
    on_progress: Callable[[int], None]

    async def __call__(self, call: Call) -> tuple[Answer, str | None]:
        """The answer, and what the service calls the request.

        Raises:
            DrawingFailed: One of the tree in `core.errors`.
        """
        within = patience(self.order.provider, self.order.request)
        deadline = self.clock.now() + timedelta(seconds=within.total or 0)
        question, cancel, usage = None, call.cancel, None
        try:
            said, request_id = await self._begin(call, within)
            while isinstance(said, Pending):
                question, usage = said.call or question, said.usage or usage
                if question is None:
                    raise BadAnswer("it took the order and does not say where to ask for it")
                cancel = question.cancel or cancel
                self._tell(said)
                said = await self._next(question, _pause(said), deadline)
        except asyncio.CancelledError:
            if cancel:
                with suppress(DrawingFailed):
                    async with sent(self.session, self.order.provider, cancel, FAREWELL):
                        pass
            raise
        return replace(said, usage=said.usage or usage), request_id

    async def _begin(
        self, call: Call, within: aiohttp.ClientTimeout
    ) -> tuple[Answer | Pending, str | None]:
        """Send what is paid, and watch it where there is something to see."""
        if call.watch is None:
            return await self._send(call, within)
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watch(call.watch))
            try:
                return await self._send(call, within)
            except DrawingFailed as failed:
                failure = failed
            finally:
                watching.cancel()
        raise failure

    async def _send(
        self, call: Call, within: aiohttp.ClientTimeout
    ) -> tuple[Answer | Pending, str | None]:
        async with sent(self.session, self.order.provider, call, within) as response:
            learn(self.pace, response)
            said = await read(response, self._reader(response))
            return said, response.headers.get("x-request-id")

    async def _watch(self, pending: Pending) -> None:
        """Tell how it goes for as long as the service tells us."""
        question = pending.call
        while question:
            await self.clock.sleep_until(self.clock.now() + _pause(pending))
            with suppress(DrawingFailed):
                said = await self._question(question)
                if isinstance(said, Pending):
                    pending, question = said, said.call or question
                    self._tell(pending)

    async def _next(self, question: Call, pause: timedelta, deadline: datetime) -> Answer | Pending:
        """Ask what is to be asked next, until there is something new.

        Raises:
            DrawingFailed: The service says that it failed; `OutcomeUnknown` where it never does.
        """
        trouble = ""
        again = self.clock.now() + pause
        while self.clock.now() < deadline:
            await self.clock.sleep_until(min(again, deadline))
            said = await self._question(question)
            if not isinstance(said, _Later):
                return said
            trouble = f": {said.detail}"
            again = max(self.clock.now() + pause, said.until or self.clock.now())
        raise OutcomeUnknown(f"it took the order and has not drawn it in time{trouble}")

    async def _question(self, call: Call) -> Answer | Pending | _Later:
        """Ask once.

        Raises:
            DrawingFailed: The service says that the drawing failed, or nobody can tell.
        """
        status = 0
        provider = self.order.provider
        within = aiohttp.ClientTimeout(
            total=min(QUESTION, provider.timeouts.total), sock_connect=provider.timeouts.connect
        )
        try:
            async with sent(self.session, provider, call, within) as response:
                status = response.status
                return await read(response, self._reader(response))
        except DrawingFailed as failure:
            asking = isinstance(failure, TooFast | Unreachable | OutcomeUnknown) or status == 404
            if asking and call.method == "GET":
                return _Later(failure.until, failure.detail)
            told = 200 <= status < 300 and not asking
            if told or failure.may_be_paid or isinstance(failure, Blocked):
                raise
            # It says that this question was not paid; what was sent before it may be.
            raise OutcomeUnknown(failure.detail) from failure

    def _reader(self, response: aiohttp.ClientResponse) -> Reader:
        return Reader(
            self.dialect,
            self.order,
            response.status,
            response.headers,
            limit=self.limit,
            clock=self.clock,
            on_partial=self.on_partial,
            on_progress=self.on_progress,
        )

    def _tell(self, pending: Pending) -> None:
        if pending.progress is not None:
            self.on_progress(min(max(pending.progress, 0), 100))
        if pending.picture:
            self.on_partial(pending.picture)


def _pause(pending: Pending) -> timedelta:
    return timedelta(seconds=max(pending.after, SHORTEST))
