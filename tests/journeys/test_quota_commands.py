"""/quota, one command after the other: what each says, and what it comes to."""

from __future__ import annotations

from typing import Any

import pytest
from simcord.actors import MemberActor
from simcord.builders import RoleHandle

from bot.core.periods import Period
from bot.core.quotas import Subject
from bot.services.limit import Whom
from tests.journeys.studio import Studio, said


@pytest.fixture
def student(studio: Studio) -> RoleHandle:
    """A role without permissions."""
    return studio.world.guild.create_role("Student")


@pytest.fixture
def sam(studio: Studio, student: RoleHandle) -> MemberActor:
    """Somebody who has it."""
    return studio.world.guild.add_member(studio.env.create_user("sam"), roles=[student])


async def quota(studio: Studio, command: str, **options: Any) -> str:
    """What Mia, who manages the server, is answered; in private, always."""
    answer = await studio.world.mia.slash(studio.gallery, f"quota {command}", **options)
    assert answer.response is not None
    assert answer.response.ephemeral
    return said(answer)


# -------------------------------------------------------------------------------------------- set


async def test_setting_dollars_in_place_of_pictures_says_so(studio: Studio) -> None:
    """What is not named does not hold any more; who set it, and when, is told."""
    await quota(studio, "set", who="everyone", period="day", pictures=5)

    changed = await quota(studio, "set", who="everyone", period="day", dollars="2.50")

    assert "**Per day:** 5 pictures → **$2.50**" in changed
    assert "The limit of 5 pictures does not hold any more" in changed
    assert f"It was set by <@{studio.world.mia.id}> <t:" in changed


async def test_a_limit_that_is_exceeded_already_says_what_happens_next(studio: Studio) -> None:
    """What was drawn before the limit counts; new requests wait for the next period."""
    await studio.draw(studio.world.alice)
    await studio.draw(studio.world.alice)

    for_all = await quota(studio, "set", who="server", period="month", pictures=1)
    for_one = await quota(studio, "set", member=studio.world.alice, period="day", pictures=1)
    for_each = await quota(studio, "set", who="everyone", period="day", pictures=1)

    assert "More than that is used already: 2 of 1 picture used, 0 left." in for_all
    assert "New requests are refused until it resets <t:" in for_all
    assert "2 of 1 picture used" in for_one
    assert "Whoever drew more than that already waits until it resets <t:" in for_each


async def test_none_and_unlimited_can_both_be_said(
    studio: Studio, student: RoleHandle, sam: MemberActor
) -> None:
    """Nobody may draw, but students as much as they like."""
    none = await quota(studio, "set", who="everyone", period="day", pictures=0)
    unlimited = await quota(studio, "set", role=student, period="day", unlimited=True)

    assert "not set → **0 pictures**" in none
    assert "That lets nothing be drawn." in none
    assert "not set → **no limit**" in unlimited
    assert (await studio.draw(sam)).attachments
    refused = said(await studio.generate(studio.world.alice))
    assert refused == (
        "Each member may draw 0 pictures per day here, and this request needs 1 picture. Only "
        "those who manage this server can change that."
    )


async def test_the_role_of_everybody_is_each_member(studio: Studio) -> None:
    """Discord offers @everyone among the roles, and nobody has been given it."""
    everyone = studio.world.guild.default_role

    answer = await quota(studio, "set", role=everyone, period="day", pictures=1)

    assert "**Limits for each member**" in answer
    await studio.draw(studio.world.alice)
    assert "nothing is left" in said(await studio.generate(studio.world.alice))


CONTRADICTIONS: list[tuple[set[str], dict[str, Any], str]] = [
    (set(), {"period": "day", "pictures": 5}, "Say whom it is about"),
    ({"role", "member"}, {"period": "day", "pictures": 5}, "not both"),
    ({"role"}, {"who": "server", "period": "day", "pictures": 5}, "The server is all members"),
    ({"member"}, {"who": "everyone", "period": "day", "pictures": 5}, "Each member, or this one?"),
    (set(), {"who": "everyone", "pictures": 5}, "choose a `period` as well"),
    (set(), {"who": "everyone", "period": "day"}, "Say how much"),
    (
        set(),
        {"who": "everyone", "period": "day", "pictures": 5, "unlimited": True},
        "leave out `pictures` and `dollars`, or `unlimited`",
    ),
    (set(), {"who": "everyone", "period": "day", "dollars": "a lot"}, "“a lot” is not an amount"),
]


@pytest.mark.parametrize(("named", "options", "words"), CONTRADICTIONS)
async def test_what_makes_no_sense_is_refused_with_the_repair(
    studio: Studio, student: RoleHandle, named: set[str], options: dict[str, Any], words: str
) -> None:
    """Nothing is set by guessing."""
    people = {"role": student, "member": studio.world.bob}

    answer = await quota(studio, "set", **{name: people[name] for name in named}, **options)

    assert words in answer
    assert "Nothing is limited here" in await quota(studio, "show")


async def test_each_member_of_a_role_is_that_role(studio: Studio, student: RoleHandle) -> None:
    """“Each member” and a role together can only be meant one way."""
    answer = await quota(studio, "set", who="everyone", role=student, period="day", pictures=5)

    assert f"**Limits for <@&{student.id}>**" in answer


# ------------------------------------------------------------------------------ forms and the rest


async def test_a_form_sets_several_periods_at_once(studio: Studio, student: RoleHandle) -> None:
    """It is filled with what holds; a field that was emptied is taken back."""
    mia, gallery = studio.world.mia, studio.gallery
    await quota(studio, "set", role=student, period="day", pictures=5)
    await quota(studio, "set", role=student, period="hour", pictures=2)

    form = await mia.slash(gallery, "quota set", role=student)
    answer = said(
        await mia.submit_modal(
            form, {"hour": "", "day": "10 pictures and $1.50", "month": "unlimited"}
        )
    )

    assert "**Per hour:** 2 pictures → **not set**" in answer
    assert "**Per day:** 5 pictures → **10 pictures and $1.50**" in answer
    assert "**Per month:** not set → **no limit**" in answer
    assert "week" not in answer


async def test_a_form_leaves_alone_what_was_not_touched_in_it(
    studio: Studio, student: RoleHandle
) -> None:
    """Somebody else sets a limit while it is open, and keeps it."""
    mia, gallery = studio.world.mia, studio.gallery
    form = await mia.slash(gallery, "quota set", role=student)
    await quota(studio, "set", role=student, period="day", pictures=5)

    answer = said(await mia.submit_modal(form, {"week": "20"}))

    assert "**Per week:** not set → **20 pictures**" in answer
    assert "Per day: **5 pictures**" in await quota(studio, "show", role=student)


async def test_a_form_with_a_wrong_field_changes_nothing(
    studio: Studio, student: RoleHandle
) -> None:
    """The sentence names the field and shows how a limit is written."""
    form = await studio.world.mia.slash(studio.gallery, "quota set", role=student)

    answer = said(await studio.world.mia.submit_modal(form, {"day": "5", "week": "some"}))

    assert answer == (
        "Per week: “some” is not a limit. Write a limit like 5 pictures, $2.50, 5 pictures and "
        "$2.50, or unlimited. Nothing was changed."
    )
    assert "Nothing is limited here" in await quota(studio, "show")


async def test_a_form_says_what_may_be_asked_for(studio: Studio, student: RoleHandle) -> None:
    """All five at once; handed in again unchanged, nothing happens."""
    mia, gallery = studio.world.mia, studio.gallery
    form = await mia.slash(gallery, "quota allow", role=student)
    values = {
        "models": ["gpt-image-2"],
        "quality": ["medium"],
        "size": "1024x1536",
        "count": ["2"],
        "edits": ["no"],
    }

    answer = said(await mia.submit_modal(form, values))
    again = await mia.slash(gallery, "quota allow", role=student)
    unchanged = said(await mia.submit_modal(again, values))

    assert "**Models:** not set → **`gpt-image-2`**" in answer
    assert "**Editing pictures:** not set → **not allowed**" in answer
    assert "Nothing was changed in the form" in unchanged


async def test_everything_of_a_role_can_be_taken_back(studio: Studio, student: RoleHandle) -> None:
    """Each of it is shown as it was; what holds instead is said."""
    await quota(studio, "set", role=student, period="day", pictures=5)
    await quota(studio, "set", role=student, period="month", dollars="3")
    await quota(studio, "allow", role=student, quality="low")

    answer = await quota(studio, "clear", what="everything", role=student)

    assert "**Per day:** 5 pictures → **not set**" in answer
    assert "**Per month:** $3.00 → **not set**" in answer
    assert "**Best quality:** low → **not set**" in answer
    assert "now have what is set for each member" in answer
    assert "Nothing is set there" in await quota(studio, "clear", what="everything", role=student)
    assert "No such limit is set" in await quota(studio, "clear", what="day", role=student)


async def test_a_grant_lets_a_member_draw_more_this_time(studio: Studio) -> None:
    """Before and after are shown; what makes no difference says why."""
    alice = studio.world.alice
    await quota(studio, "set", who="everyone", period="day", pictures=1)
    await studio.draw(alice)

    granted = await quota(studio, "grant", member=alice, period="day", pictures=1)
    useless = await quota(studio, "grant", member=alice, period="day", dollars="2")
    elsewhere = await quota(studio, "grant", member=alice, period="week", pictures=1)
    nothing = await quota(studio, "grant", member=alice, period="week")

    assert "**Limit:** 1 picture → **2 pictures**" in granted
    assert "With 1 picture granted on top." in granted
    assert "their limit per day is 2 pictures" in useless
    assert "nothing limits them per week" in elsewhere
    assert "Say how much" in nothing
    await studio.draw(alice)
    assert "nothing is left" in said(await studio.generate(alice))


async def test_a_reset_lets_a_member_or_the_server_begin_anew(studio: Studio) -> None:
    """What is held for unfinished requests stays held."""
    alice = studio.world.alice
    await quota(studio, "set", who="everyone", period="day", pictures=1)
    await quota(studio, "set", who="server", period="month", pictures=1)
    await studio.draw(alice)

    mine = await quota(studio, "reset", period="day", member=alice)
    everybodys = await quota(studio, "reset", period="month")

    assert f"**<@{alice.id}> begins anew today**" in mine
    assert "Used per day: 1 picture and $" in mine
    assert "→ **0 pictures and $0.00**" in mine
    assert "**The server as a whole begins anew this month**" in everybodys
    assert (await studio.draw(alice)).attachments


async def test_show_says_what_holds_for_a_member_and_why(
    studio: Studio, student: RoleHandle, sam: MemberActor
) -> None:
    """The own limit before the role's before everyone's, for each period apart."""
    await quota(studio, "set", who="everyone", period="week", pictures=9)
    await quota(studio, "set", who="everyone", period="day", pictures=1)
    await quota(studio, "set", role=student, period="day", pictures=5)
    await quota(studio, "set", member=sam, period="month", dollars="3")
    await studio.draw(sam)

    shown = await quota(studio, "show", member=sam)

    assert "**Per day:** 1 of 5 pictures used, 4 left; resets <t:" in shown
    assert f"Because of <@&{student.id}>. Set by <@{studio.world.mia.id}> <t:" in shown
    assert "**Per week:** 1 of 9 pictures used, 8 left" in shown
    assert "As for each member." in shown
    assert f"For <@{sam.id}> alone" in shown


async def test_of_several_roles_the_most_generous_counts_and_is_named(
    studio: Studio, student: RoleHandle
) -> None:
    """The other is named beside it."""
    guild = studio.world.guild
    artist = guild.create_role("Artist")
    both = guild.add_member(studio.env.create_user("ada"), roles=[student, artist])
    await quota(studio, "set", role=student, period="day", pictures=5)
    await quota(studio, "set", role=artist, period="day", pictures=50)

    shown = await quota(studio, "show", member=both)

    assert "0 of 50 pictures used" in shown
    assert f"Because of <@&{artist.id}>, more generous than <@&{student.id}>." in shown


async def test_whoever_has_very_many_roles_can_be_shown_what_holds(studio: Studio) -> None:
    """A message takes 4,000 characters; every role limits every period, and names models."""
    guild, limit = studio.world.guild, studio.app.client.services.limit
    roles = [guild.create_role(f"Role {number}") for number in range(40)]
    member = guild.add_member(studio.env.create_user("max"), roles=roles)
    models = frozenset(model.id for model in studio.app.submit.models())
    for number, role in enumerate(roles):
        whom = Whom(guild.id, Subject.ROLE, role.id)
        await limit.allow(whom, by=1, models=models, count=5)
        for period in Period:
            await limit.set(whom, period, pictures=10 + number, micro=None, by=1)

    shown = await quota(studio, "show", member=member)
    usage = said(await member.slash(studio.gallery, "usage"))

    assert f"Because of <@&{roles[-1].id}>, more generous than" in shown
    assert "and 36 more." in shown
    assert "0 of 49 pictures used" in usage


async def test_many_limits_take_several_pages(studio: Studio) -> None:
    """More and Back turn them; every limit is on one of them."""
    mia, limit = studio.world.mia, studio.app.client.services.limit
    for number in range(60):
        whom = Whom(studio.world.guild.id, Subject.ROLE, 1000 + number)
        await limit.set(whom, Period.DAY, pictures=number, micro=None, by=mia.id)

    first = await mia.slash(studio.gallery, "quota show")
    assert first.response is not None
    assert "page 1 of 4" in said(first)
    assert "[Back]" not in said(first)
    texts = said(first)
    for _ in range(3):
        turned = await mia.click(first.response.message, label="More")
        assert turned.response is not None
        texts += said(turned)

    assert "page 4 of 4" in texts
    assert all(f"<@&{1000 + number}>" in texts for number in range(60))
