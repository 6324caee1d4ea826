"""A minimal real discord.py bot, to prove the stand-in with; also a program of its own."""

from __future__ import annotations

import asyncio
import io
import sys
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Self

import discord
import yarl
from discord import app_commands
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from tests.wire.discord_standin.client import Standin

Asked = discord.Interaction[discord.Client]


def picture(width: int = 64, height: int = 32, kind: str = "PNG") -> bytes:
    """A small picture."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, kind)
    return file.getvalue()


def attached(data: bytes | None = None, name: str = "drawn.png") -> discord.File:
    """A file to post."""
    return discord.File(io.BytesIO(picture() if data is None else data), name, description="Teal")


class Again(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"again:(?P<count>\d+)"):
    """A button that outlives the process: all it knows is in its custom_id."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(discord.ui.Button(label="Again", custom_id=f"again:{count}"))

    @classmethod
    async def from_custom_id(cls, asked: Asked, item: Any, match: Any, /) -> Self:
        return cls(int(match["count"]))

    async def callback(self, asked: Asked) -> None:
        await asked.response.edit_message(
            view=card(f"drawn {self.count + 1} times", self.count + 1)
        )


class Words(discord.ui.Modal, title="Words"):
    """Asks for a few words and a picture."""

    words = discord.ui.Label(text="Prompt", component=discord.ui.TextInput[Any]())
    mask = discord.ui.Label(
        text="Mask", component=discord.ui.FileUpload[Any](required=False, custom_id="mask")
    )

    async def on_submit(self, asked: Asked) -> None:
        text = self.words.component
        files = self.mask.component
        assert isinstance(text, discord.ui.TextInput)
        assert isinstance(files, discord.ui.FileUpload)
        names = [each.filename for each in files.values]
        await asked.response.send_message(f"{text.value} {names}", ephemeral=True)


def card(text: str, count: int = 0, name: str = "") -> discord.ui.LayoutView:
    """A Components V2 card with words, perhaps a picture, and the button."""
    view = discord.ui.LayoutView(timeout=None)
    box = discord.ui.Container[Any](discord.ui.TextDisplay(text))
    if name:
        media = discord.MediaGalleryItem(f"attachment://{name}", description="Teal")
        box.add_item(discord.ui.MediaGallery(media))
    box.add_item(discord.ui.ActionRow(Again(count)))
    return view.add_item(box)


async def draw(asked: Asked) -> None:
    """What /draw does unless a test says otherwise."""
    await asked.response.defer(thinking=True)
    await asked.edit_original_response(view=card("drawn", 0, "drawn.png"), attachments=[attached()])


class Specimen(discord.Client):
    """A bot with one command, one menu and one button; script is what the command does.

    It takes a gateway that is silent for patience_s for a dead one.
    """

    def __init__(
        self, script: Callable[[Asked], Awaitable[object]] = draw, *, patience_s: float = 60.0
    ) -> None:
        super().__init__(
            intents=discord.Intents.default(),
            guild_ready_timeout=0.05,
            heartbeat_timeout=patience_s,
        )
        self.tree = app_commands.CommandTree(self)
        self.script = script
        self.read: list[str] = []
        self.add_dynamic_items(Again)
        self.tree.command(name="draw", description="Draws.")(self._draw())
        self.tree.context_menu(name="Describe")(_describe)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait 5 s before a second IDENTIFY, as discord.py does."""

    async def on_message(self, message: discord.Message) -> None:
        self.read.append(message.content)

    def _draw(self) -> Any:
        @app_commands.autocomplete(size=_sizes)
        async def run(
            asked: Asked,
            prompt: str,
            size: str = "64x32",
            source: discord.Attachment | None = None,
        ) -> None:
            await self.script(asked)

        return run


async def _sizes(_asked: Asked, typed: str) -> list[app_commands.Choice[str]]:
    sizes = ("64x32", "32x64", "16x16")
    return [app_commands.Choice(name=each, value=each) for each in sizes if typed in each]


async def _describe(asked: Asked, message: discord.Message) -> None:
    names = [each.filename for each in message.attachments]
    await asked.response.send_message(f"{message.content} {names}", ephemeral=True)


@contextmanager
def aimed(api_url: str, gateway_url: str) -> Iterator[None]:
    """Let discord.py in this process talk to a stand-in."""
    route, gateway = discord.http.Route, discord.gateway.DiscordWebSocket
    before = route.BASE, gateway.DEFAULT_GATEWAY
    route.BASE, gateway.DEFAULT_GATEWAY = api_url, yarl.URL(gateway_url)
    try:
        yield
    finally:
        route.BASE, gateway.DEFAULT_GATEWAY = before


@asynccontextmanager
async def running(bot: Specimen, standin: Standin) -> AsyncIterator[Specimen]:
    """Run a bot against a stand-in until the block ends."""
    with aimed(standin.api_url, standin.gateway_url):
        async with asyncio.TaskGroup() as group:
            group.create_task(bot.start(standin.token))
            try:
                await standin.ready()
                await bot.wait_until_ready()
                yield bot
            finally:
                await bot.close()


if __name__ == "__main__":
    token, address, socket = sys.argv[1:]
    with aimed(address, socket):
        Specimen().run(token, log_handler=None)
