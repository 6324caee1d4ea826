"""The messages that show a request: waiting, drawing, finished, failed, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.core.errors import DRAWING_FAILURES, DrawingFailed
from bot.core.jobs import Job, Note, State
from bot.core.ports import Progress, Upload
from bot.core.pricing import dollars
from bot.discord_ui import words
from bot.discord_ui.buttons import JobButton

QUIET = discord.Colour(0x5865F2)
GOOD = discord.Colour(0x3BA55D)
BAD = discord.Colour(0xC9653B)

NOTES = {
    Note.MASK_IGNORED: (
        "The image service changed more than the mask allows. Press Again, or use /edit with "
        "another model."
    ),
}
"""What is said about pictures beside what they are."""

SKETCH = "sketch.jpg"
"""File name of a partial picture."""


def card(
    *parts: str, colour: discord.Colour, buttons: Sequence[JobButton] = ()
) -> discord.ui.LayoutView:
    """A message of paragraphs with a coloured edge, and buttons under it."""
    view = discord.ui.LayoutView(timeout=None)
    texts = [discord.ui.TextDisplay[Any](part) for part in parts]
    view.add_item(discord.ui.Container(*texts, accent_colour=colour))
    if buttons:
        view.add_item(discord.ui.ActionRow(*buttons))
    return view


def small(text: str) -> str:
    """A line in Discord's small print."""
    return f"-# {text}"


def progress_card(progress: Progress, buttons: Sequence[JobButton] = ()) -> discord.ui.LayoutView:
    """How an unfinished request stands."""
    job = progress.job
    view = card(
        _headline(progress),
        words.quote(job.request.prompt),
        small(words.specs(job.request)),
        colour=QUIET,
        buttons=buttons,
    )
    if progress.sketch:
        view.add_item(
            discord.ui.MediaGallery(
                discord.MediaGalleryItem(
                    f"attachment://{SKETCH}",
                    description="An unfinished version of the picture",
                    spoiler=job.request.spoiler,
                )
            )
        )
    return view


def _headline(progress: Progress) -> str:
    if progress.until:
        why = (
            "It asked for a pause; I go on" if progress.asked else "It did not answer; I try again"
        )
        return f"**Waiting for the image service.** {why} {words.when(progress.until)}."
    if progress.since:
        usual = (
            f", usually about {words.seconds(progress.expected_s)}" if progress.expected_s else ""
        )
        done = f" {progress.percent} % are done." if progress.percent else ""
        return f"**Drawing** since {words.when(progress.since)}{usual}.{done}"
    if progress.paused:
        return f"**The queue is paused.** {words.PAUSED}"
    if progress.silent:
        return (
            "**Waiting for the image service.** It does not answer at the moment. Your request "
            "keeps its place and is drawn as soon as it does."
        )
    return f"**In the queue.** {words.position(progress.ahead or 0, progress.expected_s or 1)}"


def cancelled_card(job: Job) -> discord.ui.LayoutView:
    """A request that was withdrawn."""
    return card(f"**Cancelled.** {_withdrawn(job)}", words.quote(job.request.prompt), colour=QUIET)


def _withdrawn(job: Job) -> str:
    """What a withdrawal came to."""
    if job.state is State.RUNNING:
        return (
            "It was being drawn already. It will not be posted, but if the image service finishes "
            "it, it counts as used."
        )
    if job.cost is not None:
        return "It was drawn by then, so it counts as used. It was not posted."
    return "Nothing was charged."


def moved_card(job: Job) -> discord.ui.LayoutView:
    """What is left of a card whose outcome had to be posted as a new message."""
    return card(
        "**Finished.** You find the outcome further down.",
        words.quote(job.request.prompt),
        colour=QUIET,
    )


def notice_card(job: Job, *, mention: bool, buttons: Sequence[JobButton]) -> discord.ui.LayoutView:
    """Why there is no picture, and what to do next."""
    kind = DRAWING_FAILURES.get(job.failure or "", DrawingFailed)
    who = f"<@{job.place.member_id}> " if mention else ""
    return card(
        f"{who}{kind().say(words.when)}",
        words.quote(job.request.prompt),
        small(words.specs(job.request)),
        colour=BAD,
        buttons=buttons,
    )


def result_card(
    job: Job,
    files: Sequence[Upload],
    *,
    mention: bool,
    cost_shown: bool,
    parent: Job | None,
    part: tuple[int, int],
    rows: Sequence[Sequence[discord.ui.Item[Any]]],
) -> discord.ui.LayoutView:
    """The pictures.

    Args:
        job: What was drawn.
        files: The pictures of this message.
        mention: Whether the author is called, since this is not a reply to their command.
        cost_shown: Whether this server shows costs.
        parent: The request that this one was made from.
        part: Which message of how many, from 0.
        rows: Buttons and selects under the message.
    """
    view = discord.ui.LayoutView(timeout=None)
    gallery = discord.ui.MediaGallery[Any](
        *(
            discord.MediaGalleryItem(
                f"attachment://{_file_name(file)}", description=file.alt, spoiler=file.spoiler
            )
            for file in files
        )
    )
    items: list[discord.ui.Item[Any]] = [gallery]
    number, total = part
    if number == 0:
        who = f"<@{job.place.member_id}>\n" if mention else ""
        items.append(discord.ui.TextDisplay(who + words.quote(job.request.prompt)))
    if number == total - 1:
        if job.note is not None:
            items.append(discord.ui.TextDisplay(NOTES[job.note]))
        if job.request.notes:
            items.append(discord.ui.TextDisplay(" ".join(map(words.plain, job.request.notes))))
        facts = _facts(job, parent, cost_shown=cost_shown)
        items.append(discord.ui.TextDisplay(small(facts)))
    view.add_item(discord.ui.Container(*items, accent_colour=GOOD))
    for row in rows:
        if row:
            view.add_item(discord.ui.ActionRow(*row))
    return view


def _file_name(file: Upload) -> str:
    return f"SPOILER_{file.name}" if file.spoiler else file.name


def _facts(job: Job, parent: Job | None, *, cost_shown: bool) -> str:
    facts = [words.specs(job.request)]
    if parent is not None and parent.place.message_id is not None:
        how = "like" if job.request.sources == parent.request.sources else "made from"
        facts.append(f"{how} [this]({words.link(parent.place)})")
    if took := words.took(job):
        facts.append(took)
    if cost_shown and job.cost is not None:
        facts.append(dollars(job.cost))
    return " · ".join(facts)


def is_notice(job: Job) -> bool:
    """Whether the outcome is that there is no picture."""
    return job.state in (State.FAILED, State.UNKNOWN)
