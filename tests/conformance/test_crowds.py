"""Two hundred at once on both sides of midnight: not one too many, not one too few."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bot.core.errors import QuotaExceeded
from bot.core.guilds import GuildSettings
from bot.core.jobs import Draft
from bot.core.periods import Period
from bot.core.quotas import Amount, Rule, Subject
from bot.core.stores import Store
from tests.conformance.conftest import Look
from tests.conformance.paper import Entry, Paper
from tests.conformance.world import ESTIMATE, LIMITS, draft, rule

ROLE, OTHER_ROLE = 501, 502


def rules_for(room: int) -> tuple[Rule, ...]:
    """Four that overlap; the server's is in dollars, for so many pictures a day and a bit."""
    return (
        rule(Subject.SERVER, Period.DAY, pictures=None, micro=room * ESTIMATE + ESTIMATE // 2),
        rule(Subject.ROLE, Period.HOUR, pictures=3, subject_id=ROLE),
        rule(Subject.ROLE, Period.HOUR, pictures=2, subject_id=OTHER_ROLE),
        rule(Subject.EVERYONE, Period.DAY, pictures=4),
        rule(Subject.MEMBER, Period.WEEK, pictures=3, subject_id=3),
    )


JUST_BEFORE = timedelta(microseconds=1)

# The local midnight from Sunday to Monday, so that the week turns as well; and one between two days
# of a month. Kiritimati is the first place with a new day and Pago Pago the last.
EDGES = {
    "east": ("Pacific/Kiritimati", (2026, 11, 23)),
    "west": ("Pacific/Pago_Pago", (2026, 11, 23)),
    "end of the month": ("Pacific/Kiritimati", (2026, 12, 1)),
    "a half hour off": ("Asia/Kolkata", (2026, 11, 20)),
    "the day that clocks go back": ("Europe/Berlin", (2026, 10, 25)),
    "the day that clocks go forward": ("Europe/Berlin", (2026, 3, 29)),
}


@dataclass(frozen=True)
class Ask:
    """One request and when it arrives."""

    draft: Draft
    at: datetime

    @property
    def amount(self) -> tuple[int, int]:
        """Pictures and micro-dollars."""
        return self.draft.request.count, self.draft.estimate


def midnight(zone: str, date: tuple[int, int, int]) -> datetime:
    """When that date begins there."""
    return datetime(*date, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def turns_week(zone: str, at: datetime) -> bool:
    """Whether it is the midnight before a Monday."""
    return at.astimezone(ZoneInfo(zone)).weekday() == 0


def roles_of(member: int) -> frozenset[int]:
    """A third has neither role, a third has one, a third has both."""
    return frozenset([OTHER_ROLE, ROLE][: member % 3])


def on_paper(rules: tuple[Rule, ...], zone: str) -> Paper:
    """The same rules."""
    paper = Paper(zones={1: zone})
    for each in rules:
        paper.rules[1, each.subject, each.subject_id, each.period] = (each.pictures, each.micro)
    return paper


def one_by_one(paper: Paper, asked: list[Ask]) -> list[bool]:
    """Who is let in, when they come one after the other."""
    let_in = []
    for number, ask in enumerate(asked):
        place = ask.draft.place
        room = paper.has_room(1, place.member_id, place.roles, ask.amount, ask.at)
        if room:
            entry = Entry(id=number, guild=1, member=place.member_id, at=ask.at, held=ask.amount)
            paper.accept(entry)
        let_in.append(room)
    return let_in


async def all_at_once(store: Store, asked: list[Ask]) -> list[bool]:
    """Who is let in, when all come together."""

    async def one(ask: Ask) -> bool:
        try:
            return (await store.submit(ask.draft, LIMITS, ask.at)).new
        except QuotaExceeded:
            return False

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(ask)) for ask in asked]
    return [task.result() for task in tasks]


async def settle_in(store: Store, zone: str, at: datetime, rules: tuple[Rule, ...]) -> None:
    """The server's calendar and its rules."""
    await store.choose(1, GuildSettings(zone=zone), LIMITS, 7, at)
    for each in rules:
        await store.set_rule(each)


@pytest.mark.parametrize(("room", "each_side"), [(50, 50), (80, 58)])
@pytest.mark.parametrize("edge", EDGES)
async def test_two_hundred_at_once_are_let_in_as_if_one_by_one(
    store: Store, look: Look, edge: str, room: int, each_side: int
) -> None:
    """Twenty members, ten requests each, half of them in the last moment of the day."""
    zone, date = EDGES[edge]
    at = midnight(zone, date)
    asked = [
        Ask(draft(member=member, roles=roles_of(member)), at - JUST_BEFORE * (turn % 2))
        for turn in range(10)
        for member in range(1, 21)
    ]
    Random(edge).shuffle(asked)
    rules = rules_for(room)
    await settle_in(store, zone, at - timedelta(days=60), rules)

    let_in = await all_at_once(store, asked)

    # All ask for the same, so that it does not matter to the numbers who comes first.
    expected = one_by_one(on_paper(rules, zone), asked)
    assert sum(let_in) == sum(expected)
    # Where the week does not turn, the one who has a limit for it has it once.
    once = 3 if room == 80 and not turns_week(zone, at) else 0
    assert sum(expected) == 2 * each_side - once
    assert look("SELECT count(*) AS n FROM job") == [{"n": sum(expected)}]
    await look_at_the_books(store, asked, let_in, at)


@pytest.mark.parametrize("edge", EDGES)
async def test_requests_of_all_sizes_are_let_in_as_if_one_by_one(store: Store, edge: str) -> None:
    """In the order in which they were handed over, each of them, on both sides of midnight.

    Where each has a connection of its own, who comes first is chance: then the books tell.
    """
    zone, date = EDGES[edge]
    at, chance = midnight(zone, date), Random(edge)
    asked = []
    for _ in range(200):
        member, count = chance.randint(1, 20), chance.choice([1, 1, 2, 3])
        request = draft(
            member=member,
            pictures=count,
            estimate=count * chance.choice([0, 9_999, ESTIMATE]),
            roles=roles_of(member),
        )
        asked.append(Ask(request, at - JUST_BEFORE * chance.randint(0, 1)))
    rules = rules_for(room=60)
    await settle_in(store, zone, at - timedelta(days=60), rules)

    let_in = await all_at_once(store, asked)

    if store.alone:
        assert let_in == one_by_one(on_paper(rules, zone), asked)
    assert 0 < sum(let_in) < 200
    await look_at_the_books(store, asked, let_in, at)


async def look_at_the_books(
    store: Store, asked: list[Ask], let_in: list[bool], at: datetime
) -> None:
    """No rule is overstepped on either side, and the counters say what was let in."""
    accepted = [ask for ask, yes in zip(asked, let_in, strict=True) if yes]
    for side in (at - JUST_BEFORE, at):
        here = [ask for ask in accepted if ask.at == side]
        for member in range(1, 21):
            counters = await store.counters(1, member, side)
            day = {c.tally.account: c for c in counters if c.tally.period is Period.DAY}
            ours, mine = day.values()
            assert ours.reserved == sum((Amount(*ask.amount) for ask in here), Amount())
            assert mine.reserved == sum(
                (Amount(*a.amount) for a in here if a.draft.place.member_id == member), Amount()
            )
            for bound in await store.bounds(1, member, roles_of(member), side):
                assert any(not standing.exceeded for standing in bound.standings)


async def test_the_last_place_is_given_once(store: Store) -> None:
    """Whoever of two hundred comes first has it, and the others learn when there is more."""
    await store.set_rule(rule(pictures=1))
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)

    let_in = await all_at_once(store, [Ask(draft(member=n), at) for n in range(1, 201)])

    assert sum(let_in) == 1
