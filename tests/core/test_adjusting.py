"""What a model cannot do is fitted to what it can, with a note, where nobody loses by it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.adjusting import able, complete, moved
from bot.core.errors import InvalidRequest
from bot.core.images import Background, Format, ImageRequest, Quality, Size, Source
from bot.core.models import Model, Prices, Sizes, Wish, together
from tests.core.models_for_tests import FLARE, PAINTER, SKETCHER, SQUARE, TALL, WIDE

PLAIN = replace(
    PAINTER,
    name="Plain",
    sizes=Sizes(offered=(SQUARE, TALL, WIDE, Size(2048, 2048), Size(2048, 3072))),
    qualities=(Quality.MEDIUM,),
    formats=(Format.PNG,),
    backgrounds=(Background.AUTO,),
    prices=Prices.flat(40_000),
)
SOURCE = Source(sha256="a picture", format=Format.PNG, size=SQUARE)


@pytest.mark.parametrize(
    ("model", "size", "drawn"),
    [
        (PAINTER, "1000x1000", "992x992"),
        (PAINTER, "1920x1080", "1936x1088"),
        (PAINTER, "100x100", "816x816"),
        (PAINTER, "9999x9999", "2880x2880"),
        (PAINTER, "1x99999", "480x1440"),
        (SKETCHER, "1536x1024", "1024x1024"),
        (SKETCHER, "1080x1920", "1024x1536"),
        (PLAIN, "1080x1920", "1024x1536"),
        (PLAIN, "2000x3100", "2048x3072"),
        (PLAIN, "3840x2160", "1536x1024"),
        (PLAIN, "1900x2000", "2048x2048"),
    ],
)
def test_a_size_becomes_the_nearest_that_is_drawn(model: Model, size: str, drawn: str) -> None:
    """Given a size that is not drawn, when completed, then the nearest one is, and it is said."""
    request = complete(Wish(prompt="a fox", size=size), model)

    assert str(request.size) == drawn
    asked, instead = (text.replace("x", " × ") for text in (size, drawn))
    assert request.notes == (f"{model.name} draws no {asked}, so this is {instead}.",)


def test_what_is_to_be_known_about_a_model_is_said_first() -> None:
    """Given a model with a note, when a wish is completed or moved to it, then it is passed on."""
    grid = replace(PLAIN, note="It draws grids.")

    request = complete(Wish(prompt="a fox", format="webp"), grid)

    assert request.notes == ("It draws grids.", "Plain writes no webp, so this is png.")
    assert moved(request, grid).notes == ("It draws grids.",)


@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from([PAINTER, SKETCHER, PLAIN]))
def test_an_upright_picture_never_becomes_one_that_lies(
    width: int, height: int, model: Model
) -> None:
    """Given any size, when it is fitted, then it is drawn, and not turned."""
    size = complete(Wish(prompt="a fox", size=f"{width}x{height}"), model).size

    assert model.sizes.problem(size) is None
    assert (width - height) * (size.width - size.height) >= 0 or abs(width - height) < 16


@pytest.mark.parametrize(
    ("model", "asked", "drawn", "note"),
    [
        (PAINTER, "max", Quality.HIGH, "Painter 2 has no quality max, so this is high."),
        (SKETCHER, "medium", Quality.LOW, "Sketcher 1 has no quality medium, so this is low."),
        (
            PLAIN,
            "low",
            Quality.MEDIUM,
            "Plain has no choice of quality, so that was left out.",
        ),
    ],
)
def test_a_quality_becomes_the_one_below(
    model: Model, asked: str, drawn: Quality, note: str
) -> None:
    """Given a quality that the model has not, when completed, then it is never a dearer one."""
    request = complete(Wish(prompt="a fox", quality=asked), model)

    assert request.quality is drawn
    assert request.notes == (note,)


def test_a_format_becomes_one_that_is_written() -> None:
    """Given a format that the model does not write, when completed, then it is another."""
    request = complete(Wish(prompt="a fox", format="webp"), PLAIN)

    assert request.format is Format.PNG
    assert request.notes == ("Plain writes no webp, so this is png.",)


def test_a_format_that_replaces_another_can_still_be_transparent() -> None:
    """Given a transparent WebP of a model without WebP, when completed, then it is no JPEG."""
    wish = Wish(prompt="a fox", format="webp", background="transparent")

    assert complete(wish, SKETCHER).format is Format.PNG
    assert complete(replace(wish, background=None), SKETCHER).format is Format.JPEG


def test_an_opaque_background_is_left_to_the_model() -> None:
    """Given a model without a choice, when opaque is asked for, then it is left out and said."""
    request = complete(Wish(prompt="a fox", background="opaque"), PLAIN)

    assert request.background is Background.AUTO
    assert request.notes == ("Plain takes no background opaque, so that was left to the model.",)


def test_nothing_is_noted_where_nothing_was_changed() -> None:
    """Given what the model can do, when completed, then there is nothing to say."""
    wish = Wish(prompt="a fox", size="1024x1536", quality="high", format="webp")

    assert complete(wish, PAINTER).notes == ()


def test_notes_are_kept_with_the_request() -> None:
    """Given notes, when the request is stored and read, then they are still there."""
    request = complete(Wish(prompt="a fox", size="1x1"), PAINTER)
    old = request.to_json()
    old.pop("notes")

    assert ImageRequest.from_json(request.to_json()) == request
    assert ImageRequest.from_json(old).notes == ()


def test_a_request_moves_to_the_model_that_follows() -> None:
    """Given a request of a richer model, when it moves to a plain one, then it is fitted."""
    rich = complete(Wish(prompt="a fox", size="1040x1024", quality="max", format="webp"), FLARE)

    poor = moved(rich, PLAIN)

    assert (poor.model, poor.size, poor.quality) == (PLAIN.id, SQUARE, Quality.MEDIUM)
    assert poor.format is Format.PNG
    assert len(poor.notes) == 3
    assert poor.prompt == rich.prompt


def test_what_matters_does_not_move_in_silence() -> None:
    """Given a transparent picture, or a mask, when the next model cannot, then it is refused."""
    clear = complete(Wish(prompt="a fox", background="transparent"), FLARE)
    masked = complete(Wish(prompt="a fox"), FLARE, sources=(SOURCE,), mask="a mask")

    with pytest.raises(InvalidRequest, match="draws no transparent background"):
        moved(clear, PLAIN)
    with pytest.raises(InvalidRequest, match="takes no mask"):
        moved(masked, replace(PLAIN, mask=False))


def test_a_provider_is_able_to_draw_what_it_sells() -> None:
    """Given a request, when a provider lacks a part of it, then it is not on the route."""
    plain = complete(Wish(prompt="a fox", format="webp"), FLARE)
    masked = complete(Wish(prompt="a fox"), FLARE, sources=(SOURCE,), mask="a mask")

    assert able(plain, FLARE)
    assert able(masked, FLARE)
    assert not able(plain, replace(FLARE, formats=(Format.PNG,)))
    assert not able(masked, replace(FLARE, mask=False))
    assert not able(masked, replace(FLARE, max_references=0))
    clear = replace(plain, background=Background.TRANSPARENT)
    assert able(clear, replace(FLARE, backgrounds=tuple(Background)))
    assert not able(clear, replace(FLARE, backgrounds=(Background.AUTO, Background.OPAQUE)))


def test_several_providers_together_can_do_what_any_of_them_can() -> None:
    """Given one that edits and one that writes WebP, when put together, then both are offered."""
    edits = replace(FLARE, formats=(Format.PNG,), streaming=False)
    writes = replace(FLARE, formats=(Format.WEBP,), max_references=0, mask=False)

    both = together([edits, writes])

    assert both.formats == (Format.PNG, Format.WEBP)
    assert (both.max_references, both.mask, both.streaming) == (16, True, True)
