"""HTTP answers as Discord writes them, and what every REST handler needs."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire.discord_standin.body import Body, read_body
from tests.wire.discord_standin.refusals import InvalidForm, unauthorized

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.wire.discord_standin.gateway import Gateway
    from tests.wire.discord_standin.messages import Messages
    from tests.wire.discord_standin.model import Json
    from tests.wire.discord_standin.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
BODY = web.RequestKey("body", Body)


@dataclass(frozen=True)
class Api:
    """What REST handlers act on."""

    world: World
    gateway: Gateway
    messages: Messages

    def bot(self, handler: Handler) -> Handler:
        """The handler, for requests that carry the bot's token."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != f"Bot {self.world.settings.token}":
                raise unauthorized()
            # Interaction endpoints have none of these; channels and commands do.
            place = request.match_info.get("channel", request.match_info.get("guild", ""))
            limits = self.world.buckets.take(handler.__name__, place)
            response = await handler(request)
            response.headers.update(limits)
            return response

        return guarded


def reply(
    data: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """JSON; the content type has to be exactly this, clients compare it as a whole."""
    content = json.dumps(data, separators=(",", ":")).encode()
    return web.Response(
        body=content, status=status, headers=headers, content_type="application/json"
    )


def nothing() -> web.Response:
    """204."""
    return web.Response(status=204)


async def body_of(request: web.Request) -> Body:
    """The body, read once."""
    if BODY not in request:
        request[BODY] = await read_body(request)
    return request[BODY]


def number(request: web.Request, name: str) -> int:
    """An id in the path; 50035 where it is none."""
    text = request.match_info[name]
    if not text.isdecimal():
        raise InvalidForm([(name, f"Value {text!r} is not snowflake.")])
    return int(text)


def said_yes(request: web.Request, name: str) -> bool:
    """A boolean in the query."""
    return request.query.get(name, "").lower() in {"1", "true"}


def as_object(payload: object) -> Json:
    """The payload where an object is due; rules complain about anything else."""
    return payload if isinstance(payload, dict) else {}
