"""A wish is completed with what its model can do, or refused in a sentence that says what it can.

What is fitted to the model instead of being refused is tried in `test_adjusting`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.adjusting import complete
from bot.core.errors import InvalidRequest, ModelGone, UnknownModel
from bot.core.images import Background, Format, ImageRequest, Quality, Size, Style
from bot.core.models import Catalogue, Model, Sizes, Wish, listed
from tests.core.models_for_tests import (
    CATALOGUE,
    FLARE,
    PAINTER,
    SKETCHER,
    SQUARE,
    TALL,
    TODAY,
    ended,
)

FREE = PAINTER.sizes


def test_what_is_left_out_is_filled_in() -> None:
    """Given nothing but a prompt, when completed, then every option has the model's default."""
    request = complete(Wish(prompt=" a fox "), PAINTER)

    assert request.prompt == "a fox"
    assert request.model == "painter-2"
    assert request.size == SQUARE
    assert request.quality is Quality.MEDIUM
    assert request.count == 1
    assert request.format is Format.PNG
    assert request.background is Background.AUTO
    assert request.style is None
    assert request.avoid == ""
    assert not request.spoiler


def test_what_is_asked_for_is_kept() -> None:
    """Given every option, when completed, then each is in the request, however it was typed."""
    wish = Wish(
        prompt="a fox",
        size="1024 × 1536",
        quality=" XHigh ",
        count=10,
        format="WebP",
        background="transparent",
        style="Oil Painting",
        avoid=" text\n",
        spoiler=True,
    )

    request = complete(wish, FLARE)

    assert request.size == TALL
    assert request.quality is Quality.XHIGH
    assert request.count == 10
    assert request.format is Format.WEBP
    assert request.background is Background.TRANSPARENT
    assert request.style is Style.OIL_PAINTING
    assert request.avoid == "text"
    assert request.spoiler


def completed(wish: Wish, model: Model) -> ImageRequest | str:
    """The request, or the sentence that refuses it."""
    try:
        return complete(wish, model)
    except InvalidRequest as refusal:
        return refusal.say()


REFUSALS = {
    "no prompt": (
        Wish(prompt=" "),
        "Say in a few words what you would like to see.",
    ),
    "a quality nobody has": (
        Wish(prompt="a fox", quality="ultra"),
        "Painter 2 does not know the quality “ultra”. Choose low, medium or high.",
    ),
    "a format nobody has": (
        Wish(prompt="a fox", format="gif"),
        "Painter 2 does not know the format “gif”. Choose png, jpeg or webp.",
    ),
    "a background it has not": (
        Wish(prompt="a fox", background="transparent"),
        (
            "Painter 2 draws no transparent background. Choose another model, or leave the "
            "background out."
        ),
    ),
    "a background nobody has": (
        Wish(prompt="a fox", background="red"),
        "Painter 2 does not know the background “red”. Choose auto or opaque.",
    ),
    "a style nobody has": (
        Wish(prompt="a fox", style="cubist"),
        (
            "Painter 2 does not know the style “cubist”. Choose photo, illustration, watercolour, "
            "oil painting, pencil drawing, anime, pixel art, 3d render or poster."
        ),
    ),
    "no size": (
        Wish(prompt="a fox", size="huge"),
        "“huge” is not a size. Write width × height in pixels, like 1024x1024.",
    ),
    "a size of nothing": (
        Wish(prompt="a fox", size="0x1024"),
        "A picture needs at least one pixel in each direction.",
    ),
    "no picture": (Wish(prompt="a fox", count=0), "Choose between 1 and 10 pictures."),
    "too many pictures": (Wish(prompt="a fox", count=11), "Choose between 1 and 10 pictures."),
    "too much to avoid": (
        Wish(prompt="a fox", avoid="x" * 1001),
        "“avoid” has 1,001 characters; the most I can take is 1,000.",
    ),
}


@pytest.mark.parametrize(("wish", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_what_can_be_chosen(wish: Wish, sentence: str) -> None:
    """Given an option that the model has not, when completed, then the sentence offers others."""
    with pytest.raises(InvalidRequest) as caught:
        complete(wish, PAINTER)

    assert caught.value.say() == sentence


def test_a_model_draws_at_most_as_many_as_it_can() -> None:
    """Given a model of four pictures, when five are asked for, then it says four."""
    with pytest.raises(InvalidRequest) as caught:
        complete(Wish(prompt="a fox", count=5), SKETCHER)

    assert caught.value.say() == "Choose between 1 and 4 pictures."


def test_a_prompt_is_as_long_as_its_model_takes() -> None:
    """Given a model of short prompts, when style and avoid make it too long, then it is told."""
    fits = complete(Wish(prompt="x" * 85, style="photo"), SKETCHER)
    assert len(fits.full_prompt) == 100

    with pytest.raises(InvalidRequest) as caught:
        complete(Wish(prompt="x" * 86, style="photo"), SKETCHER)
    assert caught.value.say() == "That prompt has 101 characters; the most I can take is 100."


def test_a_transparent_jpeg_is_refused() -> None:
    """Given both asked for by name, when completed, then the member is told what goes together."""
    with pytest.raises(InvalidRequest) as caught:
        complete(Wish(prompt="a fox", background="transparent", format="jpeg"), FLARE)

    assert (
        caught.value.say() == "JPEG pictures cannot be transparent. Choose the format png or webp."
    )


def test_a_transparent_picture_gets_a_format_that_can_hold_it() -> None:
    """Given a model whose first format is JPEG, when transparency is asked for, then it is PNG."""
    assert complete(Wish(prompt="a fox"), SKETCHER).format is Format.JPEG
    assert complete(Wish(prompt="a fox", background="transparent"), SKETCHER).format is Format.PNG


@given(
    st.builds(
        Wish,
        prompt=st.text(max_size=50),
        size=st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["1024x1024", "16x16"])),
        quality=st.one_of(st.none(), st.text(max_size=8), st.sampled_from(Quality)),
        count=st.one_of(st.none(), st.integers()),
        format=st.one_of(st.none(), st.text(max_size=8), st.sampled_from(Format)),
        background=st.one_of(st.none(), st.text(max_size=8), st.sampled_from(Background)),
        style=st.one_of(st.none(), st.text(max_size=8), st.sampled_from(Style)),
        avoid=st.one_of(st.none(), st.text(max_size=50)),
    ),
    st.sampled_from([PAINTER, FLARE, SKETCHER]),
)
def test_any_wish_becomes_a_request_its_model_can_draw_or_a_sentence(
    wish: Wish, model: Model
) -> None:
    """Given whatever was typed, when completed, then it is drawable or refused, never a crash."""
    outcome = completed(wish, model)
    if isinstance(outcome, str):
        assert outcome.endswith(".")
        return

    assert model.sizes.problem(outcome.size) is None
    assert outcome.quality in model.qualities
    assert outcome.format in model.formats
    assert outcome.background in model.backgrounds
    assert 1 <= outcome.count <= model.max_count
    assert len(outcome.full_prompt) <= model.max_prompt


BOUNDS = [
    (Size(1040, 1024), None),
    (Size(1024, 640), None),
    (Size(1008, 640), "it must have at least 655,360 pixels, such as 1024x640"),
    (Size(3840, 2160), None),
    (Size(3840, 2176), "it may have at most 8,294,400 pixels, such as 3840x2160"),
    (Size(3840, 1280), None),
    (Size(3840, 1264), "one edge may be at most 3 times the other"),
    (Size(1264, 3840), "one edge may be at most 3 times the other"),
    (Size(3856, 2048), "no edge may be longer than 3840 pixels"),
    (Size(2048, 3856), "no edge may be longer than 3840 pixels"),
    (Size(1032, 1024), "width and height must be multiples of 16"),
    (Size(1024, 1032), "width and height must be multiples of 16"),
    (Size(0, 0), "it must have at least 655,360 pixels, such as 1024x640"),
    (Size(0, 1024), "one edge may be at most 3 times the other"),
]


@pytest.mark.parametrize(("size", "problem"), BOUNDS)
def test_each_bound_of_a_size_is_told(size: Size, problem: str | None) -> None:
    """Given a size at or past a bound, when checked, then it passes or the bound is named."""
    assert FREE.problem(size) == problem


def test_sizes_that_are_proposed_can_be_drawn() -> None:
    """Given the sizes in our own sentences, when checked, then they are within the bounds."""
    assert FREE.problem(Size.parse("1024x640")) is None
    assert FREE.problem(Size.parse("3840x2160")) is None


def test_an_offered_size_is_drawn_whatever_the_bounds() -> None:
    """Given a size on the list that the bounds forbid, when checked, then the list holds."""
    assert Sizes(offered=(Size(500, 500),), free=True).problem(Size(500, 500)) is None


@pytest.mark.parametrize("name", ["painter-2", "PAINTER-2", " painter ", "Painter"])
def test_a_model_is_found_by_id_or_alias(name: str) -> None:
    """Given any spelling of an id or alias, when it is looked for, then the model is found."""
    assert CATALOGUE.find(name) is PAINTER
    assert CATALOGUE.choose(name, TODAY) is PAINTER


def test_an_unknown_model_is_answered_with_those_that_live() -> None:
    """Given a name nobody has, when chosen, then every living model is named, and no other."""
    with pytest.raises(UnknownModel) as caught:
        CATALOGUE.choose("dali", TODAY)

    assert caught.value.say() == (
        "I know no model named “dali”. There is `painter-2`, `painter-2.5` or `sketcher-1`."
    )


def test_a_model_that_ended_names_the_one_that_follows() -> None:
    """Given a model that was shut down, when chosen, then the day and its successor are told."""
    with pytest.raises(ModelGone) as caught:
        CATALOGUE.choose("painter-1", TODAY)

    assert caught.value.say() == "painter-1 was shut down on 2026-10-23; use painter-2 instead."


def test_a_model_that_ended_without_a_successor_says_no_more_than_that() -> None:
    """Given nobody to follow, when chosen, then no advice is made up."""
    alone = Catalogue((ended("old", None),))

    with pytest.raises(ModelGone) as caught:
        alone.choose("old", TODAY)
    assert caught.value.say() == "old was shut down on 2026-10-23."


def test_a_model_lives_until_the_day_it_ends() -> None:
    """Given an announced shutdown, when the day comes, then the model is gone that morning."""
    assert CATALOGUE.choose("sketcher-1", date(2026, 12, 31)) is SKETCHER
    assert SKETCHER in CATALOGUE.living(date(2026, 12, 31))
    assert SKETCHER not in CATALOGUE.living(date(2027, 1, 1))
    with pytest.raises(ModelGone):
        CATALOGUE.choose("sketcher-1", date(2027, 1, 1))


def test_the_successor_is_the_first_that_lives() -> None:
    """Given a chain of models that ended, when the successor is asked for, then it lives."""
    first, second = ended("first", "second"), ended("second", "painter")
    known = Catalogue((first, second, PAINTER))

    assert known.successor(first, TODAY) is PAINTER
    assert known.successor(PAINTER, TODAY) is PAINTER


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("a", "b", "c")])
def test_a_circle_of_successors_ends(names: tuple[str, ...]) -> None:
    """Given models that name each other, when the successor is asked for, then there is none."""
    around = [*names[1:], names[0]]
    circle = tuple(ended(name, after) for name, after in zip(names, around, strict=True))

    assert Catalogue(circle).successor(circle[0], TODAY) is None


def test_a_successor_nobody_knows_is_none() -> None:
    """Given a successor that is not in the list, when it is asked for, then there is none."""
    lost = ended("lost", "nowhere")

    assert Catalogue((lost,)).successor(lost, TODAY) is None


def test_a_catalogue_lists_all_its_models() -> None:
    """Given a catalogue, when it is gone through, then the dead are in it too."""
    assert [model.id for model in CATALOGUE] == [
        "painter-2",
        "painter-2.5",
        "sketcher-1",
        "painter-1",
    ]
    assert not replace(PAINTER, shutdown=None).ended(date.max)


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")],
)
def test_a_list_is_said_as_people_do(words: list[str], said: str) -> None:
    """Given some words, when they are listed, then commas and the last one are right."""
    assert listed(words) == said
    assert listed(iter(words), "and") == said.replace(" or ", " and ")
