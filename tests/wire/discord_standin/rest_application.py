"""REST routes about the application itself: who it is, its commands, guilds and channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire.discord_standin import payloads, permissions
from tests.wire.discord_standin.answers import Api, as_object, body_of, number, reply
from tests.wire.discord_standin.model import APPLICATION_ID
from tests.wire.discord_standin.refusals import InvalidForm, Refusal, refusal
from tests.wire.discord_standin.rules import Fields, Problems, snowflake
from tests.wire.discord_standin.rules_commands import check_command, check_commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.discord_standin.commands import Scope

_RECIPIENT = Fields("recipient_id", recipient_id=snowflake)


class ApplicationRoutes:
    """Handlers for everything that is neither an interaction nor a message."""

    def __init__(self, api: Api) -> None:
        """Act on api's world."""
        self._api = api
        self._world = api.world

    def routes(self) -> Iterator[web.RouteDef]:
        """The table of routes."""
        table = {
            "GET /users/@me": self.me,
            "GET /users/{user}": self.user,
            "POST /users/@me/channels": self.direct_channel,
            "GET /oauth2/applications/@me": self.application,
            "GET /applications/@me": self.application,
            "GET /applications/{application}": self.application,
            "GET /gateway/bot": self.gateway_bot,
            "GET /guilds/{guild}": self.guild,
            "GET /guilds/{guild}/members/{user}": self.member,
            "GET /channels/{channel}": self.channel,
        }
        for base in ("", "/guilds/{guild}"):
            path = f"/applications/{{application}}{base}/commands"
            table |= {f"GET {path}": self.commands, f"PUT {path}": self.overwrite_commands}
            table |= {f"POST {path}": self.create_command}
        for line, handler in table.items():
            method, _, path = line.partition(" ")
            yield web.route(method, path, self._api.bot(handler))
        yield web.get("/gateway", self.gateway)

    async def me(self, _request: web.Request) -> web.Response:
        """The bot's own user."""
        return reply(payloads.own_user(self._world))

    async def user(self, request: web.Request) -> web.Response:
        """Any user."""
        user = self._world.users.get(number(request, "user"))
        if user is None:
            raise refusal(10013)
        return reply(payloads.user(user))

    async def direct_channel(self, request: web.Request) -> web.Response:
        """Open a DM; Discord refuses only when something is sent (50007)."""
        problems = Problems()
        body = await body_of(request)
        wish = _RECIPIENT.check(body.payload, "", problems)
        problems.close()
        user = self._world.users.get(int(wish["recipient_id"]))
        if user is None or user.bot:
            raise refusal(50007)
        return reply(payloads.channel(self._world.direct_channel(user)))

    async def application(self, request: web.Request) -> web.Response:
        """The application."""
        if "application" in request.match_info:
            self._own(request)
        return reply(payloads.application(self._world))

    async def gateway(self, _request: web.Request) -> web.Response:
        """Where the gateway is."""
        return reply({"url": self._api.gateway.url})

    async def gateway_bot(self, _request: web.Request) -> web.Response:
        """The same, with the number of shards Discord recommends."""
        most = 2500
        left = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        shards = 1 + len(self._world.guilds) // most
        return reply({"url": self._api.gateway.url, "shards": shards, "session_start_limit": left})

    async def guild(self, request: web.Request) -> web.Response:
        """A guild the bot is in."""
        guild = self._world.guild(number(request, "guild"))
        counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": 0}
        return reply(payloads.guild(guild) | counts)

    async def member(self, request: web.Request) -> web.Response:
        """One member of a guild."""
        guild = self._world.guild(number(request, "guild"))
        member = guild.members.get(number(request, "user"))
        if member is None:
            raise Refusal(404, 10007, "Unknown Member")
        return reply(payloads.member(member))

    async def channel(self, request: web.Request) -> web.Response:
        """A channel the bot can see."""
        channel = self._world.channel(number(request, "channel"))
        if not self._world.bot_permissions(channel) & permissions.BITS["view_channel"]:
            raise refusal(50001)
        return reply(payloads.channel(channel))

    async def commands(self, request: web.Request) -> web.Response:
        """Every command of a scope."""
        return reply(self._world.commands.listed(self._scope(request)))

    async def overwrite_commands(self, request: web.Request) -> web.Response:
        """Replace every command of a scope; answers with the full list."""
        scope = self._scope(request)
        body = await body_of(request)
        return reply(self._world.commands.overwrite(scope, check_commands(body.payload)))

    async def create_command(self, request: web.Request) -> web.Response:
        """Create a command, or replace the one of that name."""
        scope = self._scope(request)
        body = await body_of(request)
        payload = check_command(as_object(body.payload))
        command, created = self._world.commands.upsert(scope, payload)
        return reply(command, 201 if created else 200)

    def _scope(self, request: web.Request) -> Scope:
        self._own(request)
        if "guild" not in request.match_info:
            return None
        guild = self._world.guilds.get(number(request, "guild"))
        if guild is None or not guild.has_bot:
            raise refusal(50001)
        return guild.id

    def _own(self, request: web.Request) -> None:
        given = number(request, "application")
        if given != APPLICATION_ID:
            raise InvalidForm([("application_id", f"{given} is not this bot's application")])
