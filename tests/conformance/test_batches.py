"""Requests of one command are as unique as those of many, and are shown together."""

from __future__ import annotations

from dataclasses import replace

from bot.core.batches import line
from bot.core.delivery import Route, first_route
from bot.core.errors import Blocked
from bot.core.jobs import Job, State
from bot.storage.transactions import batches, cancel, claim, deliveries, finish, submit
from tests.conformance import proofs
from tests.conformance.engines import Bench
from tests.conformance.world import LEASE, LIMITS, NOW, draft, picture

CARD = 4_242


def begin(bench: Bench, lines: int = 3) -> tuple[int, list[Job]]:
    """A batch with so many requests."""
    asked = draft()
    batch_id = bench.run(batches.begin_batch, asked.place, lines, NOW)
    assert batch_id is not None
    return batch_id, [ask(bench, batch_id, number) for number in range(lines)]


def ask(bench: Bench, batch_id: int, number: int) -> Job:
    """One line of it."""
    asked = draft()
    place = line(asked.place, batch_id, number)
    return bench.run(submit.submit, replace(asked, place=place), LIMITS, NOW).job


def test_the_same_interaction_begins_one_batch(bench: Bench) -> None:
    """Given a command that Discord tells of twice, then it begins nothing the second time."""
    place = draft().place

    first = bench.run(batches.begin_batch, place, 3, NOW)

    assert first is not None
    assert bench.run(batches.begin_batch, place, 3, NOW) is None


def test_the_same_line_is_queued_once(bench: Bench) -> None:
    """Given lines of two batches, when one is submitted again, then it is the one that is there."""
    one, [first, *_] = begin(bench)
    other, theirs = begin(bench)

    again = ask(bench, one, 0)

    assert again.id == first.id
    assert one != other
    assert len({job.place.interaction_id for job in theirs} | {first.place.interaction_id}) == 4
    assert all(job.place.interaction_id < 0 for job in theirs)
    proofs.check(bench)


def test_a_batch_has_its_requests_as_they_are(bench: Bench) -> None:
    """In order, with the card that shows them."""
    batch_id, jobs = begin(bench)
    bench.run(batches.batch_answered, batch_id, CARD)
    bench.run(batches.batch_refused, batch_id, 2)
    bench.run(cancel.cancel, jobs[1].id, 1, NOW)

    batch = bench.run(batches.batch, batch_id)

    assert batch is not None
    assert [job.state for job in batch.jobs] == [State.QUEUED, State.CANCELLED, State.QUEUED]
    assert {job.place.message_id for job in batch.jobs} == {CARD}
    assert (batch.place.message_id, batch.asked, batch.refused) == (CARD, 3, 2)
    assert not batch.ended
    assert bench.run(batches.batches_followed) == (batch_id,)
    bench.run(batches.batch_shown, batch_id)
    assert bench.run(batches.batches_followed) == ()


def test_outcomes_of_a_batch_are_messages_of_their_own(bench: Bench) -> None:
    """None of them replaces the card, and what is cancelled says nothing but on the card."""
    _, jobs = begin(bench)
    drawn, failed = (bench.run(claim.claim, "w", NOW, LEASE) for _ in range(2))
    assert drawn is not None
    assert failed is not None
    bench.run(finish.keep, drawn, [picture()], 1, "openai", NOW)
    bench.run(finish.fail, failed, Blocked(), NOW)
    withdrawn = bench.run(claim.claim, "w", NOW, LEASE)
    assert withdrawn is not None
    bench.run(cancel.cancel, withdrawn.id, 1, NOW)
    bench.run(finish.keep, withdrawn, [picture()], 1, "openai", NOW)

    routes = {}
    while (delivery := bench.run(deliveries.next_delivery, NOW, LEASE)) is not None:
        routes[delivery.job.id] = first_route(delivery, NOW)

    assert routes == {jobs[0].id: Route.CHANNEL, jobs[1].id: Route.CHANNEL, jobs[2].id: Route.KEEP}
    proofs.check(bench)
