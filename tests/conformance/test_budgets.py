"""What the operator lets be spent: for each server and for all together, on the calendar of UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.budgets import Budgets
from bot.core.errors import Blocked, QuotaExceeded
from bot.core.guilds import GuildSettings
from bot.core.periods import Period
from bot.core.quotas import Account, Amount, Subject, Tally
from bot.core.stores import Limits, Store
from tests.conformance.conftest import Look
from tests.conformance.world import LEASE, LIMITS, NOW, draft, limits, picture, rule

DIRECT = 0

CENTS = 10_000


def budgets(
    day: int | None = None,
    month: int | None = None,
    server_day: int | None = None,
    server_month: int | None = None,
) -> Limits:
    """The usual limits, with budgets in cents."""
    given = (day, month, server_day, server_month)
    micro = (None if cents is None else cents * CENTS for cents in given)
    names = ("day", "month", "server_day", "server_month")
    return limits(budgets=Budgets(**dict(zip(names, micro, strict=True))))


async def refused(store: Store, held: Limits, guild: int, at: datetime = NOW) -> QuotaExceeded:
    """How a request of 4 cents is refused."""
    with pytest.raises(QuotaExceeded) as caught:
        await store.submit(draft(guild, estimate=4 * CENTS), held, at)
    return caught.value


async def accepted(store: Store, held: Limits, guild: int, at: datetime = NOW) -> None:
    """A request of 4 cents is taken."""
    assert (await store.submit(draft(guild, estimate=4 * CENTS), held, at)).new


async def test_a_budget_of_each_server_holds_for_each(store: Store) -> None:
    """One that spent its own leaves the others theirs."""
    held = budgets(server_day=10)
    for guild in (1, 2):
        for _ in range(2):
            await accepted(store, held, guild)

    said = await refused(store, held, 1)

    assert (said.whose, said.period, said.left) == ("operator", "day", "$0.02 is")
    assert "be spent on this server" in said.say()
    assert said.until == datetime(2026, 11, 21, tzinfo=UTC)
    await accepted(store, held, 3)


async def test_a_budget_of_all_is_spent_by_all_together(store: Store) -> None:
    """Whoever comes last, on a server that spent nothing, is refused as well."""
    held = budgets(day=10, server_day=100)
    await accepted(store, held, 1)
    await accepted(store, held, 2)

    said = await refused(store, held, 3)

    assert "be spent on all servers together" in said.say()
    assert (await store.submit(draft(3, estimate=2 * CENTS), held, NOW)).new


async def test_direct_messages_spend_the_budget_of_all_and_have_no_other(store: Store) -> None:
    """They are no server: its budget does not hold for them, and they count in the other."""
    held = budgets(day=10, server_day=3, server_month=3)
    await accepted(store, held, DIRECT)
    await accepted(store, held, DIRECT)

    assert "all servers together" in (await refused(store, held, DIRECT)).say()
    assert "all servers together" in (await refused(store, budgets(day=10), 1)).say()
    assert "on this server" in (await refused(store, budgets(server_day=3), 1)).say()
    await accepted(store, budgets(server_day=3, server_month=3), DIRECT)


async def test_only_the_budget_of_all_holds_where_no_other_is_set(store: Store) -> None:
    """In direct messages, too."""
    await accepted(store, budgets(day=4), DIRECT)

    await refused(store, budgets(day=4), DIRECT)
    await refused(store, budgets(month=4), DIRECT)


async def test_budgets_begin_again_at_midnight_of_utc_whatever_the_servers_calendar(
    store: Store,
) -> None:
    """And the one of the month with the month."""
    held = budgets(server_day=4, server_month=8)
    for guild, zone in ((1, "Pacific/Kiritimati"), (2, "Pacific/Pago_Pago")):
        await store.choose(guild, GuildSettings(zone=zone), LIMITS, 7, NOW)
        last = datetime(2026, 11, 27, 23, 59, 59, 999_999, tzinfo=UTC)
        await accepted(store, held, guild, last)

        await refused(store, held, guild, last)
        await accepted(store, held, guild, last + timedelta(microseconds=1))
        said = await refused(store, held, guild, last + timedelta(hours=20))
        assert (said.period, said.until) == ("month", datetime(2026, 12, 1, tzinfo=UTC))
        await accepted(store, held, guild, datetime(2026, 12, 1, tzinfo=UTC))


async def test_no_rule_of_a_server_frees_it_from_a_budget(store: Store) -> None:
    """Neither one without a limit, nor a grant, nor a new beginning."""
    held = budgets(server_day=4)
    for subject, whom in ((Subject.SERVER, 0), (Subject.MEMBER, 1)):
        await store.set_rule(rule(subject, pictures=None, subject_id=whom))
    await accepted(store, held, 1)
    job = await store.claim("w", NOW, LEASE)
    assert job is not None
    await store.keep(job, [picture()], 4 * CENTS, "p", NOW)

    for tally in (
        Tally(1, Account.SERVER, 1, Period.DAY),
        Tally(1, Account.MEMBER, 1, Period.DAY),
    ):
        await store.forgive(tally, 7, NOW)
        await store.grant(tally, Amount(100, 100 * CENTS), 7, NOW)

    assert (await refused(store, held, 1)).whose == "operator"


async def test_what_was_not_spent_is_there_again(store: Store, look: Look) -> None:
    """A budget holds the estimate, then what it did cost; a failure costs nothing."""
    held = budgets(day=8, server_day=8)
    for _ in range(2):
        await accepted(store, held, 1)
    await refused(store, held, 1)
    cheap, failed = [await store.claim("w", NOW, LEASE) for _ in range(2)]
    assert cheap is not None
    assert failed is not None

    await store.keep(cheap, [picture()], 1 * CENTS, "p", NOW)
    await refused(store, budgets(day=8), 2)
    await store.fail(failed, Blocked(), NOW)

    for row in look("SELECT * FROM quota_counter WHERE account = 'operator'"):
        assert (row["reserved_micro"], row["used_micro"]) == (0, 1 * CENTS)
    await accepted(store, budgets(day=8), 2)


async def test_a_budget_of_nothing_lets_only_what_is_free_be_drawn(store: Store) -> None:
    """Somebody who draws with a service of their own pays nothing."""
    held = budgets(day=0)

    assert "Only they can change that" in (await refused(store, held, 1)).say()
    assert (await store.submit(draft(1, estimate=0), held, NOW)).new
