"""/generate: draw pictures from words."""

# No `from __future__ import annotations` here: discord.py reads the annotations of commands.
from discord import app_commands

from bot.core.errors import EaselError
from bot.core.images import COUNT_LIMIT, PROMPT_LIMIT, Size, Style
from bot.core.models import Model, Wish
from bot.discord_ui.actions import show_queued
from bot.discord_ui.client import Interaction
from bot.discord_ui.places import place

Choices = list[app_commands.Choice[str]]

MOST_CHOICES = 25
"""Discord's limit."""


@app_commands.command(description="Draw pictures from your words")
@app_commands.describe(
    prompt="What the pictures should show",
    model="Which model draws",
    size="Width × height in pixels, such as 1024x1536",
    quality="More takes longer and costs more",
    count="How many pictures",
    format="File format",
    background="Transparent leaves out what is behind the subject",
    style="The look",
    avoid="What should not be in the pictures",
    spoiler="Hide the pictures until they are clicked",
)
async def generate(
    interaction: Interaction,
    prompt: app_commands.Range[str, 1, PROMPT_LIMIT],
    model: str | None = None,
    size: str | None = None,
    quality: str | None = None,
    count: app_commands.Range[int, 1, COUNT_LIMIT] | None = None,
    format: str | None = None,  # noqa: A002 -- the option's name
    background: str | None = None,
    style: str | None = None,
    avoid: str | None = None,
    spoiler: bool = False,
) -> None:
    """Queue the request and answer with its card."""
    wish = Wish(
        prompt=prompt,
        model=model,
        size=size,
        quality=quality,
        count=count,
        format=format,
        background=background,
        style=style,
        avoid=avoid,
        spoiler=spoiler,
    )
    accepted = await interaction.client.services.submit.wish(wish, place(interaction))
    await show_queued(interaction, accepted.job)


@generate.autocomplete("model")
async def _models(interaction: Interaction, typed: str) -> Choices:
    models = interaction.client.services.submit.models()
    return matching(typed, [(f"{model.name} ({model.id})", model.id) for model in models])


@generate.autocomplete("size")
async def _sizes(interaction: Interaction, typed: str) -> Choices:
    model = _chosen(interaction)
    return matching(typed, [(_shape(size), str(size)) for size in model.sizes.offered])


@generate.autocomplete("quality")
async def _qualities(interaction: Interaction, typed: str) -> Choices:
    return matching(typed, [(each.value, each.value) for each in _chosen(interaction).qualities])


@generate.autocomplete("format")
async def _formats(interaction: Interaction, typed: str) -> Choices:
    return matching(typed, [(each.value, each.value) for each in _chosen(interaction).formats])


@generate.autocomplete("background")
async def _backgrounds(interaction: Interaction, typed: str) -> Choices:
    return matching(typed, [(each.value, each.value) for each in _chosen(interaction).backgrounds])


@generate.autocomplete("style")
async def _styles(interaction: Interaction, typed: str) -> Choices:
    return matching(typed, [(each.value, each.value) for each in Style])


def matching(typed: str, choices: list[tuple[str, str]]) -> Choices:
    """The choices whose name or value holds what was typed so far, as Discord takes them."""
    wanted = typed.strip().lower()
    return [
        app_commands.Choice(name=name, value=value)
        for name, value in choices
        if wanted in name.lower() or wanted in value.lower()
    ][:MOST_CHOICES]


def _chosen(interaction: Interaction) -> Model:
    """The model that is typed into the command already, or the default."""
    submit = interaction.client.services.submit
    named = getattr(interaction.namespace, "model", None)
    try:
        return submit.model(named)
    except EaselError:
        return submit.model(None)


def _shape(size: Size) -> str:
    if size.width == size.height:
        shape = "square"
    else:
        shape = "landscape" if size.width > size.height else "portrait"
    return f"{size.width} × {size.height} {shape}"
