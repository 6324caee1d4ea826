"""`easel check`: try every part once, and say what works and what to repair."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.core.errors import AccountProblem, DrawingFailed, Misconfigured, Unreachable
from bot.discord_ui.connection import ask_who
from bot.discord_ui.endpoint import point_at
from bot.ops.clock import SystemClock
from bot.parts import build_api
from bot.settings import Settings
from bot.storage.sqlite import SqliteStore
from bot.storage.sqlite_version import described

Say = Callable[[str], None]
Part = Callable[[Settings, Say], Awaitable[None]]

LOGIN_MISSING = (
    "DISCORD_TOKEN is not set. Copy it from the Developer Portal (your application, Bot, "
    "Reset Token) into .env, or choose `easel demo` to try without one."
)


def missing(settings: Settings) -> tuple[str, ...]:
    """What `run` cannot do without, beside what the providers need."""
    return () if settings.discord_token else (LOGIN_MISSING,)


async def check_all(settings: Settings, problems: tuple[str, ...], say: Say) -> tuple[str, ...]:
    """Go through settings, database, providers and Discord, whatever fails on the way.

    Args:
        settings: With defaults where they were wrong.
        problems: What was wrong.
        say: Told one line for each part that works.

    Returns:
        One sentence for each problem.
    """
    found = [*problems, *missing(settings)]
    if not found:
        say("settings: complete")
    for part in (_database, _providers, _discord):
        found += await _tried(part, settings, say)
    return tuple(dict.fromkeys(found))


async def check_to_run(settings: Settings, problems: tuple[str, ...]) -> tuple[str, ...]:
    """Everything that is known to be wrong before Discord and the providers are spoken to."""
    found = [*problems, *missing(settings), *await _tried(_built, settings, _silent)]
    if found:
        # Starting would find this out, but by then the rest would have been said already.
        found += await _tried(_database, settings, _silent)
    return tuple(dict.fromkeys(found))


async def _tried(part: Part, settings: Settings, say: Say) -> tuple[str, ...]:
    try:
        await part(settings, say)
    except Misconfigured as wrong:
        return wrong.problems
    return ()


def _silent(line: str) -> None:
    """For whoever wants problems only."""


async def _built(settings: Settings, _: Say) -> None:
    build_api(settings, SystemClock())


async def _database(settings: Settings, say: Say) -> None:
    store = SqliteStore(settings.database_path, setting=settings.database_setting)
    try:
        await store.open()
        say(f"database: {settings.database_path} can be written, {described()}")
    finally:
        await store.close()


async def _providers(settings: Settings, say: Say) -> None:
    api = build_api(settings, SystemClock())
    await api.open()
    failed = []
    try:
        for name in api.names:
            try:
                say(f"{name}: {await api.reach(name)}")
            except DrawingFailed as failure:
                failed.append(_trouble(name, failure))
    finally:
        await api.close()
    if failed:
        raise Misconfigured(tuple(failed))


def _trouble(provider: str, failure: DrawingFailed) -> str:
    match failure:
        case Unreachable():
            repair = "Check this machine's network, and the provider's address if one is set"
            return f"{provider} cannot be reached. {repair} ({failure.detail})."
        case AccountProblem():
            repair = "Check its key, and the account's verification and credit"
            return f"{provider} does not let us in. {repair} ({failure.detail})."
        case _:
            return f"{provider} cannot be used: {failure.detail}."


async def _discord(settings: Settings, say: Say) -> None:
    if settings.discord_token is None:
        return
    point_at(settings.discord_api_url, settings.discord_gateway_url)
    who = await ask_who(settings.discord_token.get_secret_value())
    say(f"discord: logged in as {who}")
