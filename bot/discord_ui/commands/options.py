"""What /generate, /edit and /expand have in common: options and their choices."""

from contextlib import suppress

from discord import app_commands

from bot.core.errors import EaselError
from bot.core.images import Size, Style
from bot.core.models import Model
from bot.discord_ui.client import Interaction
from bot.discord_ui.places import server_of

Choices = list[app_commands.Choice[str]]

MOST_CHOICES = 25
"""Discord's limit."""

OPTIONS = {
    "model": "Which model draws",
    "size": "Width × height in pixels, such as 1024x1536",
    "quality": "More takes longer and costs more",
    "count": "How many pictures",
    "format": "File format",
    "background": "Transparent leaves out what is behind the subject",
    "style": "The look",
    "avoid": "What should not be in the pictures",
    "spoiler": "Hide the pictures until they are clicked",
}
"""Descriptions, by option."""


def offer_choices(command: app_commands.Command) -> None:  # type: ignore[type-arg]
    """Let every option of a command that depends on the model offer what it can do."""
    offered = {
        "model": _models,
        "size": _sizes,
        "quality": _qualities,
        "format": _formats,
        "background": _backgrounds,
        "style": _styles,
    }
    taken = {parameter.name for parameter in command.parameters}
    for name, choices in offered.items():
        if name in taken:
            command.autocomplete(name)(choices)


async def _models(interaction: Interaction, typed: str) -> Choices:
    models = interaction.client.services.submit.models()
    return matching(typed, [(f"{model.name} ({model.id})", model.id) for model in models])


async def _sizes(interaction: Interaction, typed: str) -> Choices:
    model = await chosen_model(interaction)
    return matching(typed, [(shape(size), str(size)) for size in model.sizes.offered])


async def _qualities(interaction: Interaction, typed: str) -> Choices:
    return _plain(typed, (await chosen_model(interaction)).qualities)


async def _formats(interaction: Interaction, typed: str) -> Choices:
    return _plain(typed, (await chosen_model(interaction)).formats)


async def _backgrounds(interaction: Interaction, typed: str) -> Choices:
    return _plain(typed, (await chosen_model(interaction)).backgrounds)


async def _styles(interaction: Interaction, typed: str) -> Choices:
    return _plain(typed, tuple(Style))


def _plain(typed: str, values: tuple[str, ...]) -> Choices:
    return matching(typed, [(str(value), str(value)) for value in values])


def matching(typed: str, choices: list[tuple[str, str]]) -> Choices:
    """The choices whose name or value holds what was typed so far, as Discord takes them."""
    wanted = typed.strip().lower()
    return [
        app_commands.Choice(name=name, value=value)
        for name, value in choices
        if wanted in name.lower() or wanted in value.lower()
    ][:MOST_CHOICES]


async def chosen_model(interaction: Interaction) -> Model:
    """The model that is typed into the command already, or that draws where none is named."""
    services = interaction.client.services
    named = getattr(interaction.namespace, "model", None)
    with suppress(EaselError):
        if named:
            return services.submit.model(named)
    return await services.choose.model(server_of(interaction))


def shape(size: Size) -> str:
    """`1024 × 1536 portrait`."""
    if size.width == size.height:
        shape = "square"
    else:
        shape = "landscape" if size.width > size.height else "portrait"
    return f"{size.width} × {size.height} {shape}"
