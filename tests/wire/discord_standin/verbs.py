"""What a test may ask for: each public method is a verb of the control API."""

from __future__ import annotations

import base64
from dataclasses import fields
from typing import TYPE_CHECKING

from tests.wire.discord_standin.interactions import Acts
from tests.wire.discord_standin.model import Settings
from tests.wire.discord_standin.stage import Stage

if TYPE_CHECKING:
    from tests.wire.discord_standin.faults import Faults
    from tests.wire.discord_standin.gateway import Gateway
    from tests.wire.discord_standin.messages import Messages
    from tests.wire.discord_standin.model import Channel, Guild, Interaction, Json, Message, User
    from tests.wire.discord_standin.world import World


class _Verbs:
    def __init__(self, world: World, gateway: Gateway, messages: Messages) -> None:
        self._world = world
        self._gateway = gateway
        self._messages = messages

    def _user(self, wish: Json) -> User:
        return self._world.users[int(wish["user"])]

    def _guild(self, wish: Json) -> Guild:
        return self._world.guilds[int(wish["guild"])]

    def _channel(self, wish: Json) -> Channel:
        return self._world.channel(int(wish["channel"]))

    def _message(self, wish: Json) -> Message:
        return self._world.message(int(wish["message"]))

    def _interaction(self, wish: Json) -> Interaction:
        return self._world.interactions[int(wish["interaction"])]


class SceneVerbs(_Verbs):
    """Who and what there is."""

    def __init__(self, world: World, gateway: Gateway, messages: Messages) -> None:
        super().__init__(world, gateway, messages)
        self._stage = Stage(world, gateway)

    def user(self, wish: Json) -> Json:
        return {"id": str(self._stage.user(wish["name"]).id)}

    def guild(self, wish: Json) -> Json:
        members = [int(each) for each in wish["members"]]
        owner = int(wish["owner"]) if wish.get("owner") else None
        return {"id": str(self._stage.guild(wish["name"], members, owner).id)}

    def channel(self, wish: Json) -> Json:
        guild = self._guild(wish)
        made = self._stage.channel(guild, wish["name"], wish["deny"], nsfw=wish["nsfw"])
        return {"id": str(made.id)}

    def direct_channel(self, wish: Json) -> Json:
        return {"id": str(self._world.direct_channel(self._user(wish)).id)}

    def role(self, wish: Json) -> Json:
        members = [int(each) for each in wish["members"]]
        made = self._stage.role(self._guild(wish), wish["name"], wish["permissions"], members)
        return {"id": str(made.id)}

    def change_role(self, wish: Json) -> None:
        guild = self._guild(wish)
        change = self._stage.give if wish["give"] else self._stage.take
        change(guild, self._user(wish), guild.roles[int(wish["role"])])

    def deny(self, wish: Json) -> None:
        self._stage.deny(self._channel(wish), wish["permissions"])

    def delete_channel(self, wish: Json) -> None:
        self._stage.delete_channel(self._channel(wish))

    def remove_bot(self, wish: Json) -> None:
        self._stage.remove_bot(self._guild(wish))

    def dms(self, wish: Json) -> None:
        self._user(wish).dms_open = wish["open"]


class PeopleVerbs(_Verbs):
    """What people do."""

    def __init__(self, world: World, gateway: Gateway, messages: Messages) -> None:
        super().__init__(world, gateway, messages)
        self._acts = Acts(world, gateway)

    def slash(self, wish: Json) -> Json:
        who = (self._channel(wish), self._user(wish))
        return _asked(self._acts.slash(*who, wish["command"], wish["options"]))

    def autocomplete(self, wish: Json) -> Json:
        who = (self._channel(wish), self._user(wish), wish["command"])
        return _asked(self._acts.autocomplete(*who, wish["focused"], wish["options"]))

    def menu(self, wish: Json) -> Json:
        target = self._message(wish)
        return _asked(self._acts.message_menu(self._user(wish), wish["command"], target))

    def click(self, wish: Json) -> Json:
        who = (self._message(wish), self._user(wish))
        return _asked(self._acts.click(*who, wish["wanted"]))

    def select(self, wish: Json) -> Json:
        who = (self._message(wish), self._user(wish))
        return _asked(self._acts.select(*who, wish["wanted"], wish["values"]))

    def submit(self, wish: Json) -> Json:
        return _asked(self._acts.submit(self._interaction(wish), wish["values"]))

    def again(self, wish: Json) -> None:
        self._acts.again(self._interaction(wish))

    def send(self, wish: Json) -> Json:
        files = [(each["filename"], base64.b64decode(each["base64"])) for each in wish["files"]]
        reply_to = int(wish["reply_to"]) if wish.get("reply_to") else None
        who = (self._channel(wish), self._user(wish))
        message = self._messages.by_user(*who, wish["content"], files, reply_to)
        return self._messages.snapshot(message)

    def delete_message(self, wish: Json) -> None:
        self._messages.delete(self._message(wish))


class TroubleVerbs(_Verbs):
    """What goes wrong, and the passing of time."""

    def __init__(self, world: World, gateway: Gateway, messages: Messages, faults: Faults) -> None:
        super().__init__(world, gateway, messages)
        self._faults = faults

    def fault(self, wish: Json) -> Json:
        return {"id": self._faults.add(wish).id}

    def release(self, wish: Json) -> None:
        self._faults.release(wish["id"])

    def clear_faults(self, _wish: Json) -> None:
        self._faults.clear()

    def advance(self, wish: Json) -> None:
        self._world.clock.advance(wish["seconds"])

    def reconnect(self, _wish: Json) -> None:
        self._gateway.reconnect()

    def invalidate(self, wish: Json) -> None:
        self._gateway.invalidate(resumable=wish["resumable"])

    def cut_gateway(self, _wish: Json) -> None:
        self._gateway.cut()

    def settings(self, wish: Json) -> None:
        known = {each.name for each in fields(Settings)}
        for name, value in wish.items():
            if name not in known:
                raise ValueError(f"{name!r} is no setting; there are {sorted(known)}")
            setattr(self._world.settings, name, value)


class ViewVerbs(_Verbs):
    """How things stand."""

    def commands(self, _wish: Json) -> Json:
        registry = self._world.commands
        scopes = {"global": None} | {str(each): each for each in self._world.guilds}
        return {
            "commands": {name: registry.listed(scope) for name, scope in scopes.items()},
            "creates": {name: registry.creates[scope] for name, scope in scopes.items()},
            "overwrites": {name: registry.overwrites[scope] for name, scope in scopes.items()},
        }

    def messages(self, wish: Json) -> Json:
        place, held = int(wish["channel"]), self._world.messages.values()
        return {"messages": [self._messages.snapshot(m) for m in held if m.channel_id == place]}

    def look(self, wish: Json) -> Json:
        return self._messages.snapshot(self._world.messages[int(wish["message"])])

    def sessions(self, _wish: Json) -> Json:
        return {
            "sessions": [
                {
                    "id": each.id,
                    "shard": list(each.shard),
                    "intents": each.intents,
                    "connected": each.connection is not None,
                }
                for each in self._gateway.sessions.values()
            ]
        }

    def forget(self, wish: Json) -> None:
        self._world.journal.forget(wish["topic"])


def _asked(asked: Interaction) -> Json:
    return {"id": str(asked.id), "token": asked.token, "payload": asked.payload}
