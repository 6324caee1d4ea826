"""Forms for what is set together: the limits of all periods, and what may be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot.core.allowances import Allowance
from bot.core.errors import InvalidRequest
from bot.core.images import COUNT_LIMIT, Quality, Size
from bot.core.limit_text import Typed, read_limit
from bot.core.models import Model
from bot.core.periods import Period
from bot.core.quotas import Rule, say_rule
from bot.discord_ui.administration import administer
from bot.discord_ui.client import Interaction
from bot.discord_ui.limit_answers import answer_allowed, answer_changes
from bot.discord_ui.modals import LIFE_S
from bot.services.limit import Change, Whom

COMMAND = "quota"
TITLE = 45
MOST_OPTIONS = 25
"""Discord's limits for the title of a form, and for a menu."""


class LimitsForm(discord.ui.Modal):
    """One field for each period, filled with what holds; an empty one sets nothing.

    Args:
        subject: Whom it is about.
        name: The same, for the title.
        rules: What is set at the moment.
    """

    def __init__(self, subject: Whom, name: str, rules: Mapping[Period, Rule]) -> None:
        super().__init__(title=f"Limits for {name}"[:TITLE], timeout=LIFE_S)
        self._subject = subject
        self._shown = {period: say_rule(rules.get(period)) for period in Period}
        self._fields = {
            period: discord.ui.TextInput[Any](
                custom_id=period.value,
                required=False,
                max_length=80,
                default=self._shown[period] or None,
                placeholder="not set",
            )
            for period in Period
        }
        self.add_item(
            discord.ui.TextDisplay(
                "Like `5 pictures`, `$2.50`, `5 pictures and $2.50`, `unlimited` or `none`; empty "
                "means not set."
            )
        )
        for period, field in self._fields.items():
            self.add_item(discord.ui.Label(text=f"Per {period}", component=field))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py with the form filled in."""
        await administer(interaction, COMMAND, self._submit, guild_id=self._subject.guild_id)

    async def _submit(self, interaction: Interaction) -> None:
        changed = {
            period: self._read(period)
            for period, field in self._fields.items()
            # What somebody else set since the form was opened is not theirs to undo unseen.
            if field.value.strip() != self._shown[period]
        }
        if not changed:
            raise InvalidRequest("Nothing was changed in the form, so everything is as it was.")
        limit, by = interaction.client.services.limit, interaction.user.id
        done: dict[Period, Change] = {}
        for period, typed in changed.items():
            if typed is not None:
                pictures, micro = typed
                done[period] = await limit.set(
                    self._subject, period, pictures=pictures, micro=micro, by=by
                )
            elif period in await limit.of(self._subject):
                done[period] = await limit.clear(self._subject, period, by=by)
        await answer_changes(interaction, self._subject, done)

    def _read(self, period: Period) -> Typed | None:
        try:
            return read_limit(self._fields[period].value)
        except InvalidRequest as wrong:
            raise InvalidRequest(f"Per {period}: {wrong.say()} Nothing was changed.") from wrong


class AllowForm(discord.ui.Modal):
    """What may be asked for, filled with what is said of the subject; empty says nothing.

    Args:
        subject: Whom it is about.
        name: The same, for the title.
        said: What is said at the moment.
        models: What can be drawn with.
    """

    def __init__(self, subject: Whom, name: str, said: Allowance, models: Sequence[Model]) -> None:
        super().__init__(title=f"What {name} may ask for"[:TITLE], timeout=LIFE_S)
        self._subject = subject
        self._said = said
        self._models = _menu("models", model_options(said, models), several=True)
        self._quality = _menu("quality", _options(Quality, said.quality))
        size = size_text(said.pixels, models)
        self._size = discord.ui.TextInput[Any](
            custom_id="size",
            required=False,
            max_length=20,
            default=size or None,
            placeholder="like 1024x1536",
        )
        counts = [str(count) for count in range(1, COUNT_LIMIT + 1)]
        self._count = _menu("count", _options(counts, str(said.count)))
        self._edits = _menu("edits", _edits(said.edits))
        self._ask("Models", self._models, "Choose none to allow all")
        self._ask("Best quality", self._quality)
        self._ask("Largest size", self._size, "Pictures with more pixels are refused")
        self._ask("Pictures at a time", self._count)
        self._ask("Editing pictures", self._edits)

    def _ask(
        self, text: str, component: discord.ui.Item[Any], description: str | None = None
    ) -> None:
        self.add_item(discord.ui.Label(text=text, component=component, description=description))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py with the form filled in."""
        await administer(interaction, COMMAND, self._submit, guild_id=self._subject.guild_id)

    async def _submit(self, interaction: Interaction) -> None:
        quality, count, edits = (_one(menu) for menu in (self._quality, self._count, self._edits))
        chosen: dict[str, Any] = {
            "models": frozenset(self._models.values) or None,
            "quality": Quality(quality) if quality else None,
            "pixels": read_pixels(self._size.value),
            "count": int(count) if count else None,
            "edits": None if edits is None else edits == "yes",
        }
        changed = {
            name: value for name, value in chosen.items() if value != getattr(self._said, name)
        }
        await answer_allowed(interaction, self._subject, changed)


def model_options(said: Allowance, models: Sequence[Model]) -> list[discord.SelectOption]:
    """Those that are allowed already, then those that can be drawn with."""
    names = {model.id: model.name for model in models}
    chosen = sorted(said.models or ())
    others = [model.id for model in models if model.id not in chosen]
    return [
        discord.SelectOption(
            label=names.get(each, each)[:100], value=each, description=each, default=each in chosen
        )
        for each in [*chosen, *others][:MOST_OPTIONS]
    ]


def read_pixels(text: str) -> int | None:
    """Pixels from `1024x1536` or `1,572,864 pixels`; None where nothing is said.

    Raises:
        InvalidRequest: It is not a size.
    """
    text = text.strip()
    if not text:
        return None
    number = text.lower().removesuffix("pixels").strip().replace(",", "")
    return int(number) if number.isascii() and number.isdecimal() else Size.parse(text).pixels


def size_text(pixels: int | None, models: Sequence[Model]) -> str:
    """A size of so many pixels as it may be typed; empty where nothing is said."""
    if pixels is None:
        return ""
    offered = (size for model in models for size in model.sizes.offered)
    return next((str(size) for size in offered if size.pixels == pixels), f"{pixels:,} pixels")


def _menu(
    name: str, options: list[discord.SelectOption], *, several: bool = False
) -> discord.ui.Select[Any]:
    return discord.ui.Select(
        custom_id=name,
        required=False,
        min_values=0,
        max_values=len(options) if several else 1,
        options=options,
        placeholder="not set",
    )


def _options(values: Any, chosen: str | None) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label=each, value=each, default=each == chosen)
        for each in map(str, values)
    ]


def _edits(chosen: bool | None) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label="allowed", value="yes", default=chosen is True),
        discord.SelectOption(label="not allowed", value="no", default=chosen is False),
    ]


def _one(menu: discord.ui.Select[Any]) -> str | None:
    return menu.values[0] if menu.values else None
