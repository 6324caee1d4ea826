"""A refusal says whose limit it is, what is left of it, and what helps."""

from __future__ import annotations

import pytest

from bot.core.periods import Period
from bot.core.quotas import Amount, Standing, Subject, say_limit, say_rule, say_subject
from tests.core.rules_for_tests import MEMBER, STUDENT, refusal, rule, standing

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
            "Each member may draw 5 pictures per hour here, and 1 picture is left; this request "
            f"needs 2 pictures. {AGAIN}"
        ),
    ),
    "some left for me": (
        standing(rule(5, subject=Subject.EVERYONE, period=Period.WEEK), 2),
        Amount(4, 0),
        (
            "Each member may draw 5 pictures per week here, and 3 pictures are left; this request "
            f"needs 4 pictures. {AGAIN}"
        ),
    ),
    "just the whole limit": (
        standing(rule(5), 3),
        Amount(5, 0),
        (
            "This server's limit is 5 pictures per day, and 2 pictures are left; this request "
            f"needs 5 pictures. {AGAIN}"
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
    "money of each member": (
        standing(rule(None, 500_000, subject=Subject.EVERYONE), 0, 500_000),
        Amount(1, 1),
        f"Each member may draw for $0.50 per day here, and nothing is left. {AGAIN}",
    ),
    "a role": (
        standing(rule(5, subject=Subject.ROLE, subject_id=STUDENT), 5),
        Amount(1, 0),
        f"As <@&501> you may draw 5 pictures per day here, and nothing is left. {AGAIN}",
    ),
    "money of a role": (
        standing(rule(None, 1_000_000, subject=Subject.ROLE, subject_id=STUDENT), 3, 900_000),
        Amount(1, 200_000),
        (
            "As <@&501> you may draw for $1.00 per day here, and $0.10 is left; this request needs "
            f"up to $0.20. {AGAIN}"
        ),
    ),
    "one member": (
        standing(rule(2, subject=Subject.MEMBER, subject_id=MEMBER, period=Period.MONTH), 2),
        Amount(1, 0),
        f"Your own limit here is 2 pictures per month, and nothing is left. {AGAIN}",
    ),
    "a member who may draw nothing": (
        standing(rule(0, subject=Subject.MEMBER, subject_id=MEMBER)),
        Amount(1, 0),
        (
            "Your own limit here is 0 pictures per day, and this request needs 1 picture. "
            "Only those who manage this server can change that."
        ),
    ),
    "no money for anybody": (
        standing(rule(None, 0)),
        Amount(1, 40_000),
        (
            "This server's limit is $0.00 per day, and this request needs up to $0.04. "
            "Only those who manage this server can change that."
        ),
    ),
    "the budget of a server": (
        standing(rule(None, 5_001_000, subject=Subject.OPERATOR), 0, 5_001_000),
        Amount(1, 40_000),
        (
            "The operator of this bot lets $5.001 per day be spent on this server, and nothing is "
            f"left. {AGAIN}"
        ),
    ),
    "the budget of all": (
        standing(rule(None, 0, subject=Subject.OPERATOR, guild=0)),
        Amount(1, 40_000),
        (
            "The operator of this bot lets $0.00 per day be spent on all servers together, and "
            "this request needs up to $0.04. Only they can change that."
        ),
    ),
    "what was granted belongs to the limit": (
        standing(rule(5, subject=Subject.MEMBER, subject_id=MEMBER), 7, more=Amount(3, 0)),
        Amount(2, 0),
        (
            "Your own limit here is 8 pictures per day, and 1 picture is left; this request needs "
            f"2 pictures. {AGAIN}"
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


@pytest.mark.parametrize(
    ("pictures", "micro", "words"),
    [
        (1, None, "1 picture"),
        (0, None, "0 pictures"),
        (1_500, None, "1,500 pictures"),
        (None, 500_000, "$0.50"),
        (20, 5_000_000, "20 pictures and $5.00"),
        (None, 5_001_000, "$5.001"),
        (None, 1, "$0.000001"),
        (None, None, "no limit"),
    ],
)
def test_a_limit_is_said_in_words(pictures: int | None, micro: int | None, words: str) -> None:
    """Given a limit, when it is said, then it reads as people write it."""
    assert say_limit(pictures, micro) == words


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (Subject.OPERATOR, "my operator"),
        (Subject.SERVER, "the server"),
        (Subject.EVERYONE, "each member"),
        (Subject.ROLE, "<@&501>"),
        (Subject.MEMBER, "<@501>"),
    ],
)
def test_a_subject_is_said_as_a_mention_where_there_is_one(subject: Subject, words: str) -> None:
    """Given a subject, when it is said, then Discord shows whom it is about."""
    assert say_subject(subject, 501) == words


def test_a_rule_that_is_not_there_says_nothing() -> None:
    """Given no rule, when it is said, then that is not `no limit`."""
    assert say_rule(None) == ""
    assert say_rule(rule()) == "no limit"
    assert rule().unlimited
    assert not rule(0).unlimited
    assert not rule(None, 0).unlimited
