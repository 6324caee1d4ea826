"""A small Discord on a real socket, for driving a real bot process in tests.

It does what a slash-command bot that posts pictures uses, refuses what Discord refuses, and
reports whatever it does not know as a violation instead of pretending. It can lose connections,
limit rates, fail, be slow, and let time pass, all at a test's word::

    async with Standin.spawn() as discord:
        guild = await discord.guild("Studio", members=[alice := await discord.user("alice")])
        gallery = await discord.channel(guild, "gallery")
        …  # start the bot with discord.token, discord.api_url and discord.gateway_url
        await discord.ready()
        asked = await discord.slash(gallery, alice, "generate", prompt="a lighthouse")
        assert (await asked.acknowledged()).ms < 1000
        drawn = await asked.message(until=lambda message: bool(message.attachments))
        picture = await discord.download(drawn.attachments[0])
        assert await discord.violations() == []

Faults strike requests by method and path, * crossing slashes: ``status`` answers an error,
``cut`` breaks the connection, ``delay_s`` is slow, ``hold`` waits for ``release``, ``rate_limit``
(after, global_) opens a window of 429s. ``when="after"`` strikes when Discord has already done
what was asked; without it, ``hold`` with ``cut`` is a request that never arrives. The CDN
(``/attachments/*``) and the gateway (``/gw/``) have paths as well: ``times=None, cut=True`` for
every route, and ``cut_gateway``, is a Discord that is down.
"""

from tests.wire.discord_standin.client import Standin
from tests.wire.discord_standin.handles import (
    Acknowledgement,
    Attachment,
    Channel,
    Entry,
    Fault,
    File,
    Guild,
    Interaction,
    Message,
    Role,
    StandinError,
    User,
)
from tests.wire.discord_standin.model import APPLICATION_ID, MIB, Settings
from tests.wire.discord_standin.server import Server

__all__ = [
    "APPLICATION_ID",
    "MIB",
    "Acknowledgement",
    "Attachment",
    "Channel",
    "Entry",
    "Fault",
    "File",
    "Guild",
    "Interaction",
    "Message",
    "Role",
    "Server",
    "Settings",
    "Standin",
    "StandinError",
    "User",
]
