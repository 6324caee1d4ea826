"""REST routes for messages in channels, which need the bot's token and its permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire.discord_standin import payloads, permissions, rules_messages
from tests.wire.discord_standin.answers import Api, as_object, body_of, nothing, number, reply
from tests.wire.discord_standin.model import NONCE_LIFE_S
from tests.wire.discord_standin.refusals import Refusal, refusal
from tests.wire.discord_standin.rules import Problems, snowflake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.discord_standin.body import Body
    from tests.wire.discord_standin.model import Channel, Json, Message


class MessageRoutes:
    """Handlers for a bot's messages outside interactions."""

    def __init__(self, api: Api) -> None:
        """Act on api's world."""
        self._api = api
        self._world = api.world

    def routes(self) -> Iterator[web.RouteDef]:
        """The table of routes."""
        one = "/channels/{channel}/messages/{message}"
        for method, path, handler in (
            ("POST", "/channels/{channel}/messages", self.create),
            ("GET", "/channels/{channel}/messages", self.history),
            ("GET", one, self.show),
            ("PATCH", one, self.edit),
            ("DELETE", one, self.delete),
            ("POST", "/channels/{channel}/typing", self.typing),
        ):
            yield web.route(method, path, self._api.bot(handler))

    async def create(self, request: web.Request) -> web.Response:
        """Post a message; the same nonce within minutes posts nothing new."""
        channel = self._world.channel(number(request, "channel"))
        body = await body_of(request)
        self._allow(channel, body)
        payload = as_object(body.payload)
        again = self._known(payload)
        if again:
            return reply(self._shown(again))
        self._resolve_reply(channel, payload)
        message = self._api.messages.by_bot(channel, body, rules_messages.CHANNEL)
        if message.nonce is not None:
            self._world.nonces[message.nonce] = (self._world.clock.now(), message.id)
        return reply(self._shown(message))

    async def history(self, request: web.Request) -> web.Response:
        """Those right after a message, or before it, or the last ones; the newest first.

        Where the bot may not read them, there seem to be none.
        """
        channel = self._world.channel(number(request, "channel"))
        self._world.demand(channel)
        least, most, limit = _page(request)
        if not self._world.bot_permissions(channel) & permissions.BITS["read_message_history"]:
            return reply([])
        there = [
            each
            for each in self._world.messages.values()
            if each.channel_id == channel.id
            and least < each.id < most
            and not (each.deleted or each.ephemeral)
        ]
        there.sort(key=lambda each: each.id)
        page = there[:limit] if least else there[-limit:]
        return reply([self._shown(each) for each in reversed(page)])

    async def show(self, request: web.Request) -> web.Response:
        """Fetch a message."""
        return reply(self._shown(self._found(request, "read_message_history")))

    async def edit(self, request: web.Request) -> web.Response:
        """Edit one of the bot's own messages."""
        message = self._found(request)
        body = await body_of(request)
        if message.author is not self._world.bot:
            raise refusal(50005)
        # Asked again: while the body was read, somebody may have deleted it.
        message = self._found(request)
        edited = self._api.messages.edit(message, body, rules_messages.EDIT)
        return reply(self._shown(edited))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete the bot's own message, or with Manage Messages any."""
        message = self._found(request)
        channel = self._world.channels[message.channel_id]
        if message.author is not self._world.bot:
            self._world.demand(channel, "manage_messages")
        self._api.messages.delete(message)
        return nothing()

    async def typing(self, request: web.Request) -> web.Response:
        """Show that the bot is typing."""
        self._allow(self._world.channel(number(request, "channel")), None)
        return nothing()

    def _found(self, request: web.Request, *needs: str) -> Message:
        channel = self._world.channel(number(request, "channel"))
        message = self._world.message(number(request, "message"), channel.id)
        if message.ephemeral:
            raise refusal(10008)
        self._world.demand(channel, *needs)
        return message

    def _shown(self, message: Message) -> Json:
        blind = not payloads.may_read(self._world, message)
        return payloads.message(self._world, message, censored=blind)

    def _allow(self, channel: Channel, body: Body | None) -> None:
        if channel.recipient:
            if not self._world.shares_a_guild(channel.recipient):
                raise refusal(50278)
            if not channel.recipient.dms_open:
                raise refusal(50007)
            return
        needs = ["send_messages", *(["attach_files"] if body and body.files else [])]
        self._world.demand(channel, *needs)
        reads = permissions.BITS["read_message_history"]
        replies = body is not None and as_object(body.payload).get("message_reference")
        if replies and not self._world.bot_permissions(channel) & reads:
            raise refusal(160002)

    def _known(self, payload: Json) -> Message | None:
        nonce = payload.get("nonce")
        if nonce is None or not payload.get("enforce_nonce"):
            return None
        posted, message_id = self._world.nonces.get(nonce, (0.0, 0))
        if self._world.clock.now() - posted > NONCE_LIFE_S:
            return None
        message = self._world.messages[message_id]
        return None if message.deleted else message

    def _resolve_reply(self, channel: Channel, payload: Json) -> None:
        reference = payload.get("message_reference")
        if not isinstance(reference, dict) or snowflake(reference.get("message_id")):
            # No reference, or one that the rules will complain about.
            return
        target = self._world.messages.get(int(reference["message_id"]))
        if target and not target.deleted and target.channel_id == channel.id:
            return
        if reference.get("fail_if_not_exists", True):
            # Not the bot's mistake: the message may have gone a moment ago.
            detail = {"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}
            errors = {"message_reference": {"_errors": [detail]}}
            raise Refusal(400, 50035, "Invalid Form Body", extra={"errors": errors})
        del payload["message_reference"]


def _page(request: web.Request) -> tuple[int, int, int]:
    """The ids to stay between, and how many messages are wanted."""
    problems = Problems()
    query, known = request.query, {"after": "0", "before": str(1 << 64), "limit": "50"}
    for name in query.keys() - known.keys():
        problems.add(name, f"{name!r} is nothing that the stand-in knows")
    given = {name: query.get(name, usual) for name, usual in known.items()}
    for name, value in given.items():
        problems.demand(value.isdecimal(), name, f"Value {value!r} is not a number.")
    problems.close()
    limit = int(given["limit"])
    problems.demand(1 <= limit <= 100, "limit", f"Must be from 1 to 100; it is {limit}.")
    problems.close()
    return int(given["after"]), int(given["before"]), limit
