"""What is not accepted is refused privately, before anything is paid."""

from __future__ import annotations

import discord
import pytest

from bot.core.periods import Period
from bot.core.quotas import Subject
from bot.services.limit import Whom
from tests.journeys.studio import Studio, said


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"size": "huge"}, "“huge” is not a size"),
        ({"size": "0x100"}, "at least one pixel"),
        ({"quality": "ultra"}, "does not know the quality “ultra”. Choose low"),
        ({"model": "pencilpal"}, "I know no model named “pencilpal”"),
        ({"model": "gpt-image-1"}, "gpt-image-1 was shut down on 2026-10-23; use"),
        ({"style": "blurry"}, "does not know the style"),
        ({"format": "tiff"}, "does not know the format"),
    ],
)
async def test_an_option_the_model_does_not_take_is_named_with_what_it_does_take(
    studio: Studio, options: dict[str, str], words: str
) -> None:
    """Whoever types past the choices is told what they are."""
    answer = await studio.generate(studio.world.alice, "a cat", **options)

    assert answer.response is not None
    assert answer.response.ephemeral
    assert words in said(answer)
    assert studio.service.requests == []


async def test_a_channel_where_the_bot_may_not_post_is_refused_before_paying(
    studio: Studio,
) -> None:
    """The missing permission is named as Discord's settings name it."""
    me = studio.world.guild.me
    assert me is not None
    closed = studio.world.guild.create_text_channel(
        "closed", overwrites={me: discord.PermissionOverwrite(attach_files=False)}
    )

    answer = await studio.world.alice.slash(closed, "generate", prompt="a cat")

    assert answer.response is not None
    assert answer.response.ephemeral
    assert "“Attach Files”" in said(answer)
    assert studio.service.requests == []


async def test_a_quota_that_is_used_up_is_refused_with_the_time_it_resets(
    studio: Studio,
) -> None:
    """The second picture of a limit of one is refused, and drawn by nobody."""
    await studio.app.client.services.limit.set(
        Whom(studio.world.guild.id, Subject.EVERYONE),
        Period.DAY,
        pictures=1,
        micro=None,
        by=studio.world.mia.id,
    )
    await studio.draw(studio.world.alice)

    answer = await studio.generate(studio.world.alice)

    assert answer.response is not None
    assert answer.response.ephemeral
    assert "Each member may draw 1 picture per day here" in said(answer)
    assert "<t:" in said(answer)
    assert len(studio.service.requests) == 1


async def test_each_member_has_their_own_part_of_an_everyone_limit(studio: Studio) -> None:
    """Alice's use does not count against Bob."""
    await studio.app.client.services.limit.set(
        Whom(studio.world.guild.id, Subject.EVERYONE),
        Period.DAY,
        pictures=1,
        micro=None,
        by=studio.world.mia.id,
    )
    await studio.draw(studio.world.alice)

    message = await studio.draw(studio.world.bob)

    assert message.attachments
