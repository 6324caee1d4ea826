"""/settings: how Easel behaves in a server. For those who manage it."""

# No `from __future__ import annotations` here: discord.py reads the annotations of commands.
from collections.abc import Iterable

import discord
from discord import app_commands

from bot.core.errors import InvalidRequest
from bot.core.guilds import zones
from bot.discord_ui import setting_words
from bot.discord_ui.administration import MANAGERS, server_managed
from bot.discord_ui.client import Interaction
from bot.discord_ui.commands.options import Choices, chosen_model, matching, shape
from bot.discord_ui.setting_forms import ChannelsForm, WordsForm, answer, change
from bot.services.choose import NUMBERS

settings = app_commands.Group(
    name="settings",
    description="How Easel behaves in this server",
    default_permissions=MANAGERS,
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False),
)

RESET = "default"
"""What is typed to choose nothing."""

AT_ONCE = app_commands.Range[int, 0, 10_000] | None


@settings.command(name="show", description="Everything that holds here, and who changed it last")
async def show(interaction: Interaction) -> None:
    """Say all of it."""
    guild_id = server_managed(interaction)
    services = interaction.client.services
    chosen = await services.choose.chosen(guild_id)
    channel = chosen.log_channel
    sections = setting_words.overview(
        chosen,
        await services.choose.changed_last(guild_id),
        services.choose.limits,
        await services.choose.model(guild_id),
        log_is_closed=channel is not None and services.tell_log.trouble(guild_id, channel),
    )
    await answer(interaction, *sections)


@settings.command(name="channels", description="Where Easel may be used, and where not")
async def channels(interaction: Interaction) -> None:
    """Open the form."""
    chosen = await interaction.client.services.choose.chosen(server_managed(interaction))
    await interaction.response.send_modal(ChannelsForm(chosen))


@settings.command(name="words", description="Words that are not allowed in prompts")
async def words(interaction: Interaction) -> None:
    """Open the form."""
    chosen = await interaction.client.services.choose.chosen(server_managed(interaction))
    await interaction.response.send_modal(WordsForm(chosen))


@settings.command(name="defaults", description="What is drawn with where a member chooses nothing")
@app_commands.describe(
    model="Which model draws",
    size="Width × height in pixels, such as 1024x1536",
    quality="More takes longer and costs more",
    format="File format",
)
async def defaults(
    interaction: Interaction,
    model: str | None = None,
    size: str | None = None,
    quality: str | None = None,
    format: str | None = None,  # noqa: A002 -- the option's name
) -> None:
    """Change those that were typed."""
    typed = {"model": model, "size": size, "quality": quality, "format": format}
    values = {name: _read(text) for name, text in typed.items() if text is not None}
    _need(values, typed)
    await change(interaction, **values)


@settings.command(name="pictures", description="Which pictures are hidden, and where any are drawn")
@app_commands.describe(
    spoiler="Hide every picture until it is clicked",
    age_restricted="Draw in age-restricted channels only",
)
async def pictures(
    interaction: Interaction, spoiler: bool | None = None, age_restricted: bool | None = None
) -> None:
    """Change those that were typed."""
    typed = {"always_spoiler": spoiler, "age_restricted_only": age_restricted}
    values = {name: value for name, value in typed.items() if value is not None}
    _need(values, ("spoiler", "age_restricted"))
    await change(interaction, **values)


@settings.command(name="queue", description="How much is drawn at once, and how much may wait")
@app_commands.describe(
    server_slots="Pictures drawn at once here; 0 is as many as my operator allows",
    member_slots="Pictures drawn at once for one member; 0 is as many as my operator allows",
    server_queue="Requests that may wait here; 0 is as many as my operator allows",
    member_queue="Requests of one member that may wait; 0 is as many as my operator allows",
)
async def queue(
    interaction: Interaction,
    server_slots: AT_ONCE = None,
    member_slots: AT_ONCE = None,
    server_queue: AT_ONCE = None,
    member_queue: AT_ONCE = None,
) -> None:
    """Change those that were typed."""
    typed = dict(
        zip(NUMBERS, (server_slots, member_slots, server_queue, member_queue), strict=True)
    )
    values = {name: number or None for name, number in typed.items() if number is not None}
    _need(values, typed)
    await change(interaction, **values)


@settings.command(name="costs", description="Whether pictures here say what they cost")
@app_commands.describe(shown="Show the cost under each picture and in /usage")
async def costs(interaction: Interaction, shown: bool) -> None:
    """Change it."""
    await change(interaction, show_costs=shown)


@settings.command(name="log", description="Where each request and each change leaves a line")
@app_commands.describe(
    channel="One that only those who moderate can see; leave it out for no log at all"
)
async def log(
    interaction: Interaction, channel: discord.TextChannel | discord.Thread | None = None
) -> None:
    """Try it, and change it."""
    guild_id = server_managed(interaction)
    if channel is not None:
        await interaction.client.services.tell_log.greet(guild_id, channel.id)
    await change(interaction, log_channel=None if channel is None else channel.id)


@settings.command(name="timezone", description="Whose midnight it is when a day's limits reset")
@app_commands.describe(zone="Like Europe/Berlin")
async def timezone(interaction: Interaction, zone: str) -> None:
    """Change it."""
    known = {name.lower(): name for name in zones()}
    typed = zone.strip().replace(" ", "_")
    await change(interaction, zone=known.get(typed.lower(), zone))


@timezone.autocomplete("zone")
async def _zones(_interaction: Interaction, typed: str) -> Choices:
    names = sorted(zones(), key=lambda name: ("/" not in name, name))
    return matching(typed.replace(" ", "_"), [(name, name) for name in names])


@defaults.autocomplete("model")
async def _models(interaction: Interaction, typed: str) -> Choices:
    models = interaction.client.services.submit.models()
    offered = [(f"{model.name} ({model.id})", model.id) for model in models]
    return matching(typed, [("what my operator chose", RESET), *offered])


@defaults.autocomplete("size")
async def _sizes(interaction: Interaction, typed: str) -> Choices:
    model = await chosen_model(interaction)
    return _offer(typed, [(shape(size), str(size)) for size in model.sizes.offered])


@defaults.autocomplete("quality")
async def _qualities(interaction: Interaction, typed: str) -> Choices:
    return _offer(typed, [(each, each) for each in (await chosen_model(interaction)).qualities])


@defaults.autocomplete("format")
async def _formats(interaction: Interaction, typed: str) -> Choices:
    return _offer(typed, [(each, each) for each in (await chosen_model(interaction)).formats])


def _offer(typed: str, choices: list[tuple[str, str]]) -> Choices:
    plain = [(str(name), str(value)) for name, value in choices]
    return matching(typed, [("what the model has by itself", RESET), *plain])


def _read(text: str | None) -> str | None:
    """What was typed, or nothing where that was asked for."""
    word = (text or "").strip()
    return None if word.lower() in {"", RESET} else word


def _need(values: object, names: Iterable[str]) -> None:
    if not values:
        raise InvalidRequest(
            f"Say what to change: {', '.join(f'`{name}`' for name in names)}. What holds now says "
            "/settings show."
        )
