"""An edit is fitted to what its model can do, or refused in a sentence that says what it can."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.adjusting import complete
from bot.core.errors import InvalidRequest
from bot.core.images import Format, Size, Source
from bot.core.models import Model, Wish
from tests.core.models_for_tests import PAINTER, SKETCHER, SQUARE, TALL, WIDE

WISH = Wish(prompt="a red hat")


def sources(count: int) -> tuple[Source, ...]:
    """Pictures to edit."""
    return tuple(
        Source(sha256=f"{number:064x}", format=Format.PNG, size=SQUARE) for number in range(count)
    )


def refusal(model: Model, count: int, mask: str | None = None) -> str:
    """Why an edit is not taken."""
    with pytest.raises(InvalidRequest) as caught:
        complete(WISH, model, sources=sources(count), mask=mask)
    return caught.value.say()


def test_what_is_drawn_from_is_kept_in_its_order() -> None:
    """Given several pictures and a mask, when completed, then the request names them all."""
    request = complete(WISH, PAINTER, sources=sources(3), mask="a mask")

    assert request.sources == sources(3)
    assert request.mask == "a mask"


def test_without_pictures_nothing_is_edited() -> None:
    """Given nothing but a prompt, when completed, then it is drawn from words alone."""
    request = complete(WISH, PAINTER)

    assert request.sources == ()
    assert request.mask is None


def test_the_picture_decides_the_size_where_nobody_named_one() -> None:
    """Given the size of a picture, when the wish names none, then that is drawn."""
    assert complete(WISH, PAINTER, size=Size(912, 1200)).size == Size(912, 1200)
    assert complete(WISH, PAINTER).size == SQUARE


def test_a_size_that_was_named_goes_before_that_of_the_picture() -> None:
    """Given the size of a picture, when the wish names another, then the wish is followed."""
    assert complete(replace(WISH, size="1536x1024"), PAINTER, size=TALL).size == WIDE


def test_a_named_size_is_fitted_for_edits_too() -> None:
    """Given a size that the model does not draw, when an edit is completed, then a near one is."""
    wish = replace(WISH, size="100x100")
    request = complete(wish, PAINTER, sources=sources(1), size=TALL)

    assert request.size == Size(816, 816)
    assert request.notes == ("Painter 2 draws no 100 × 100, so this is 816 × 816.",)


def test_as_many_pictures_as_the_model_takes_are_taken() -> None:
    """Given exactly as many pictures as the model takes, when completed, then all are kept."""
    few = replace(PAINTER, max_references=4)

    assert len(complete(WISH, few, sources=sources(4)).sources) == 4


def test_one_picture_more_is_refused_with_the_number() -> None:
    """Given one picture too many, when completed, then the sentence says how many may be."""
    few = replace(PAINTER, max_references=4)

    assert refusal(few, 5) == "Painter 2 takes at most 4 pictures at a time."


def test_a_model_that_cannot_edit_says_so() -> None:
    """Given a model that draws from words only, when given a picture, then another is advised."""
    blind = replace(SKETCHER, max_references=0)

    assert refusal(blind, 1) == "Sketcher 1 cannot edit pictures. Choose another model."


def test_a_model_that_takes_no_mask_says_so() -> None:
    """Given a model without masks, when given one, then the sentence says what to do."""
    rough = replace(SKETCHER, mask=False)

    assert refusal(rough, 1, "a mask") == (
        "Sketcher 1 takes no mask. Choose another model, or leave the mask out."
    )
    assert complete(WISH, rough, sources=sources(1)).sources == sources(1)
