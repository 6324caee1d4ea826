"""What people do with a bot: each act becomes an INTERACTION_CREATE, as Discord would send it."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING

from tests.wire.discord_standin import components, options, payloads
from tests.wire.discord_standin import rules_components as kinds
from tests.wire.discord_standin.model import APPLICATION_ID, Asked, Interaction
from tests.wire.discord_standin.permissions import BITS
from tests.wire.discord_standin.rules_commands import MESSAGE_MENU, SLASH

if TYPE_CHECKING:
    from tests.wire.discord_standin.gateway import Gateway
    from tests.wire.discord_standin.model import Channel, Json, Message, User
    from tests.wire.discord_standin.world import World


class Impossible(Exception):
    """Nobody could do that in Discord."""


class Acts:
    """Starts interactions on behalf of people."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        """Send through gateway."""
        self._world = world
        self._gateway = gateway

    def slash(self, channel: Channel, user: User, name: str, given: Json) -> Interaction:
        """Run a slash command; the name may go on with a group and a sub-command."""
        command, path = self._command(channel, user, SLASH, name)
        resolver = options.Resolver(self._world, channel)
        filled = options.fill(command, path, given, resolver)
        data = _command_data(command) | {"options": filled}
        if resolver.resolved:
            data["resolved"] = resolver.resolved
        return self._start(Asked.COMMAND, channel, user, data)

    def autocomplete(
        self, channel: Channel, user: User, name: str, focused: str, given: Json
    ) -> Interaction:
        """Type into one option of a slash command."""
        command, path = self._command(channel, user, SLASH, name)
        resolver = options.Resolver(self._world, channel)
        filled = options.fill(command, path, given, resolver, focused=focused)
        data = _command_data(command) | {"options": filled}
        return self._start(Asked.AUTOCOMPLETE, channel, user, data)

    def message_menu(self, user: User, name: str, target: Message) -> Interaction:
        """Run a message context menu; the bot sees the whole message."""
        channel = self._world.channels[target.channel_id]
        command, _ = self._command(channel, user, MESSAGE_MENU, name)
        shown = payloads.message(self._world, target)
        data = _command_data(command) | {"target_id": str(target.id)}
        data["resolved"] = {"messages": {str(target.id): shown}}
        return self._start(Asked.COMMAND, channel, user, data)

    def click(self, message: Message, user: User, wanted: str) -> Interaction:
        """Press a button, named by its label or its custom_id."""
        buttons = self._offered(message, user, frozenset({kinds.BUTTON}))
        for button in buttons:
            if wanted in {button.get("label"), button.get("custom_id")}:
                return self._use(message, user, button, {})
        names = [each.get("label") or each.get("custom_id") for each in buttons]
        raise Impossible(f"There is no button {wanted!r}; there are {names}")

    def select(self, message: Message, user: User, wanted: str, values: list[str]) -> Interaction:
        """Choose in a select, named by its custom_id or placeholder."""
        menus = self._offered(message, user, kinds.SELECTS)
        for menu in menus:
            if wanted in {menu["custom_id"], menu.get("placeholder")}:
                offered = [each["value"] for each in menu.get("options", [])]
                if offered and not set(values) <= set(offered):
                    raise Impossible(f"{values} are not among {offered}")
                if not menu.get("min_values", 1) <= len(values) <= menu.get("max_values", 1):
                    raise Impossible(f"{len(values)} values are too many or too few")
                return self._use(message, user, menu, {"values": values})
        names = [each["custom_id"] for each in menus]
        raise Impossible(f"There is no select {wanted!r}; there are {names}")

    def submit(self, shown: Interaction, values: Json) -> Interaction:
        """Fill in the modal that answered an interaction, and send it."""
        modal = shown.answer_data
        resolver = options.Resolver(self._world, shown.channel)
        fields = components.Renderer(self._world.cdn, []).render(modal.get("components", []))
        filled = [self._field(each, values, resolver) for each in fields]
        if values:
            raise Impossible(f"The modal has no field {sorted(values)}")
        data: Json = {"custom_id": modal.get("custom_id"), "components": filled}
        if resolver.resolved:
            data["resolved"] = resolver.resolved
        source = self._world.messages.get(shown.source_id or 0)
        return self._start(Asked.MODAL, shown.channel, shown.user, data, source, shown)

    def again(self, asked: Interaction) -> None:
        """Send the same interaction once more, as a replay after RESUME may."""
        self._gateway.dispatch("INTERACTION_CREATE", asked.payload, asked.channel.guild_id)

    def _command(
        self, channel: Channel, user: User, kind: int, name: str
    ) -> tuple[Json, list[str]]:
        head, *path = [name] if kind != SLASH else name.split()
        command = self._world.commands.find(channel.guild_id, kind, head)
        if command is None:
            raise Impossible(f"The bot has registered no command {head!r}")
        needed = command["default_member_permissions"]
        held = self._world.user_permissions(channel, user)
        if needed is not None and not held & BITS["administrator"]:
            bits = int(needed)
            if held & bits != bits or not bits:
                raise Impossible(f"{user.name} cannot see the command {head!r}")
        return command, path

    def _offered(self, message: Message, user: User, wanted: frozenset[int]) -> list[Json]:
        asked = self._world.interactions.get(message.interaction_id or 0)
        if message.deleted:
            raise Impossible("The message is gone")
        if message.ephemeral and asked and asked.user is not user:
            raise Impossible(f"Only {asked.user.name} can see this message")
        found = [each for each in components.walk(message.components) if each["type"] in wanted]
        return [each for each in found if each.get("custom_id")]

    def _use(self, message: Message, user: User, component: Json, extra: Json) -> Interaction:
        if component.get("disabled"):
            raise Impossible(f"{component['custom_id']!r} is disabled")
        channel = self._world.channels[message.channel_id]
        data = {"custom_id": component["custom_id"], "component_type": component["type"]} | extra
        return self._start(Asked.COMPONENT, channel, user, data, message)

    def _field(self, component: Json, values: Json, resolver: options.Resolver) -> Json:
        if component["type"] == kinds.TEXT:
            return {"type": kinds.TEXT, "id": component["id"]}
        inner = component.get("component") or component["components"][0]
        label = component.get("label") or inner.get("label")
        name = next((each for each in (inner["custom_id"], label) if each in values), None)
        given = values.pop(name) if name else None
        filled = options.field(inner, given, resolver)
        shell: Json = {"type": component["type"], "id": component["id"]}
        if "component" in component:
            return shell | {"component": filled}
        return shell | {"components": [filled]}

    def _start(
        self,
        kind: Asked,
        channel: Channel,
        user: User,
        data: Json,
        source: Message | None = None,
        trigger: Interaction | None = None,
    ) -> Interaction:
        world = self._world
        seed = base64.urlsafe_b64encode(f"interaction:{world.ids.next()}".encode()).decode()
        asked = Interaction(
            id=world.ids.next(),
            token=seed.rstrip("=") + secrets.token_urlsafe(60),
            asked=kind,
            channel=channel,
            user=user,
            created=world.clock.now(),
            sent=world.stopwatch(),
            data=data,
            source_id=source.id if source else None,
            trigger=trigger,
        )
        world.interactions[asked.id] = world.by_token[asked.token] = asked
        asked.payload = self._payload(asked, source)
        self._gateway.dispatch("INTERACTION_CREATE", asked.payload, channel.guild_id)
        return asked

    def _payload(self, asked: Interaction, source: Message | None) -> Json:
        world, channel = self._world, asked.channel
        guild = world.guild_of(channel)
        shown: Json = {
            "id": str(asked.id),
            "application_id": str(APPLICATION_ID),
            "type": int(asked.asked),
            "token": asked.token,
            "version": 1,
            "data": asked.data,
            "channel_id": str(channel.id),
            "channel": payloads.channel(channel),
            "app_permissions": payloads.app_permissions(world, channel),
            "locale": "en-US",
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": {"0": str(channel.guild_id or 0)},
            "context": 0 if guild else 1,
            "attachment_size_limit": world.settings.reported,
        }
        if source:
            shown["message"] = payloads.message(world, source)
        if guild is None:
            return shown | {"user": payloads.user(asked.user)}
        held = str(world.user_permissions(channel, asked.user))
        shown["channel"]["permissions"] = held
        return shown | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": payloads.member(guild.members[asked.user.id]) | {"permissions": held},
        }


def _command_data(command: Json) -> Json:
    data = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data
