"""Whose rule holds for a member: their own, their roles', or everyone's; the server's always."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.budgets import Budgets
from bot.core.errors import QuotaExceeded
from bot.core.periods import Period
from bot.core.quotas import (
    Account,
    Amount,
    Bound,
    Counter,
    Rule,
    Subject,
    Tally,
    admit,
    applicable,
    bounds,
)
from tests.core.rules_for_tests import (
    ARTIST,
    GUILD,
    MEMBER,
    NOW,
    OTHER,
    STUDENT,
    bound,
    by_tally,
    counter,
    passes,
    refusal,
    rule,
    standing,
)

SERVER = rule(100)
EVERYONE = rule(3, subject=Subject.EVERYONE)
STUDENTS = rule(5, subject=Subject.ROLE, subject_id=STUDENT)
ARTISTS = rule(50, subject=Subject.ROLE, subject_id=ARTIST)
MINE = rule(1, subject=Subject.MEMBER, subject_id=MEMBER)
SOMEBODYS = rule(0, subject=Subject.MEMBER, subject_id=MEMBER + 1)
ALL = (SERVER, EVERYONE, STUDENTS, ARTISTS, MINE, SOMEBODYS)

HOUR, WEEK = (
    rule(7, subject=Subject.EVERYONE, period=period) for period in (Period.HOUR, Period.WEEK)
)


@pytest.mark.parametrize(
    ("rules", "roles", "groups"),
    [
        ((), (STUDENT,), ()),
        (ALL, (), ((SERVER,), (MINE,))),
        (ALL, (STUDENT, ARTIST), ((SERVER,), (MINE,))),
        (ALL[:4], (STUDENT, ARTIST), ((SERVER,), (STUDENTS, ARTISTS))),
        (ALL[:4], (ARTIST, OTHER), ((SERVER,), (ARTISTS,))),
        (ALL[:4], (OTHER,), ((SERVER,), (EVERYONE,))),
        (ALL[:1], (STUDENT,), ((SERVER,),)),
        ((SOMEBODYS, EVERYONE), (), ((EVERYONE,),)),
        ((SOMEBODYS,), (), ()),
        # Each period has a line of its own.
        ((MINE, HOUR, WEEK), (), ((HOUR,), (MINE,), (WEEK,))),
    ],
)
def test_the_first_in_line_who_says_anything_about_a_period_is_heard(
    rules: Sequence[Rule], roles: Sequence[int], groups: tuple[tuple[Rule, ...], ...]
) -> None:
    """Given rules for all, when it is asked what holds, then one of each line does."""
    assert applicable(rules, MEMBER, roles) == groups


def test_any_role_with_room_is_enough() -> None:
    """Given two roles, when one is used up or too small, then the other lets the request in."""
    pictures = rule(2, 1_000_000, subject=Subject.ROLE, subject_id=STUDENT)
    money = rule(50, 100_000, subject=Subject.ROLE, subject_id=ARTIST)
    held = bound(standing(pictures), standing(money))

    assert passes(Amount(2, 900_000), [held])
    assert passes(Amount(9, 90_000), [held])
    assert not passes(Amount(3, 200_000), [held])


def test_one_bound_without_room_is_enough_to_refuse() -> None:
    """Given a member with room on a server without, when they ask, then they are refused."""
    held = [bound(standing(SERVER, 100)), bound(standing(MINE))]

    assert not passes(Amount(1, 0), held)
    assert refusal(Amount(1, 0), *held).whose == "server"


@pytest.mark.parametrize("unlimited", [Subject.MEMBER, Subject.ROLE])
def test_no_limit_stands_before_those_further_down_the_line(unlimited: Subject) -> None:
    """Given a rule that says `no limit`, when everyone else has one, then it does not hold."""
    subject_id = MEMBER if unlimited is Subject.MEMBER else ARTIST
    free = rule(subject=unlimited, subject_id=subject_id)
    rules = (free, EVERYONE, *([STUDENTS] if unlimited is Subject.MEMBER else []))
    held = bounds(applicable(rules, MEMBER, (STUDENT, ARTIST)), {}, MEMBER, NOW)

    assert [each.best.rule for each in held] == [free]
    assert held[0].best.pictures_left is None
    assert not held[0].best.exceeded
    admit(Amount(10**6, 10**12), held)


def test_no_limit_of_one_role_frees_from_those_of_the_others() -> None:
    """Given a role without a limit and one with, when both are held, then nothing is limited."""
    free = rule(subject=Subject.ROLE, subject_id=ARTIST)
    held = bounds(applicable((STUDENTS, free), MEMBER, (STUDENT, ARTIST)), {}, MEMBER, NOW)

    assert held[0].best.rule == free
    admit(Amount(10**6, 10**12), held)


def test_no_limit_for_a_member_does_not_free_from_the_servers() -> None:
    """Given a member without a limit, when the server is full, then they are refused."""
    free = rule(subject=Subject.MEMBER, subject_id=MEMBER)
    full = by_tally(counter(Account.SERVER, Period.DAY, Amount(), Amount(100, 0)))
    held = bounds(applicable((SERVER, free), MEMBER, ()), full, MEMBER, NOW)

    assert refusal(Amount(1, 0), *held).whose == "server"


@pytest.mark.parametrize("nothing", [rule(0), rule(None, 0), rule(0, 0)])
def test_none_lets_nothing_in_but_what_a_grant_allows(nothing: Rule) -> None:
    """Given a limit of nothing, when something is asked for, then only what was granted fits."""
    assert not passes(Amount(1, 1), [bound(standing(nothing))])
    assert passes(Amount(1, 1), [bound(standing(nothing, more=Amount(1, 1)))])


@pytest.mark.parametrize(
    ("roles", "named"),
    [
        ((rule(5), rule(50)), 1),
        ((rule(50), rule(5)), 0),
        ((rule(50), rule(None, 10)), 1),
        ((rule(50, 10), rule(50)), 1),
        ((rule(50, 10), rule(50, 20)), 1),
        ((rule(None, 10), rule()), 1),
    ],
)
@pytest.mark.parametrize("taken", [0, 4, 60])
def test_people_are_told_of_the_most_generous_role(
    roles: tuple[Rule, Rule], named: int, taken: int
) -> None:
    """Given two roles, when the better one is named, then that does not hang on what is left."""
    first, second = (
        rule(each.pictures, each.micro, subject=Subject.ROLE, subject_id=role)
        for each, role in zip(roles, (ARTIST, STUDENT), strict=True)
    )
    counters = by_tally(counter(Account.MEMBER, Period.DAY, Amount(), Amount(taken, taken)))

    [held] = bounds([(first, second)], counters, MEMBER, NOW)

    assert held.best.rule == (first, second)[named]


def test_whoever_used_up_all_roles_is_told_to_wait_for_the_larger_one() -> None:
    """Given 50 drawn of 5 and of 50, when 6 are asked for, then that fits again tomorrow."""
    counters = by_tally(counter(Account.MEMBER, Period.DAY, Amount(), Amount(50, 0)))
    small = rule(5, subject=Subject.ROLE, subject_id=OTHER)
    held = bounds([(small, ARTISTS)], counters, MEMBER, NOW)

    assert refusal(Amount(6, 0), *held).say(lambda _: "in 3 hours") == (
        "As <@&502> you may draw 50 pictures per day here, and nothing is left. "
        "You can draw again in 3 hours."
    )


def test_budgets_stand_above_everything() -> None:
    """Given a member without any limit, when the operator's budget is spent, then they wait."""
    free = rule(subject=Subject.MEMBER, subject_id=MEMBER)
    budgets = Budgets(day=1_000, month=2_000, server_day=300, server_month=400)
    spent = {
        tally: Counter(tally=tally, starts_at=NOW, used=Amount(9, micro))
        for tally, micro in (
            (Tally(0, Account.OPERATOR, 0, Period.DAY), 10),
            (Tally(0, Account.OPERATOR, 0, Period.MONTH), 20),
            (Tally(GUILD, Account.OPERATOR, GUILD, Period.DAY), 30),
            (Tally(GUILD, Account.OPERATOR, GUILD, Period.MONTH), 399),
        )
    }
    groups = (*applicable((free,), MEMBER, ()), *budgets.rules(GUILD))

    held = bounds(groups, spent, MEMBER, NOW)

    assert [(each.best.micro, each.best.taken.micro) for each in held[1:]] == [
        (1_000, 10),
        (2_000, 20),
        (300, 30),
        (400, 399),
    ]
    assert passes(Amount(100, 1), held)
    refused = refusal(Amount(1, 2), *held)
    assert (refused.whose, refused.period) == ("operator", "month")


def test_direct_messages_have_the_budget_of_all_together_and_no_other() -> None:
    """Given budgets of all kinds, when it is no server, then those of servers do not hold."""
    every = Budgets(day=1, month=2, server_day=3, server_month=4)

    assert [(r.guild_id, r.micro) for [r] in every.rules(0)] == [(0, 1), (0, 2)]
    assert [(r.guild_id, r.micro) for [r] in every.rules(GUILD)] == [
        (0, 1),
        (0, 2),
        (GUILD, 3),
        (GUILD, 4),
    ]
    assert [(r.guild_id, r.micro) for [r] in Budgets(day=1).rules(0)] == [(0, 1)]
    assert Budgets(server_day=3).rules(0) == Budgets().rules(GUILD) == ()


limits = st.tuples(
    st.one_of(st.none(), st.integers(0, 9)), st.one_of(st.none(), st.integers(0, 900))
)
whose = st.one_of(
    st.just((Subject.SERVER, 0)),
    st.just((Subject.EVERYONE, 0)),
    st.tuples(st.just(Subject.ROLE), st.sampled_from((STUDENT, ARTIST, OTHER))),
    st.tuples(st.just(Subject.MEMBER), st.sampled_from((MEMBER, MEMBER + 1))),
)
keyed = st.dictionaries(st.tuples(whose, st.sampled_from(Period)), limits, max_size=12)
taken = st.builds(Amount, st.integers(0, 9), st.integers(0, 900))


@given(keyed, st.data(), taken, taken)
def test_the_order_of_rules_and_of_roles_makes_no_difference(
    said: dict[tuple[tuple[Subject, int], Period], tuple[int | None, int | None]],
    data: st.DataObject,
    mine: Amount,
    ours: Amount,
) -> None:
    """Given any rules, when they and the roles are shuffled, then all is decided and said alike."""
    rules = [
        rule(*limit, subject=subject, subject_id=subject_id, period=period)
        for ((subject, subject_id), period), limit in said.items()
    ]
    roles = data.draw(st.lists(st.sampled_from((STUDENT, ARTIST, OTHER)), unique=True))
    counters = by_tally(
        *(counter(Account.MEMBER, period, Amount(), mine) for period in Period),
        *(counter(Account.SERVER, period, ours, Amount()) for period in Period),
    )
    asked = data.draw(taken)

    shuffled, other_roles = data.draw(st.permutations(rules)), data.draw(st.permutations(roles))
    one = bounds(applicable(rules, MEMBER, roles), counters, MEMBER, NOW)
    other = bounds(applicable(shuffled, MEMBER, other_roles), counters, MEMBER, NOW)
    backwards = bounds(
        [group[::-1] for group in applicable(rules, MEMBER, roles)], counters, MEMBER, NOW
    )

    assert one == other == backwards
    assert _outcome(asked, one) == _outcome(asked, other)


def _outcome(asked: Amount, held: Sequence[Bound]) -> str:
    try:
        admit(asked, held)
    except QuotaExceeded as refused:
        return refused.say()
    return ""


def test_of_two_roles_alike_the_same_one_is_always_named() -> None:
    """Given roles with the same limit, when they come in either order, then nothing differs."""
    alike = rule(5, subject=Subject.ROLE, subject_id=ARTIST)
    groups = [(STUDENTS, alike), (alike, STUDENTS)]

    one, other = (bounds([group], {}, MEMBER, NOW) for group in groups)
    first, second = (applicable(group, MEMBER, (STUDENT, ARTIST)) for group in groups)

    assert one == other
    assert first == second
