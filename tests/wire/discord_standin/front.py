"""What happens to every request: it is written down, troubled, and answered in Discord's way."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire.discord_standin.answers import BODY, Handler, body_of, reply
from tests.wire.discord_standin.faults import Cut, Fault, Faults
from tests.wire.discord_standin.journal import TRANSCRIPT
from tests.wire.discord_standin.refusals import InvalidForm, Refusal

if TYPE_CHECKING:
    from tests.wire.discord_standin.model import Json
    from tests.wire.discord_standin.world import World

API = "/api/v10"
GATEWAY = "/gw/"
# What only a request causes that no correct bot sends, whatever has happened before.
_NEVER = {50109, 50006}


@dataclass
class _Visit:
    status: int = 0
    code: int = 0
    outcome: str = "hung up"
    fault: Fault | None = None


class FrontDoor:
    """The middleware around every handler except the control API."""

    def __init__(self, world: World, faults: Faults) -> None:
        """Write into the world's journal."""
        self._world = world
        self._faults = faults

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Serve one request."""
        if request.path.startswith("/control/"):
            return await handler(request)
        began, visit = self._world.stopwatch(), _Visit()
        arrived = self._world.clock.now()
        try:
            response = await self._serve(request, handler, visit)
            visit.outcome = "answered"
            visit.status = response.status
        except Cut:
            visit.outcome = "cut"
            if request.transport:
                request.transport.abort()
            return web.Response(status=499)
        except ConnectionError:
            # The client went away while its request was being read.
            return web.Response(status=499)
        finally:
            took = (self._world.stopwatch() - began) * 1000
            if request.path != GATEWAY:
                self._record(request, visit, arrived, took)
        return response

    async def _serve(
        self, request: web.Request, handler: Handler, visit: _Visit
    ) -> web.StreamResponse:
        fault = visit.fault = self._faults.match(request.method, route_path(request))
        try:
            if fault:
                reads = not fault.cut or fault.when == "after"
                if reads and request.path != GATEWAY:
                    await body_of(request)
                await self._faults.before(fault)
            response = await self._answer(request, handler, visit)
            if fault:
                await self._faults.after(fault)
        except Refusal as refusal:
            return self._refuse(refusal, visit)
        return response

    async def _answer(
        self, request: web.Request, handler: Handler, visit: _Visit
    ) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refusal as refusal:
            self._judge(request, refusal)
            return self._refuse(refusal, visit)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            self._violate(request, "The stand-in has no such route")
            return self._refuse(Refusal(404, 0, "404: Not Found"), visit)
        except ConnectionError:
            raise
        except Exception:  # noqa: BLE001 -- clients retry a 500 for 25 s: it has to be heard
            self._violate(request, f"The stand-in itself failed:\n{traceback.format_exc()}")
            return self._refuse(Refusal(500, 0, "500: Internal Server Error"), visit)

    def _refuse(self, refusal: Refusal, visit: _Visit) -> web.Response:
        visit.code = refusal.code
        return reply(refusal.body, refusal.status, refusal.headers)

    def _judge(self, request: web.Request, refusal: Refusal) -> None:
        if isinstance(refusal, InvalidForm):
            for path, sentence in refusal.problems:
                self._violate(request, f"{path}: {sentence}")
        elif refusal.code in _NEVER:
            self._violate(request, str(refusal))

    def _violate(self, request: web.Request, sentence: str) -> None:
        self._world.journal.violate(sentence, method=request.method, path=route_path(request))

    def _record(self, request: web.Request, visit: _Visit, arrived: float, took: float) -> None:
        body = request.get(BODY)
        resource = request.match_info.route.resource
        entry: Json = {
            "method": request.method,
            "route": resource.canonical.removeprefix(API) if resource else None,
            "path": route_path(request),
            "query": dict(request.query),
            "status": visit.status,
            "code": visit.code,
            "outcome": visit.outcome,
            "fault": visit.fault.id if visit.fault else None,
            "began": arrived,
            "ms": round(took, 3),
            "payload": body.payload if body else None,
            "files": [upload.json() for upload in body.files.values()] if body else [],
        }
        kind = "rest" if request.path.startswith(API) else "cdn"
        self._world.journal.add(kind, entry, TRANSCRIPT)


def route_path(request: web.Request) -> str:
    """The path as faults and transcripts name it."""
    return request.path.removeprefix(API)
