"""Posting, editing and deleting messages: the one place where messages change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.wire.discord_standin import payloads, rules_messages
from tests.wire.discord_standin.attachments import Plan
from tests.wire.discord_standin.model import Flag, Intent, Message

if TYPE_CHECKING:
    from tests.wire.discord_standin.body import Body
    from tests.wire.discord_standin.gateway import Gateway
    from tests.wire.discord_standin.model import Channel, Interaction, Json, User
    from tests.wire.discord_standin.rules_messages import Place
    from tests.wire.discord_standin.world import World


class Messages:
    """Changes messages, writes each change down, and tells the gateway."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        """Act on world, announce through gateway."""
        self._world = world
        self._gateway = gateway

    def by_bot(
        self,
        channel: Channel,
        body: Body,
        place: Place,
        asked: Interaction | None = None,
    ) -> Message:
        """Post what the bot sent, checked against the rules of its place."""
        plan = Plan(self._world, body)
        payload = rules_messages.check_message(body.payload, place, plan.names)
        flags = payload.get("flags") or 0
        message = self._blank(channel, self._world.bot, flags)
        message.interaction_id = asked.id if asked else None
        _fill(message, payload)
        message.attachments = plan.carry_out(message)
        rules_messages.check_not_empty(message)
        self.publish(message)
        return message

    def loading(self, asked: Interaction, flags: int) -> Message:
        """The message that says the bot is thinking."""
        message = self._blank(asked.channel, self._world.bot, flags | Flag.LOADING)
        message.interaction_id = asked.id
        self.publish(message)
        return message

    def by_user(
        self,
        channel: Channel,
        author: User,
        content: str,
        files: list[tuple[str, bytes]],
        reply_to: int | None,
    ) -> Message:
        """Post what a person wrote."""
        message = self._blank(channel, author, 0)
        message.content, message.reply_to = content, reply_to
        store, ids = self._world.cdn.store, self._world.ids
        message.attachments = [store(ids.next(), channel.id, *file) for file in files]
        self.publish(message)
        return message

    def edit(
        self, message: Message, body: Body, place: Place, asked: Interaction | None = None
    ) -> Message:
        """Change a message; a deferred one stops loading, and stays as private as it was.

        asked is the interaction whose token changed it, which need not be the one it answers.
        """
        plan = Plan(self._world, body, message.attachments)
        payload = rules_messages.check_message(body.payload, place, plan.names, message)
        draft = replace(message, flags=_edited_flags(message, payload))
        _fill(draft, payload)
        before = list(message.attachments)
        draft.attachments = plan.carry_out(message)
        rules_messages.check_not_empty(draft)
        draft.edited = None if message.loading else self._world.clock.now()
        vars(message).update(vars(draft))
        here = {each.id for each in message.attachments}
        self._world.cdn.drop([each for each in before if each.id not in here])
        self._announce("MESSAGE_UPDATE", message, asked)
        return message

    def delete(self, message: Message, asked: Interaction | None = None) -> None:
        """Take a message away, and its files with it."""
        message.deleted = True
        self._world.cdn.drop(message.attachments)
        self._note(message, asked)
        if message.ephemeral:
            return
        channel = self._world.channels[message.channel_id]
        event = {"id": str(message.id), "channel_id": str(channel.id)}
        if channel.guild_id:
            event["guild_id"] = str(channel.guild_id)
        self._gateway.dispatch("MESSAGE_DELETE", event, channel.guild_id, _intent(channel))

    def publish(self, message: Message) -> None:
        """Let a new message be seen."""
        self._world.messages[message.id] = message
        asked = self._world.interactions.get(message.interaction_id or 0)
        if asked:
            asked.message_ids.append(message.id)
            if asked.answer is None:
                asked.original_id = message.id
        self._announce("MESSAGE_CREATE", message)

    def snapshot(self, message: Message) -> Json:
        """How a message looks now, as tests read it."""
        return {
            "message": payloads.message(self._world, message),
            "interaction_id": str(message.interaction_id or ""),
            "by_bot": message.author.bot,
            "deleted": message.deleted,
        }

    def _announce(self, event: str, message: Message, asked: Interaction | None = None) -> None:
        self._note(message, asked)
        if message.ephemeral:
            return
        channel = self._world.channels[message.channel_id]
        self._gateway.dispatch(
            event,
            lambda intents: payloads.message_event(self._world, message, intents),
            channel.guild_id,
            _intent(channel),
        )

    def _note(self, message: Message, asked: Interaction | None) -> None:
        topics = [f"message:{message.id}", f"channel:{message.channel_id}"]
        by = {message.interaction_id, asked.id if asked else None} - {None}
        topics += [f"interaction:{each}" for each in by]
        self._world.journal.add("message", self.snapshot(message), *topics)

    def _blank(self, channel: Channel, author: User, flags: int) -> Message:
        world = self._world
        return Message(world.ids.next(), channel.id, author, world.clock.now(), flags=flags)


def _fill(message: Message, payload: Json) -> None:
    for name, nothing in (("content", ""), ("embeds", []), ("components", [])):
        if name in payload:
            setattr(message, name, payload[name] or nothing)
    if "allowed_mentions" in payload:
        message.allowed_mentions = payload["allowed_mentions"]
    reference = payload.get("message_reference")
    if reference:
        message.reply_to = int(reference["message_id"])
        allowed = payload.get("allowed_mentions")
        message.pings_reply = allowed is None or bool(allowed.get("replied_user"))
    if payload.get("nonce"):
        message.nonce = payload["nonce"]


def _edited_flags(message: Message, payload: Json) -> int:
    flags = message.flags & ~Flag.LOADING
    if payload.get("flags") is not None:
        flags = flags & ~Flag.SUPPRESS_EMBEDS | payload["flags"] & ~Flag.EPHEMERAL
    return flags


def _intent(channel: Channel) -> Intent:
    return Intent.GUILD_MESSAGES if channel.guild_id else Intent.DIRECT_MESSAGES
