"""What a member may ask for, by whoever is heard first, and what they are told otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.allowances import (
    Allowance,
    Permit,
    check,
    choose_model,
    holding,
    loosened,
    reasons,
    say_allowance,
    sizes_within,
    such_as,
    within,
)
from bot.core.canvas import nearest
from bot.core.errors import NotAllowed
from bot.core.images import Format, ImageRequest, Quality, Size, Source
from bot.core.models import Sizes, Wish
from bot.core.quotas import Subject
from tests.core.models_for_tests import FLARE, PAINTER, SKETCHER, SQUARE, TALL
from tests.core.rules_for_tests import ARTIST, GUILD, MEMBER, NOW, OTHER, STUDENT

EVERYTHING = Allowance()
LOW, HIGH = Quality.LOW, Quality.HIGH


def permit(allowance: Allowance, subject: Subject, subject_id: int = 0) -> Permit:
    """What somebody said about a subject."""
    return Permit(
        guild_id=GUILD,
        subject=subject,
        subject_id=subject_id,
        allowance=allowance,
        set_by=1,
        set_at=NOW,
    )


def server(allowance: Allowance) -> Permit:
    """For the server."""
    return permit(allowance, Subject.SERVER)


def everyone(allowance: Allowance) -> Permit:
    """For each member."""
    return permit(allowance, Subject.EVERYONE)


def role(role_id: int, allowance: Allowance) -> Permit:
    """For whoever has the role."""
    return permit(allowance, Subject.ROLE, role_id)


def member(allowance: Allowance, member_id: int = MEMBER) -> Permit:
    """For one member."""
    return permit(allowance, Subject.MEMBER, member_id)


def request(
    model: str = "painter-2",
    quality: Quality = LOW,
    size: Size = SQUARE,
    *,
    count: int = 1,
    edit: bool = False,
) -> ImageRequest:
    """What somebody asks for."""
    return ImageRequest(
        prompt="a cat",
        model=model,
        size=size,
        quality=quality,
        count=count,
        sources=(Source(sha256="a picture", format=Format.PNG, size=SQUARE),) if edit else (),
    )


MOST = Allowance(models=frozenset({"a", "b"}), quality=HIGH, pixels=2_000, count=4, edits=True)
LESS = Allowance(models=frozenset({"b", "c"}), quality=LOW, pixels=1_000, count=2, edits=False)
BY_FIELD = [each.name for each in fields(Allowance)]


def only(name: str, allowance: Allowance) -> Allowance:
    """What is said about one of the five."""
    return Allowance(**{name: getattr(allowance, name)})


@pytest.mark.parametrize("name", BY_FIELD)
@pytest.mark.parametrize(
    ("permits", "roles"),
    [
        ((member(LESS), role(STUDENT, MOST), everyone(MOST)), (STUDENT,)),
        ((role(STUDENT, LESS), everyone(MOST)), (STUDENT,)),
        ((role(STUDENT, LESS), role(ARTIST, MOST)), (STUDENT, OTHER)),
        ((role(STUDENT, MOST), everyone(LESS)), ()),
        ((member(MOST, MEMBER + 1), everyone(LESS)), ()),
    ],
)
def test_the_first_in_line_is_heard_about_each_of_the_five(
    name: str, permits: Sequence[Permit], roles: Sequence[int]
) -> None:
    """Given permits for all subjects, when asked what holds, then it is the first one's word."""
    assert getattr(holding(permits, MEMBER, roles), name) == getattr(LESS, name)


@pytest.mark.parametrize("name", BY_FIELD)
def test_whoever_says_nothing_about_one_leaves_it_to_the_next(name: str) -> None:
    """Given a member's permit about the other four, when asked, then everyone's word holds here."""
    others = {each: getattr(MOST, each) for each in BY_FIELD if each != name}

    held = holding([member(Allowance(**others)), everyone(LESS)], MEMBER, ())

    assert getattr(held, name) == getattr(LESS, name)
    assert all(getattr(held, each) == value for each, value in others.items())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("models", frozenset({"a", "b", "c"})),
        ("quality", HIGH),
        ("pixels", 2_000),
        ("count", 4),
        ("edits", True),
    ],
)
def test_of_several_roles_the_most_generous_counts(name: str, value: object) -> None:
    """Given two roles, when asked what holds, then it is the better of both in each of the five."""
    held = holding([role(STUDENT, LESS), role(ARTIST, MOST)], MEMBER, (STUDENT, ARTIST))

    assert getattr(held, name) == value


@pytest.mark.parametrize("mine", [MOST, LESS])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("models", frozenset({"b"})),
        ("quality", LOW),
        ("pixels", 1_000),
        ("count", 2),
        ("edits", False),
    ],
)
def test_what_the_server_allows_always_holds(mine: Allowance, name: str, value: object) -> None:
    """Given a member's own permit, when the server says otherwise, then both have to allow it."""
    ours = LESS if mine is MOST else MOST

    held = holding([member(mine), server(ours)], MEMBER, ())

    assert getattr(held, name) == value
    assert holding([server(ours)], MEMBER, ()) == ours


def test_without_permits_everything_is_allowed() -> None:
    """Given nothing said, when asked what holds, then nothing is."""
    held = holding([], MEMBER, (STUDENT,))

    assert held == EVERYTHING
    assert held.says_nothing
    assert not any(only(name, LESS).says_nothing for name in BY_FIELD)
    check(request("painter-2.5", Quality.MAX, Size(3840, 2160), count=10, edit=True), held)


def test_models_that_no_two_allow_are_none() -> None:
    """Given a server and a member with nothing in common, when drawn, then there is no model."""
    ours = server(Allowance(models=frozenset({"painter-2"})))
    held = holding([ours, everyone(Allowance(models=frozenset({"sketcher-1"})))], MEMBER, ())

    assert held.models == frozenset()
    with pytest.raises(NotAllowed, match=r"^You may not draw here\.$"):
        check(request(), held)


allowances = st.builds(
    Allowance,
    models=st.one_of(st.none(), st.frozensets(st.sampled_from("abc"))),
    quality=st.one_of(st.none(), st.sampled_from(Quality)),
    pixels=st.one_of(st.none(), st.integers(1, 9)),
    count=st.one_of(st.none(), st.integers(1, 9)),
    edits=st.one_of(st.none(), st.booleans()),
)
subjects = st.one_of(
    st.just((Subject.SERVER, 0)),
    st.just((Subject.EVERYONE, 0)),
    st.tuples(st.just(Subject.ROLE), st.sampled_from((STUDENT, ARTIST, OTHER))),
    st.tuples(st.just(Subject.MEMBER), st.sampled_from((MEMBER, MEMBER + 1))),
)


@given(st.dictionaries(subjects, allowances), st.data())
def test_the_order_of_permits_and_of_roles_makes_no_difference(
    said: dict[tuple[Subject, int], Allowance], data: st.DataObject
) -> None:
    """Given any permits, when they and the roles are shuffled, then the same is allowed."""
    permits = [permit(allowance, *whom) for whom, allowance in said.items()]
    roles = data.draw(st.lists(st.sampled_from((STUDENT, ARTIST, OTHER)), unique=True))

    shuffled, other_roles = data.draw(st.permutations(permits)), data.draw(st.permutations(roles))

    assert holding(permits, MEMBER, roles) == holding(shuffled, MEMBER, other_roles)


@given(st.dictionaries(subjects, allowances))
def test_nobody_may_do_what_the_server_does_not_allow(
    said: dict[tuple[Subject, int], Allowance],
) -> None:
    """Given any permits, when the server says something, then no member has more than that."""
    ours = said.get((Subject.SERVER, 0), EVERYTHING)

    held = holding([permit(each, *whom) for whom, each in said.items()], MEMBER, (STUDENT, ARTIST))

    if ours.models is not None:
        assert held.models is not None
        assert held.models <= ours.models
    if ours.quality is not None:
        assert held.quality is not None
        assert [*Quality].index(held.quality) <= [*Quality].index(ours.quality)
    for name in ("pixels", "count", "edits"):
        if getattr(ours, name) is not None:
            assert getattr(held, name) <= getattr(ours, name)


def test_it_is_said_whose_word_holds() -> None:
    """Given permits of several, when asked why, then those are named who made it so."""
    ours, student, artist = server(LESS), role(STUDENT, LESS), role(ARTIST, MOST)
    mine = member(Allowance(edits=True))

    why = reasons([ours, artist, mine], MEMBER, (STUDENT, ARTIST))

    assert why["count"] == why["quality"] == why["edits"] == (ours,)
    assert set(why["models"]) == {ours, artist}
    assert reasons([student, artist], MEMBER, (STUDENT, ARTIST))["pixels"] == (artist,)
    assert reasons([], MEMBER, ()) == {}


@pytest.mark.parametrize(
    ("asked", "allowed", "words"),
    [
        (
            request("sketcher-1"),
            Allowance(models=frozenset({"painter-2", "painter-2.5"})),
            "You may not draw with sketcher-1 here. Choose `painter-2` or `painter-2.5`.",
        ),
        (
            request(quality=HIGH),
            Allowance(quality=Quality.MEDIUM),
            "The best quality that you may choose here is medium.",
        ),
        (
            request(size=TALL),
            Allowance(pixels=1024 * 1024),
            (
                "1024 × 1536 is larger than you may draw here. The most is 1,048,576 pixels, "
                "such as 1024 × 1024."
            ),
        ),
        (request(count=3), Allowance(count=2), "You may ask for 2 pictures at a time here."),
        (request(count=2), Allowance(count=1), "You may ask for 1 picture at a time here."),
        (
            request(edit=True),
            Allowance(edits=False),
            "You may not edit pictures here. /generate draws new ones.",
        ),
    ],
)
def test_a_refusal_says_what_is_allowed_instead(
    asked: ImageRequest, allowed: Allowance, words: str
) -> None:
    """Given more than is allowed, when it is asked for, then the sentence is true and whole."""
    with pytest.raises(NotAllowed) as refused:
        check(asked, allowed)

    assert refused.value.say() == words


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (request(), Allowance(models=frozenset({"painter-2"}))),
        (request(quality=Quality.MEDIUM), Allowance(quality=Quality.MEDIUM)),
        (request(size=TALL), Allowance(pixels=1024 * 1536)),
        (request(count=2), Allowance(count=2)),
        (request(edit=True), Allowance(edits=True)),
        (request(), Allowance(edits=False)),
    ],
)
def test_just_what_is_allowed_passes(asked: ImageRequest, allowed: Allowance) -> None:
    """Given as much as is allowed, when it is asked for, then it passes."""
    check(asked, allowed)


def test_what_is_left_open_is_chosen_within_what_is_allowed() -> None:
    """Given defaults that are too much, when nothing is named, then the best that fits is taken."""
    wish = Wish(prompt="a cat")

    assert within(wish, FLARE, Allowance(quality=Quality.MEDIUM)).quality == "medium"
    assert within(wish, SKETCHER, Allowance(quality=LOW)).quality is None
    assert within(wish, PAINTER, Allowance(quality=Quality.MAX)).quality is None
    assert within(wish, PAINTER, Allowance(pixels=1024 * 1024)).size is None
    assert within(wish, PAINTER, EVERYTHING) == wish


def test_a_size_that_is_left_open_fits_what_is_allowed() -> None:
    """Given less than any size on offer, when the model is free to, then it draws another."""
    wish = Wish(prompt="a cat")
    large = replace(PAINTER, sizes=Sizes(offered=(Size(2048, 2048), TALL), free=True))

    assert within(wish, large, Allowance(pixels=TALL.pixels)).size == "1024x1536"
    drawn = within(wish, large, Allowance(pixels=1_000_000)).size
    assert drawn is not None
    assert 900_000 < Size.parse(drawn).pixels <= 1_000_000
    assert within(wish, large, Allowance(pixels=100)).size is None
    assert within(wish, SKETCHER, Allowance(pixels=1_000_000)).size is None


@given(st.integers(min_value=1, max_value=2**30))
def test_a_size_is_named_that_is_no_larger_than_allowed(pixels: int) -> None:
    """Given any number of pixels, when a size is named for it, then it is allowed, if any is."""
    named = Size.parse(such_as(pixels))

    assert named.pixels <= max(pixels, 16 * 16)


def test_usual_sizes_are_named_as_they_are() -> None:
    """Given the pixels of a usual shape, when a size is named for them, then it is that one."""
    for size in ("1024 × 1024", "1024 × 1536", "768 × 1024"):
        assert such_as(Size.parse(size).pixels) == size


@pytest.mark.parametrize("pixels", [100, 700_000, 1_000_000, 1_048_576, 2_000_000, 20_000_000])
def test_sizes_for_edits_are_within_what_is_allowed(pixels: int) -> None:
    """Given a largest size, when a picture's size is fitted, then it is not above if it can be."""
    for model in (PAINTER, SKETCHER):
        drawn = nearest(Size(3000, 2000), sizes_within(model.sizes, Allowance(pixels=pixels)))
        least = model.sizes.min_pixels if model.sizes.free else SQUARE.pixels
        assert drawn.pixels <= pixels or pixels < least


def test_what_was_named_is_left_as_it_is() -> None:
    """Given a quality and a size, when they are too much, then they are refused, not changed."""
    wish = Wish(prompt="a cat", quality="high", size="1024x1536")

    assert within(wish, PAINTER, Allowance(quality=LOW, pixels=1_000)) == wish


def test_options_of_another_request_are_dropped_where_they_are_not_allowed() -> None:
    """Given somebody else's options, when they are taken over, then only what is allowed is."""
    wish = Wish(prompt="a cat", model="painter-2", quality="high")
    less = Allowance(models=frozenset({"sketcher-1"}), quality=LOW)

    assert loosened(wish, less) == Wish(prompt="a cat")
    assert loosened(wish, Allowance(quality=HIGH)) == wish
    assert loosened(wish, EVERYTHING) == wish


def test_where_none_was_named_a_model_that_is_allowed_draws() -> None:
    """Given a default that is not allowed, when none is named, then the first that is draws."""
    offered = (PAINTER, FLARE, SKETCHER)
    others = Allowance(models=frozenset({"sketcher-1", "painter-2.5"}))

    assert choose_model(EVERYTHING, "painter-2", offered) == "painter-2"
    assert choose_model(others, "painter-2", offered) == "painter-2.5"
    assert choose_model(Allowance(models=frozenset()), "painter-2", offered) == "painter-2"


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        (None, ""),
        (EVERYTHING, ""),
        (LESS, "b and c, quality up to low, size up to 1,000 pixels, 2 at a time, no edits"),
        (Allowance(models=frozenset()), "no model"),
        (Allowance(edits=True), "edits"),
    ],
)
def test_an_allowance_is_said_in_words(allowed: Allowance | None, words: str) -> None:
    """Given an allowance, when it is said, then it reads as people write it."""
    assert say_allowance(allowed) == words


@given(allowances, allowances)
def test_two_allowances_are_never_said_alike(one: Allowance, other: Allowance) -> None:
    """Given two that differ, when both are said, then the audit can tell them apart."""
    assert (say_allowance(one) == say_allowance(other)) == (one == other)
