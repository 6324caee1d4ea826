"""What was drawn for a member, page by page, and what could not be posted."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.core.delivery import Later, Posted, Route
from bot.core.errors import Blocked
from bot.core.jobs import DIRECT, Job, Picture, State
from bot.core.reports import Page
from bot.core.stores import Store
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft, picture


async def drawn(
    store: Store,
    *pictures: Picture,
    guild: int = 1,
    member: int = 1,
    kept: bool = False,
    channel: int = 50,
    at: datetime = NOW,
) -> Job:
    """A job that was drawn, and posted in that channel or nowhere."""
    await store.submit(draft(guild, member), LIMITS, at)
    job = await store.claim("w", at, LEASE)
    assert job is not None
    assert await store.keep(job, pictures or (picture(),), 30_000, "p", at)
    delivery = await store.next_delivery(at, LEASE)
    assert delivery is not None
    if kept:
        await store.postpone(delivery, Later(at, Route.KEEP, 0))
    else:
        await store.delivered(delivery, Posted(message_id=7_000 + job.id, channel_id=channel), at)
    return job


def ids(page: Page) -> list[int]:
    """The requests of a page."""
    return [each.job.id for each in page.shown]


async def test_a_member_sees_what_was_drawn_for_them_everywhere_newest_first(store: Store) -> None:
    """Posted or kept, of all servers; nothing of others, nothing unfinished or failed."""
    first = await drawn(store)
    second = await drawn(store, guild=2, kept=True)
    await drawn(store, member=2)
    await store.submit(draft(), LIMITS, NOW)
    failed = await store.claim("w", NOW, LEASE)
    assert failed is not None
    await store.fail(failed, Blocked(), NOW)
    await store.submit(draft(), LIMITS, NOW)

    page = await store.shown(1, 10)

    assert ids(page) == [second.id, first.id]
    assert [each.job.state for each in page.shown] == [State.KEPT, State.DELIVERED]
    assert (page.newer, page.older) == (False, False)
    assert ids(await store.shown(3, 10)) == []


async def test_the_newest_of_one_server_are_told_apart(store: Store) -> None:
    """For a member in a server: no others', none of another server, no more than asked for."""
    mine = [(await drawn(store)).id, (await drawn(store, kept=True)).id, (await drawn(store)).id]
    await drawn(store, guild=2)
    await drawn(store, member=2)
    await store.submit(draft(), LIMITS, NOW)

    last = await store.last(1, 1, 2)

    assert [each.id for each in last] == [mine[2], mine[1]]
    assert await store.last(1, 3, 2) == ()


async def test_each_is_shown_with_the_message_it_was_posted_in(store: Store) -> None:
    """Of its server; or between the member and the bot; or there is none."""
    here, privately = await drawn(store, guild=3), await drawn(store, guild=3, channel=99)
    await drawn(store, guild=3, kept=True)

    kept, direct, posted = (each.posted for each in (await store.shown(1, 10)).shown)

    assert kept is None
    assert direct is not None
    assert (direct.guild_id, direct.channel_id) == (DIRECT, 99)
    assert direct.message_id == 7_000 + privately.id
    assert posted is not None
    assert (posted.guild_id, posted.channel_id) == (3, 50)
    assert posted.message_id == 7_000 + here.id


async def test_pages_are_turned_by_the_requests_at_their_edges(store: Store) -> None:
    """Forward to the end and back, whatever is drawn for others in between."""
    mine = []
    for _ in range(5):
        mine.append((await drawn(store)).id)
        await drawn(store, member=2)
    mine.reverse()

    first = await store.shown(1, 2)
    second = await store.shown(1, 2, older_than=mine[1])
    third = await store.shown(1, 2, older_than=mine[3])

    assert [ids(first), ids(second), ids(third)] == [mine[:2], mine[2:4], mine[4:]]
    assert [(page.newer, page.older) for page in (first, second, third)] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert await store.shown(1, 2, newer_than=mine[4]) == second
    assert await store.shown(1, 2, newer_than=mine[2]) == first


@pytest.mark.parametrize("more", [1, 2, 3])
async def test_going_back_ends_at_the_newest_page_and_a_full_one(store: Store, more: int) -> None:
    """What was drawn meanwhile is not shown on a page of its own."""
    old = [(await drawn(store)).id for _ in range(3)]
    new = [(await drawn(store)).id for _ in range(more)]

    page = await store.shown(1, 3, newer_than=old[-1])

    assert ids(page) == [*reversed([*old, *new])][:3]
    assert (page.newer, page.older) == (False, True)


async def test_requests_that_could_not_be_posted_are_counted_until_they_are_too_old(
    store: Store,
) -> None:
    """Of this member alone, in whichever server."""
    await drawn(store, kept=True)
    await drawn(store, guild=2, kept=True, at=NOW + SOON)
    await drawn(store, member=2, kept=True)
    await drawn(store)

    assert await store.kept(1, NOW) == 2
    assert await store.kept(1, NOW + SOON) == 1
    assert await store.kept(1, NOW + 2 * SOON) == 0


async def test_the_pictures_of_a_request_are_told_in_order(store: Store) -> None:
    """Whether they were posted or not."""
    pictures = (picture(0), picture(1), picture(2))
    job = await drawn(store, *pictures, kept=True)

    assert await store.pictures(job.id) == pictures
    assert await store.pictures(404) == ()
