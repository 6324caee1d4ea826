"""The form that asks how a picture should change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.core.jobs import Job
from bot.core.models import Wish
from bot.core.ports import Incoming
from bot.discord_ui.acknowledging import acknowledged_while
from bot.discord_ui.actions import show_queued
from bot.discord_ui.buttons import guarded
from bot.discord_ui.client import Interaction
from bot.discord_ui.incoming import attached
from bot.discord_ui.places import place
from bot.services.submit import Submit

PROMPT_LIMIT = 4000
"""Characters; Discord's limit for a field of a form."""

FILES = 10
"""Files in one field; Discord's limit."""

MORE_FILES = 5
"""With the picture itself and ten more, as many as any model takes."""

LIFE_S = 14 * 60.0
"""Seconds until an open form is given up; its answer could not be shown after that."""


class EditModal(discord.ui.Modal, title="Edit a picture"):
    """What should be different, in which picture, after which others, and where.

    Args:
        pictures: Those to choose from; where there is none, one has to be uploaded.
        parent_id: The request that they came of.
        prompt: What to fill in already.
        extra: Pictures to take from that are there already.
    """

    def __init__(
        self,
        pictures: Sequence[Incoming],
        *,
        parent_id: int | None = None,
        prompt: str = "",
        extra: Sequence[Incoming] = (),
    ) -> None:
        super().__init__(timeout=LIFE_S)
        self._extra = extra
        self._pictures = pictures
        self._parent_id = parent_id
        self._prompt = discord.ui.TextInput[Any](
            style=discord.TextStyle.paragraph,
            max_length=PROMPT_LIMIT,
            default=prompt[:PROMPT_LIMIT] or None,
            placeholder="Make the sky red",
            custom_id="prompt",
        )
        self._which = discord.ui.Select[Any](
            custom_id="which",
            options=[
                discord.SelectOption(label=f"{number}: {picture.name}"[:100], value=str(number))
                for number, picture in enumerate(pictures[:25], start=1)
            ]
            or discord.utils.MISSING,
        )
        self._upload = _files("picture", FILES, required=True)
        self._others = _files("others", FILES)
        self._more = _files("more", MORE_FILES)
        self._mask = _files("mask", 1)
        self._arrange()

    def _arrange(self) -> None:
        self._ask("What should be different?", self._prompt)
        if len(self._pictures) > 1:
            self._ask("Which picture?", self._which)
        elif not self._pictures:
            self._ask("The picture", self._upload, "Upload it here")
        self._ask("Other pictures to take from", self._others, "Up to ten")
        self._ask("Even more pictures", self._more, "Only if the ten above are not enough")
        self._ask("Mask", self._mask, "White, or transparent, where the picture may change")

    def _ask(
        self, text: str, component: discord.ui.Item[Any], description: str | None = None
    ) -> None:
        self.add_item(discord.ui.Label(text=text, component=component, description=description))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py with the form filled in."""
        await guarded(interaction, self._submit)

    async def _submit(self, interaction: Interaction) -> None:
        here = place(interaction)
        services = interaction.client.services
        pictures = self._chosen()
        mask = next(iter(attached(*self._mask.values)), None)
        taken = await acknowledged_while(
            interaction, services.take_in.pictures(pictures, mask=mask)
        )
        parent = await services.report.job(self._parent_id) if self._parent_id else None
        wish = edit_wish(services.submit, parent, self._prompt.value, pictures)
        accepted = await services.submit.wish(wish, here, taken=taken, parent_id=self._parent_id)
        await show_queued(interaction, accepted.job)

    def _chosen(self) -> list[Incoming]:
        others = [*self._extra, *attached(*self._others.values, *self._more.values)]
        if not self._pictures:
            return [*attached(*self._upload.values), *others]
        number = int(self._which.values[0]) if self._which.values else 1
        return [self._pictures[number - 1], *others]


def edit_wish(
    submit: Submit, parent: Job | None, prompt: str, pictures: Sequence[Incoming]
) -> Wish:
    """Words for pictures: with the options of the request they came of, hidden if one was."""
    wish = submit.like(parent, prompt) if parent else Wish(prompt=prompt)
    hidden = wish.spoiler or any(picture.spoiler for picture in pictures)
    return replace(wish, spoiler=hidden)


def _files(name: str, most: int, *, required: bool = False) -> discord.ui.FileUpload[Any]:
    return discord.ui.FileUpload(
        custom_id=name, required=required, min_values=int(required), max_values=most
    )
