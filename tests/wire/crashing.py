"""`easel run` that dies: `python -m tests.wire.crashing 12 "a lighthouse=after vault.put 2" …`.

The number is of seconds that the process seems to be dead until the next one starts.

The real App serves as it always does, but requests stop for ever before or after the nth call that
is made for them under one name of one port. Once every request that was named has come to its
step, the process takes itself away with SIGKILL.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.app import App
from bot.cli import _until_stopped
from bot.core.delivery import Delivery
from bot.core.images import ImageRequest
from bot.core.jobs import Draft, Job
from bot.core.ports import Answer
from bot.ops import logs
from bot.ops.clock import SystemClock
from bot.settings import load

PORTS = ("store", "vault", "imaging", "api", "messenger")

BEFORE, AFTER = "before", "after"

NOBODY = ""
"""Whose calls are for no request yet: what is handed in with a command is kept before it is one."""

ANYBODY = "*"

TAKEN_UP = {
    "store.claim": {"store.submit"},
    "store.next_delivery": {"store.keep", "store.fail"},
}
"""Calls that answer with whatever is there: for a request, they count from one of these on."""


@dataclass(frozen=True, slots=True)
class Step:
    """Before or after the nth call of a port for one request, named by its prompt."""

    whose: str
    when: str
    call: str
    number: int

    @classmethod
    def parse(cls, words: str) -> Step:
        """From `prompt=after vault.put`, or `prompt=before vault.put 2`."""
        whose, _, step = words.partition("=")
        when, call, *number = step.split()
        assert when in {BEFORE, AFTER}, words
        return cls(whose, when, call, int(number[0]) if number else 1)


class Fate:
    """Knows how far each request comes."""

    def __init__(self, steps: list[Step]) -> None:
        self._left = {step.whose: step for step in steps}
        self._calls: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._prompts: dict[str, str] = {}

    async def live(self, name: str, call: Callable[[], Awaitable[Any]], given: Any) -> Any:
        """Make a call, unless it is the last one of its request."""
        whose = [self._taken_up(name)] if name in TAKEN_UP else [self._whose(name, given), ANYBODY]
        for each in whose:
            self._calls[each][name] += 1
            await self._end(each, BEFORE, name)
        result = await call()
        if name == "store.submit":
            self._known("", result.job)
        if name in TAKEN_UP:
            whose = [self._whose(name, [result])]
            self._calls[whose[0]][name] = max(1, self._calls[whose[0]][name])
        for each in whose:
            await self._end(each, AFTER, name)
        return result

    async def _end(self, whose: str, when: str, name: str) -> None:
        step = self._left.get(whose)
        if step != Step(whose, when, name, self._calls[whose][name]):
            return
        sys.stdout.write(f"\nreached {whose}\n")
        sys.stdout.flush()
        del self._left[whose]
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.Event().wait()

    def _taken_up(self, name: str) -> str:
        """The request that is stopped before it is taken up, once it is there to be taken."""
        for whose, step in self._left.items():
            there = TAKEN_UP[name] & self._calls[whose].keys()
            if (step.when, step.call) == (BEFORE, name) and there:
                return whose
        return NOBODY

    def _whose(self, called: str, given: Any) -> str:
        """For which request a call is: its arguments say so, or else the task that makes it."""
        task = asyncio.current_task()
        name = task.get_name() if task else ""
        for each in given:
            match each:
                case ImageRequest():
                    return each.prompt
                case Draft():
                    return each.request.prompt
                case Job():
                    return self._known(f"job-{each.id}", each)
                case Delivery():
                    return self._known(f"delivery-{each.id}", each.job)
                case Answer():
                    name = f"job-{each.job_id}"
                case int() if called == "store.answered":
                    return self._prompts[f"job-{each}"]
        return self._prompts.get(name, NOBODY)

    def _known(self, task: str, job: Job) -> str:
        self._prompts[task] = self._prompts[f"job-{job.id}"] = job.request.prompt
        return job.request.prompt


class Mortal:
    """A port, each of whose calls may be the last one for its request."""

    def __init__(self, name: str, port: object, fate: Fate) -> None:
        self._name = name
        self._port = port
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*args: Any, **kwargs: Any) -> Any:
            called = f"{self._name}.{name}"
            return await self._fate.live(called, lambda: found(*args, **kwargs), args)

        return call


class LateClock(SystemClock):
    """Some seconds behind, so that the next process comes as if it had taken that long to start.

    It does not wait twenty seconds for the renewal of a lease.
    """

    def __init__(self, behind: timedelta) -> None:
        super().__init__()
        self._behind = behind

    def now(self) -> datetime:
        return super().now() - self._behind

    async def sleep_until(self, moment: datetime) -> None:
        left = (moment - self.now()).total_seconds()
        await asyncio.sleep(0.05 if 15 < left <= 20 else max(0.0, left))


def doom(app: App, fate: Fate) -> None:
    """Put mortal ports in place of the real ones, and build again what was built on those."""
    for name in PORTS:
        setattr(app, name, Mortal(name, getattr(app, name), fate))
    app.submit = app._submit()
    app.ask = app._ask()
    app.draw = app._draw()
    app.recover = app._recover()
    app.work = app._work()
    app.deliver = app._deliver()
    app.client.services = app._services()


async def serve(behind: timedelta, steps: list[Step]) -> None:
    """Serve Discord until those steps."""
    settings, problems = load()
    assert not problems
    logs.set_up(settings.log, secrets=settings.secrets)
    app = App(settings, clock=LateClock(behind))
    doom(app, Fate(steps))
    async with app:
        await app.serve()


if __name__ == "__main__":
    seconds, *words = sys.argv[1:]
    steps = [Step.parse(each) for each in words]
    _until_stopped(serve(timedelta(seconds=int(seconds)), steps))
