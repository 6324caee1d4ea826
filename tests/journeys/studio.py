"""A running Easel in a simulated Discord, and words for what people do and see there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import simcord
from pydantic import SecretStr
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from bot.app import App
from bot.core import events
from bot.demo import painter
from bot.demo.pretend_api import PretendApi
from bot.demo.world import World, build_world
from bot.settings import Settings
from tests.dialects.openai_fields import problems_with
from tests.happenings import Happenings


@dataclass(frozen=True, slots=True)
class Studio:
    """Everything a journey needs."""

    app: App
    env: simcord.Env
    world: World
    service: PretendApi
    happenings: Happenings

    @property
    def gallery(self) -> ChannelHandle:
        return self.world.channels["gallery"]

    async def generate(
        self, who: MemberActor, prompt: str = "a red fox in the snow", **options: Any
    ) -> InteractionResult:
        """Type /generate in the gallery."""
        return await who.slash(self.gallery, "generate", prompt=prompt, **options)

    async def posted(self, count: int = 1) -> list[discord.Message]:
        """Wait for so many outcomes, and read the messages that show them."""
        delivered = await self.happenings.seen(events.Delivered, count)
        ids = {event.message_id for event in delivered}
        return [message for message in self.gallery.history() if message.id in ids]

    async def draw(
        self, who: MemberActor, prompt: str = "a red fox", **options: Any
    ) -> discord.Message:
        """Type /generate and wait for what comes of it."""
        before = len(self.happenings.of(events.Delivered))
        await self.generate(who, prompt, **options)
        delivered = await self.happenings.seen(events.Delivered, before + 1)
        return next(m for m in self.gallery.history() if m.id == delivered[-1].message_id)


def settings_for(
    folder: Path,
    service: PretendApi,
    others: Mapping[str, str] | None = None,
    **changes: object,
) -> Settings:
    """Settings as an operator would have them, with the pretend service as OpenAI.

    Args:
        folder: Where data is kept.
        service: What stands for OpenAI.
        others: Variables that files of other providers name.
        changes: Settings by their names in Python.
    """
    settings = Settings(_env_file=None).model_copy(
        update={
            "data_dir": folder,
            "openai_api_key": SecretStr(service.key),
            "openai_base_url": service.base_url,
            **changes,
        }
    )
    settings._others = {**settings.others, **(others or {})}
    return settings


@asynccontextmanager
async def open_studio(
    folder: Path, others: Mapping[str, str] | None = None, **changes: object
) -> AsyncIterator[Studio]:
    """The app with its engine, inside the simulator; nothing may go wrong inside it."""
    async with (
        PretendApi(seconds=0, paint=painter.plain, blur=painter.coarse) as service,
        App(settings_for(folder, service, others, **changes), shard_count=1) as app,
        # Refusals pass discord.py as errors of commands; bugs are found in the log instead.
        simcord.run(app.client, check_errors=False) as env,
    ):
        world = await build_world(env)
        happenings = Happenings(app.events)
        with no_bugs():
            await app.start()
            try:
                yield Studio(app, env, world, service, happenings)
            finally:
                await app.stop()
        # Whatever a journey does, the service is asked for nothing but what its contract names.
        assert [problems_with(request) for request in service.requests if request.model] == [
            [] for request in service.requests if request.model
        ]


@asynccontextmanager
async def hold_studio(
    folder: Path, others: Mapping[str, str] | None = None, **changes: object
) -> AsyncIterator[Studio]:
    """The same, for whoever may leave it in another task than the one that entered it.

    SimCord wants to be left by the task that entered it, and pytest ends a fixture in another
    one than it began it in; so one task of our own does both.
    """
    opened: asyncio.Future[Studio] = asyncio.get_running_loop().create_future()
    finished = asyncio.Event()

    async def hold() -> None:
        async with open_studio(folder, others, **changes) as running:
            opened.set_result(running)
            await finished.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(hold())
        try:
            yield await opened
        finally:
            finished.set()


@contextmanager
def no_bugs() -> Iterator[None]:
    """Fail if anything was logged as an error meanwhile."""
    log, seen = logging.getLogger(), Seen()
    log.addHandler(seen)
    try:
        yield
    finally:
        log.removeHandler(seen)
    assert seen.errors == []


class Seen(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.errors.append(logging.Formatter().format(record))


def texts(message: discord.Message | None) -> str:
    """All that a message says, alt texts and buttons included."""
    assert message is not None
    return "\n".join(_texts(message.components)) + message.content


def _texts(components: Any) -> Iterator[str]:
    for item in components:
        if isinstance(item, discord.TextDisplay):
            yield item.content
        elif isinstance(item, discord.Button):
            yield f"[{item.label}]"
        elif isinstance(item, discord.MediaGalleryComponent):
            for picture in item.items:
                yield f"({picture.description})"
        elif isinstance(item, discord.SectionComponent):
            yield from _texts(item.children)
            yield from _texts([item.accessory])
        else:
            yield from _texts(getattr(item, "children", ()))


def said(result: InteractionResult) -> str:
    """What an interaction was answered with."""
    assert result.response is not None
    return texts(result.response.message)
