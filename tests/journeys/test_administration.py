"""Who may change what a server allows: asked again by everything that is not a command."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import RoleHandle

from bot.core.quotas import Rule, Subject
from bot.discord_ui.limit_forms import LimitsForm
from bot.discord_ui.limit_pages import LimitsPage
from bot.services.limit import Whom
from tests.journeys.studio import Studio, said

REFUSAL = "You may not use /quota here any more: that is for those who manage this server"


@pytest.fixture
def deputies(studio: Studio) -> RoleHandle:
    """A role without permissions in the server."""
    return studio.world.guild.create_role("Deputies")


@pytest.fixture
def dora(studio: Studio, deputies: RoleHandle) -> MemberActor:
    """Somebody who has it."""
    return studio.world.guild.add_member(studio.env.create_user("dora"), roles=[deputies])


async def give(studio: Studio, **to: Any) -> None:
    """As the owner does in the server's settings under Integrations."""
    commands = {each.name: each for each in await studio.app.client.tree.fetch_commands()}
    studio.world.guild.set_command_permissions(commands["quota"], dict(to.values()))


async def rules(studio: Studio) -> tuple[Rule, ...]:
    """What is set."""
    return await studio.app.client.services.limit.rules(studio.world.guild.id)


async def page(studio: Studio, presser: MemberActor) -> str:
    """What somebody gets who presses a button of administration that they had no way to see."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.ActionRow(LimitsPage(0)))
    forged = await studio.app.client.get_partial_messageable(studio.gallery.id).send(view=view)
    answer = await presser.click(forged, custom_id="limits:0")
    return said(answer)


async def test_a_forged_button_shows_nothing_to_a_member(studio: Studio) -> None:
    """The id is right, and whoever presses it does not manage the server."""
    await studio.world.mia.slash(
        studio.gallery, "quota set", who="everyone", period="day", pictures=5
    )

    assert REFUSAL in await page(studio, studio.world.alice)
    assert "What holds in this server" in await page(studio, studio.world.mia)


async def test_a_form_is_refused_once_its_user_manages_nothing_any_more(studio: Studio) -> None:
    """The role is taken away between opening the form and handing it in."""
    mia, guild, backend = studio.world.mia, studio.world.guild, studio.env.backend
    form = await mia.slash(studio.gallery, "quota set", who="everyone")
    backend.remove_member_role(guild.id, mia.id, guild.roles["Managers"].id)

    answer = await mia.submit_modal(form, {"day": "unlimited"})

    assert answer.response is not None
    assert answer.response.ephemeral
    assert REFUSAL in said(answer)
    assert "Nothing was changed." in said(answer)
    assert await rules(studio) == ()


async def test_a_form_about_what_may_be_asked_for_is_refused_likewise(studio: Studio) -> None:
    """Every form asks, not only the first that was written."""
    mia, guild, backend = studio.world.mia, studio.world.guild, studio.env.backend
    form = await mia.slash(studio.gallery, "quota allow", who="everyone")
    backend.remove_member_role(guild.id, mia.id, guild.roles["Managers"].id)

    assert REFUSAL in said(await mia.submit_modal(form, {"quality": ["max"]}))
    assert await studio.app.client.services.limit.permits(guild.id) == ()


async def test_those_to_whom_the_command_was_given_may_use_its_forms(
    studio: Studio, dora: MemberActor, deputies: RoleHandle
) -> None:
    """Given under Integrations to a role: Discord lets them use the command, and we the form."""
    assert "quota" not in " ".join(dora.available_commands(studio.gallery))
    await give(studio, role=(deputies, True))

    form = await dora.slash(studio.gallery, "quota set", who="everyone")
    answer = said(await dora.submit_modal(form, {"day": "5"}))

    assert "**Per day:** not set → **5 pictures**" in answer
    assert "What holds in this server" in await page(studio, dora)
    assert REFUSAL in await page(studio, studio.world.alice)


async def test_a_command_that_was_given_can_be_taken_away_again(
    studio: Studio, dora: MemberActor, deputies: RoleHandle
) -> None:
    """By the role of the person, by the permission of the role, and by a no to the person."""
    await give(studio, role=(deputies, True))
    form = await dora.slash(studio.gallery, "quota set", who="everyone")
    await give(studio, role=(deputies, True), member=(dora, False))
    assert REFUSAL in said(await dora.submit_modal(form, {"day": "5"}))

    await give(studio, role=(deputies, False))
    assert REFUSAL in await page(studio, dora)

    await give(studio, role=(deputies, True))
    studio.env.backend.remove_member_role(studio.world.guild.id, dora.id, deputies.id)
    assert REFUSAL in await page(studio, dora)
    assert await rules(studio) == ()


async def test_one_role_that_may_is_enough_and_everyone_comes_last(
    studio: Studio, dora: MemberActor, deputies: RoleHandle
) -> None:
    """As Discord reads these settings: the person, then their roles, then everyone."""
    trainees = studio.world.guild.create_role("Trainees")
    studio.env.backend.add_member_role(studio.world.guild.id, dora.id, trainees.id)

    await give(studio, one=(trainees, False), other=(deputies, True))
    assert "Nothing is limited here" in await page(studio, dora)

    await give(studio, one=(trainees, False), all=(studio.world.guild.default_role, True))
    assert REFUSAL in await page(studio, dora)
    assert "Nothing is limited here" in await page(studio, studio.world.alice)


async def test_a_form_of_one_server_sets_nothing_from_another(studio: Studio) -> None:
    """Its number is nobody's to know, and still: who manages one server sets nothing elsewhere."""
    mia = studio.world.mia
    shown = await mia.slash(studio.gallery, "quota set", who="everyone")
    [form] = studio.app.client._connection._view_store._modals.values()
    assert isinstance(form, LimitsForm)
    elsewhere = form._subject = Whom(studio.world.guild.id + 1, Subject.EVERYONE)

    answer = said(await mia.submit_modal(shown, {"day": "5"}))

    assert answer == "This form belongs to another server. Nothing was changed."
    assert await studio.app.client.services.limit.of(elsewhere) == {}
