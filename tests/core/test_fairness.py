"""Turns are fair, and what members are told about them is true."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.core.fairness import FLOOR, SCALE, Lane, after, ahead, correction, weigh

COST = 13_200
TURN = COST * SCALE


def turn(lanes: dict[int, Lane]) -> Lane | None:
    """The lane that is served next, as it was before."""
    ready = [lane for lane in lanes.values() if lane.waiting]
    if not ready:
        return None
    lane = min(ready, key=lambda each: (each.vtime, each.id))
    served = replace(lane, vtime=after(lane.vtime, COST), waiting=lane.waiting - 1)
    lanes[lane.id] = served
    return lane


def served_before(mine: Lane, nth: int, others: list[Lane]) -> int:
    """How many of the others really start before the nth of mine: all turns played out."""
    lanes = {lane.id: lane for lane in (mine, *others)}
    count = mine_served = 0
    while (lane := turn(lanes)) is not None:
        if lane.id != mine.id:
            count += 1
            continue
        mine_served += 1
        if mine_served == nth:
            return count
    raise AssertionError("the nth of mine never starts")


@st.composite
def queues(draw: st.DrawFn, *, spread: int) -> tuple[Lane, int, list[Lane]]:
    """Lanes that all wait, no further apart than `spread`; mine; which of my requests."""
    ids = draw(st.lists(st.integers(1, 99), min_size=1, max_size=6, unique=True))
    lanes = [
        Lane(id=each, vtime=draw(st.integers(0, spread)), waiting=draw(st.integers(1, 8)))
        for each in ids
    ]
    return lanes[0], draw(st.integers(1, lanes[0].waiting)), lanes[1:]


@given(queues(spread=TURN - 1))
def test_ahead_is_exact_where_requests_cost_alike(queue: tuple[Lane, int, list[Lane]]) -> None:
    """Given lanes less than a turn apart, when all turns are played out, then ahead was right."""
    mine, nth, others = queue

    assert ahead(mine, nth, others) == served_before(mine, nth, others)


@dataclass
class Hall:
    """Lanes as they come to be: requests arrive, turns are taken, who wakes is lifted."""

    lanes: dict[int, Lane]
    clock: int = 0

    def arrive(self, lane_id: int) -> None:
        """One more request in a lane."""
        lane = self.lanes.get(lane_id, Lane(id=lane_id, vtime=0, waiting=0))
        vtime = lane.vtime if lane.waiting else max(lane.vtime, self.clock)
        self.lanes[lane_id] = replace(lane, vtime=vtime, waiting=lane.waiting + 1)

    def serve(self) -> None:
        """One turn, if anybody waits."""
        lane = turn(self.lanes)
        if lane is not None:
            self.clock = max(self.clock, lane.vtime)


@given(st.lists(st.one_of(st.integers(1, 5), st.none()), max_size=60), st.data())
def test_ahead_is_off_by_one_at_most_where_lanes_are_tied(
    history: list[int | None], data: st.DataObject
) -> None:
    """Given any history, when a position is told, then only lanes tied with mine blur it."""
    hall = Hall(lanes={})
    for step in [1, *history, 1]:
        hall.serve() if step is None else hall.arrive(step)
    waiting = [lane for lane in hall.lanes.values() if lane.waiting]
    mine = data.draw(st.sampled_from(waiting))
    nth = data.draw(st.integers(1, mine.waiting))
    others = [lane for lane in waiting if lane.id != mine.id]

    tied = sum(abs(lane.vtime - mine.vtime) == TURN for lane in others)
    truth = served_before(mine, nth, others)
    assert abs(ahead(mine, nth, others) - truth) <= tied


def test_a_quiet_lane_goes_before_a_busy_one() -> None:
    """Given a server with 10,000 waiting, when another asks once, then nobody is before it."""
    busy = Lane(id=1, vtime=TURN, waiting=10_000)
    quiet = Lane(id=2, vtime=1, waiting=1)

    assert ahead(quiet, 1, [busy]) == 0
    assert ahead(busy, 10_000, [quiet]) == 1


@given(st.lists(st.tuples(st.integers(1, 50_000), st.integers(1, 50_000)), max_size=40))
def test_two_lanes_that_wait_are_served_alike(costs: list[tuple[int, int]]) -> None:
    """Given two lanes that never run dry, when they are served, then they stay within a turn."""
    vtimes, served = [0, 0], [0, 0]
    dearest = max((max(pair) for pair in costs), default=0)
    for pair in costs:
        lane = 0 if vtimes[0] <= vtimes[1] else 1
        vtimes[lane] = after(vtimes[lane], pair[lane])
        served[lane] += pair[lane]

        assert abs(served[0] - served[1]) <= 2 * dearest


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 200))
def test_a_lane_of_more_weight_is_served_more(first: int, second: int, turns: int) -> None:
    """Given weights, when turns are taken, then each lane gets its share of them, give or take."""
    vtimes, served = [0, 0], [0, 0]
    for _ in range(turns):
        lane = 0 if vtimes[0] <= vtimes[1] else 1
        vtimes[lane] = after(vtimes[lane], COST, (first, second)[lane])
        served[lane] += 1

    assert abs(served[0] / first - served[1] / second) <= 1 / first + 1 / second + 1e-6


@given(st.integers(0, 10**9), st.integers(0, 10**8), st.integers(0, 10**8), st.integers(1, 100))
def test_the_true_cost_counts_in_the_end(
    vtime: int, estimated: int, actual: int, weight: int
) -> None:
    """Given an estimate that was wrong, when it is corrected, then the lane is where it belongs."""
    moved = after(vtime, estimated, weight) + correction(estimated, actual, weight)

    assert abs(moved - after(vtime, actual, weight)) <= 1
    assert (correction(estimated, actual, weight) < 0) == (actual < estimated)


def test_a_cheaper_request_moves_its_lane_back() -> None:
    """Given an estimate twice the cost, when it is corrected, then half of the turn is returned."""
    assert after(0, 2_000) == 2_000_000
    assert correction(2_000, 1_000) == -1_000_000
    assert correction(2_000, 1_000, weight=4) == -250_000


@given(st.integers(0, 10**8), st.integers(1, 10))
def test_nothing_is_free_of_turns(estimate: int, pictures: int) -> None:
    """Given any price, nothing too, when a request is weighed, then each picture counts."""
    assert weigh(estimate, pictures) >= max(estimate, pictures * FLOOR)
    assert after(0, weigh(estimate, pictures)) > 0


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=20))
def test_a_lane_only_moves_ahead(costs: list[int]) -> None:
    """Given any costs, when a lane is served, then its time never runs backwards."""
    times = [0]
    for cost in costs:
        times.append(after(times[-1], cost))

    assert all(earlier <= later for earlier, later in pairwise(times))
