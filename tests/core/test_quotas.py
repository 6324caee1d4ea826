"""No rule is ever overstepped, and a refusal says exactly what is left."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.core.periods import Period
from bot.core.quotas import (
    Account,
    Amount,
    Counter,
    Subject,
    Tally,
    admit,
    applicable,
    bounds,
    counted,
)
from tests.core.rules_for_tests import (
    GUILD,
    MEMBER,
    NOW,
    bound,
    by_tally,
    counter,
    passes,
    refusal,
    rule,
    standing,
)

amounts = st.builds(Amount, st.integers(0, 10), st.integers(0, 500_000))
limits = st.tuples(
    st.one_of(st.none(), st.integers(0, 30)), st.one_of(st.none(), st.integers(0, 2_000_000))
)


@given(st.lists(st.tuples(limits, st.sampled_from(Period)), max_size=4), st.lists(amounts))
def test_no_limit_is_ever_overstepped(
    held: list[tuple[tuple[int | None, int | None], Period]], requests: list[Amount]
) -> None:
    """Given any rules, when requests are admitted one by one, then none takes more than allowed."""
    rules = [rule(*amounts, period=period) for amounts, period in held]
    taken = Amount()
    for asked in requests:
        now = [bound(standing(each, taken.pictures, taken.micro)) for each in rules]
        if passes(asked, now):
            taken += asked

    for each in rules:
        assert each.pictures is None or taken.pictures <= each.pictures
        assert each.micro is None or taken.micro <= each.micro


@given(limits, amounts, amounts)
def test_what_is_refused_would_not_have_fitted(
    limit: tuple[int | None, int | None], taken: Amount, asked: Amount
) -> None:
    """Given a rule, when a request is refused, then pictures or money really were too few."""
    held = standing(rule(*limit), taken.pictures, taken.micro)
    pictures, micro = limit
    fits = (pictures is None or asked.pictures <= max(0, pictures - taken.pictures)) and (
        micro is None or asked.micro <= max(0, micro - taken.micro)
    )
    if fits:
        admit(asked, [bound(held)])
    else:
        assert refusal(asked, held).until == held.ends_at


def test_without_rules_everything_passes() -> None:
    """Given no rule, when anything is asked for, then it is admitted."""
    admit(Amount(10, 10**12), [])


@given(amounts, amounts)
def test_amounts_add_up(one: Amount, other: Amount) -> None:
    """Given two amounts, when one is added and taken away, then nothing is left of it."""
    assert one + other - other == one


def test_the_rule_that_resets_last_is_named() -> None:
    """Given two rules without room, when refused, then the member learns when it truly opens."""
    hour, week = rule(1, period=Period.HOUR), rule(10, period=Period.WEEK)

    said = refusal(Amount(1, 0), standing(hour, 1), standing(week, 10))

    assert said.period == "week"
    assert said.until == Period.WEEK.end(NOW)


def test_use_from_before_a_rule_counts() -> None:
    """Given 8 pictures drawn, when a rule of 5 is set, then nothing is left and it is exceeded."""
    held = standing(rule(5), 8)

    assert held.pictures_left == 0
    assert held.micro_left is None
    assert held.exceeded
    assert not standing(rule(8), 8).exceeded
    assert standing(rule(None, 10), 0, 11).exceeded


def test_a_request_is_counted_for_the_server_the_member_and_the_operator() -> None:
    """Given a request, when its tallies are listed, then there is one of each, and no more."""
    moved = list(counted(GUILD, MEMBER))

    assert len(moved) == len(set(moved)) == 12
    assert set(moved) == {
        *(Tally(GUILD, Account.SERVER, GUILD, period) for period in Period),
        *(Tally(GUILD, Account.MEMBER, MEMBER, period) for period in Period),
        *(
            Tally(whose, Account.OPERATOR, whose, period)
            for whose in (0, GUILD)
            for period in (Period.DAY, Period.MONTH)
        ),
    }


def test_direct_messages_are_counted_for_all_together_once() -> None:
    """Given a direct message, when its tallies are listed, then the operator's are not doubled."""
    moved = list(counted(0, MEMBER))

    assert len(moved) == len(set(moved)) == 10


def test_the_operators_periods_follow_utc_whatever_the_servers_calendar() -> None:
    """Given a server on another date, when its periods begin, then the operator's do not."""
    kiritimati = ZoneInfo("Pacific/Kiritimati")
    theirs = Tally(GUILD, Account.SERVER, GUILD, Period.DAY)
    paid = Tally(GUILD, Account.OPERATOR, GUILD, Period.DAY)

    assert theirs.start(NOW, kiritimati) == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert theirs.end(NOW, kiritimati) == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert paid.start(NOW, kiritimati) == datetime(2026, 11, 20, tzinfo=UTC)
    assert paid.end(NOW, kiritimati) == datetime(2026, 11, 21, tzinfo=UTC)


def test_each_rule_is_put_beside_its_own_counter() -> None:
    """Given counters of all kinds, when bounds are made, then each rule has what is its own."""
    counters = by_tally(
        counter(Account.SERVER, Period.DAY, Amount(2, 20), Amount(3, 30)),
        counter(Account.SERVER, Period.WEEK, Amount(9, 9), Amount(9, 9)),
        counter(Account.MEMBER, Period.DAY, Amount(1, 10), Amount(0, 0)),
    )
    rules = [rule(20), rule(3, subject=Subject.EVERYONE), rule(9, period=Period.MONTH)]

    day, member, month = (
        each.best for each in bounds(applicable(rules, MEMBER, ()), counters, MEMBER, NOW)
    )

    assert day.taken == Amount(5, 50)
    assert member.taken == Amount(1, 10)
    assert month.taken == Amount()
    assert day.ends_at == datetime(2026, 11, 21, tzinfo=UTC)


def test_what_was_forgiven_is_not_taken_and_what_is_reserved_is() -> None:
    """Given a new beginning, when the counter is read, then only what came since is taken."""
    held = Counter(
        tally=Tally(GUILD, Account.MEMBER, MEMBER, Period.DAY),
        starts_at=Period.DAY.start(NOW),
        reserved=Amount(2, 200),
        used=Amount(5, 500),
        forgiven=Amount(4, 400),
    )

    assert held.taken == Amount(3, 300)


def test_what_was_granted_is_on_top_of_every_limit_that_is_one() -> None:
    """Given a grant, when it is beside a rule, then what the rule limits grows and no more."""
    both = standing(rule(5, 1_000), 5, 1_000, more=Amount(3, 500))
    money = standing(rule(None, 1_000), 5, 1_400, more=Amount(3, 500))

    assert (both.pictures, both.micro) == (8, 1_500)
    assert (both.pictures_left, both.micro_left) == (3, 500)
    assert passes(Amount(3, 500), [bound(both)])
    assert not passes(Amount(4, 0), [bound(both)])
    assert not passes(Amount(1, 501), [bound(both)])
    assert (money.pictures_left, money.micro_left) == (None, 100)
    assert not money.exceeded
