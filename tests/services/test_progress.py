"""Cards of unfinished requests tell the truth, and not too often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core import events
from bot.core.guilds import GuildSettings
from bot.core.jobs import Job
from bot.core.previews import EDIT_EVERY
from bot.imaging.pillow import PillowImaging
from bot.services.circuits import Circuits
from bot.services.expect import Expect
from bot.services.progress import WAITING_SHOWN, ShowProgress
from bot.storage.sqlite import SqliteStore
from tests.clock import ManualClock
from tests.conformance.world import LIMITS, NOW, draft
from tests.core.models_for_tests import CATALOGUE
from tests.services.easel_parts import picture
from tests.services.quiet_discord import QuietDiscord


@dataclass(frozen=True, slots=True)
class Cards:
    """What shows progress, and what it showed."""

    store: SqliteStore
    clock: ManualClock
    discord: QuietDiscord
    events: events.Events
    progress: ShowProgress

    async def accepted(self, member: int = 1) -> Job:
        """A request whose card is up."""
        job = (await self.store.submit(draft(member=member), LIMITS, NOW)).job
        about = events.about(job, NOW)
        self.events.announce(events.Accepted(**about, model="m", pictures=1, estimate=1))
        self.events.announce(events.Answered(**about, message_id=7))
        return job

    def started(self, job: Job) -> None:
        """Its drawing began."""
        about = events.about(job, self.clock.now())
        self.events.announce(events.Started(**about, attempt=1, waited_s=0.0))

    def sketched(self, job: Job) -> None:
        """A partial picture came."""
        about = events.about(job, self.clock.now())
        self.events.announce(events.Sketched(**about, index=0, picture=picture()))


@pytest.fixture
async def cards(tmp_path: Path) -> AsyncIterator[Cards]:
    """Progress on a real database, to a Discord that remembers."""
    clock, happening, discord = ManualClock(NOW), events.Events(), QuietDiscord()
    store, imaging = SqliteStore(tmp_path / "easel.db"), PillowImaging()
    progress = ShowProgress(
        store=store,
        imaging=imaging,
        messenger=discord,
        clock=clock,
        events=happening,
        expect=Expect(catalogue=CATALOGUE, slots=2, events=happening),
        circuits=Circuits(("first",), clock=clock, events=happening),
    )
    await store.open()
    yield Cards(store, clock, discord, happening, progress)
    await imaging.close()
    await store.close()


async def test_a_card_says_that_drawing_began(cards: Cards) -> None:
    """Given a waiting request, when a worker takes it, then its card says so."""
    job = await cards.accepted()
    cards.started(job)

    await cards.progress.refresh()

    [shown] = cards.discord.cards
    assert shown.since == NOW
    assert shown.sketch is None


async def test_a_partial_picture_is_shown_on_the_card(cards: Cards) -> None:
    """Given a drawing, when a partial picture comes, then it is shown as a small JPEG."""
    job = await cards.accepted()
    cards.started(job)
    cards.sketched(job)

    await cards.progress.refresh()

    [shown] = cards.discord.cards
    assert shown.sketch is not None
    assert shown.sketch.startswith(b"\xff\xd8")


async def test_a_card_says_how_far_the_drawing_is(cards: Cards) -> None:
    """Given a drawing, when the service says how far it is, then the card does, until the end."""
    job = await cards.accepted()
    cards.started(job)
    about = events.about(job, cards.clock.now())
    cards.events.announce(events.Advanced(**about, percent=40))

    await cards.progress.refresh()
    cards.started(job)
    await cards.clock.advance(EDIT_EVERY)
    await cards.progress.refresh()

    assert [shown.percent for shown in cards.discord.cards] == [40, None]


async def test_a_card_is_edited_once_in_a_while_however_much_happens(cards: Cards) -> None:
    """Given ten partials at once, when some time passes, then there are two edits, not ten."""
    job = await cards.accepted()
    cards.started(job)
    for _ in range(10):
        cards.sketched(job)
        await cards.progress.refresh()
    assert len(cards.discord.cards) == 1

    await cards.clock.advance(EDIT_EVERY)
    await cards.progress.refresh()

    assert len(cards.discord.cards) == 2


async def test_a_pause_that_the_service_asks_for_is_shown_with_its_end(cards: Cards) -> None:
    """Given a 429, when it is waited for, then the card says until when."""
    job = await cards.accepted()
    cards.started(job)
    later = NOW + timedelta(seconds=30)
    paused = events.Paused(**events.about(job, NOW), provider="p", until=later, reason="too_fast")
    cards.events.announce(paused)

    await cards.progress.refresh()

    assert cards.discord.cards[-1].until == later


async def test_positions_move_up_as_others_are_taken(cards: Cards) -> None:
    """Given two requests, when the first is taken, then the second is next."""
    await cards.accepted(member=1)
    second = await cards.accepted(member=2)
    await cards.progress.refresh()
    assert {card.job.id: card.ahead for card in cards.discord.cards}[second.id] == 1

    taken = await cards.store.claim("w", NOW, timedelta(minutes=5))
    assert taken is not None
    cards.started(taken)
    await cards.clock.advance(2 * EDIT_EVERY)
    await cards.progress.refresh()

    last = [card for card in cards.discord.cards if card.job.id == second.id][-1]
    assert last.ahead == 0


async def test_a_request_that_is_put_back_waits_again_at_the_same_place(cards: Cards) -> None:
    """Given a card that showed a position, when it is drawn and put back, then it shows it anew."""
    job = await cards.accepted()
    await cards.progress.refresh()
    cards.started(job)
    await cards.clock.advance(2 * EDIT_EVERY)
    await cards.progress.refresh()
    cards.events.announce(events.Requeued(**events.about(job, NOW), reason="stopped"))
    await cards.clock.advance(2 * EDIT_EVERY)
    await cards.progress.refresh()

    assert [(card.since is None, card.ahead) for card in cards.discord.cards] == [
        (True, 0),
        (False, None),
        (True, 0),
    ]


async def test_before_the_end_what_was_put_back_says_so_at_once(cards: Cards) -> None:
    """Given a card edited a moment ago, when the process ends, then it does not stay false."""
    drawn = await cards.accepted(member=1)
    await cards.accepted(member=2)
    cards.started(drawn)
    await cards.progress.refresh()
    before = len(cards.discord.cards)
    cards.events.announce(events.Requeued(**events.about(drawn, NOW), reason="stopped"))
    await cards.progress.conclude()
    await cards.progress.conclude()

    [last] = cards.discord.cards[before:]
    assert (last.job.id, last.since, last.ahead) == (drawn.id, None, 0)


async def test_nothing_is_edited_once_the_outcome_is_known(cards: Cards) -> None:
    """Given a card that is handed over, when more happens, then it is left alone."""
    job = await cards.accepted()
    cards.started(job)
    async with asyncio.TaskGroup() as group:
        group.create_task(cards.progress.settled(job.id))

    await cards.progress.refresh()

    assert cards.discord.cards == []


async def test_a_card_that_is_not_up_yet_is_not_edited(cards: Cards) -> None:
    """Given a worker that is faster than Discord, when drawing begins, then nothing is edited."""
    job = (await cards.store.submit(draft(), LIMITS, NOW)).job
    accepted = events.Accepted(**events.about(job, NOW), model="m", pictures=1, estimate=1)
    cards.events.announce(accepted)
    cards.started(job)

    await cards.progress.refresh()

    assert cards.discord.cards == []


async def test_every_card_says_that_the_queue_is_paused_however_many_wait(cards: Cards) -> None:
    """Given more waiting requests than are kept up to date, when the server pauses, all say so.

    Those of an earlier process, of which nothing was heard in this one, as well.
    """
    jobs = [await cards.accepted() for _ in range(WAITING_SHOWN + 4)]
    earlier = (await cards.store.submit(draft(member=2), LIMITS, NOW)).job
    await cards.store.answered(earlier.id, 8)
    await cards.store.choose(1, GuildSettings(paused=True), LIMITS, 9, NOW)
    waiting = (*(job.id for job in jobs), earlier.id)
    cards.events.announce(
        events.QueuePaused(guild_id=1, by=9, at=NOW, paused=True, waiting=waiting)
    )

    await cards.progress.refresh()

    assert sorted(shown.job.id for shown in cards.discord.cards) == sorted(waiting)
    assert all(shown.paused for shown in cards.discord.cards)
