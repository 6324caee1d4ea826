"""Trouble on demand: errors, rate limits, cut, slow and held requests."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import count
from typing import TYPE_CHECKING, Literal

from tests.wire.discord_standin.buckets import rate_limited
from tests.wire.discord_standin.refusals import Refusal

if TYPE_CHECKING:
    from tests.wire.discord_standin.model import Json
    from tests.wire.discord_standin.world import World

# Discord does not count answers to interactions towards the global limit.
_UNBOUND = ("/interactions/", "/webhooks/", "/attachments/", "/ephemeral-attachments/", "/gw/")
_BEFORE, _AFTER = "before", "after"


class Cut(Exception):
    """Break the connection instead of answering."""


@dataclass
class Fault:
    """One rule; times is how often it strikes, None means always."""

    id: int
    method: str = "*"
    route: str = "*"
    times: int | None = 1
    when: Literal["before", "after"] = "before"
    status: int | None = None
    code: int = 0
    message: str = ""
    cut: bool = False
    delay_s: float = 0.0
    hold: bool = False
    after: float | None = None
    is_global: bool = False
    struck: int = 0
    window_ends: float = 0.0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def spent(self) -> bool:
        """It will not strike again."""
        return self.times is not None and self.struck >= self.times

    def matches(self, method: str, path: str) -> bool:
        """Whether it is meant for this request; * in a route crosses slashes."""
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.route)


class Faults:
    """The rules in force; the first that fits a request strikes."""

    def __init__(self, world: World) -> None:
        """No trouble yet."""
        self._world = world
        self._numbers = count(1)
        self._rules: dict[int, Fault] = {}

    def add(self, wishes: Json) -> Fault:
        """Add a rule; TypeError where a wish is unknown."""
        limit = wishes.pop("rate_limit", None)
        if limit:
            wishes |= {"after": limit["after"], "is_global": limit.get("global_", False)}
        fault = Fault(next(self._numbers), **wishes)
        self._rules[fault.id] = fault
        return fault

    def release(self, fault_id: int) -> None:
        """Let go of what a rule holds, and of the rule."""
        fault = self._rules.pop(fault_id, None)
        if fault:
            fault.times = 0
            fault.released.set()

    def clear(self) -> None:
        """Drop every rule and let everything go."""
        for fault_id in list(self._rules):
            self.release(fault_id)

    def match(self, method: str, path: str) -> Fault | None:
        """The rule that strikes this request, if any."""
        now = self._world.clock.now()
        bound = not path.startswith(_UNBOUND)
        for fault in self._rules.values():
            meant = fault.matches(method, path)
            if fault.window_ends > now:
                if meant or (fault.is_global and bound):
                    return fault
            elif meant and not fault.spent:
                fault.struck += 1
                if fault.after is not None:
                    fault.window_ends = now + fault.after
                return fault
        return None

    async def before(self, fault: Fault) -> None:
        """Strike before Discord looks at the request."""
        if fault.when == _BEFORE:
            await self._strike(fault)

    async def after(self, fault: Fault) -> None:
        """Strike when Discord has done what was asked, and only the answer is missing."""
        if fault.when == _AFTER:
            await self._strike(fault)

    async def _strike(self, fault: Fault) -> None:
        self._world.journal.add("fault", {"fault": fault.id}, f"fault:{fault.id}")
        if fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault.hold:
            await fault.released.wait()
        if fault.cut:
            raise Cut
        if fault.after is not None:
            now, bucket = self._world.clock.now(), f"standin-{fault.id}"
            raise rate_limited(
                fault.window_ends, now, bucket=bucket, limit=5, is_global=fault.is_global
            )
        if fault.status is not None:
            raise Refusal(fault.status, fault.code, fault.message or f"{fault.status}: On demand")
