"""Post and edit messages: the Messenger that services speak through."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, cast

import aiohttp
import discord

from bot.core.batches import Batch
from bot.core.delivery import TOKEN_LIFE, Delivery, Posted, Route, edits_card, nonce
from bot.core.errors import Busy, Forbidden, Gone, PostingFailed, Rejected, TooLarge
from bot.core.jobs import DIRECT, Job, State
from bot.core.logbook import Line
from bot.core.ports import Clock, Progress, Upload
from bot.discord_ui import cards, log_lines
from bot.discord_ui.actions import Again, Cancel, Delete, Redo
from bot.discord_ui.batch_cards import batch_card
from bot.discord_ui.client import EaselClient
from bot.discord_ui.editing import Choose, Edit, ShowMask, Vary, remove_background

Row = list[discord.ui.Item[Any]]

ORIGINAL = cast("int", "@original")
"""Discord's name for the message that answered an interaction, where a number is expected."""

TOO_LARGE_CODES = frozenset({40005, 50045})
GONE_CODES = frozenset({10003, 10004, 10008, 10015, 10062, 50027, 50083})
LOOK_THROUGH = 500
"""Messages of a channel among which one of ours is looked for: five requests."""

SKEW = timedelta(minutes=1)
"""How far this machine's clock may be ahead of Discord's."""

FORBIDDEN_CODES = frozenset({50001, 50007, 50013, 50278, 160002, 200000, 400001})


class DiscordMessenger:
    """Implements `core.ports.Messenger` and `core.logbook.Logbook` with one client.

    Args:
        shows_costs: Whether a server, by its id, shows what pictures cost.
        find_job: A request by its number.
    """

    def __init__(
        self,
        client: EaselClient,
        *,
        clock: Clock,
        shows_costs: Callable[[int], Awaitable[bool]],
        find_job: Callable[[int], Awaitable[Job | None]],
    ) -> None:
        self._client = client
        self._clock = clock
        self._shows_costs = shows_costs
        self._find_job = find_job

    async def progress(self, progress: Progress) -> None:
        """Show on the request's card how it stands."""
        job = progress.job
        if job.place.batch_id is not None:
            return  # the card shows others, too
        if job.cancelled_by is not None:
            view = cards.cancelled_card(job)
        else:
            view = cards.progress_card(progress, buttons=[Cancel(job.id)])
        files = [discord.File(io.BytesIO(progress.sketch), cards.SKETCH)] if progress.sketch else []
        with posting():
            await self._edit_card(job, view, files)

    async def deliver(
        self, delivery: Delivery, route: Route, files: Sequence[Upload], *, part: int, parts: int
    ) -> Posted:
        """Show an outcome, or one part of it, by one route."""
        job = delivery.job
        replaces_card = edits_card(route, part)
        # Of a batch, nobody wants to be called for each: the card says when all of it is there.
        mention = not replaces_card and part == 0 and job.place.batch_id is None
        view = await self._outcome(job, files, mention=mention, part=(part, parts))
        uploads = [_file(file) for file in files]
        with posting():
            if replaces_card:
                message = await self._edit_reply(job, view, uploads)
            else:
                target = await self._target(job, route)
                message = await target.send(
                    view=view,
                    files=uploads,
                    nonce=nonce(delivery.id, part),
                    reference=_below(job, route, part),
                    allowed_mentions=discord.AllowedMentions(
                        users=[discord.Object(job.place.member_id)]
                    ),
                )
        if not replaces_card and part == 0:
            await self._point_onward(job)
        return Posted(message_id=message.id, channel_id=message.channel.id)

    async def find(
        self, delivery: Delivery, route: Route, part: int, since: datetime
    ) -> Posted | None:
        """A part that was posted as a new message by that route, and whose answer was lost."""
        job = delivery.job
        if job.state is State.CANCELLED:
            return None  # its card has no button to know it by
        mark = (Again(job.id) if cards.is_notice(job) else Delete(job.id, part)).custom_id
        after = max(discord.utils.time_snowflake(since - SKEW), job.place.interaction_id)
        # A channel that is closed to the bot has to be left to the nonce, which may be forgotten:
        # what was paid for is rather seen twice than never. For one whose history alone is closed,
        # Discord says that it is empty.
        with suppress(Forbidden, Gone), posting():
            target = await self._target(job, route)
            async for message in target.history(limit=LOOK_THROUGH, after=discord.Object(after)):
                # The card may show the same, by an edit that was given up.
                if message.id != job.place.message_id and self._bears(message, mark):
                    if part == 0:
                        await self._point_onward(job)
                    return Posted(message_id=message.id, channel_id=message.channel.id)
        return None

    def _bears(self, message: discord.Message, mark: str) -> bool:
        """Whether a message is ours and has a button of that custom id."""
        return message.author == self._client.user and any(
            isinstance(row, discord.ActionRow)
            and any(getattr(item, "custom_id", None) == mark for item in row.children)
            for row in message.components
        )

    async def show_batch(self, batch: Batch) -> None:
        """Bring the card of a batch up to date."""
        place = batch.place
        view = batch_card(batch)
        with posting():
            if place.token and self._clock.now() - batch.accepted_at < TOKEN_LIFE:
                webhook = discord.Webhook.partial(
                    place.application_id, place.token, client=self._client
                )
                await webhook.edit_message(place.message_id or ORIGINAL, view=view)
            elif place.message_id is not None:
                guild_id = place.guild_id if place.guild_id != DIRECT else None
                channel = self._client.get_partial_messageable(place.channel_id, guild_id=guild_id)
                await channel.get_partial_message(place.message_id).edit(view=view)

    async def log(self, guild_id: int, channel_id: int, lines: Sequence[Line]) -> int:
        """Post one message with the first of the lines into the log channel of a server."""
        text, held = log_lines.fit(lines)
        with posting():
            channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
            await channel.send(
                text,
                allowed_mentions=discord.AllowedMentions.none(),
                suppress_embeds=True,
                silent=True,
            )
        return held

    async def _outcome(
        self, job: Job, files: Sequence[Upload], *, mention: bool, part: tuple[int, int]
    ) -> discord.ui.LayoutView:
        if job.state is State.CANCELLED:
            return cards.cancelled_card(job)
        if cards.is_notice(job):
            return cards.notice_card(job, mention=mention, buttons=[Again(job.id, "Try again")])
        return cards.result_card(
            job,
            files,
            mention=mention,
            cost_shown=await self._shows_costs(job.place.guild_id),
            parent=await self._find_job(job.parent_id) if job.parent_id else None,
            part=part,
            rows=self._rows(job, files, part),
        )

    def _rows(self, job: Job, files: Sequence[Upload], part: tuple[int, int]) -> list[Row]:
        """What can be done with the pictures of one message.

        Each message can be taken away by itself, by a button that also tells it from the others;
        the request is repeated under the last one.
        """
        last = part[0] == part[1] - 1
        again: Row = [Again(job.id), Redo(job.id)] if last else []
        mask: Row = [ShowMask(job.id)] if job.request.mask and last else []
        away: Row = [*mask, Delete(job.id, part[0])]
        if len(files) > 1:
            return [[*again, *away], [Choose(job.id, [file.index for file in files])]]
        [index] = [file.index for file in files] or [0]
        cutout = remove_background(self._client, job, index)
        return [[*again, Vary(job.id, index), Edit(job.id, index)], [*cutout, *away]]

    async def _target(self, job: Job, route: Route) -> discord.abc.Messageable:
        if route is Route.DIRECT:
            return await self._client.create_dm(discord.Object(job.place.member_id))
        return self._channel(job)

    def _channel(self, job: Job) -> discord.PartialMessageable:
        guild_id = job.place.guild_id
        return self._client.get_partial_messageable(
            job.place.channel_id, guild_id=guild_id if guild_id != DIRECT else None
        )

    async def _edit_card(
        self, job: Job, view: discord.ui.LayoutView, files: Sequence[discord.File]
    ) -> None:
        if job.place.token and self._clock.now() - job.accepted_at < TOKEN_LIFE:
            await self._edit_reply(job, view, files)
        elif job.place.message_id is not None:
            await self._card(job, job.place.message_id).edit(view=view, attachments=files)

    async def _edit_reply(
        self, job: Job, view: discord.ui.LayoutView, files: Sequence[discord.File]
    ) -> discord.Message:
        if not job.place.token:
            # A message was answered: the card is an ordinary message of ours.
            card = self._card(job, job.place.message_id or 0)
            return await card.edit(view=view, attachments=files)
        webhook = discord.Webhook.partial(
            job.place.application_id, job.place.token, client=self._client
        )
        if job.place.message_id is None:
            # What answered the command may be something else, and for its author's eyes alone.
            answer = await webhook.fetch_message(ORIGINAL)
            if not self._bears(answer, Cancel(job.id).custom_id):
                raise Gone("the card was never up")
        return await webhook.edit_message(
            job.place.message_id or ORIGINAL, view=view, attachments=files
        )

    def _card(self, job: Job, message_id: int) -> discord.PartialMessage:
        return self._channel(job).get_partial_message(message_id)

    async def _point_onward(self, job: Job) -> None:
        """Let the old card say that it is over; nothing is lost if it cannot be edited."""
        if job.place.message_id is None or job.place.batch_id is not None:
            return
        with suppress(discord.HTTPException, aiohttp.ClientError, OSError):
            await self._card(job, job.place.message_id).edit(
                view=cards.moved_card(job), attachments=[]
            )


def _below(job: Job, route: Route, part: int) -> Any:
    """The card of a batch, which its pictures answer; nothing for others."""
    card = job.place.message_id
    if job.place.batch_id is None or card is None or route is not Route.CHANNEL or part:
        return None
    return discord.MessageReference(
        message_id=card, channel_id=job.place.channel_id, fail_if_not_exists=False
    )


def _file(upload: Upload) -> discord.File:
    # Made afresh for each try: discord.py closes files once they are sent.
    return discord.File(
        io.BytesIO(upload.data), upload.name, description=upload.alt, spoiler=upload.spoiler
    )


@contextmanager
def posting() -> Iterator[None]:
    """Say in `core.errors` what Discord's refusals mean."""
    try:
        yield
    except discord.HTTPException as error:
        raise failure_of(error) from error
    except discord.RateLimited as error:
        raise Busy(f"rate limit, {error.retry_after:.0f} s") from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Busy(type(error).__name__) from error


def failure_of(error: discord.HTTPException) -> PostingFailed:
    """Which failure a refusal of Discord's is: first its code, then its status."""
    detail = f"{error.status} {error.code}"
    if error.status == 413 or error.code in TOO_LARGE_CODES:
        return TooLarge(detail)
    if error.code in GONE_CODES:
        return Gone(detail)
    if error.code in FORBIDDEN_CODES:
        return Forbidden(detail)
    if error.status in (401, 404):
        return Gone(detail)
    if error.status == 403:
        return Forbidden(detail)
    if error.status == 400:
        return Rejected(detail)
    return Busy(detail)
