"""The control API: how a test, in whatever process, drives the stand-in and looks into it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire.discord_standin.answers import reply
from tests.wire.discord_standin.interactions import Impossible
from tests.wire.discord_standin.options import Unfit
from tests.wire.discord_standin.refusals import Refusal
from tests.wire.discord_standin.verbs import PeopleVerbs, SceneVerbs, TroubleVerbs, ViewVerbs

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wire.discord_standin.faults import Faults
    from tests.wire.discord_standin.gateway import Gateway
    from tests.wire.discord_standin.messages import Messages
    from tests.wire.discord_standin.model import Json
    from tests.wire.discord_standin.world import World

_LONGEST_WAIT_S = 60.0
_MISTAKES = (Impossible, Unfit, Refusal, ValueError, TypeError, KeyError, AttributeError)


class Control:
    """POST /control/{verb} with a JSON object; 400 with a sentence where it cannot be done."""

    def __init__(self, world: World, gateway: Gateway, messages: Messages, faults: Faults) -> None:
        self._world = world
        parts = (world, gateway, messages)
        self._groups = (
            SceneVerbs(*parts),
            PeopleVerbs(*parts),
            TroubleVerbs(*parts, faults),
            ViewVerbs(*parts),
        )

    def routes(self) -> list[web.RouteDef]:
        """The table of routes."""
        return [web.post("/control/entries", self.entries), web.post("/control/{verb}", self.act)]

    async def act(self, request: web.Request) -> web.Response:
        """Do one thing."""
        verb = request.match_info["verb"]
        try:
            done = self._verb(verb)(json.loads(await request.read()))
        except _MISTAKES as error:
            sentence = f"unknown: {error}" if isinstance(error, KeyError) else str(error)
            return reply({"error": f"{verb}: {sentence}"}, 400)
        return reply(done or {})

    async def entries(self, request: web.Request) -> web.Response:
        """What happened under a topic after a number; waits for the first entry."""
        wish = json.loads(await request.read())
        seconds = min(float(wish.get("seconds", 0)), _LONGEST_WAIT_S)
        found = await self._world.journal.wait(wish["topic"], wish.get("after", 0), seconds)
        return reply({"entries": [entry.json() for entry in found]})

    def _verb(self, name: str) -> Callable[[Json], Json | None]:
        for group in self._groups:
            if not name.startswith("_") and hasattr(group, name):
                found: Callable[[Json], Json | None] = getattr(group, name)
                return found
        raise ValueError("the control API has no such verb")
