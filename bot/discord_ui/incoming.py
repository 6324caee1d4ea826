"""Pictures that people hand in, wherever they are: attachments, embeds, results of ours."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
import discord

from bot.core.errors import BadPicture
from bot.core.ports import Incoming

MIB = 1024 * 1024

GONE = "Discord does not have this picture any more. Upload it again."
HIDDEN = "I may not see this picture. Upload it yourself, or ask someone who manages this server."
LATER = "Discord did not hand me the picture. Please try again in a moment."


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message or of a command's option; its link is fresh."""

    attachment: discord.Attachment

    @property
    def name(self) -> str:
        """What its author called it."""
        return self.attachment.filename

    @property
    def spoiler(self) -> bool:
        """Whether its author hid it."""
        return self.attachment.is_spoiler()

    async def read(self, limit: int) -> bytes:
        """Fetch it.

        Raises:
            BadPicture: It is larger than `limit` bytes, or cannot be fetched.
        """
        if self.attachment.size > limit:
            raise BadPicture(f"This file has more than {limit // MIB} MB, the most I can take.")
        try:
            return await self.attachment.read()
        except discord.NotFound as gone:
            raise BadPicture(GONE) from gone
        except discord.Forbidden as hidden:
            raise BadPicture(HIDDEN) from hidden
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as lost:
            raise BadPicture(LATER) from lost


@dataclass(frozen=True, slots=True)
class Embedded:
    """A picture that Discord shows in an embed, fetched through Discord's own proxy.

    Discord has checked and copied it; what the link points to is never asked.
    """

    client: discord.Client
    address: str

    @property
    def name(self) -> str:
        """For sentences."""
        return "the picture in the embed"

    @property
    def spoiler(self) -> bool:
        """Embeds cannot be hidden."""
        return False

    async def read(self, limit: int) -> bytes:
        """Fetch it.

        Raises:
            BadPicture: It is larger than `limit` bytes, or cannot be fetched.
        """
        try:
            data = await self.client.http.get_from_cdn(self.address)
        except discord.HTTPException as gone:
            raise BadPicture(GONE) from gone
        except (aiohttp.ClientError, OSError, TimeoutError) as lost:
            raise BadPicture(LATER) from lost
        if len(data) > limit:
            raise BadPicture(
                f"This picture is too large; the most I can take is {limit // MIB} MB."
            )
        return data


def attached(*files: discord.Attachment | None) -> list[Incoming]:
    """Those that were given, in order."""
    return [Attached(file) for file in files if file is not None]


def pictures_of(client: discord.Client, message: discord.Message) -> list[Incoming]:
    """Every picture that a message shows, as far as Discord lets us see it."""
    found: list[Incoming] = [
        Attached(attachment) for attachment in message.attachments if _may_be_picture(attachment)
    ]
    shown = [image for embed in message.embeds for image in (embed.image, embed.thumbnail)]
    found += [Embedded(client, image.proxy_url) for image in shown if image.proxy_url]
    return found


def _may_be_picture(attachment: discord.Attachment) -> bool:
    # The type is a claim of whoever uploaded it: only what is surely something else is left out.
    kind = attachment.content_type or "image/"
    return kind.startswith(("image/", "application/octet-stream"))
