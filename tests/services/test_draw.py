"""A claimed job ends in exactly one outcome, whatever the service, the store or we do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core import events
from bot.core.errors import (
    AccountProblem,
    Blocked,
    OutcomeUnknown,
    TooFast,
    Unavailable,
    Unreachable,
)
from bot.core.images import Format, Size, Source
from bot.core.jobs import Job, State
from bot.core.models import Prices
from bot.imaging.pillow import PillowImaging
from bot.services.ask import Ask
from bot.services.circuits import Circuits
from bot.services.draw import STORE_TRIES, Draw
from bot.storage.files import FileVault
from bot.storage.sqlite import SqliteStore
from tests.clock import ManualClock
from tests.conformance.world import LIMITS, NOW, draft
from tests.core.models_for_tests import FLARE
from tests.happenings import Happenings
from tests.services.easel_parts import ScriptedApi, drawing, picture

LEASE = timedelta(minutes=5)


class BusyStore(SqliteStore):
    """A real store that is locked for the first tries to keep a result."""

    refusals = 0

    async def keep(self, *args: object, **kwargs: object) -> Job | None:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("keep: database is locked")
        return await super().keep(*args, **kwargs)  # type: ignore[arg-type]


class FullVault(FileVault):
    """Real files on a disk that is full for the first tries."""

    refusals = 0

    async def put(self, data: bytes, sha256: str | None = None) -> str:
        if self.refusals:
            self.refusals -= 1
            raise OSError(28, "No space left on device")
        return await super().put(data, sha256)


@dataclass(frozen=True, slots=True)
class Bench:
    """The parts of one worker."""

    store: BusyStore
    vault: FullVault
    api: ScriptedApi
    clock: ManualClock
    happenings: Happenings
    draw: Draw
    bugs: list[str]

    async def job(self, **changes: object) -> Job:
        """A job that was claimed."""
        asked = draft(pictures=2)
        request = replace(asked.request, model="painter-2.5", **changes)  # type: ignore[arg-type]
        await self.store.submit(replace(asked, request=request), LIMITS, NOW)
        job = await self.store.claim("w", NOW, LEASE)
        assert job is not None
        return job

    async def state(self, job: Job) -> State:
        """Where the job is now."""
        found = await self.store.job(job.id)
        assert found is not None
        return found.state


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A worker on a real database, with real files and real pixels."""
    clock, happening, bugs = ManualClock(NOW), events.Events(), list[str]()
    store, vault = BusyStore(tmp_path / "easel.db"), FullVault(tmp_path / "pictures")
    imaging, api = PillowImaging(), ScriptedApi()
    ask = Ask(
        store=store,
        api=api,
        imaging=imaging,
        vault=vault,
        clock=clock,
        events=happening,
        circuits=Circuits(("first", "second"), clock=clock, events=happening),
    )
    draw = Draw(
        store=store,
        api=api,
        imaging=imaging,
        vault=vault,
        clock=clock,
        events=happening,
        ask=ask,
        report=lambda name, error: bugs.append(f"{name}: {error!r}"),
    )
    await store.open()
    yield Bench(store, vault, api, clock, Happenings(happening), draw, bugs)
    await imaging.close()
    await store.close()


async def test_what_was_drawn_is_on_disk_settled_and_on_its_way(bench: Bench) -> None:
    """Given two pictures, when they come, then both are kept and charged by the count of tokens."""
    bench.api.answers = [drawing(picture("red"), picture("blue"))]
    job = await bench.job()

    await bench.draw(job)

    delivery = await bench.store.next_delivery(NOW, LEASE)
    assert delivery is not None
    assert [await bench.vault.has(each.sha256) for each in delivery.pictures] == [True, True]
    assert delivery.job.cost == 2 * 439 * 30 + 3 * 5


async def test_what_is_charged_is_what_the_provider_that_drew_takes(bench: Bench) -> None:
    """Given a second provider with a price per picture, when it draws, then that is the cost."""
    bench.api.served_by = ("first", "second")
    bench.api.sells = {"second": replace(FLARE, prices=Prices.flat(30_000))}
    bench.api.answers = [AccountProblem("no credit"), drawing(picture("red"), picture("blue"))]
    job = await bench.job()

    await bench.draw(job)

    delivery = await bench.store.next_delivery(NOW, LEASE)
    assert delivery is not None
    assert (delivery.job.provider, delivery.job.cost) == ("second", 60_000)


async def test_a_provider_that_cannot_draw_the_request_is_passed_over(bench: Bench) -> None:
    """Given a first provider without WebP, when one is asked for, then the second draws."""
    bench.api.served_by = ("first", "second")
    bench.api.sells = {"first": replace(FLARE, formats=(Format.PNG,))}
    job = await bench.job(format=Format.WEBP)

    await bench.draw(job)

    assert bench.api.calls == ["second"]


async def test_how_far_a_drawing_is_is_announced(bench: Bench) -> None:
    """Given a provider that says how far it is, when it draws, then everybody hears of it."""
    bench.api.percents = (20, 80)
    job = await bench.job()

    await bench.draw(job)

    assert [event.percent for event in bench.happenings.of(events.Advanced)] == [20, 80]


async def test_pictures_that_do_not_decode_are_left_out_and_not_charged_for(bench: Bench) -> None:
    """Given one good picture of two, when they come, then one is posted and counted."""
    bench.api.answers = [drawing(picture(), b"no picture at all")]
    job = await bench.job()

    await bench.draw(job)

    [drawn] = bench.happenings.of(events.Drawn)
    assert drawn.pictures == 1


async def test_nothing_that_decodes_is_a_failure(bench: Bench) -> None:
    """Given only rubbish, when it comes, then the author is told."""
    bench.api.answers = [drawing(b"<html>", b"")]
    job = await bench.job()

    await bench.draw(job)

    assert await bench.state(job) is State.FAILED
    assert [event.code for event in bench.happenings.of(events.Failed)] == ["bad_answer"]


async def test_a_bug_of_ours_after_the_call_ends_as_unknown(bench: Bench) -> None:
    """Given an error nobody foresaw, when it may have been paid, then it is not repeated."""
    bench.api.answers = [ValueError("a bug")]
    job = await bench.job()

    await bench.draw(job)

    assert await bench.state(job) is State.UNKNOWN
    assert len(bench.api.calls) == 1
    assert bench.bugs


async def test_a_store_that_is_locked_for_a_while_loses_no_paid_picture(bench: Bench) -> None:
    """Given a locked database, when pictures are paid, then they are offered again each second."""
    bench.store.refusals = STORE_TRIES - 1
    job = await bench.job()

    await bench.clock.run(bench.draw(job))

    assert await bench.state(job) is State.DRAWN


async def test_a_store_that_stays_locked_leaves_a_paid_picture_to_be_gone_on_with(
    bench: Bench,
) -> None:
    """Given a database that is locked for too long, when we give up, then nothing is told wrong."""
    bench.store.refusals = STORE_TRIES
    bench.api.answers = [drawing(picture())]
    job = await bench.job()

    with pytest.raises(ExceptionGroup) as lost:
        await bench.clock.run(bench.draw(job))

    assert lost.value.subgroup(Unavailable) is not None
    assert await bench.state(job) is State.RUNNING
    [answer] = await bench.vault.announced()
    assert (answer.job_id, await bench.vault.has(answer.pictures[0])) == (job.id, True)


async def test_a_disk_that_is_full_for_a_while_loses_no_paid_picture(bench: Bench) -> None:
    """Given a full disk, when pictures are paid, then they are written once there is room."""
    bench.vault.refusals = 5
    job = await bench.job()

    await bench.clock.run(bench.draw(job))

    assert await bench.state(job) is State.DRAWN
    assert bench.bugs


async def test_what_was_surely_not_paid_is_tried_again_and_then_elsewhere(bench: Bench) -> None:
    """Given a provider that cannot be reached, when it stays so, then the next one draws."""
    bench.api.served_by = ("first", "second")
    bench.api.answers = [*(Unreachable("refused") for _ in range(4)), drawing()]
    job = await bench.job()

    await bench.clock.run(bench.draw(job))

    assert bench.api.calls == ["first"] * 4 + ["second"]
    assert await bench.state(job) is State.DRAWN


@pytest.mark.parametrize("failure", [Blocked("no"), OutcomeUnknown("cut")])
async def test_a_refusal_and_an_unknown_outcome_never_go_elsewhere(
    bench: Bench, failure: Exception
) -> None:
    """Given a second provider, when the first declines or is cut, then it is not asked."""
    bench.api.served_by = ("first", "second")
    bench.api.answers = [failure]
    job = await bench.job()

    await bench.draw(job)

    assert bench.api.calls == ["first"]


async def test_a_pause_longer_than_a_person_would_wait_is_told(bench: Bench) -> None:
    """Given an hour to wait, when the provider asks for it, then the request ends instead."""
    bench.api.answers = [TooFast("429", until=NOW + timedelta(hours=1))]
    job = await bench.job()

    await bench.draw(job)

    assert [event.code for event in bench.happenings.of(events.Failed)] == ["too_fast"]


async def test_a_job_that_another_process_took_over_is_not_touched(bench: Bench) -> None:
    """Given a claim that was lost, when the old holder comes back, then it changes nothing."""
    job = await bench.job()
    await bench.store.requeue(job, NOW)
    newer = await bench.store.claim("other", NOW, LEASE)
    assert newer is not None

    await bench.draw(job)

    assert bench.api.calls == []
    assert await bench.state(newer) is State.RUNNING


async def test_a_request_whose_pictures_are_gone_sends_nothing(bench: Bench) -> None:
    """Given a source that was swept away, when it is drawn, then nothing is called or charged."""
    source = Source(sha256="f" * 64, format=Format.PNG, size=Size(64, 64))
    job = await bench.job(sources=(source,))

    await bench.draw(job)

    assert bench.api.calls == []
    assert [event.code for event in bench.happenings.of(events.Failed)] == ["inputs_gone"]
