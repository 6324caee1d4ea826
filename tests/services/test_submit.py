"""What is refused at the door stays refused, however often Discord sends it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.core import events
from bot.core.errors import QueueFull
from bot.core.models import Wish
from bot.services.submit import Submit
from bot.storage.files import FileVault
from bot.storage.sqlite import SqliteStore
from tests.clock import ManualClock
from tests.conformance.world import NOW, draft, limits
from tests.happenings import Happenings
from tests.services.easel_parts import ScriptedApi

WISH = Wish(prompt="a lighthouse")


async def test_a_request_that_discord_sends_again_is_not_accepted_the_second_time(
    tmp_path: Path,
) -> None:
    """Given a refusal that its author has read, when there is room now, then it stays refused."""
    store, happening = SqliteStore(tmp_path / "easel.db"), events.Events()
    happenings = Happenings(happening)
    submit = Submit(
        store=store,
        api=ScriptedApi(),
        vault=FileVault(tmp_path / "pictures"),
        clock=ManualClock(NOW),
        events=happening,
        limits=limits(member_queue=1),
        default_model="painter-2.5",
    )
    await store.open()
    first, second = draft().place, draft().place
    waiting = (await submit.wish(WISH, first)).job
    with pytest.raises(QueueFull):
        await submit.wish(WISH, second)
    await store.cancel(waiting.id, first.member_id, NOW)

    with pytest.raises(QueueFull):
        await submit.wish(WISH, second)

    assert len(happenings.of(events.Refused)) == 1
    fresh = replace(second, interaction_id=second.interaction_id + 1_000_000)
    assert (await submit.wish(WISH, fresh)).new
    await store.close()
