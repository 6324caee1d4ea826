"""How fast a key may draw, with a clock that is moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Blocked, TooFast
from bot.imageapi.pacing import Pace
from bot.imageapi.providers import Pacing
from tests.clock import NOON, ManualClock


class Crowd:
    """Callers of one pace; each writes down when it had its turn."""

    def __init__(self, clock: ManualClock, pace: Pace, tasks: asyncio.TaskGroup) -> None:
        self.clock, self.pace = clock, pace
        self.turns: list[tuple[str, float]] = []
        self._tasks = tasks
        self._asking: dict[str, asyncio.Task[None]] = {}

    def ask(self, name: str, pictures: int = 1, *, call: bool = True) -> None:
        """Somebody asks; a call begins and ends as soon as it is their turn."""
        self._asking[name] = self._tasks.create_task(self._ask(name, pictures, call))

    def leave(self, name: str) -> None:
        """Somebody does not wait any more."""
        self._asking[name].cancel()

    def go_home(self) -> None:
        """Nobody does."""
        for task in self._asking.values():
            task.cancel()

    async def _ask(self, name: str, pictures: int, call: bool) -> None:
        await self.pace.turn(pictures)
        self.turns.append((name, (self.clock.now() - NOON).total_seconds()))
        if call:
            with self.pace.calling():
                pass

    @property
    def seconds(self) -> list[float]:
        """When each turn came."""
        return [when for _, when in self.turns]


@asynccontextmanager
async def crowd(
    per_minute: int | None = None, in_flight: int | None = None
) -> AsyncIterator[Crowd]:
    """A pace and room for those who wait."""
    clock = ManualClock()
    pace = Pace(Pacing(pictures_per_minute=per_minute, calls_in_flight=in_flight), clock)
    async with asyncio.TaskGroup() as tasks:
        people = Crowd(clock, pace, tasks)
        try:
            yield people
        finally:
            people.go_home()


def refuse(pace: Pace, detail: str = "", seconds: float | None = None) -> None:
    """A call is refused as too fast."""
    until = None if seconds is None else NOON + timedelta(seconds=seconds)
    with pytest.raises(TooFast), pace.calling():
        raise TooFast(detail, until=until)


async def test_a_minutes_worth_passes_at_once_and_the_rest_evenly() -> None:
    """Given five a minute, when eight ask, then five pass and one more every twelve seconds."""
    async with crowd(per_minute=5) as people:
        for number in range(8):
            people.ask(str(number))
        await people.clock.advance(60)

        assert people.seconds == [0, 0, 0, 0, 0, 12, 24, 36]


async def test_who_came_first_passes_first() -> None:
    """Given a large request at the head, when small ones follow, then they do not overtake."""
    async with crowd(per_minute=6) as people:
        for name, pictures in [("a", 4), ("b", 4), ("c", 1), ("d", 1)]:
            people.ask(name, pictures)
        await people.clock.advance(60)

        assert people.turns == [("a", 0), ("b", 20), ("c", 30), ("d", 40)]


async def test_more_than_a_minutes_worth_waits_for_all_of_it() -> None:
    """Given five a minute, when ten are asked for, then they pass, and the debt is waited off."""
    async with crowd(per_minute=5) as people:
        people.ask("ten", 10)
        people.ask("one")
        await people.clock.advance(120)

        assert people.turns == [("ten", 0), ("one", 72)]


async def test_no_limit_is_no_limit() -> None:
    """Given nothing known, when a thousand ask, then all pass at once."""
    async with crowd() as people:
        for number in range(1000):
            people.ask(str(number))
        await people.clock.settle()

        assert people.seconds == [0] * 1000


async def test_calls_in_flight_are_counted_from_the_turn_on() -> None:
    """Given room for two calls, when a third asks, then it waits until one has ended."""
    async with crowd(in_flight=2) as people:
        for name in "abc":
            people.ask(name, call=False)
        await people.clock.settle()
        assert [name for name, _ in people.turns] == ["a", "b"]

        with people.pace.calling():
            await people.clock.settle()
            assert len(people.turns) == 2
        await people.clock.settle()
        assert [name for name, _ in people.turns] == ["a", "b", "c"]


async def test_a_turn_that_nobody_uses_is_given_on() -> None:
    """Given a worker that vanished after its turn, when a minute went by, then the next passes."""
    async with crowd(in_flight=1) as people:
        people.ask("vanished", call=False)
        people.ask("next")
        await people.clock.advance(59)
        assert len(people.turns) == 1

        await people.clock.advance(1)
        assert people.turns[1] == ("next", 60)


async def test_whoever_stops_waiting_takes_nothing() -> None:
    """Given a line, when its head and its middle are cancelled, then the others move up."""
    async with crowd(per_minute=1) as people:
        for name in ("first", "head", "middle", "last"):
            people.ask(name)
        await people.clock.sleepers()
        people.leave("head")
        people.leave("middle")
        await people.clock.advance(60)

        assert people.turns == [("first", 0), ("last", 60)]


async def test_whoever_stops_waiting_for_a_call_takes_nothing() -> None:
    """Given one call at a time, when who waits for it is cancelled, then the next one waits."""
    async with crowd(in_flight=1) as people:
        with people.pace.calling():
            people.ask("head")
            people.ask("next")
            await people.clock.settle()
            people.leave("head")
            await people.clock.settle()
            assert people.turns == []
        await people.clock.settle()

        assert people.turns == [("next", 0)]


async def test_a_429_makes_everybody_wait_as_long_as_it_says() -> None:
    """Given no limit, when one call is refused for 7 s, then nobody passes before."""
    async with crowd() as people:
        refuse(people.pace, seconds=7)
        people.ask("a")
        people.ask("b")
        await people.clock.advance(20)

        assert people.seconds == [7, 7]


async def test_a_429_that_names_no_time_is_a_short_pause() -> None:
    """Given no time, when one call is refused, then two seconds are enough to begin with."""
    async with crowd() as people:
        refuse(people.pace)
        people.ask("a")
        await people.clock.advance(20)

        assert people.seconds == [2]


async def test_an_endless_wait_is_tried_once_a_minute() -> None:
    """Given a refusal until tomorrow, when a minute went by, then one call finds out."""
    async with crowd() as people:
        refuse(people.pace, seconds=86_400)
        people.ask("a")
        await people.clock.advance(61)

        assert people.seconds == [60]


async def test_the_second_429_halves_the_pace_which_comes_back_slowly() -> None:
    """Given 40 a minute, when it is refused twice, then 20 a minute pass, and later 40 again."""
    async with crowd(per_minute=40) as people:
        people.ask("a minute's worth", 40)
        await people.clock.settle()
        refuse(people.pace, seconds=2)
        await people.clock.advance(50)
        # Two that were under way together are refused: the pace is not halved twice.
        with pytest.raises(TooFast), people.pace.calling(), people.pace.calling():
            raise TooFast(until=NOON + timedelta(seconds=60))
        for number in range(22):
            people.ask(str(number), call=False)
        await people.clock.advance(70)
        assert people.seconds[1:] == [60] * 20 + [63, 66]

        for _ in range(15):
            with people.pace.calling():
                pass
        await people.clock.advance(60)
        for number in range(42):
            people.ask(str(number), call=False)
        await people.clock.advance(60)
        assert people.seconds[23:] == [180] * 40 + [181.5, 183]


async def test_a_few_pictures_say_nothing_about_the_pace() -> None:
    """Given three pictures in a minute, when two are refused, then only the pauses hold."""
    async with crowd() as people:
        for name in "abc":
            people.ask(name)
        await people.clock.settle()
        refuse(people.pace, seconds=1)
        await people.clock.advance(2)
        refuse(people.pace, seconds=3)
        for name in "defghijkl":
            people.ask(name)
        await people.clock.advance(2)

        assert set(people.seconds) == {0, 3}


LIMIT = "Rate limit reached on images per min: Limit 5, Used 5, Requested 1. Try again in 12s"


@pytest.mark.parametrize("in_words", [True, False])
async def test_a_limit_that_is_named_and_enforced_is_kept(in_words: bool) -> None:
    """Given five a minute in words or a header, when two are refused, then that is the pace."""
    async with crowd() as people:
        for name in "abcde":
            people.ask(name)
        await people.clock.settle()
        if not in_words:
            people.pace.named(5)
        for seconds in (12, 24):
            refuse(people.pace, LIMIT if in_words else "", seconds)
            await people.clock.advance(12.5)
        for name in "fgh":
            people.ask(name)
        await people.clock.advance(60)

        assert people.seconds[5:] == [25, 36, 48]


async def test_a_limit_that_is_raised_is_used() -> None:
    """Given a limit that was kept to, when a higher one is named, then the pace grows into it."""
    async with crowd() as people:
        await people.pace.turn(5)
        for seconds in (1, 2):
            refuse(people.pace, LIMIT, seconds)
            await people.clock.advance(1)
        people.pace.named(20)
        for _ in range(50):
            with people.pace.calling():
                pass
        await people.clock.advance(60)
        for number in range(21):
            people.ask(str(number))
        await people.clock.advance(10)

        assert people.seconds == [62] * 20 + [65]


@pytest.mark.parametrize(("passed", "refusals"), [(5, 1), (4, 2)])
async def test_a_limit_that_is_only_named_is_not_kept(passed: int, refusals: int) -> None:
    """Given a limit, when it is not enforced or not ours, then only the pauses hold."""
    async with crowd() as people:
        await people.pace.turn(passed)
        people.pace.named(5)
        for _ in range(refusals):
            refuse(people.pace, LIMIT, seconds=2)
            await people.clock.advance(1)
        for name in "abcdefgh":
            people.ask(name)
        await people.clock.advance(2)

        assert people.seconds == [2] * 8


async def test_a_limit_of_what_is_sent_along_is_not_ours() -> None:
    """Given a limit of input pictures, when it is enforced, then what is drawn keeps its pace."""
    async with crowd() as people:
        for seconds in (1, 2):
            refuse(people.pace, "on input-images per min: Limit 1, Used 1, Requested 1", seconds)
            await people.clock.advance(1)
        for name in "abc":
            people.ask(name)
        await people.clock.advance(2)

        assert people.seconds == [2, 2, 2]


async def test_the_operators_limit_is_never_exceeded() -> None:
    """Given two a minute in the file, when the service names 250, then two pass."""
    async with crowd(per_minute=2) as people:
        people.pace.named(250)
        for seconds in (1, 2):
            refuse(people.pace, seconds=seconds)
            await people.clock.advance(1)
        for name in "abc":
            people.ask(name)
        await people.clock.advance(60)

        assert people.seconds == [2, 2, 32]


async def test_a_429_about_calls_at_the_same_time_halves_those() -> None:
    """Given four calls under way, when one is refused as one too many, then two may follow."""
    async with crowd(in_flight=8) as people:
        with people.pace.calling(), people.pace.calling(), people.pace.calling():
            refuse(people.pace, "Too many concurrent requests", seconds=1)
        for name in "abc":
            people.ask(name, call=False)
        await people.clock.advance(2)

        assert len(people.turns) == 2


async def test_other_failures_say_nothing_about_the_pace() -> None:
    """Given a refusal for safety, when the next one asks, then it passes at once."""
    async with crowd() as people:
        with pytest.raises(Blocked), people.pace.calling():
            raise Blocked("no")
        people.ask("a")
        await people.clock.settle()

        assert people.seconds == [0]


@given(
    per_minute=st.integers(1, 60),
    asked=st.lists(st.integers(1, 10), min_size=1, max_size=30),
)
def test_no_minute_holds_more_than_a_bucket_and_its_refill(
    per_minute: int, asked: list[int]
) -> None:
    """Given any requests, when all passed, then no window of a minute saw over two minutes' worth.

    A bucket that was full lets one minute's worth pass at once and refills meanwhile; one request
    may be larger than the bucket.
    """

    async def passed() -> list[tuple[float, int]]:
        async with crowd(per_minute=per_minute) as people:
            for index, pictures in enumerate(asked):
                people.ask(str(index), pictures)
            await people.clock.advance(60 * (2 + sum(asked)))
            return [(when, asked[int(name)]) for name, when in people.turns]

    turns = asyncio.run(passed())

    assert len(turns) == len(asked)
    for start, _ in turns:
        within = [pictures for when, pictures in turns if start <= when < start + 60]
        assert sum(within) <= 2 * per_minute + max(asked)
