"""Outcomes on their way to their authors."""

from __future__ import annotations

from datetime import timedelta

from bot.core.delivery import Delivery, Later, Part, Posted, Route, at_route
from bot.core.errors import Blocked
from bot.core.jobs import Job, Picture, State
from bot.core.stores import Store
from tests.conformance.conftest import Look
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft, picture

POSTED = Posted(message_id=70, channel_id=50)


async def drawn(store: Store, *pictures: Picture, member: int = 1) -> Job:
    """A job whose pictures wait to be posted."""
    await store.submit(draft(member=member), LIMITS, NOW)
    job = await store.claim("w", NOW, LEASE)
    assert job is not None
    assert await store.keep(job, pictures or (picture(),), 30_000, "p", NOW)
    return job


async def taken(store: Store) -> Delivery:
    """The delivery that is due."""
    delivery = await store.next_delivery(NOW, LEASE)
    assert delivery is not None
    return delivery


async def state(store: Store, job: Job) -> State:
    """Where the job is."""
    found = await store.job(job.id)
    assert found is not None
    return found.state


async def test_a_delivery_is_held_by_one_at_a_time(store: Store) -> None:
    """Until the lease ends; then whoever asks gets it."""
    await drawn(store)
    first = await taken(store)

    assert await store.next_delivery(NOW, LEASE) is None
    assert await store.next_due() == NOW + LEASE
    assert await store.next_delivery(NOW + LEASE, LEASE) == first


async def test_the_one_that_is_due_for_longest_is_next(store: Store) -> None:
    """What was put off waits for its time, and then comes before what came later."""
    first, second = await drawn(store), await drawn(store, member=2)
    delivery = await taken(store)
    assert delivery.job.id == first.id
    await store.postpone(delivery, Later(NOW + 2 * SOON, Route.REPLY, 1))

    other = await taken(store)
    assert other.job.id == second.id
    await store.postpone(other, Later(NOW + 3 * SOON, Route.REPLY, 1))

    assert await store.next_due() == NOW + 2 * SOON
    assert await store.next_delivery(NOW + SOON, LEASE) is None
    again = await store.next_delivery(NOW + timedelta(minutes=1), LEASE)
    assert again is not None
    assert again.job.id == first.id


async def test_nothing_is_due_where_nothing_is_on_its_way(store: Store) -> None:
    """None, also after the last one is out."""
    assert await store.next_due() is None
    await drawn(store)
    await store.delivered(await taken(store), POSTED, NOW)

    assert await store.next_due() is None
    assert await store.next_delivery(NOW + 2 * LEASE, LEASE) is None


async def test_a_posted_picture_is_delivered(store: Store, look: Look) -> None:
    """The job says so, and the row keeps where and how; its file is not needed any more."""
    shown = picture()
    job = await drawn(store, shown)
    delivery = at_route(await taken(store), Route.CHANNEL)

    files = await store.delivered(delivery, POSTED, NOW + SOON)

    assert files == (shown.sha256,)
    assert await state(store, job) is State.DELIVERED
    assert look("SELECT state, route, message_id, channel_id FROM delivery") == [
        {"state": "done", "route": "channel", "message_id": 70, "channel_id": 50}
    ]
    assert look("SELECT count(*) AS n FROM picture") == [{"n": 1}]


async def test_a_delivery_is_done_once(store: Store, look: Look) -> None:
    """Saying it again, or putting it off afterwards, changes nothing."""
    job = await drawn(store)
    delivery = await taken(store)
    await store.delivered(delivery, POSTED, NOW)
    before = look("SELECT * FROM delivery")

    assert await store.delivered(delivery, Posted(1, 2), NOW) == ()
    await store.postpone(delivery, Later(NOW, Route.CHANNEL, 0))
    await store.postpone(delivery, Later(NOW, Route.KEEP, 0))

    assert look("SELECT * FROM delivery") == before
    assert await state(store, job) is State.DELIVERED
    assert await store.next_delivery(NOW + 2 * LEASE, LEASE) is None


async def test_a_file_that_another_job_still_has_to_post_is_kept(store: Store) -> None:
    """The same picture drawn twice is one file; the last one to post it lets it go."""
    same = "ab" * 32
    await drawn(store, picture(0, same), picture(1, "cd" * 32))
    await drawn(store, picture(0, same), member=2)

    first = await store.delivered(await taken(store), POSTED, NOW)
    second = await store.delivered(await taken(store), POSTED, NOW)

    assert first == ("cd" * 32,)
    assert second == (same,)


async def test_a_file_that_is_kept_for_later_is_not_let_go(store: Store) -> None:
    """A job that could not be posted still needs its picture."""
    same = "ab" * 32
    await drawn(store, picture(0, same))
    await store.postpone(await taken(store), Later(NOW, Route.KEEP, 0))
    await drawn(store, picture(0, same), member=2)

    assert await store.delivered(await taken(store), POSTED, NOW) == ()


async def test_a_file_that_a_waiting_job_is_drawn_from_is_not_let_go(
    store: Store, look: Look
) -> None:
    """Somebody edits the very picture that is being posted."""
    same = "ab" * 32
    edit = (await store.submit(draft(member=2), LIMITS, NOW)).job
    look(f"INSERT INTO input (job_id, kind, idx, sha256) VALUES ({edit.id}, 'image', 0, '{same}')")
    await store.claim("w", NOW, LEASE)
    await drawn(store, picture(0, same))

    assert await store.delivered(await taken(store), POSTED, NOW) == ()


async def test_a_delivery_is_put_off_with_its_route_and_tries(store: Store) -> None:
    """The next one to take it goes on where this one stopped."""
    await drawn(store)
    await store.postpone(await taken(store), Later(NOW + SOON, Route.DIRECT, 3))

    again = await store.next_delivery(NOW + SOON, LEASE)

    assert again is not None
    assert (again.route, again.tries) == (Route.DIRECT, 3)


async def test_what_cannot_be_posted_anywhere_stays_with_its_job(store: Store, look: Look) -> None:
    """It is kept, and that is the end: not tried again, and not posted after all."""
    job = await drawn(store)
    delivery = await taken(store)

    await store.postpone(delivery, Later(NOW, Route.KEEP, 0))

    assert await state(store, job) is State.KEPT
    assert look("SELECT state, route FROM delivery") == [{"state": "kept", "route": "keep"}]
    assert await store.next_due() is None
    assert await store.delivered(delivery, POSTED, NOW) == ()
    assert await state(store, job) is State.KEPT


async def test_a_notice_leaves_its_job_as_it_ended(store: Store) -> None:
    """Failed stays failed, whether the notice was seen or not."""
    for kept in (False, True):
        await store.submit(draft(), LIMITS, NOW)
        job = await store.claim("w", NOW, LEASE)
        assert job is not None
        await store.fail(job, Blocked(), NOW)
        delivery = await taken(store)
        if kept:
            await store.postpone(delivery, Later(NOW, Route.KEEP, 0))
        else:
            assert await store.delivered(delivery, POSTED, NOW) == ()

        assert await state(store, job) is State.FAILED
        assert await store.next_due() is None


async def parts(store: Store, delivery: Delivery) -> tuple[Part, ...]:
    """What is known of its messages, by whoever takes it next."""
    await store.postpone(delivery, Later(NOW, delivery.route, 0))
    return (await taken(store)).parts


async def test_of_an_outcome_nothing_is_known_at_first(store: Store) -> None:
    """Discord was not asked for anything."""
    await drawn(store)

    assert (await taken(store)).parts == ()


async def test_a_message_is_asked_for_before_it_is_there(store: Store) -> None:
    """What was asked for last counts, with its way and its time; other outcomes have their own."""
    await drawn(store)
    delivery = at_route(await taken(store), Route.CHANNEL)
    await store.sending(delivery, 1, NOW)
    await store.sending(delivery, 0, NOW)
    await store.sending(at_route(delivery, Route.DIRECT), 0, NOW + SOON)
    await drawn(store, member=2)
    other = await taken(store)

    assert other.parts == ()
    await store.postpone(other, Later(NOW + LEASE, Route.REPLY, 0))
    assert await parts(store, delivery) == (
        Part(number=0, route=Route.DIRECT, posted=None, at=NOW + SOON),
        Part(number=1, route=Route.CHANNEL, posted=None, at=NOW),
    )


async def test_a_message_that_is_there_stays_the_one(store: Store) -> None:
    """It is known by the way it was asked for, and nothing that is said later changes it."""
    await drawn(store)
    delivery = at_route(await taken(store), Route.CHANNEL)
    await store.sending(delivery, 0, NOW)
    direct = at_route(delivery, Route.DIRECT)
    await store.sent(direct, 0, POSTED, NOW + SOON)
    await store.sent(direct, 0, Posted(message_id=71, channel_id=51), NOW + 2 * SOON)
    await store.sending(direct, 0, NOW + 3 * SOON)

    assert await parts(store, delivery) == (
        Part(number=0, route=Route.CHANNEL, posted=POSTED, at=NOW + SOON),
    )


async def test_a_card_that_was_edited_needs_no_asking_first(store: Store) -> None:
    """An edit is written down once it is done."""
    await drawn(store)
    delivery = await taken(store)
    await store.sent(delivery, 0, POSTED, NOW)

    assert await parts(store, delivery) == (
        Part(number=0, route=Route.REPLY, posted=POSTED, at=NOW),
    )


async def test_where_each_message_went_is_kept_with_the_outcome(store: Store, look: Look) -> None:
    """Also once it is delivered."""
    await drawn(store)
    delivery = await taken(store)
    await store.sent(delivery, 0, POSTED, NOW)
    await store.delivered(delivery, POSTED, NOW)

    assert look("SELECT n, state, message_id, channel_id FROM part") == [
        {"n": 0, "state": "posted", "message_id": 70, "channel_id": 50}
    ]
