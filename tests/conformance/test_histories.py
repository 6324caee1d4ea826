"""Whatever happens, in whatever order, the promises hold: histories made up by Hypothesis."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.core.delivery import Later, Posted, Route
from bot.core.errors import BadAnswer, Blocked, OutcomeUnknown, QueueFull, QuotaExceeded
from bot.core.jobs import Draft, Job, State
from bot.core.retry import MAX_CRASHES
from bot.storage.transactions import (
    calls,
    cancel,
    claim,
    deliveries,
    finish,
    lanes,
    recover,
    submit,
)
from tests.conformance import proofs, world
from tests.conformance.admins import SERVERS, Admins, members, roles
from tests.conformance.engines import Bench, Engine
from tests.conformance.world import LEASE, draft, picture

guilds = st.integers(0, len(SERVERS))  # 0 are direct messages
pictures = st.integers(1, 3)
estimates = st.integers(0, 4).map(lambda n: n * 7_001)
failures = st.sampled_from([Blocked(), BadAnswer(), OutcomeUnknown()])
routes = st.sampled_from(Route)


class Histories(Admins):
    """Members, workers, admins, crashes and zombies, one transaction after the other."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.known: list[Draft] = []
        self.held: list[Job] = []
        self.lost: list[Job] = []
        self.states: dict[int, State] = {}

    @initialize(server=st.integers(0, 5), member=st.integers(0, 4))
    def settle_in(self, server: int, member: int) -> None:
        self.limits = world.limits(
            server_slots=server, member_slots=member, server_queue=6, member_queue=4
        )
        self.bench.run(lanes.set_limits, self.limits)

    @rule(guild=guilds, member=members, pictures=pictures, estimate=estimates, roles=roles)
    def submit(
        self, guild: int, member: int, pictures: int, estimate: int, roles: frozenset[int]
    ) -> None:
        asked = draft(guild, member, pictures=pictures, estimate=estimate, roles=roles)
        limits = replace(self.limits, budgets=self.paper.budgets)
        before = proofs.everything(self.bench)
        room = self.room(guild, member)
        self._read_books()
        request = (guild, member, roles, (pictures, estimate), self.now)
        if room is None and self.paper.has_room(*request):
            assert self.bench.run(submit.submit, asked, limits, self.now).new
            self._read_books()
            assert not self.paper.oversteps(*request), "more was let in than a limit allows"
            self.known.append(asked)
            return
        expected = QuotaExceeded if room is None else QueueFull
        with pytest.raises(expected, match=room):
            self.bench.run(submit.submit, asked, limits, self.now)
        assert proofs.everything(self.bench) == before

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def submit_again(self, data: st.DataObject) -> None:
        asked = data.draw(st.sampled_from(self.known))
        before = proofs.everything(self.bench)
        submitted = self.bench.run(submit.submit, asked, self.limits, self.now)
        assert not submitted.new
        assert submitted.job.place == replace(asked.place, roles=frozenset())
        assert proofs.everything(self.bench) == before

    @rule()
    def claim(self) -> None:
        runnable = proofs.ready_guilds(self.bench)
        job = self.bench.run(claim.claim, "w", self.now, LEASE)
        assert (job is not None) is bool(runnable), "a job is claimed if and only if one may start"
        if job is not None:
            assert job.place.guild_id in runnable
            self.held.append(job)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), cost=estimates, drawn=pictures)
    def keep(self, data: st.DataObject, cost: int, drawn: int) -> None:
        job = self.end(data)
        kept = [picture(index) for index in range(min(drawn, job.request.count))]
        assert self.bench.run(finish.keep, job, kept, cost, "p", self.now)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), failure=failures)
    def fail(self, data: st.DataObject, failure: Blocked) -> None:
        assert self.bench.run(finish.fail, self.end(data), failure, self.now)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), rejected=st.booleans())
    def call(self, data: st.DataObject, rejected: bool) -> None:
        job = data.draw(st.sampled_from(self.held))
        self.bench.run(calls.intend, job, 1, "openai", self.now)
        if rejected:
            self.bench.run(calls.rejected, job, 1, "too_fast", self.now)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def requeue(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from(self.held))
        sent = bool(self.sent(job))
        assert (self.bench.run(finish.requeue, job, self.now) is None) is sent
        if not sent:
            self.held.remove(job)
            self.lost.append(job)

    @precondition(lambda self: self.lost)
    @rule(data=st.data(), failure=failures)
    def zombie(self, data: st.DataObject, failure: Blocked) -> None:
        job = data.draw(st.sampled_from(self.lost))
        before = proofs.everything(self.bench)
        assert not self.bench.run(finish.keep, job, [picture()], 1, "p", self.now)
        assert not self.bench.run(finish.fail, job, failure, self.now)
        assert not self.bench.run(finish.requeue, job, self.now)
        assert not self.bench.run(claim.renew, job, self.now, LEASE)
        assert not self.bench.run(calls.intend, job, 2, "openai", self.now)
        assert not self.bench.run(calls.rejected, job, 1, "too_fast", self.now)
        assert proofs.everything(self.bench) == before

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(sorted(self.states)))
        [job] = self.bench.look(f"SELECT member_id, cancelled_by FROM job WHERE id = {job_id}")
        assert self.bench.run(cancel.cancel, job_id, 1, self.now) is self.states[job_id]
        live = self.states[job_id] in {State.QUEUED, State.RUNNING}
        self.audited += live and job["cancelled_by"] is None and job["member_id"] != 1

    @rule(repeat=st.booleans())
    def crash(self, repeat: bool) -> None:
        self.sort_out(self.held, None, repeat=repeat)

    @rule(repeat=st.booleans(), data=st.data())
    def leases_end(self, repeat: bool, data: st.DataObject) -> None:
        in_hand = {job.id for job in self.held if data.draw(st.booleans())}
        ended = {
            row["id"]
            for row in self.bench.look("SELECT * FROM job WHERE state = 'running'")
            if row["lease_until"] < stamped(self.now)
        }
        left = [job for job in self.held if job.id in ended - in_hand]
        self.sort_out(left, in_hand, repeat=repeat)

    def sort_out(self, left: list[Job], held: set[int] | None, *, repeat: bool) -> None:
        """These jobs, and no others, wait again or end."""
        over = {job.id for job in left if self.is_over(job, repeat=repeat)}
        recovered = self.bench.run(recover.recover, self.now, repeat=repeat, held=held)
        assert {job.id for job in recovered.ended} == over
        assert {job.id for job in recovered.requeued} == {job.id for job in left} - over
        self.lost += left
        self.held = [job for job in self.held if job not in left]

    def is_over(self, job: Job, *, repeat: bool) -> bool:
        """Whether a job whose worker is gone is not drawn again."""
        [row] = self.bench.look(f"SELECT crashes, cancelled_by FROM job WHERE id = {job.id}")
        if row["cancelled_by"] is not None or row["crashes"] + 1 >= MAX_CRASHES:
            return True
        return bool(self.sent(job)) and (not repeat or self.lost_before(job.id))

    @rule(server=st.integers(0, 5), member=st.integers(0, 4))
    def change_slots(self, server: int, member: int) -> None:
        self.settle_in(server, member)

    @rule(route=routes)
    def deliver(self, route: Route) -> None:
        delivery = self.bench.run(deliveries.next_delivery, self.now, LEASE)
        if delivery is None:
            return
        if route is Route.REPLY:
            self.bench.run(deliveries.delivered, delivery, Posted(1, 2), self.now)
        else:
            self.bench.run(deliveries.postpone, delivery, Later(self.now, route, 1))

    @rule(hours=st.sampled_from([0.01, 1, 11, 24 * 6, 24 * 20]))
    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def holds(self) -> None:
        proofs.check(self.bench)
        after = proofs.states(self.bench)
        proofs.check_steps(self.states, after)
        self.states = after

    def teardown(self) -> None:
        self.bench.close()

    def end(self, data: st.DataObject) -> Job:
        """One of the jobs that run; it will not any more, so it is a zombie's from now on."""
        job = data.draw(st.sampled_from(self.held))
        self.held.remove(job)
        self.lost.append(job)
        return job

    def room(self, guild: int, member: int) -> str | None:
        """Whose queue is full, if one is."""
        queued = self.bench.look(
            f"SELECT member_id FROM job WHERE state = 'queued' AND guild_id = {guild}"
        )
        if sum(job["member_id"] == member for job in queued) >= self.limits.member_queue:
            return "member"
        return "server" if len(queued) >= self.limits.server_queue else None

    def sent(self, job: Job) -> list[dict[str, object]]:
        """Calls of that attempt that are on their way."""
        return self.bench.look(
            f"SELECT n FROM call WHERE job_id = {job.id} AND attempt = {job.attempt} "
            "AND state = 'sent'"
        )

    def lost_before(self, job_id: int) -> bool:
        """Whether a call for the job was lost in any attempt."""
        return bool(
            self.bench.look(f"SELECT n FROM call WHERE job_id = {job_id} AND state = 'unknown'")
        )


def stamped(moment: datetime) -> int:
    """Microseconds since 1970."""
    return int(moment.timestamp()) * 1_000_000


@pytest.mark.timeout(3_600)  # for --hypothesis-profile=long
def test_the_promises_hold_in_every_history(engine: Engine) -> None:
    """Given any history, the lanes, counters, ledger, states and outcomes agree at each step."""

    class Here(Histories):
        def __init__(self) -> None:
            super().__init__(engine.bench())

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=settings().max_examples // engine.slowness,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
