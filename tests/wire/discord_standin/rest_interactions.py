"""REST routes that answer interactions: the first answer, then its messages by token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire.discord_standin import payloads, rules_messages
from tests.wire.discord_standin.answers import (
    Api,
    as_object,
    body_of,
    nothing,
    number,
    reply,
    said_yes,
)
from tests.wire.discord_standin.body import Body
from tests.wire.discord_standin.model import (
    ACKNOWLEDGE_WITHIN_S,
    APPLICATION_ID,
    TOKEN_LIFE_S,
    Answer,
    Asked,
    Flag,
)
from tests.wire.discord_standin.refusals import InvalidForm, refusal
from tests.wire.discord_standin.rules import (
    Fields,
    Problems,
    items,
    listed,
    mapping,
    maybe,
    text,
    whole,
)
from tests.wire.discord_standin.rules import number as numeric
from tests.wire.discord_standin.rules_components import check_modal
from tests.wire.discord_standin.rules_messages import check_message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.discord_standin.model import Interaction, Json, Message

_CALLBACK = Fields("type", type=whole(4, 9), data=maybe(mapping))
_CHOICES = Fields("choices", choices=items(0, 25))
_CHOICE = Fields(
    "name value",
    name=text(1, 100),
    name_localizations=maybe(mapping),
    value=lambda held: text(1, 100)(held) if isinstance(held, str) else numeric(held),
)
_NEW_MESSAGE = {Answer.MESSAGE, Answer.DEFERRED_MESSAGE}
_CHANGE = {Answer.DEFERRED_UPDATE, Answer.UPDATE}
_POSSIBLE = {
    Asked.COMMAND: _NEW_MESSAGE | {Answer.MODAL},
    Asked.COMPONENT: _NEW_MESSAGE | _CHANGE | {Answer.MODAL},
    Asked.AUTOCOMPLETE: {Answer.CHOICES},
    Asked.MODAL: _NEW_MESSAGE,
}


class InteractionRoutes:
    """Handlers that need no bot token: the interaction's own token is enough."""

    def __init__(self, api: Api) -> None:
        """Act on api's world."""
        self._api = api
        self._world = api.world

    def routes(self) -> Iterator[web.RouteDef]:
        """The table of routes."""
        yield web.post("/interactions/{interaction}/{token}/callback", self.callback)
        base = "/webhooks/{application}/{token}"
        yield web.post(base, self.follow_up)
        for place in ("@original", "{message}"):
            path = f"{base}/messages/{place}"
            yield web.get(path, self.show)
            yield web.patch(path, self.edit)
            yield web.delete(path, self.delete)

    async def callback(self, request: web.Request) -> web.Response:
        """The first answer, due within 3 seconds, and only once."""
        asked = self._world.interactions.get(number(request, "interaction"))
        body = await body_of(request)
        if asked is None or asked.token != request.match_info["token"]:
            raise refusal(10062)
        if asked.answer is not None:
            raise refusal(40060)
        if self._world.clock.now() - asked.created > ACKNOWLEDGE_WITHIN_S:
            raise refusal(10062)
        answer, data = self._checked(asked, body)
        message = self._carry_out(asked, answer, Body(data, body.files))
        asked.answer, asked.answer_data = answer, data
        took = round((self._world.stopwatch() - asked.sent) * 1000, 3)
        note = {"interaction_id": str(asked.id), "type": int(answer), "ms": took, "data": data}
        self._world.journal.add("ack", note, f"interaction:{asked.id}")
        if said_yes(request, "with_response"):
            return reply(self._callback_response(asked, answer, message))
        return nothing()

    async def follow_up(self, request: web.Request) -> web.Response:
        """Another message; the first one after a deferral becomes the deferred message."""
        self._asked(request)
        body = await body_of(request)
        asked = self._asked(request)
        original = self._world.messages.get(asked.original_id or 0)
        if original and original.loading and not original.deleted:
            message = self._api.messages.edit(original, body, rules_messages.ANSWER, asked)
        else:
            message = self._api.messages.by_bot(asked.channel, body, rules_messages.ANSWER, asked)
        return reply(payloads.message(self._world, message))

    async def show(self, request: web.Request) -> web.Response:
        """Fetch one of the interaction's messages."""
        return reply(payloads.message(self._world, self._message(request)))

    async def edit(self, request: web.Request) -> web.Response:
        """Edit one of the interaction's messages."""
        self._message(request)
        body = await body_of(request)
        # Asked again: while the body was read, its author may have deleted it.
        message, asked = self._message(request), self._asked(request)
        self._api.messages.edit(message, body, rules_messages.EDIT, asked)
        return reply(payloads.message(self._world, message))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete one of the interaction's messages."""
        self._api.messages.delete(self._message(request), self._asked(request))
        return nothing()

    def _asked(self, request: web.Request) -> Interaction:
        asked = self._world.by_token.get(request.match_info["token"])
        if asked is None or number(request, "application") != APPLICATION_ID:
            raise refusal(10015)
        if self._world.clock.now() - asked.created > TOKEN_LIFE_S:
            raise refusal(50027)
        if asked.answer is None:
            raise refusal(10015)
        self._world.channel(asked.channel.id)
        return asked

    def _message(self, request: web.Request) -> Message:
        asked = self._asked(request)
        if "message" not in request.match_info:
            return self._world.message(asked.original_id or 0)
        message = self._world.message(number(request, "message"), asked.channel.id)
        if message.id not in {asked.original_id, *asked.message_ids}:
            raise refusal(10008)
        return message

    def _checked(self, asked: Interaction, body: Body) -> tuple[Answer, Json]:
        problems = Problems()
        callback = _CALLBACK.check(body.payload, "", problems)
        problems.close()
        answer = Answer(callback["type"])
        possible = set(_POSSIBLE[asked.asked])
        if asked.asked is Asked.MODAL and asked.source_id:
            possible |= _CHANGE
        if answer not in possible:
            sentence = f"{answer.name} is no answer to {asked.asked.name}"
            raise InvalidForm([("type", sentence)])
        return answer, as_object(callback.get("data"))

    def _carry_out(self, asked: Interaction, answer: Answer, body: Body) -> Message | None:
        match answer:
            case Answer.MESSAGE:
                place = rules_messages.ANSWER
                return self._api.messages.by_bot(asked.channel, body, place, asked)
            case Answer.DEFERRED_MESSAGE:
                data = check_message(body.payload, rules_messages.DEFERRAL, ())
                flags = (data.get("flags") or 0) & Flag.EPHEMERAL
                return self._api.messages.loading(asked, flags)
            case Answer.DEFERRED_UPDATE | Answer.UPDATE:
                source = self._world.message(asked.source_id or 0)
                asked.original_id = source.id
                if answer is Answer.UPDATE:
                    self._api.messages.edit(source, body, rules_messages.EDIT, asked)
                return source
            case Answer.CHOICES:
                _check_choices(body.payload)
            case Answer.MODAL:
                check_modal(body.payload)
        return None

    def _callback_response(
        self, asked: Interaction, answer: Answer, message: Message | None
    ) -> Json:
        interaction: Json = {"id": str(asked.id), "type": int(asked.asked)}
        interaction["channel_id"] = str(asked.channel.id)
        if asked.channel.guild_id:
            interaction["guild_id"] = str(asked.channel.guild_id)
        if message:
            interaction["response_message_id"] = str(message.id)
            interaction["response_message_loading"] = message.loading
            interaction["response_message_ephemeral"] = message.ephemeral
        response: Json = {"interaction": interaction}
        # Only answers that show a message at once carry it back.
        if message and answer in {Answer.MESSAGE, Answer.UPDATE}:
            shown = payloads.message(self._world, message)
            response["resource"] = {"type": int(answer), "message": shown}
        return response


def _check_choices(payload: Json) -> None:
    problems = Problems()
    data = _CHOICES.check(payload, "data", problems)
    for index, choice in enumerate(listed(data.get("choices"))):
        _CHOICE.check(choice, f"data.choices.{index}", problems)
    problems.close()
