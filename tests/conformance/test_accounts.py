"""Rules, use and settings of servers, and facts that outlive the process."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.core.quotas import Amount, Counter, Period, Subject
from bot.core.stores import Store
from tests.conformance.world import LIMITS, NOW, draft, rule


async def test_a_rule_is_set_replaced_and_cleared(store: Store) -> None:
    """Each change answers the rule that was there before."""
    first, second = rule(pictures=10), rule(pictures=None, micro=5_000_000)

    assert await store.set_rule(first) is None
    assert await store.rules(1) == (first,)
    assert await store.set_rule(second) == first
    assert await store.rules(1) == (second,)
    assert await store.clear_rule(1, Subject.SERVER, Period.DAY) == second
    assert await store.clear_rule(1, Subject.SERVER, Period.DAY) is None
    assert await store.rules(1) == ()


async def test_a_server_has_a_rule_for_each_subject_and_period(store: Store) -> None:
    """All eight stand side by side, and other servers have their own."""
    every = [rule(subject, period) for subject in Subject for period in Period]
    for each in every:
        await store.set_rule(each)
    await store.set_rule(rule(guild=2))

    assert sorted(await store.rules(1), key=repr) == sorted(every, key=repr)
    assert len(await store.rules(2)) == 1


async def test_use_is_zero_before_anything_was_used(store: Store) -> None:
    """Every counter is answered, so that nobody has to guess what a missing one means."""
    counters = await store.counters(1, 2, NOW)

    assert len(counters) == 8
    assert {c.taken for c in counters} == {Amount()}
    assert (
        Counter(
            subject=Subject.EVERYONE,
            subject_id=2,
            period=Period.WEEK,
            starts_at=datetime(2026, 11, 16, tzinfo=UTC),
            reserved=Amount(),
            used=Amount(),
        )
        in counters
    )


async def test_a_rule_sees_what_was_used_before_it_was_set(store: Store) -> None:
    """Use is counted whether or not a rule limits it."""
    await store.submit(draft(pictures=4, estimate=900), LIMITS, NOW)
    await store.set_rule(rule(Subject.EVERYONE, Period.HOUR, pictures=10, micro=1_000))

    [standing] = await store.standings(1, 1, NOW)

    assert standing.taken == Amount(4, 900)
    assert (standing.pictures_left, standing.micro_left) == (6, 100)
    assert standing.ends_at == datetime(2026, 11, 20, 13, tzinfo=UTC)
    [other] = await store.standings(1, 2, NOW)
    assert other.taken == Amount()


async def test_costs_are_shown_where_a_server_wants_them(store: Store) -> None:
    """Not before, and not on other servers."""
    assert not await store.shows_costs(1)

    await store.show_costs(1, shown=True)
    assert await store.shows_costs(1)
    assert not await store.shows_costs(2)

    await store.show_costs(1, shown=False)
    assert not await store.shows_costs(1)


async def test_facts_are_remembered_by_name(store: Store) -> None:
    """The last word counts."""
    assert await store.recall("commands") is None

    await store.remember("commands", "abc")
    await store.remember("commands", "def")
    await store.remember("other", "")

    assert await store.recall("commands") == "def"
    assert await store.recall("other") == ""
