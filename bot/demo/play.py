"""`easel demo`: the real bot in a simulated Discord, with a page in the browser.

It draws with a pretend image service on this machine.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import click
import simcord
from pydantic import SecretStr

from bot.app import App
from bot.core.errors import Misconfigured
from bot.demo.pretend_api import PretendApi
from bot.demo.timeline import Timeline
from bot.demo.world import World, build_world
from bot.settings import Settings

PROMPT = "a lighthouse in fog at night, a small boat, calm sea"
"""What is drawn first."""

SECONDS = 3.0
"""How long the pretend service takes for a picture."""

REFRESH = timedelta(seconds=0.4)
"""How often to see whether there is something new to show."""


async def play(
    settings: Settings, *, once: bool = False, real: bool = False, port: int = 0, channel: str
) -> None:
    """Draw one picture in the terminal, then serve the page until cancelled.

    Args:
        settings: The operator's; their database and token are not touched.
        once: Stop after the first picture.
        real: Draw with the operator's key, which costs money.
        port: Of the page; 0 takes any.
        channel: Which channel the page shows.
    """
    click.echo("Easel, the real bot, in a pretend Discord. Nothing leaves this machine.")
    if real:
        click.echo("Except pictures: --real draws with OPENAI_API_KEY, which costs money.")
    with tempfile.TemporaryDirectory(prefix="easel-demo-") as folder:
        async with _studio(settings, Path(folder), real=real) as (app, env, world):
            saved = await _first_picture(app, world, settings.data_dir / "demo")
            click.echo(f"\nSaved as {saved}.")
            if not once:
                await _page(app, env, world, channel, port)


@asynccontextmanager
async def _studio(
    settings: Settings, folder: Path, *, real: bool
) -> AsyncIterator[tuple[App, simcord.Env, World]]:
    """The app with its engine running inside the simulator, on a database of its own."""
    async with (
        PretendApi(seconds=SECONDS) as pretend,
        App(_settings(settings, folder, None if real else pretend), shard_count=1) as app,
        simcord.run(app.client, check_errors=False) as env,
    ):
        world = await build_world(env)
        # Inside the simulator: the engine posts through what that puts in place.
        await app.start()
        try:
            yield app, env, world
        finally:
            await app.lifecycle.stop()


def _settings(settings: Settings, folder: Path, pretend: PretendApi | None) -> Settings:
    changed: dict[str, object] = {"data_dir": folder, "database_url": None, "http": None}
    if pretend is not None:
        changed |= {
            "openai_api_key": SecretStr(pretend.key),
            "openai_base_url": pretend.base_url,
            "providers": ("openai",),
        }
    return settings.model_copy(update=changed)


async def _first_picture(app: App, world: World, folder: Path) -> Path:
    """Ask for a picture as a member would, follow it, and save what was posted."""
    click.echo(f"\n  alice types  /generate prompt: {PROMPT}\n")
    timeline = Timeline(app.clock, click.echo)
    silence = app.events.listen(timeline.hear)
    gallery = world.channels["gallery"]
    await world.alice.slash(gallery, "generate", prompt=PROMPT)
    await timeline.ended.get()
    silence()
    message = gallery.last_message
    if message is None or not message.attachments:
        raise Misconfigured(("No picture was posted; the lines above say why.",))
    attachment = message.attachments[0]
    target = folder / attachment.filename
    try:
        return await asyncio.to_thread(_save, target, await attachment.read())
    except OSError as refused:
        problem = f"DATA_DIR: the picture cannot be saved as {target} ({refused.strerror})."
        raise Misconfigured((problem,)) from refused


def _save(target: Path, data: bytes) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


async def _page(app: App, env: simcord.Env, world: World, channel: str, port: int) -> None:
    """Serve the browser page until it is closed or this is cancelled."""
    preview = env.preview(
        world.channels[channel],
        viewers=world.people,
        layout="channel",
        port=port,
        # The simulator lives in a year of its own; what cards say of times is of today.
        presentation_time=app.clock.now(),
    )
    async with AsyncExitStack() as stack:
        try:
            page = await stack.enter_async_context(preview)
        except simcord.SetupError as refused:
            problem = f"The page cannot be served on port {port}. Choose another with --port."
            raise Misconfigured((problem,)) from refused

        async def keep_fresh() -> None:
            # Only when the bot has done something: each refresh makes the page start over, and
            # what somebody does on it in that moment is refused.
            shown = len(env.http_requests)
            while True:
                await app.clock.sleep_until(app.clock.now() + REFRESH)
                done = len(env.http_requests)
                if done == shown:
                    continue
                # Refused while somebody acts on the page; then the next look shows it.
                with suppress(simcord.SetupError):
                    await page.refresh()
                    shown = done

        click.echo(f"\nOpen {page.url} in a browser and type /generate. Ctrl-C ends the demo.")
        app.lifecycle.spawn("page", keep_fresh)
        await page.wait_closed()
