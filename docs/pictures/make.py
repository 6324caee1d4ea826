"""Makes the picture of the README: `python docs/pictures/make.py`.

It starts the demo, types a command into its page, waits for the picture, and takes a screenshot.
It needs Chromium, and Easel's development packages (`make test` installs them).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

HERE = Path(__file__).parent
PROMPT = "a fox under a red moon in the snow"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 30_000


def main() -> None:
    """Write demo.png beside this file."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is not installed; on Debian: apt-get install chromium")
    demo = subprocess.Popen(
        [sys.executable, "-u", "-m", "bot", "demo", "--port", "0"],
        cwd=HERE.parents[1],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1100, "height": 960})
            page.goto(address(demo))
            show(page)
            page.screenshot(path=HERE / "demo.png")
            browser.close()
    finally:
        demo.terminate()
        demo.wait()


def address(demo: subprocess.Popen[str]) -> str:
    """Where the page is, as the demo says."""
    assert demo.stdout is not None
    for line in demo.stdout:
        if found := re.search(r"Open (http://\S+)", line):
            return found[1]
    sys.exit("the demo ended before it had a page")


def show(page: Page) -> None:
    """Ask for a picture and leave it in view, with a command half typed below it."""
    page.click("#channel-composer-input")
    page.keyboard.type("/gen")
    expect(page.get_by_text("Draw pictures from your words")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("What the pictures should show").first).to_be_visible()
    page.keyboard.type(PROMPT)
    page.keyboard.press("Enter")
    picture = page.get_by_alt_text(PROMPT).last
    expect(page.get_by_role("button", name="Again")).to_have_count(2, timeout=PATIENCE_MS)
    page.wait_for_function(
        "(image) => image.complete && image.naturalWidth > 0", arg=picture.element_handle()
    )
    page.get_by_role("button", name="Messages").click()
    expect(page.get_by_text("Updating viewport")).to_have_count(0)
    page.get_by_role("button", name="Again").last.scroll_into_view_if_needed()


if __name__ == "__main__":
    main()
