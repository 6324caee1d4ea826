"""/quota: how much is drawn in a server, and what may be asked for. For those who manage it."""

from collections.abc import Callable
from typing import Any

import discord
from discord import app_commands

from bot.core.errors import InvalidRequest
from bot.core.images import COUNT_LIMIT, Quality
from bot.core.periods import Period
from bot.core.pricing import dollars as money
from bot.core.pricing import read_dollars
from bot.core.quotas import Account, Amount, Bound, Subject, say_limit
from bot.discord_ui import cards, limit_words, words
from bot.discord_ui.administration import MANAGERS, server_managed
from bot.discord_ui.client import Interaction
from bot.discord_ui.commands.options import Choices, matching
from bot.discord_ui.limit_answers import answer, answer_allowed, answer_changes, sections, signed
from bot.discord_ui.limit_forms import AllowForm, LimitsForm, read_pixels
from bot.discord_ui.limit_pages import for_member, for_subject, overview
from bot.discord_ui.places import roles_of
from bot.discord_ui.whom import OPTIONS, WHO, plainly, whom

quota = app_commands.Group(
    name="quota",
    description="How much may be drawn in this server, and what may be asked for",
    default_permissions=MANAGERS,
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False),
)

UNSET = "unset"
"""Stands for taking back what was said."""

LEFT_OPEN = app_commands.Choice(name="not set: take back what was said", value=UNSET)
PERIODS = [app_commands.Choice(name=each.value, value=each.value) for each in Period]
QUALITIES = [app_commands.Choice(name=each.value, value=each.value) for each in Quality]
COUNTS = [app_commands.Choice(name=str(n), value=str(n)) for n in range(1, COUNT_LIMIT + 1)]
EDITS = [
    app_commands.Choice(name="allowed", value="yes"),
    app_commands.Choice(name="not allowed", value="no"),
]
EVERYTHING = "everything"
CLEARED = [
    *(app_commands.Choice(name=f"the limit per {each}", value=each.value) for each in Period),
    app_commands.Choice(name="what may be asked for", value="asked"),
    app_commands.Choice(name="everything that is set", value=EVERYTHING),
]

Pictures = app_commands.Range[int, 0, 1_000_000]


@quota.command(name="set", description="Limit how much is drawn; without an amount, a form opens")
@app_commands.describe(
    **OPTIONS,
    period="For how long it counts",
    pictures="How many pictures; 0 is none",
    dollars="How much money, like 20 or 2.50; 0 is none",
    unlimited="No limit, whatever is set for others",
)
@app_commands.choices(who=WHO, period=PERIODS)
async def set_(
    interaction: Interaction,
    who: str | None = None,
    role: discord.Role | None = None,
    member: discord.User | None = None,
    period: str | None = None,
    pictures: Pictures | None = None,
    dollars: str | None = None,
    unlimited: bool = False,
) -> None:
    """Set one rule and show it before and after, or open the form for all periods."""
    subject = whom(interaction, who, role, member)
    limit = interaction.client.services.limit
    amount = pictures is not None or dollars is not None
    if not (amount or unlimited or period):
        form = LimitsForm(subject, plainly(subject, role, member), await limit.of(subject))
        await interaction.response.send_modal(form)
        return
    if period is None:
        raise InvalidRequest("Say for how long it counts: choose a `period` as well.")
    if amount == unlimited:
        raise InvalidRequest(
            "A limit of nothing else: leave out `pictures` and `dollars`, or `unlimited`."
            if unlimited
            else "Say how much: `pictures`, `dollars`, both, or `unlimited`. Leave out `period` as "
            "well to fill in a form."
        )
    change = await limit.set(
        subject,
        Period(period),
        pictures=pictures,
        micro=read_dollars(dollars) if dollars is not None else None,
        by=interaction.user.id,
    )
    await answer_changes(interaction, subject, {Period(period): change})


@quota.command(name="allow", description="What may be asked for; without any, a form opens")
@app_commands.describe(
    **OPTIONS,
    models="Which models, with commas between",
    quality="The best quality",
    size="The largest picture, like 1024x1536",
    count="Pictures of one request",
    edits="Whether pictures may be edited",
)
@app_commands.choices(
    who=WHO,
    quality=[*QUALITIES, LEFT_OPEN],
    count=[*COUNTS, LEFT_OPEN],
    edits=[*EDITS, LEFT_OPEN],
)
async def allow(
    interaction: Interaction,
    who: str | None = None,
    role: discord.Role | None = None,
    member: discord.User | None = None,
    models: str | None = None,
    quality: str | None = None,
    size: str | None = None,
    count: str | None = None,
    edits: str | None = None,
) -> None:
    """Change what is given and show it before and after, or open the form."""
    subject = whom(interaction, who, role, member)
    services = interaction.client.services
    given = {"models": models, "quality": quality, "pixels": size, "count": count, "edits": edits}
    if not any(given.values()):
        said = await services.limit.allowed(subject)
        name = plainly(subject, role, member)
        form = AllowForm(subject, name, said, services.submit.models())
        await interaction.response.send_modal(form)
        return
    read: dict[str, Callable[[str], Any]] = {
        "models": lambda text: _model_ids(interaction, text),
        "quality": Quality,
        "pixels": read_pixels,
        "count": int,
        "edits": lambda text: text == "yes",
    }
    changed = {
        name: None if text == UNSET else read[name](text) for name, text in given.items() if text
    }
    await answer_allowed(interaction, subject, changed)


@allow.autocomplete("models")
async def _models(interaction: Interaction, typed: str) -> Choices:
    """Complete the last of several, and keep those before it."""
    *before, last = typed.split(",")
    kept = [each.strip() for each in before if each.strip()]
    said = "".join(f"{each}, " for each in kept)
    models = [m for m in interaction.client.services.submit.models() if m.id not in kept]
    found = matching(last, [(f"{said}{m.id}", f"{said}{m.id}") for m in models])
    unset = [] if kept else matching(last, [(LEFT_OPEN.name, UNSET)])
    return [each for each in [*found, *unset] if len(each.name) <= 100][:25]


@allow.autocomplete("size")
async def _sizes(interaction: Interaction, typed: str) -> Choices:
    """Every size that is offered, the smallest first."""
    models = interaction.client.services.submit.models()
    sizes = sorted({size for m in models for size in m.sizes.offered}, key=lambda s: s.pixels)
    offered = [(f"{size} ({size.pixels:,} pixels)", str(size)) for size in sizes]
    return matching(typed, [*offered, (LEFT_OPEN.name, UNSET)])


def _model_ids(interaction: Interaction, text: str) -> frozenset[str]:
    submit = interaction.client.services.submit
    names = [name for name in (part.strip() for part in text.split(",")) if name]
    if not names:
        raise InvalidRequest("Name at least one model, or choose “not set”.")
    return frozenset(submit.model(name).id for name in names)


@quota.command(name="show", description="What holds here, for whom, since when and by whom")
@app_commands.describe(
    member="What holds for this member, and why", role="What is set for this role"
)
async def show(
    interaction: Interaction,
    member: discord.User | None = None,
    role: discord.Role | None = None,
) -> None:
    """Show everything, or what holds for one member, or for a role."""
    guild_id = server_managed(interaction)
    if member is not None:
        left, asked = await for_member(interaction, guild_id, member, signed=True)
        view = sections(
            f"**What holds for <@{member.id}>**\n{left}",
            f"**What they may ask for**\n{asked}",
        )
        await interaction.response.send_message(view=view, ephemeral=True)
    elif role is not None:
        kind = Subject.EVERYONE if role.id == guild_id else Subject.ROLE
        await answer(
            interaction,
            await for_subject(interaction, kind, 0 if role.id == guild_id else role.id),
            cards.small(
                "Where nothing is set for a role, what is set for each member holds. See "
                "`/quota show` with a member for what comes of all of it."
            ),
        )
    else:
        view = await overview(interaction)
        await interaction.response.send_message(view=view, ephemeral=True)


@quota.command(name="clear", description="Take back what was set")
@app_commands.describe(what="What to take back", **OPTIONS)
@app_commands.choices(what=CLEARED, who=WHO)
async def clear(
    interaction: Interaction,
    what: str,
    who: str | None = None,
    role: discord.Role | None = None,
    member: discord.User | None = None,
) -> None:
    """Remove one rule, or what may be asked for, or all of a subject, and say what it was."""
    subject = whom(interaction, who, role, member)
    limit, by = interaction.client.services.limit, interaction.user.id
    if what == "asked":
        fields = dict.fromkeys(limit_words.FIELDS)
        await answer_allowed(interaction, subject, fields)
        return
    if what != EVERYTHING:
        change = await limit.clear(subject, Period(what), by=by)
        await answer_changes(interaction, subject, {Period(what): change})
        return
    rules, permit = await limit.clear_all(subject, by=by)
    changes = {each.before.period: each for each in rules if each.before}
    if not changes and permit is None:
        raise InvalidRequest("Nothing is set there. See what is with `/quota show`.")
    await answer_changes(interaction, subject, changes, permit)


@quota.command(name="grant", description="Let a member draw more for once")
@app_commands.describe(
    member="Who may draw more",
    period="In which time: this hour, today, this week or this month",
    pictures="How many pictures more",
    dollars="How much money more, like 2.50",
)
@app_commands.choices(period=PERIODS)
async def grant(
    interaction: Interaction,
    member: discord.User,
    period: str,
    pictures: Pictures | None = None,
    dollars: str | None = None,
) -> None:
    """Add to what is left in the running period, and show it before and after."""
    guild_id, when = server_managed(interaction), Period(period)
    limit = interaction.client.services.limit
    before = await _bound(interaction, member, when)
    more = Amount(pictures or 0, read_dollars(dollars) if dollars is not None else 0)
    await limit.grant(guild_id, member.id, when, more, by=interaction.user.id)
    after = await _bound(interaction, member, when)
    given = say_limit(more.pictures or None, more.micro or None)
    lines = [f"**<@{member.id}> got {given} more for {limit_words.NOW[when]}**"]
    if before is None or after is None or after.best.rule.unlimited:
        lines.append(f"It makes no difference yet: nothing limits them per {when}.")
    else:
        was, now = (say_limit(b.best.pictures, b.best.micro) for b in (before, after))
        lines.append(
            f"It makes no difference yet: their limit per {when} is {now}."
            if was == now
            else f"**Limit:** {was} → **{now}**\n{limit_words.bound(after)}"
        )
    await answer(interaction, *lines, signed(interaction, "Granted"))


async def _bound(
    interaction: Interaction, member: discord.User | discord.Member, period: Period
) -> Bound | None:
    """What a member is held to by themselves in a period."""
    limit = interaction.client.services.limit
    bounds = await limit.bounds(server_managed(interaction), member.id, roles_of(member))
    mine = (b for b in bounds if b.best.rule.subject is not Subject.SERVER)
    return next((bound for bound in mine if bound.best.rule.period is period), None)


@quota.command(name="reset", description="Let a member, or the server, begin anew")
@app_commands.describe(
    period="In which time: this hour, today, this week or this month",
    member="Who begins anew; leave it out for the server as a whole",
)
@app_commands.choices(period=PERIODS)
async def reset(interaction: Interaction, period: str, member: discord.User | None = None) -> None:
    """Hold what was used in the running period against nobody, and say how much that was."""
    guild_id, when = server_managed(interaction), Period(period)
    limit = interaction.client.services.limit
    account = Account.MEMBER if member else Account.SERVER
    asked = member.id if member else interaction.user.id
    counters = await limit.counters(guild_id, asked)
    held = next(c for c in counters if (c.tally.account, c.tally.period) == (account, when))
    after = await limit.forgive(
        guild_id, member.id if member else None, when, by=interaction.user.id
    )
    whose = f"<@{member.id}> begins" if member else "The server as a whole begins"
    lines = [
        f"**{whose} anew {limit_words.NOW[when]}**",
        f"Used per {when}: {_used(held.taken)} → **{_used(after.taken)}**",
    ]
    if after.reserved != Amount():
        lines.append(f"{_used(after.reserved)} are held for requests that are not finished.")
    if member is None:
        lines.append(cards.small("What each member used still counts against their own limits."))
    await answer(interaction, *lines, signed(interaction, "Reset"))


def _used(amount: Amount) -> str:
    return f"{words.pictures(amount.pictures)} and {money(amount.micro)}"
