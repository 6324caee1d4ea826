"""The bound of start-time fair queueing holds for what is claimed, at both levels of lanes.

For any two lanes that both have something waiting, over any interval: what they were served,
each by its weight, differs by at most the dearest request of each (Goyal, Vin, Cheng 1996).
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field

import pytest

from bot.core.fairness import FLOOR
from bot.core.jobs import Job
from bot.storage.transactions import claim, finish, submit
from tests.conformance.engines import Bench, Engine
from tests.conformance.world import LEASE, NOW, draft, limits, picture

WIDE = limits(server_slots=10**6, member_slots=10**6)


@dataclass
class Run:
    """A random load on lanes of random weights and prices, and who was served in what order."""

    bench: Bench
    seed: int
    slots: int
    level: str
    served: list[tuple[int, int, frozenset[int]]] = field(default_factory=list)

    def play(self, steps: int) -> None:
        """Ask, claim and finish at random."""
        draw = random.Random(f"{self.seed} {self.slots} {self.level}")
        lanes = range(1, draw.randint(3, 6))
        self.weights = {lane: draw.randint(1, 4) for lane in lanes}
        self.dearest = {lane: draw.randint(1, 12) * FLOOR for lane in lanes}
        waiting = dict.fromkeys(lanes, 0)
        running: list[Job] = []
        for _ in range(steps):
            for lane in lanes:
                while draw.random() < 0.35:
                    self.ask(lane, draw.randint(1, 12) * self.dearest[lane] // 12, draw)
                    waiting[lane] += 1
            while len(running) >= self.slots:
                self.finish(running.pop(draw.randrange(len(running))))
            backlogged = frozenset(lane for lane in lanes if waiting[lane])
            job = self.bench.run(claim.claim, "w", NOW, LEASE)
            if job is not None:
                running.append(job)
                waiting[self.lane(job)] -= 1
                self.served.append((self.lane(job), max(job.estimate, FLOOR), backlogged))

    def ask(self, lane: int, estimate: int, draw: random.Random) -> None:
        """One more request in that lane."""
        guild, member = (lane, draw.randint(1, 2)) if self.level == "servers" else (1, lane)
        self.bench.run(submit.submit, draft(guild, member, estimate=estimate), WIDE, NOW)
        column = "guild_lane" if self.level == "servers" else "member_lane"
        which = "guild_id" if self.level == "servers" else "member_id"
        self.bench.look(f"UPDATE {column} SET weight = {self.weights[lane]} WHERE {which} = {lane}")

    def finish(self, job: Job) -> None:
        """Drawn at the price that was expected."""
        self.bench.run(finish.keep, job, [picture()], job.estimate, "p", NOW)

    def lane(self, job: Job) -> int:
        """The lane that the job came from."""
        return job.place.guild_id if self.level == "servers" else job.place.member_id

    def worst(self) -> float:
        """The largest difference in service between two lanes, as a part of the bound."""
        return max(
            self.difference(one, other, start)
            for one, other in itertools.combinations(self.weights, 2)
            for start in range(len(self.served))
        )

    def difference(self, one: int, other: int, start: int) -> float:
        """The largest difference between those two in intervals that begin there."""
        bound = sum(self.dearest[lane] / self.weights[lane] for lane in (one, other))
        apart = worst = 0.0
        for lane, cost, backlogged in self.served[start:]:
            if not {one, other} <= backlogged:
                break
            if lane in {one, other}:
                apart += cost / self.weights[lane] * (1 if lane == one else -1)
                worst = max(worst, abs(apart))
        return worst / bound


@pytest.mark.parametrize("level", ["servers", "members"])
@pytest.mark.parametrize("slots", [1, 4])
@pytest.mark.parametrize("seed", range(3))
def test_lanes_are_served_by_weight_within_the_bound(
    engine: Engine, seed: int, slots: int, level: str
) -> None:
    """Given any weights, prices and arrivals, no lane is ahead by more than the bound."""
    bench = engine.bench()
    try:
        run = Run(bench, seed, slots, level)
        steps = 160 // engine.slowness
        run.play(steps)
        assert len(run.served) > steps // 2
        assert run.worst() <= 1.0
    finally:
        bench.close()
