"""Whose turn it is: start-time fair queueing over servers, and over members inside a server.

Each lane carries a virtual time. The ready lane with the smallest one goes next, and pays for its
turn by moving ahead by cost ÷ weight. A lane that wakes up is lifted to the clock, so that having
been quiet earns no credit. For any two lanes that both wait, what they were served differs by at
most one request each (Goyal, Vin, Cheng: Start-time Fair Queueing, 1996).

The order lives in the schema, so that a claim looks at one row whatever is waiting; this file
holds the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SCALE = 1_000
"""Virtual time per micro-dollar at weight 1, so that division by a weight loses little."""

FLOOR = 1_000
"""The least a picture weighs, in micro-dollars: free pictures take turns as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A server, or a member inside a server, in the order of turns.

    Attributes:
        waiting: Requests that wait in it.
    """

    id: int
    vtime: int
    waiting: int


def weigh(estimate: int, pictures: int) -> int:
    """What a request counts for when turns are taken, in micro-dollars."""
    return max(estimate, pictures * FLOOR)


def after(vtime: int, cost: int, weight: int = 1) -> int:
    """The virtual time of a lane once it was served."""
    return vtime + cost * SCALE // weight


def correction(estimated: int, actual: int, weight: int = 1) -> int:
    """How far a lane moves when the true cost is known; negative when it was cheaper."""
    return (actual - estimated) * SCALE // weight


def ahead(mine: Lane, nth: int, others: Iterable[Lane]) -> int:
    """About how many requests of other lanes start before the nth of mine (from 1).

    Lanes are taken to cost alike. A lane whose turn is before mine gets one more in.
    """
    total = 0
    for lane in others:
        first = (lane.vtime, lane.id) < (mine.vtime, mine.id)
        total += min(lane.waiting, nth if first else nth - 1)
    return total
