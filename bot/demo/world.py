"""A small pretend server: two members with a role each, somebody who manages it, two channels."""

from __future__ import annotations

from dataclasses import dataclass

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle
from simcord.env import Env

WELCOME = """\
**Welcome to Easel.** Type `/generate` and what you would like to see. Press **Edit…** under a \
picture to change it, or hand one in with `/edit`.
- `/queue`, `/history`, `/usage` show what is yours; `/quota set`, `/settings costs` are for mia, \
who manages this server (choose at the top who you are). alice is a *Student*, bob an *Artist*.
- The pretend image service draws what it finds in your words: try *a fox under a red moon in \
the snow*.
- It fails when you ask it to: put `!moderation`, `!429`, `!500`, `!cut`, `!slow` or, for \
edits with a mask, `!ignoremask` into a prompt."""


@dataclass(frozen=True, slots=True)
class World:
    """Who and what there is to play with."""

    guild: GuildHandle
    channels: dict[str, ChannelHandle]
    alice: MemberActor
    bob: MemberActor
    mia: MemberActor

    @property
    def people(self) -> list[MemberActor]:
        """Everyone whom the page can act as."""
        return [self.alice, self.bob, self.mia]


async def build_world(env: Env) -> World:
    """Make the server and welcome whoever plays."""
    env.backend.bot_user.name = "Easel"
    guild = env.create_guild("Easel Studio")
    managers = guild.create_role(
        "Managers", permissions=discord.Permissions(manage_guild=True, manage_messages=True)
    )
    student, artist = guild.create_role("Student"), guild.create_role("Artist")
    channels = {name: guild.create_text_channel(name) for name in ("gallery", "sketches")}
    world = World(
        guild=guild,
        channels=channels,
        alice=guild.add_member(env.create_user("alice"), roles=[student]),
        bob=guild.add_member(env.create_user("bob"), roles=[artist]),
        mia=guild.add_member(env.create_user("mia"), roles=[managers]),
    )
    for channel in channels.values():
        await world.mia.send(channel, WELCOME)
    return world
