"""Several processes on one database: as many stores, each with connections of its own."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine, Iterable
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from bot.core.errors import Blocked, QuotaExceeded, Refusal
from bot.core.jobs import Job, State
from bot.core.periods import Period
from bot.core.quotas import Subject
from bot.core.stores import Store
from bot.storage.postgres import PostgresStore
from tests.conformance import proofs
from tests.conformance.postgres_engine import Database
from tests.conformance.world import LEASE, LIMITS, NOW, draft, limits, picture, rule

Result = TypeVar("Result")
Stores = tuple[PostgresStore, ...]

WIDE = limits(server_slots=1_000, member_slots=1_000)


async def together(calls: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """What all of them answer, run at the same time."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(call) for call in calls]
    return [task.result() for task in tasks]


async def all_claims(store: Store) -> list[Job]:
    """What one process gets until nothing may start, four claims at a time."""
    found: list[Job] = []

    async def claim() -> None:
        while (job := await store.claim("w", NOW, LEASE)) is not None:
            found.append(job)

    await together(claim() for _ in range(4))
    return found


async def test_each_job_is_claimed_once_and_none_is_forgotten(stores: Stores) -> None:
    """However many ask at the same time."""
    for number in range(60):
        await stores[0].submit(draft(guild=number % 5, member=number % 3), WIDE, NOW)

    claimed = await together(map(all_claims, stores))

    ids = [job.id for found in claimed for job in found]
    assert len(ids) == len(set(ids)) == 60


async def test_caps_hold_over_all_processes(stores: Stores, database: Database) -> None:
    """No server and no member draws more at once than it may, and none draws less."""
    caps = limits(server_slots=3, member_slots=2)
    for number in range(60):
        await stores[0].submit(draft(guild=number % 5, member=number % 3), caps, NOW)

    await together(map(all_claims, stores))

    guilds, members = proofs.running_pictures(database)
    assert guilds == dict.fromkeys(range(5), 3)
    assert max(members.values()) <= 2
    proofs.check(database)


async def test_the_last_credit_is_given_once(stores: Stores, database: Database) -> None:
    """Sixty-four requests race for ten pictures."""
    await stores[0].set_rule(rule(Subject.SERVER, Period.DAY, pictures=10))

    async def ask(number: int) -> bool:
        try:
            return (await stores[number % 4].submit(draft(member=number % 7), WIDE, NOW)).new
        except QuotaExceeded:
            return False

    accepted = await together(map(ask, range(64)))

    assert sum(accepted) == 10
    proofs.check(database)


async def test_the_same_click_is_queued_once(stores: Stores, database: Database) -> None:
    """Whoever comes second is told of the job that there is."""
    for interaction in range(1, 9):
        asked = draft(interaction=interaction)

        answers = await together(store.submit(asked, LIMITS, NOW) for store in stores)

        assert sorted(answer.new for answer in answers) == [False, False, False, True]
        assert len({answer.job.id for answer in answers}) == 1
    proofs.check(database)


async def test_the_same_click_has_its_job_although_that_took_the_last_place(
    stores: Stores,
) -> None:
    """A queue that it filled itself does not refuse it."""
    asked = draft()
    one = limits(member_queue=1)

    answers = await together(store.submit(asked, one, NOW) for store in stores)

    assert len({answer.job.id for answer in answers}) == 1


async def test_each_delivery_is_handed_out_once(stores: Stores) -> None:
    """Nobody posts what another one is posting."""
    for number in range(20):
        await stores[0].submit(draft(member=number), WIDE, NOW)
    for job in await all_claims(stores[0]):
        await stores[0].keep(job, [picture()], 1, "p", NOW)

    async def take(store: Store) -> list[int]:
        taken = []
        while (delivery := await store.next_delivery(NOW, LEASE)) is not None:
            taken.append(delivery.id)
        return taken

    taken = [each for found in await together(map(take, stores)) for each in found]

    assert len(taken) == len(set(taken)) == 20


class Storm:
    """Everything at once, at random: members, workers, restarts and changes of settings."""

    def __init__(self, stores: Stores) -> None:
        self.stores = stores
        self.done: Counter[str] = Counter()

    async def one(self, seed: int) -> None:
        """What one of them does."""
        draw = random.Random(seed)
        store = self.stores[seed % len(self.stores)]
        for _ in range(25):
            act = draw.choice((self.ask, self.ask, self.work, self.work, self.work, self.tend))
            await act(store, draw)

    async def ask(self, store: Store, draw: random.Random) -> None:
        """A request, or the withdrawal of one."""
        try:
            asked = draft(draw.randint(1, 3), draw.randint(1, 3), pictures=draw.randint(1, 2))
            job = (await store.submit(asked, LIMITS, NOW)).job
            self.done["asked"] += 1
        except Refusal:
            return
        if draw.random() < 0.2:
            await store.cancel(job.id, 1, NOW)

    async def work(self, store: Store, draw: random.Random) -> None:
        """A claim and its end, whatever that is."""
        over = draw.random() < 0.3
        job = await store.claim("w", NOW, timedelta(0) if over else LEASE)
        if job is None:
            return
        await store.intend(job, 1, "openai", NOW)
        match draw.randint(0, 3):
            case 0:
                await store.fail(job, Blocked(), NOW)
            case 1:
                await store.rejected(job, 1, "too_fast", NOW)
                await store.requeue(job, NOW)
            case _:
                drawn = [picture(index) for index in range(job.request.count)]
                self.done["kept"] += bool(await store.keep(job, drawn, 1_000, "p", NOW))

    async def tend(self, store: Store, draw: random.Random) -> None:
        """What happens seldom."""
        if draw.random() < 0.5:
            await store.set_limits(limits(server_slots=draw.randint(1, 5)))
        else:
            recovered = await store.recover(NOW, repeat=draw.random() < 0.5)
            self.done["recovered"] += len(recovered.requeued) + len(recovered.ended)


@pytest.mark.parametrize("seed", range(2))
async def test_nothing_is_ever_wrong_whatever_happens_at_once(
    stores: Stores, database: Database, seed: int
) -> None:
    """Eight at a time: no error, no deadlock; afterwards lanes, money and outcomes agree."""
    storm = Storm(stores)

    await together(storm.one(seed * 100 + each) for each in range(8))

    assert storm.done["asked"] > 25
    assert storm.done["kept"] > 5
    assert storm.done["recovered"] > 0
    proofs.check(database)
    assert set(proofs.states(database).values()) >= {State.DRAWN, State.FAILED}
