"""Makes the pictures of docs/quotas.md: `python docs/pictures/quotas.py`.

It plays the how-to in the demo's pretend Discord, as the admin and the members would, and takes
screenshots of its page. It needs Chromium, and Easel's development packages (`make test` installs
them).
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

# Run as a script, this file's own folder is what Python looks in.
sys.path.insert(0, str(Path(__file__).parents[2]))

import simcord
from playwright.async_api import Page, async_playwright, expect
from pydantic import SecretStr
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.app import App
from bot.core import events
from bot.demo.pretend_api import PretendApi
from bot.demo.world import World, build_world
from bot.settings import Settings

HERE = Path(__file__).parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDTH, HEIGHT = 720, 1400
MARGIN = 12


@dataclass(frozen=True, slots=True)
class School:
    """The server of the demo, and a channel in which nothing was said."""

    app: App
    world: World
    room: ChannelHandle

    async def mia(self, command: str, **options: Any) -> simcord.InteractionResult:
        """The admin uses a command."""
        return await self.world.mia.slash(self.room, command, **options)

    async def draw(self, who: MemberActor, prompt: str) -> None:
        """Somebody draws a picture, which is waited for."""
        posted = asyncio.Event()

        def hear(event: events.Event) -> None:
            if isinstance(event, events.Delivered):
                posted.set()

        silence = self.app.events.listen(hear)
        await who.slash(self.room, "generate", prompt=prompt)
        await posted.wait()
        silence()


@asynccontextmanager
async def open_school(folder: Path) -> AsyncIterator[tuple[School, simcord.Preview]]:
    """Easel in a pretend Discord, before anything is set, and the page that shows it."""
    async with PretendApi(seconds=0) as service:
        settings = Settings(_env_file=None).model_copy(
            update={
                "data_dir": folder,
                "openai_api_key": SecretStr(service.key),
                "openai_base_url": service.base_url,
                "providers": ("openai",),
            }
        )
        async with (
            App(settings, shard_count=1) as app,
            simcord.run(app.client, check_errors=False) as env,
        ):
            world = await build_world(env)
            room = world.guild.create_text_channel("class")
            await app.start()
            preview = env.preview(
                room,
                viewers=[world.mia, world.alice],
                layout="channel",
                # As if somebody looked a little later: what was just set is not in the future.
                presentation_time=app.clock.now() + timedelta(minutes=5),
            )
            try:
                async with preview as page:
                    yield School(app, world, room), page
            finally:
                await app.lifecycle.stop()


async def main() -> None:
    """Write quotas-*.png beside this file."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is not installed; on Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory(prefix="easel-pictures-") as folder:
        async with (
            open_school(Path(folder)) as (school, preview),
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            await page.goto(preview.url)
            await walk(school, Screen(page, preview))
            await browser.close()


@dataclass(frozen=True, slots=True)
class Screen:
    """The page, and what people do on it."""

    page: Page
    preview: simcord.Preview

    async def typed(self, command: str, option: str, value: str) -> None:
        """Type a command with one option, and send it."""
        await self.page.click("#channel-composer-input")
        await self.page.keyboard.type(f"/{command}")
        await expect(self.page.locator(".command-popup")).to_contain_text(command)
        await self.page.keyboard.press("Enter")
        await self.page.locator(f".command-suggestion[data-value={option}]").click()
        await self.page.keyboard.type(value)
        await expect(self.page.locator(".command-suggestion")).to_have_count(1)
        await self.page.keyboard.press("Enter")
        await self.page.click("#send-message")

    async def as_seen_by(self, who: MemberActor) -> None:
        """Look at the channel as somebody else."""
        await self.page.select_option("#viewer-picker", str(who.id))
        await self.settled()

    async def settled(self) -> None:
        """Show what was done meanwhile, and wait until it is there."""
        await self.preview.refresh()
        await expect(self.page.get_by_text("Updating viewport")).to_have_count(0)
        await self.page.wait_for_function(
            "() => [...document.images].every((image) => image.complete && image.naturalWidth > 0)"
        )

    async def newest(self, count: int, name: str, says: str) -> None:
        """Take a picture of the newest messages, of which the last says that."""
        shown = self.page.locator("#channel-message-list [data-message-id]")
        await expect(shown.last).to_contain_text(says)
        await shown.last.scroll_into_view_if_needed()
        # Else it shows what can be done with the message under the mouse.
        await self.page.mouse.move(0, 0)
        every = await shown.count()
        found = [await shown.nth(nth).bounding_box() for nth in range(every - count, every)]
        boxes = [box for box in found if box]
        top = min(box["y"] for box in boxes) - MARGIN
        bottom = max(box["y"] + box["height"] for box in boxes) + MARGIN
        clip = {"x": 0.0, "y": top, "width": float(WIDTH), "height": bottom - top}
        await self.page.screenshot(path=HERE / f"quotas-{name}.png", clip=clip)  # type: ignore[arg-type]


async def walk(school: School, screen: Screen) -> None:
    """The how-to, step by step."""
    page, alice, roles = screen.page, school.world.alice, school.world.guild.roles
    await screen.typed("quota set", "role", "Student")
    form = page.get_by_role("dialog")
    await form.get_by_label("Per day").fill("5 pictures")
    await form.screenshot(path=HERE / "quotas-form.png")
    await form.get_by_role("button", name="Submit").click()
    await expect(page.locator("#action-status")).to_have_text("Callback completed")
    await school.mia("quota allow", role=roles["Student"], quality="low")
    await screen.settled()
    await screen.newest(2, "student", "Best quality")

    await school.mia("quota set", role=roles["Artist"], period="day", pictures=50)
    await school.mia("quota set", who="server", period="month", dollars="20")
    await school.mia("quota allow", member=school.world.bob, edits="no")
    await screen.settled()
    await screen.newest(2, "server", "Editing pictures")
    await school.mia("quota show")
    await screen.settled()
    await screen.newest(1, "show", "What holds in this server")

    for prompt in ("a fox in the snow", "a lighthouse at night", "a red house", "a boat", "an owl"):
        await school.draw(alice, prompt)
    await alice.slash(school.room, "generate", prompt="one more")
    await alice.slash(school.room, "usage")
    await screen.as_seen_by(alice)
    await screen.newest(2, "usage", "What is left for you")
    await school.mia("quota grant", member=alice, period="day", pictures=3)
    await school.mia("quota show", member=alice)
    await screen.as_seen_by(school.world.mia)
    await screen.newest(2, "member", "What holds for")


if __name__ == "__main__":
    asyncio.run(main())
