"""Answer an interaction in time although something has to be waited for first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from bot.discord_ui.client import Interaction

PATIENCE_S = 1.5
"""Seconds that the work may take before Discord is told to wait; it allows three in all."""

Result = TypeVar("Result")


async def acknowledged_while(interaction: Interaction, work: Awaitable[Result]) -> Result:
    """What comes of the work; meanwhile Discord is told to wait if it takes long.

    It is told so privately: until the work is done it is not known whether the answer is a card
    for everybody or a refusal for one.
    """

    async def defer_later() -> None:
        await asyncio.sleep(PATIENCE_S)
        await interaction.response.defer(ephemeral=True, thinking=True)

    failure: Exception | None = None
    result: list[Result] = []
    async with asyncio.TaskGroup() as group:
        deferring = group.create_task(defer_later())
        try:
            result.append(await work)
        except Exception as error:  # noqa: BLE001 -- raised again below, outside of the group
            failure = error
        # Not cancelled in the middle: an answer that is under way has to be counted as given.
        if not deferring.done() and not interaction.response.is_done():
            deferring.cancel()
    if failure is not None:
        raise failure
    return result[0]
