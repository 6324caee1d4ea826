"""How tests drive the stand-in, wherever it runs."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import aiohttp

from tests.wire.discord_standin.handles import (
    Channel,
    Fault,
    File,
    Guild,
    Interaction,
    Message,
    Role,
    StandinError,
    Thing,
    User,
)
from tests.wire.discord_standin.model import Json, Settings
from tests.wire.discord_standin.server import Server
from tests.wire.discord_standin.watching import Watching

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

_ROOT = Path(__file__).parents[3]
_START_S = 20.0


class Standin(Watching):
    """A Discord to play with; begin with spawn or embedded."""

    @classmethod
    @asynccontextmanager
    async def spawn(cls, **settings: object) -> AsyncIterator[Standin]:
        """A stand-in in a process of its own; settings are the fields of Settings."""
        command = [sys.executable, "-m", __package__ or "", "--tied"]
        process = await asyncio.create_subprocess_exec(
            *command,
            *("--settings", json.dumps(settings)),
            cwd=_ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_START_S):
                line = await process.stdout.readline() if process.stdout else b""
            if not line:
                raise StandinError("the stand-in did not start; its error is above")
            async with aiohttp.ClientSession() as session:
                yield cls(session, json.loads(line))
        finally:
            if process.returncode is None:
                process.terminate()
            await process.communicate()

    @classmethod
    @asynccontextmanager
    async def embedded(cls, **settings: Any) -> AsyncIterator[Standin]:
        """The same in this process."""
        server = Server(Settings(**settings))
        await server.start()
        try:
            async with aiohttp.ClientSession() as session:
                yield cls(session, server.addresses)
        finally:
            await server.close()

    # ---- the scene -----------------------------------------------------------------------

    async def user(self, name: str) -> User:
        """A new person."""
        return User((await self.control("user", name=name))["id"])

    async def guild(
        self, name: str, members: Sequence[User] = (), owner: User | None = None
    ) -> Guild:
        """A new guild with the bot in it; an owner may do everything."""
        people = [each.id for each in members]
        wish = {"name": name, "members": people, "owner": owner.id if owner else None}
        return Guild((await self.control("guild", **wish))["id"])

    async def channel(
        self, guild: Guild, name: str, deny: Sequence[str] = (), *, nsfw: bool = False
    ) -> Channel:
        """A text channel; deny names what the bot may not do there ("attach_files" …)."""
        wish = {"guild": guild.id, "name": name, "deny": list(deny), "nsfw": nsfw}
        return Channel((await self.control("channel", **wish))["id"])

    async def direct_channel(self, user: User) -> Channel:
        """The channel between the bot and one person."""
        return Channel((await self.control("direct_channel", user=user.id))["id"])

    async def role(
        self,
        guild: Guild,
        name: str,
        permissions: Sequence[str] = (),
        members: Sequence[User] = (),
    ) -> Role:
        """A new role; permissions by discord.py's names."""
        people = [each.id for each in members]
        wish = {"name": name, "permissions": list(permissions), "members": people}
        return Role((await self.control("role", guild=guild.id, **wish))["id"])

    async def give_role(self, guild: Guild, user: User, role: Role) -> None:
        """Give a role to a member."""
        await self.control("change_role", guild=guild.id, user=user.id, role=role.id, give=True)

    async def take_role(self, guild: Guild, user: User, role: Role) -> None:
        """Take a role from a member."""
        await self.control("change_role", guild=guild.id, user=user.id, role=role.id, give=False)

    async def deny(self, channel: Channel, *permissions: str) -> None:
        """Change what the bot may not do in a channel; nothing named allows everything again."""
        await self.control("deny", channel=channel.id, permissions=list(permissions))

    async def delete_channel(self, channel: Channel) -> None:
        """Delete a channel with everything in it."""
        await self.control("delete_channel", channel=channel.id)

    async def remove_bot(self, guild: Guild) -> None:
        """Throw the bot out of a guild."""
        await self.control("remove_bot", guild=guild.id)

    async def close_dms(self, user: User, *, closed: bool = True) -> None:
        """Let a person take no direct messages."""
        await self.control("dms", user=user.id, open=not closed)

    # ---- what people do ------------------------------------------------------------------

    async def slash(
        self, channel: Channel, user: User, command: str, /, **options: object
    ) -> Interaction:
        """Run a slash command ("quota set" names a sub-command); files as File."""
        wish = {"command": command, "options": _plain(options)}
        return await self._ask("slash", channel=channel.id, user=user.id, **wish)

    async def autocomplete(
        self, channel: Channel, user: User, command: str, focused: str, /, **options: object
    ) -> Interaction:
        """Type into the option focused of a slash command."""
        wish = {"command": command, "focused": focused, "options": _plain(options)}
        return await self._ask("autocomplete", channel=channel.id, user=user.id, **wish)

    async def message_menu(self, message: Message, user: User, command: str) -> Interaction:
        """Run a message context menu command on a message."""
        return await self._ask("menu", message=message.id, user=user.id, command=command)

    async def click(self, message: Message, user: User, button: str) -> Interaction:
        """Press a button, named by its label or custom_id."""
        return await self._ask("click", message=message.id, user=user.id, wanted=button)

    async def select(
        self, message: Message, user: User, menu: str, values: Sequence[str]
    ) -> Interaction:
        """Choose in a select, named by its custom_id or placeholder."""
        wish = {"wanted": menu, "values": list(values)}
        return await self._ask("select", message=message.id, user=user.id, **wish)

    async def submit_modal(self, shown: Interaction, values: dict[str, object]) -> Interaction:
        """Fill in the modal that answered an interaction; keys are custom ids or labels."""
        await shown.acknowledged()
        return await self._ask("submit", interaction=shown.id, values=_plain(values))

    async def send(
        self,
        channel: Channel,
        user: User,
        text: str = "",
        attachments: Sequence[File] = (),
        reply_to: Message | None = None,
    ) -> Message:
        """Post a message as a person."""
        wish: Json = {"content": text, "files": [_file(each) for each in attachments]}
        wish["reply_to"] = reply_to.id if reply_to else None
        return Message(await self.control("send", channel=channel.id, user=user.id, **wish))

    async def delete_message(self, message: Message) -> None:
        """Delete a message as its author or a moderator would."""
        await self.control("delete_message", message=message.id)

    async def repeat(self, interaction: Interaction) -> None:
        """Dispatch the same interaction once more."""
        await self.control("again", interaction=interaction.id)

    # ---- trouble -------------------------------------------------------------------------

    async def fault(
        self,
        *,
        method: str = "*",
        route: str = "*",
        times: int | None = 1,
        when: Literal["before", "after"] = "before",
        status: int | None = None,
        code: int = 0,
        message: str = "",
        cut: bool = False,
        delay_s: float = 0.0,
        hold: bool = False,
        rate_limit: dict[str, object] | None = None,
    ) -> Fault:
        """Make trouble for the next requests that fit; see the package's docstring."""
        wish: Json = {"method": method, "route": route, "times": times, "when": when}
        wish |= {"status": status, "code": code, "message": message, "cut": cut}
        wish |= {"delay_s": delay_s, "hold": hold, "rate_limit": rate_limit}
        return Fault(self, (await self.control("fault", **wish))["id"])

    async def clear_faults(self) -> None:
        """No more trouble; held requests go on."""
        await self.control("clear_faults")

    async def advance(self, seconds: float) -> None:
        """Move Discord's clock: tokens, nonces, rate limits and links grow older."""
        await self.control("advance", seconds=seconds)

    async def settings(self, **changes: object) -> None:
        """Change fields of Settings from now on."""
        await self.control("settings", **changes)

    async def reconnect(self) -> None:
        """Ask every connected bot to reconnect and resume (op 7)."""
        await self.control("reconnect")

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Declare every session invalid (op 9)."""
        await self.control("invalidate", resumable=resumable)

    async def cut_gateway(self) -> None:
        """Break every gateway connection without a close frame."""
        await self.control("cut_gateway")

    async def _ask(self, verb: str, **wish: object) -> Interaction:
        return Interaction(self, await self.control(verb, **wish))


def _file(file: File) -> Json:
    encoded = base64.b64encode(file.data).decode()
    return {"filename": file.filename, "base64": encoded, "content_type": file.content_type}


def _plain(values: dict[str, Any]) -> Json:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> object:
    if isinstance(value, File):
        return _file(value)
    if isinstance(value, list):
        return [_plain_value(each) for each in value]
    return value.id if isinstance(value, Thing) else value
