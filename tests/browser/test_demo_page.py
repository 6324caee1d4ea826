"""Somebody tries the demo: types a command, watches the picture arrive, presses a button."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_MS = 30_000

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.timeout(120),
    # Two browsers at once on a small machine would only slow each other down.
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """The page of a running `easel demo`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "demo", "--port", "0"),
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    said = []
    try:
        async with asyncio.timeout(60):
            while found := await process.stdout.readline():
                said.append(found.decode())
                if link := re.search(r"Open (http://\S+)", said[-1]):
                    yield link[1]
                    break
            else:
                pytest.fail("the demo ended:\n" + "".join(said))
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


@pytest.fixture
async def page(address: str) -> AsyncIterator[Page]:
    """A browser that shows it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        shown = await browser.new_page(viewport={"width": 1280, "height": 1000})
        shown.set_default_timeout(PATIENCE_MS)
        await shown.goto(address)
        yield shown
        await browser.close()


async def generate(page: Page, prompt: str) -> None:
    """Type the command as a person would."""
    composer = page.locator("#channel-composer-input")
    await composer.click()
    await page.keyboard.type("/gen")
    await expect(page.get_by_text("Draw pictures from your words")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("What the pictures should show").first).to_be_visible()
    await page.keyboard.type(prompt)
    # The page takes nothing while it brings itself up to date, and leaves the command standing:
    # send it until it is gone, as a person does. Without a command there, Send sends nothing.
    command = page.get_by_role("button", name="Exit command mode")
    while await command.count():
        await page.get_by_role("button", name="Send", exact=True).click()


async def press(page: Page, button: Locator) -> None:
    """Press a button until the page says that it was taken; it refuses while something changes."""
    while True:
        await button.click()
        answer = page.get_by_role("status").filter(has_text=re.compile("completed")).first
        await expect(answer).to_be_visible()
        if await answer.text_content() == "Callback completed":
            return


async def test_a_typed_command_ends_in_a_picture_and_again_draws_another(page: Page) -> None:
    """The picture of the terminal is there; /generate adds one, Again a third."""
    pictures = page.get_by_role("button", name="Again")
    await expect(pictures).to_have_count(1, timeout=PATIENCE_MS)

    await generate(page, "a fox under a red moon")
    await expect(pictures).to_have_count(2, timeout=PATIENCE_MS)

    await press(page, pictures.last)
    await expect(pictures).to_have_count(3, timeout=PATIENCE_MS)


async def test_a_refusal_is_shown_to_the_person_alone(page: Page) -> None:
    """A prompt the pretend service declines ends in a plain sentence with a next step."""
    await expect(page.get_by_role("button", name="Again")).to_have_count(1, timeout=PATIENCE_MS)

    await generate(page, "!moderation please")

    await expect(page.get_by_text("safety system declined this request").first).to_be_visible(
        timeout=PATIENCE_MS
    )
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
