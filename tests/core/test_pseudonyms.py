"""What image services know members by."""

from __future__ import annotations

from bot.core.pseudonyms import Pseudonyms

ALICE = 80351110224678912
BOB = 80351110224678913


def test_a_member_always_has_the_same_name_and_nobody_else_has_it() -> None:
    """Given a secret, when names are made in two processes, then they agree, and tell apart."""
    here, there = Pseudonyms(lambda: b"a secret"), Pseudonyms(lambda: b"a secret")

    assert here(ALICE) == there(ALICE) == here(ALICE)
    assert here(ALICE) != here(BOB)


def test_another_secret_makes_other_names() -> None:
    """Given two installations, when both know a member, then services cannot tell that they do."""
    assert Pseudonyms(lambda: b"a secret")(ALICE) != Pseudonyms(lambda: b"another")(ALICE)


def test_a_name_fits_where_it_is_sent_and_shows_nothing() -> None:
    """Given OpenAI's limit of 64 characters, when a name is made, then it fits, without the id."""
    name = Pseudonyms(lambda: b"a secret")(ALICE)

    assert len(name) == 64
    assert set(name) <= set("0123456789abcdef")
    assert str(ALICE) not in name
    # Names that changed would make everybody a stranger after an update.
    assert name == "3a960b41239a4c6a5b673e6d59669a0f539ed427c488e648fbc945584038c695"


def test_the_secret_is_asked_for_once_and_only_when_it_is_needed() -> None:
    """Given a secret in a file, when names are made, then it is read at the first one."""
    asked: list[int] = []

    def secret() -> bytes:
        asked.append(1)
        return b"a secret"

    names = Pseudonyms(secret)
    assert asked == []
    names(ALICE)
    names(BOB)
    assert asked == [1]
