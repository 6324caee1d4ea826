"""No rule is ever overstepped, and a refusal says exactly what is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import QuotaExceeded
from bot.core.quotas import (
    Amount,
    Counter,
    Period,
    Rule,
    Standing,
    Subject,
    admit,
    counted,
    say_limit,
    standings,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GUILD, MEMBER = 7, 11


def rule(
    pictures: int | None = None,
    micro: int | None = None,
    *,
    subject: Subject = Subject.SERVER,
    period: Period = Period.DAY,
) -> Rule:
    """A rule of the server that somebody set."""
    return Rule(
        guild_id=GUILD,
        subject=subject,
        period=period,
        pictures=pictures,
        micro=micro,
        set_by=1,
        set_at=NOW,
    )


def standing(held: Rule, pictures: int = 0, micro: int = 0) -> Standing:
    """The rule with that much taken."""
    return Standing(rule=held, taken=Amount(pictures, micro), ends_at=held.period.end(NOW))


def counter(subject: Subject, period: Period, reserved: Amount, used: Amount) -> Counter:
    """What was counted in the period that holds now."""
    return Counter(
        subject=subject,
        subject_id=GUILD if subject is Subject.SERVER else MEMBER,
        period=period,
        starts_at=period.start(NOW),
        reserved=reserved,
        used=used,
    )


def refusal(asked: Amount, *held: Standing) -> QuotaExceeded:
    """How the request is refused."""
    with pytest.raises(QuotaExceeded) as caught:
        admit(asked, held)
    return caught.value


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
        now = [standing(each, taken.pictures, taken.micro) for each in rules]
        try:
            admit(asked, now)
        except QuotaExceeded:
            continue
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
        admit(asked, [held])
    else:
        assert refusal(asked, held).until == held.ends_at


def test_without_rules_everything_passes() -> None:
    """Given no rule, when anything is asked for, then it is admitted."""
    admit(Amount(10, 10**12), [])


@given(amounts, amounts)
def test_amounts_add_up(one: Amount, other: Amount) -> None:
    """Given two amounts, when one is added and taken away, then nothing is left of it."""
    assert one + other - other == one


AGAIN = "You can draw again in 3 hours."

SENTENCES = {
    "nothing left for the server": (
        standing(rule(20), 20),
        Amount(1, 0),
        f"This server's limit is 20 pictures per day, and nothing is left. {AGAIN}",
    ),
    "one left for me": (
        standing(rule(5, subject=Subject.EVERYONE, period=Period.HOUR), 4),
        Amount(2, 0),
        (
            "Your limit here is 5 pictures per hour, and 1 picture is left; this request needs "
            f"2 pictures. {AGAIN}"
        ),
    ),
    "some left for me": (
        standing(rule(5, subject=Subject.EVERYONE, period=Period.WEEK), 2),
        Amount(4, 0),
        (
            "Your limit here is 5 pictures per week, and 3 pictures are left; this request needs "
            f"4 pictures. {AGAIN}"
        ),
    ),
    "more than the whole limit": (
        standing(rule(3), 0),
        Amount(4, 0),
        (
            "This server's limit is 3 pictures per day, and this request needs 4 pictures. "
            "Ask for fewer pictures."
        ),
    ),
    "money": (
        standing(rule(None, 5_000_000), 0, 4_600_000),
        Amount(1, 410_000),
        (
            "This server's limit is $5.00 per day, and $0.40 is left; this request needs up to "
            f"$0.41. {AGAIN}"
        ),
    ),
    "no money at all": (
        standing(rule(None, 5_000_000), 0, 5_100_000),
        Amount(1, 1),
        f"This server's limit is $5.00 per day, and nothing is left. {AGAIN}",
    ),
    "more money than the whole limit": (
        standing(rule(None, 10_000), 0),
        Amount(1, 211_000),
        (
            "This server's limit is $0.01 per day, and this request needs up to $0.2110. "
            "Choose a lower quality, a smaller size, or fewer pictures."
        ),
    ),
    "both, and pictures are short": (
        standing(rule(1_000, 5_000_000), 1_000),
        Amount(1, 1),
        f"This server's limit is 1,000 pictures per day, and nothing is left. {AGAIN}",
    ),
    "both, and money is short": (
        standing(rule(20, 5_000_000), 3, 4_600_000),
        Amount(1, 500_000),
        (
            "This server's limit is $5.00 per day, and $0.40 is left; this request needs up to "
            f"$0.50. {AGAIN}"
        ),
    ),
}


@pytest.mark.parametrize(("held", "asked", "words"), SENTENCES.values(), ids=SENTENCES)
def test_a_refusal_says_whose_limit_it_is_and_what_is_left(
    held: Standing, asked: Amount, words: str
) -> None:
    """Given a rule without room, when a request is refused, then the sentence is true and whole."""
    said = refusal(asked, held).say(lambda _: "in 3 hours")

    assert said == words


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


def test_a_request_moves_a_counter_of_the_server_and_of_the_member_for_each_period() -> None:
    """Given a request, when its counters are listed, then there is one of each, and no more."""
    moved = list(counted(GUILD, MEMBER))

    assert len(moved) == len(set(moved)) == 2 * len(Period)
    assert {(subject, owner) for subject, owner, _ in moved} == {
        (Subject.SERVER, GUILD),
        (Subject.EVERYONE, MEMBER),
    }


def test_standings_put_each_rule_beside_its_own_counter() -> None:
    """Given counters of all kinds, when standings are made, then each rule has what is its own."""
    counters = [
        counter(Subject.SERVER, Period.DAY, Amount(2, 20), Amount(3, 30)),
        counter(Subject.SERVER, Period.WEEK, Amount(9, 9), Amount(9, 9)),
        counter(Subject.EVERYONE, Period.DAY, Amount(1, 10), Amount(0, 0)),
    ]
    mine = rule(3, subject=Subject.EVERYONE)

    day, member, month = standings([rule(20), mine, rule(9, period=Period.MONTH)], counters, NOW)

    assert day.taken == Amount(5, 50)
    assert member.taken == Amount(1, 10)
    assert month.taken == Amount()
    assert day.ends_at == datetime(2026, 11, 21, tzinfo=UTC)


def test_standings_ignore_what_has_not_begun() -> None:
    """Given a counter of a later period, when standings are made, then it does not count."""
    later = replace(
        counter(Subject.SERVER, Period.DAY, Amount(), Amount(4, 0)),
        starts_at=NOW + timedelta(hours=12),
    )

    assert standings([rule(5)], [later], NOW)[0].taken == Amount()


@pytest.mark.parametrize(
    ("pictures", "micro", "words"),
    [
        (1, None, "1 picture"),
        (0, None, "0 pictures"),
        (1_500, None, "1,500 pictures"),
        (None, 500_000, "$0.50"),
        (20, 5_000_000, "20 pictures and $5.00"),
        (None, None, "no limit"),
    ],
)
def test_a_limit_is_said_in_words(pictures: int | None, micro: int | None, words: str) -> None:
    """Given a limit, when it is said, then it reads as people write it."""
    assert say_limit(pictures, micro) == words
