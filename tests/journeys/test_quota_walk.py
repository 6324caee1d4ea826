"""A new admin walks from an empty server to a working policy, and its members meet it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from simcord.actors import MemberActor
from simcord.builders import RoleHandle

from bot.core.periods import Period
from bot.core.quotas import Subject
from bot.services.limit import Whom
from tests.journeys.pictures import HARBOUR
from tests.journeys.studio import Studio, open_studio, said

TIMES = "<t:"


@dataclass(frozen=True, slots=True)
class Class:
    """A server with two roles and somebody in each of them."""

    studio: Studio
    student: RoleHandle
    artist: RoleHandle
    sam: MemberActor
    ada: MemberActor

    async def mia(self, command: str, **options: Any) -> str:
        """What the admin is answered."""
        studio = self.studio
        return said(await studio.world.mia.slash(studio.gallery, command, **options))


@pytest.fixture
def school(studio: Studio) -> Class:
    """The server before anything is set."""
    guild, env = studio.world.guild, studio.env
    student, artist = guild.create_role("Student"), guild.create_role("Artist")
    return Class(
        studio,
        student,
        artist,
        sam=guild.add_member(env.create_user("sam"), roles=[student]),
        ada=guild.add_member(env.create_user("ada"), roles=[artist]),
    )


async def set_up(school: Class) -> None:
    """The policy, without reading what is answered."""
    await school.mia("quota set", role=school.student, period="day", pictures=5)
    await school.mia("quota allow", role=school.student, quality="low")
    await school.mia("quota set", role=school.artist, period="day", pictures=50)
    await school.mia("quota set", who="server", period="month", dollars="20")
    await school.mia("quota allow", member=school.studio.world.bob, edits="no")


async def test_every_message_on_the_way_can_be_understood_by_itself(school: Class) -> None:
    """Word for word, since words are what an admin has: whose, how much, instead of what, since
    when, and what comes next.
    """
    mia, bob = school.studio.world.mia.id, school.studio.world.bob.id
    student = school.student.mention
    by_mia = f"-# Set by <@{mia}>. See everything with /quota show."

    assert await school.mia("quota show") == (
        "**Nothing is limited here.** Every member may draw as much as they like, with every "
        "model.\n"
        "Begin with `/quota set`: choose *each member*, a period, and a number of pictures or "
        "dollars."
    )
    day = Period.DAY.end(school.studio.app.clock.now())
    assert await school.mia("quota set", role=school.student, period="day", pictures=5) == (
        f"**Limits for {student}**\n"
        "**Per day:** not set → **5 pictures**\n"
        "-# Whoever drew more than that already waits until it resets "
        f"<t:{int(day.timestamp())}:R>.\n"
        "-# Each member with this role may draw that much, in place of what is set for each "
        "member. Of several roles, the most generous counts.\n"
        f"{by_mia}"
    )
    assert await school.mia("quota allow", role=school.student, quality="low") == (
        f"**What {student} may ask for**\n"
        "**Best quality:** not set → **low**\n"
        "-# Each member with this role may ask for no more, in place of what is set for each "
        "member. Of several roles, the most generous counts.\n"
        f"{by_mia}"
    )
    await school.mia("quota set", role=school.artist, period="day", pictures=50)
    month = Period.MONTH.end(school.studio.app.clock.now())
    assert await school.mia("quota set", who="server", period="month", dollars="20") == (
        "**Limits for this server**\n"
        "**Per month:** not set → **$20.00**\n"
        "-# This month so far: $0.00 of $20.00 used, $20.00 left; resets "
        f"<t:{int(month.timestamp())}:R>.\n"
        "-# All members together may draw that much, whatever else is set.\n"
        f"{by_mia}"
    )
    assert await school.mia("quota allow", member=school.studio.world.bob, edits="no") == (
        f"**What <@{bob}> may ask for**\n"
        "**Editing pictures:** not set → **not allowed**\n"
        "-# This member may ask for no more, in place of what is set for their roles or for each "
        "member.\n"
        f"{by_mia}"
    )


async def test_one_message_says_what_holds_for_whom_since_when_and_by_whom(school: Class) -> None:
    """Everything that was set, and nothing else."""
    await set_up(school)

    shown = await school.mia("quota show")

    by_mia = f"-# set by <@{school.studio.world.mia.id}> {TIMES}"
    assert "What is set for the server always holds." in shown
    assert "**This server**, all members together\nPer month: **$20.00** · $0.00 of $20.00" in shown
    assert f"**{school.student.mention}**\nPer day: **5 pictures**\n{by_mia}" in shown
    assert f"Best quality: **low**\n{by_mia}" in shown
    assert f"**{school.artist.mention}**\nPer day: **50 pictures**\n{by_mia}" in shown
    bob = school.studio.world.bob.mention
    assert f"**{bob}**\nEditing pictures: **not allowed**\n{by_mia}" in shown
    assert shown.count(by_mia) == 5


async def test_a_student_draws_five_in_low_quality_and_is_told_why_not_six(school: Class) -> None:
    """They need not know the rule: what they leave open is chosen for them."""
    await set_up(school)
    for number in range(5):
        await school.studio.draw(school.sam, f"sketch {number}")

    sixth = said(await school.studio.generate(school.sam, "one more"))

    requests = school.studio.service.requests
    assert [each.fields["quality"] for each in requests if each.model] == ["low"] * 5
    assert sixth.startswith(
        f"As {school.student.mention} you may draw 5 pictures per day here, and nothing is left. "
        f"You can draw again {TIMES}"
    )
    usage = said(await school.sam.slash(school.studio.gallery, "usage"))
    assert "**Per day:** 5 of 5 pictures used, 0 left; resets <t:" in usage
    assert f"-# Because of {school.student.mention}." in usage
    assert "**Per month:** $0.0" in usage
    assert "-# For the whole server: all members draw from it together." in usage
    assert f"**Best quality:** low\n-# Set for {school.student.mention}." in usage
    assert "> sketch 4\n" in usage


async def test_a_student_who_asks_for_more_quality_is_told_what_they_may_choose(
    school: Class,
) -> None:
    """By command, and by the button under a picture."""
    await set_up(school)
    shown = await school.studio.draw(school.sam)

    named = await school.studio.generate(school.sam, quality="high")
    pressed = await school.sam.click(shown, label="Higher quality")

    assert said(named) == said(pressed) == "The best quality that you may choose here is low."


async def test_an_artist_is_not_held_to_what_students_are(school: Class) -> None:
    """More of them, and in any quality."""
    await set_up(school)

    message = await school.studio.draw(school.ada, count=10, quality="high")

    assert len(message.attachments) == 10
    usage = said(await school.ada.slash(school.studio.gallery, "usage"))
    assert "**Per day:** 10 of 50 pictures used, 40 left" in usage
    assert "Everything that the models can do." in usage


async def test_who_has_no_role_is_held_to_the_servers_budget_alone(school: Class) -> None:
    """Alice draws as much as she likes, and no more than the server pays for."""
    await set_up(school)
    await school.studio.draw(school.studio.world.alice)
    await school.mia("quota set", who="server", period="month", dollars="0.05")

    refused = said(await school.studio.generate(school.studio.world.alice, count=10))

    assert refused.startswith("This server's limit is $0.05 per month, and this request needs up")
    assert "Choose a lower quality, a smaller size, or fewer pictures." in refused


async def test_the_member_who_may_not_edit_draws_all_the_same(school: Class) -> None:
    """Only edits are refused, with what is possible instead."""
    await set_up(school)
    bob, gallery = school.studio.world.bob, school.studio.gallery

    edited = await bob.slash(gallery, "edit", prompt="at night", image=HARBOUR)

    assert said(edited) == "You may not edit pictures here. /generate draws new ones."
    assert (await school.studio.draw(bob)).attachments
    usage = said(await bob.slash(gallery, "usage"))
    assert f"**Editing pictures:** not allowed\n-# Set for {bob.mention}." in usage


async def test_a_role_that_is_given_or_taken_counts_at_once(school: Class) -> None:
    """What was drawn before counts for whatever holds then."""
    await set_up(school)
    backend, guild = school.studio.env.backend, school.studio.world.guild
    for _ in range(5):
        await school.studio.draw(school.sam)
    assert "nothing is left" in said(await school.studio.generate(school.sam))

    backend.add_member_role(guild.id, school.sam.id, school.artist.id)
    assert (await school.studio.draw(school.sam)).attachments

    backend.remove_member_role(guild.id, school.sam.id, school.artist.id)
    assert "nothing is left" in said(await school.studio.generate(school.sam))


async def test_costs_are_shown_to_members_where_the_owner_says_so(school: Class) -> None:
    """Off at first."""
    await school.studio.draw(school.ada, "a boat")
    without = said(await school.ada.slash(school.studio.gallery, "usage"))
    chosen = school.studio.app.client.services.choose
    await chosen.change(
        school.studio.world.guild.id, by=school.studio.world.mia.id, show_costs=True
    )

    shown = said(await school.ada.slash(school.studio.gallery, "usage"))

    assert "$" not in without
    assert "Today: 1 picture and $0.0" in shown
    assert "> a boat\n-# <t:" in shown
    assert shown.count("$0.0") >= 2


async def test_the_operators_budget_is_told_as_the_operators(tmp_path: Path) -> None:
    """A member who is refused did nothing wrong, and an admin sees what stands above."""
    async with open_studio(
        tmp_path / "data", budget_day=50_000, server_budget_month=30_000
    ) as easel:
        shown = said(await easel.world.mia.slash(easel.gallery, "quota show"))
        refused = said(await easel.generate(easel.world.alice, count=10))
        await easel.app.client.services.limit.set(
            Whom(easel.world.guild.id, Subject.SERVER),
            Period.DAY,
            pictures=None,
            micro=None,
            by=easel.world.mia.id,
        )
        still = said(await easel.generate(easel.world.alice, count=10))

    assert "the operator of this bot lets $0.03 per month be spent on this server" in shown
    assert refused == still
    assert refused.startswith(
        "The operator of this bot lets $0.03 per month be spent on this server, and this request "
        "needs up to $"
    )
