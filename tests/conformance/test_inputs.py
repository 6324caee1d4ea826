"""The store knows which files are still needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.delivery import Later, Posted, Route
from bot.core.images import Format, Size, Source
from bot.core.jobs import Draft, Note
from bot.core.stores import Store
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft, picture

LONG_AGO = NOW - timedelta(days=30)
FIRST, SECOND, MASK = "a" * 64, "b" * 64, "c" * 64


def edit(*sources: str, mask: str | None = None) -> Draft:
    """A request that is drawn from these files."""
    asked = draft()
    pictures = tuple(Source(sha256=name, format=Format.PNG, size=Size(64, 64)) for name in sources)
    return replace(asked, request=replace(asked.request, sources=pictures, mask=mask))


async def test_what_a_request_is_drawn_from_is_needed_until_it_is_too_old_to_be_repeated(
    store: Store,
) -> None:
    """Sources and mask are named from the moment it is accepted until retention ends."""
    submitted = await store.submit(edit(FIRST, SECOND, mask=MASK), LIMITS, NOW)
    assert submitted.job.request.files == (FIRST, SECOND, MASK)
    await store.cancel(submitted.job.id, 1, NOW)

    assert await store.files_in_use(LONG_AGO, NOW) == {FIRST, SECOND, MASK}
    assert await store.files_in_use(NOW + SOON, NOW) == frozenset()


async def test_what_a_waiting_request_is_drawn_from_is_needed_however_old_it_is(
    store: Store,
) -> None:
    """A long queue is no reason to lose a picture."""
    await store.submit(edit(FIRST), LIMITS, NOW)

    later = NOW + timedelta(days=365)
    assert await store.files_in_use(later, later) == {FIRST}


async def test_pictures_are_needed_until_they_are_posted(store: Store) -> None:
    """Before that they are the only copy; afterwards Discord has them."""
    await store.submit(draft(), LIMITS, NOW)
    job = await store.claim("w", NOW, LEASE)
    assert job is not None
    drawn = picture()
    await store.keep(job, [drawn], 1, "p", NOW)
    later = NOW + timedelta(days=365)
    assert await store.files_in_use(later, later) == {drawn.sha256}

    delivery = await store.next_delivery(NOW, LEASE)
    assert delivery is not None
    await store.delivered(delivery, Posted(message_id=1, channel_id=2), NOW)

    assert await store.files_in_use(NOW, NOW) == frozenset()


async def test_pictures_that_could_not_be_posted_are_needed_until_they_are_too_old(
    store: Store,
) -> None:
    """Their author is offered them for a while, counted from when they were drawn."""
    await store.submit(draft(), LIMITS, NOW)
    job = await store.claim("w", NOW, LEASE)
    assert job is not None
    drawn = picture()
    await store.keep(job, [drawn], 1, "p", NOW + SOON)
    delivery = await store.next_delivery(NOW + SOON, LEASE)
    assert delivery is not None
    await store.postpone(delivery, Later(NOW + SOON, Route.KEEP, 0))

    assert await store.files_in_use(NOW, NOW + SOON) == {drawn.sha256}
    assert await store.files_in_use(NOW, NOW + 2 * SOON) == frozenset()


async def test_a_note_about_the_pictures_is_kept_with_the_job(store: Store) -> None:
    """It is said on the card, whenever that is posted."""
    await store.submit(draft(), LIMITS, NOW)
    job = await store.claim("w", NOW, LEASE)
    assert job is not None

    await store.keep(job, [picture()], 1, "p", NOW, note=Note.MASK_IGNORED)

    delivery = await store.next_delivery(NOW, LEASE)
    assert delivery is not None
    assert delivery.job.note is Note.MASK_IGNORED
