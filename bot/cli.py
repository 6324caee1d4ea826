"""The command line: `easel run`, `demo`, `check`, `migrate`, `health`.

Whatever is wrong with the settings is printed as sentences, one a line, and ends with exit
code 2; no command shows a traceback for a mistake of its operator.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import click

from bot import __version__
from bot.app import App
from bot.check import check_all, check_to_run
from bot.core.errors import Misconfigured, NotReady
from bot.ops import logs
from bot.ops.clock import SystemClock
from bot.parts import build_storage
from bot.settings import Settings, load

WRONG = 2
"""Exit code for settings that cannot work."""

LATER = 75
"""Likewise for what may pass by itself; sysexits.h calls it EX_TEMPFAIL."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="easel")
def main() -> None:
    """Easel, the Discord bot that draws."""


@main.command()
def run() -> None:
    """Serve Discord until stopped; SIGTERM or Ctrl-C finishes what is being drawn.

    Asked a second time, it finishes nothing more; the next start goes on from there.
    """
    with repairs():
        settings = _complete_settings()
        logs.set_up(settings.log, secrets=settings.secrets)
        _until_stopped(_serve(settings))


@main.command()
@click.option("--once", is_flag=True, help="Stop after the first picture.")
@click.option("--real", is_flag=True, help="Draw with OPENAI_API_KEY; this costs money.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8765,
    show_default=True,
    help="Of the page; 0 takes any.",
)
@click.option(
    "--channel",
    type=click.Choice(["gallery", "sketches"]),
    default="gallery",
    show_default=True,
    help="Which channel the page shows.",
)
def demo(*, once: bool, real: bool, port: int, channel: str) -> None:
    """Try the real bot in a pretend Discord, in your browser; no account needed."""
    try:
        from bot.demo.play import play  # noqa: PLC0415 -- its packages are an extra
    except ModuleNotFoundError as lacking:
        click.echo(
            f"The demo needs {lacking.name}. Use `make demo`, or install Easel with its extra "
            "`demo`.",
            err=True,
        )
        raise SystemExit(WRONG) from lacking
    with repairs():
        settings, problems = load()
        if real and settings.openai_api_key is None:
            problems = (*problems, "OPENAI_API_KEY is not set; --real draws with it.")
        if problems:
            raise Misconfigured(problems)
        logs.set_up(settings.log, secrets=settings.secrets, level=logging.WARNING)
        _until_stopped(play(settings, once=once, real=real, port=port, channel=channel))


@main.command()
def check() -> None:
    """Read the settings and reach database, providers and Discord; say what to repair."""
    with repairs():
        settings, problems = load()
        logs.set_up(settings.log, secrets=settings.secrets)
        found = asyncio.run(check_all(settings, problems, say=click.echo))
        if found:
            raise Misconfigured(found)


@main.command()
@click.option("--status", is_flag=True, help="Only say what would be done.")
def migrate(*, status: bool) -> None:
    """Bring the database up to date; `run` does so by itself."""
    with repairs():
        settings, problems = load()
        if problems:
            raise Misconfigured(problems)
        storage = build_storage(settings, SystemClock())
        steps = storage.pending() if status else storage.upgrade()
        for step in steps:
            click.echo(f"{'to apply' if status else 'applied'}: {step}")
        if not steps:
            click.echo("The database is up to date.")


@main.command()
def health() -> None:
    """Ask a running Easel on EASEL_HTTP whether it is alive; for containers."""
    settings, _ = load()
    address = (settings.http or "127.0.0.1:8080").replace("0.0.0.0", "127.0.0.1")  # noqa: S104
    try:
        with urllib.request.urlopen(f"http://{address}/healthz", timeout=5):
            click.echo("alive")
    except (urllib.error.URLError, OSError) as silent:
        click.echo(f"No answer from http://{address}/healthz.", err=True)
        raise SystemExit(1) from silent


def _complete_settings() -> Settings:
    """Settings with which `run` can start.

    Raises:
        Misconfigured: With everything that is wrong or missing.
    """
    settings, problems = load()
    problems = asyncio.run(check_to_run(settings, problems))
    if problems:
        raise Misconfigured(problems)
    return settings


async def _serve(settings: Settings) -> None:
    async with App(settings) as app:
        await app.serve()


def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run until it ends; the first signal cancels it, and it finishes what is in hand.

    A second one cancels that as well, and only what is open is closed.
    """

    async def stoppable() -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, task.cancel)
        try:
            await work
        except asyncio.CancelledError:
            return  # as asked for: everything is closed by now

    asyncio.run(stoppable())


@contextmanager
def repairs() -> Iterator[None]:
    """Print what is misconfigured, one sentence a line, and end with exit code 2."""
    try:
        yield
    except Misconfigured as wrong:
        for problem in wrong.problems:
            click.echo(problem, err=True)
        sys.exit(LATER if isinstance(wrong, NotReady) else WRONG)
