"""Money is exact, and no request ever costs more than was reserved for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import InvalidRequest
from bot.core.images import Format, ImageRequest, Quality, Size, Source, Style
from bot.core.models import Model, Prices, Tokens
from bot.core.pricing import (
    Usage,
    cost,
    counted,
    dollars,
    estimate,
    output_tokens,
    read_dollars,
    settle,
    unpriced,
)
from tests.core.models_for_tests import FLARE, PAINTER, SKETCHER, SQUARE, TALL

KNOWN = [
    (PAINTER, Size(1024, 1024), Quality.LOW, 196),
    (PAINTER, Size(1024, 1024), Quality.MEDIUM, 1756),
    (PAINTER, Size(1024, 1024), Quality.HIGH, 7024),
    (PAINTER, Size(1024, 1536), Quality.HIGH, 5488),
    (PAINTER, Size(1536, 1024), Quality.HIGH, 5488),
    (PAINTER, Size(1792, 1024), Quality.HIGH, 5063),
    (PAINTER, Size(3584, 2048), Quality.HIGH, 12329),
    (FLARE, Size(1024, 1024), Quality.LOW, 196),
    (FLARE, Size(1024, 1024), Quality.MEDIUM, 439),
    (FLARE, Size(1024, 1024), Quality.HIGH, 1756),
    (FLARE, Size(1024, 1024), Quality.XHIGH, 3122),
    (FLARE, Size(1024, 1024), Quality.MAX, 7024),
    (SKETCHER, SQUARE, Quality.LOW, 272),
    (SKETCHER, TALL, Quality.HIGH, 6240),
]

SOURCE = Source(sha256="a picture", format=Format.PNG, size=SQUARE)

sixteens = st.integers(16, 240).map(lambda n: n * 16)


@st.composite
def requests(draw: st.DrawFn, model: Model = PAINTER) -> ImageRequest:
    """Any request that the model could be sent."""
    sources = draw(st.integers(0, 4))
    return ImageRequest(
        prompt=draw(st.text(min_size=1, max_size=200)),
        model=model.id,
        size=draw(st.builds(Size, sixteens, sixteens)),
        quality=draw(st.sampled_from(model.qualities)),
        count=draw(st.integers(1, 10)),
        style=draw(st.one_of(st.none(), st.sampled_from(Style))),
        avoid=draw(st.text(max_size=50)),
        sources=(SOURCE,) * sources,
        mask=draw(st.sampled_from([None, "a mask"])) if sources else None,
    )


@pytest.mark.parametrize(("model", "size", "quality", "tokens"), KNOWN)
def test_the_formula_gives_the_published_counts(
    model: Model, size: Size, quality: Quality, tokens: int
) -> None:
    """Given a size and quality whose tokens are known, when counted, then they agree."""
    assert output_tokens(model, size, quality) == tokens


@given(st.builds(Size, sixteens, sixteens), st.sampled_from(FLARE.qualities))
def test_a_picture_and_the_same_on_its_side_cost_alike(size: Size, quality: Quality) -> None:
    """Given any size, when width and height change places, then the tokens stay."""
    turned = Size(size.height, size.width)

    assert output_tokens(FLARE, size, quality) == output_tokens(FLARE, turned, quality)


@given(requests(), st.integers(0, 3), st.data())
def test_nothing_costs_more_than_was_reserved(
    request: ImageRequest, partials: int, data: st.DataObject
) -> None:
    """Given any count a provider can give within its bounds, when settled, then it was reserved."""
    inputs = len(request.sources) + bool(request.mask)
    most = request.count * (
        output_tokens(PAINTER, request.size, request.quality) + partials * PAINTER.tokens.partial
    )
    whole = Usage(
        text_in=len(request.full_prompt.encode()),
        image_in=inputs * PAINTER.tokens.input_image,
        image_out=most,
    )
    usage = Usage(
        text_in=data.draw(st.integers(0, len(request.full_prompt.encode()))),
        image_in=data.draw(st.integers(0, inputs * PAINTER.tokens.input_image)),
        image_out=data.draw(st.integers(0, most)),
    )
    pictures = data.draw(st.integers(0, request.count))

    reserved = estimate(PAINTER, request, partials=partials)

    assert settle(PAINTER, request, whole, pictures=request.count) == reserved
    assert settle(PAINTER, request, usage, pictures=pictures) <= reserved
    assert settle(PAINTER, request, None, pictures=pictures) <= reserved


@given(requests(), st.integers(0, 10**9))
def test_money_is_never_a_float(request: ImageRequest, tokens: int) -> None:
    """Given anything, when it is priced, then the answer is a whole number of micro-dollars."""
    usage = Usage(text_in=tokens, image_in=tokens, image_out=tokens, text_out=tokens)
    amounts = [
        cost(PAINTER, usage),
        estimate(PAINTER, request),
        settle(PAINTER, request, usage, pictures=1),
        settle(PAINTER, request, None, pictures=1),
        read_dollars("12.34"),
    ]

    assert [type(amount) for amount in amounts] == [int] * len(amounts)


def test_amounts_beyond_what_a_float_can_hold_are_exact() -> None:
    """Given more tokens than a float can count, when priced, then the last digit is right."""
    model = replace(PAINTER, prices=replace(PAINTER.prices, image_out=1_000_000))

    assert cost(model, Usage(image_out=2**53 + 1)) == 2**53 + 1


def test_a_part_of_a_micro_dollar_is_owed_in_full() -> None:
    """Given tokens worth less than a micro-dollar, when priced, then one is owed."""
    model = replace(PAINTER, prices=replace(PAINTER.prices, text_in=1))

    assert cost(model, Usage(text_in=1)) == 1
    assert cost(model, Usage()) == 0


def test_a_known_request_has_a_known_price() -> None:
    """Given a medium square of a four-letter prompt, when estimated, then it is five cents."""
    request = ImageRequest(prompt="a ox", model=PAINTER.id, size=SQUARE, quality=Quality.MEDIUM)

    assert estimate(PAINTER, request) == 1756 * 30 + 4 * 5
    assert estimate(PAINTER, request, partials=2) == (1756 + 200) * 30 + 4 * 5


@pytest.mark.parametrize(
    ("sources", "mask", "sent"), [(0, None, 0), (1, None, 1), (1, "a mask", 2), (4, "a mask", 5)]
)
def test_every_picture_that_is_sent_along_is_paid(
    sources: int, mask: str | None, sent: int
) -> None:
    """Given pictures to edit, when estimated, then each costs its tokens, and so does a mask."""
    request = ImageRequest(
        prompt="a ox",
        model=PAINTER.id,
        size=SQUARE,
        quality=Quality.MEDIUM,
        sources=(SOURCE,) * sources,
        mask=mask,
    )

    assert estimate(PAINTER, request) == 1756 * 30 + 4 * 5 + sent * 1521 * 8


def test_pictures_sent_along_are_paid_once_however_many_are_drawn() -> None:
    """Given an edit in four versions, when nobody counted, then its inputs are charged once."""
    one = ImageRequest(
        prompt="a ox", model=PAINTER.id, size=SQUARE, quality=Quality.LOW, sources=(SOURCE,)
    )
    four = replace(one, count=4)

    assert estimate(PAINTER, four) - estimate(PAINTER, one) == 3 * 196 * 30
    assert settle(PAINTER, four, None, pictures=4) == estimate(PAINTER, four)


def test_pictures_that_did_not_come_are_not_charged() -> None:
    """Given four pictures asked for and no count, when three come, then three are charged."""
    request = ImageRequest(
        prompt="a ox", model=PAINTER.id, size=SQUARE, quality=Quality.LOW, count=4
    )
    whole = estimate(PAINTER, request)

    assert settle(PAINTER, request, None, pictures=4) == whole
    assert settle(PAINTER, request, None, pictures=3) == -(-whole * 3 // 4)
    assert settle(PAINTER, request, None, pictures=0) == 0


@pytest.mark.parametrize(
    ("micro", "shown"),
    [
        (0, "$0.00"),
        (1, "$0.000001"),
        (999, "$0.000999"),
        (13_200, "$0.0132"),
        (10_000, "$0.01"),
        (52_700, "$0.0527"),
        (400_000, "$0.40"),
        (1_000_000, "$1.00"),
        (1_250_000, "$1.25"),
        (1_234_000_000, "$1234.00"),
    ],
)
def test_dollars_are_shown_as_people_write_them(micro: int, shown: str) -> None:
    """Given an amount, when it is shown, then it has cents, or more digits where those hide it."""
    assert dollars(micro) == shown


@given(st.integers(0, 9_999_999).map(lambda dollar: dollar * 1_000_000))
def test_whole_dollars_are_read_as_they_were_shown(micro: int) -> None:
    """Given whole dollars, when they are shown and read again, then they are the same."""
    assert read_dollars(dollars(micro)) == micro


@given(st.integers(0, 999_999_999).map(lambda cents: cents * 10_000))
def test_cents_are_read_as_they_were_shown(micro: int) -> None:
    """Given whole cents, when they are shown and read again, then they are the same."""
    assert read_dollars(dollars(micro)) == micro


@given(st.integers(0, 10**12))
def test_what_is_shown_is_off_by_less_than_its_last_digit(micro: int) -> None:
    """Given any amount, when it is shown and read again, then only hidden digits were lost."""
    shown = dollars(micro)
    last_digit = 10 ** (6 - len(shown.partition(".")[2]))

    assert abs(read_dollars(shown) - micro) < last_digit


@pytest.mark.parametrize(
    ("text", "micro"),
    [
        ("5", 5_000_000),
        ("$5", 5_000_000),
        (" $ 5 ", 5_000_000),
        ("5$", 5_000_000),
        ("2.50", 2_500_000),
        ("2,50", 2_500_000),
        ("0", 0),
        ("0.000001", 1),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, micro: int) -> None:
    """Given what an admin types, when it is read, then it is that much."""
    assert read_dollars(text) == micro


@pytest.mark.parametrize(
    "text", ["", " ", "five", "-5", "1.2.3", ".5", "5.", "1e3", "0.0000001", "12345678", "€5"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    """Given something else, when it is read, then the sentence shows how to write it."""
    with pytest.raises(InvalidRequest) as caught:
        read_dollars(text)

    assert caught.value.say() == f"“{text}” is not an amount. Write dollars like 5 or 2.50."


def test_a_picture_with_a_price_costs_that() -> None:
    """Given a price per picture, when several are drawn, then words cost nothing beside it."""
    model = replace(PAINTER, prices=Prices.flat(40_000))
    request = ImageRequest(
        prompt="a ox" * 500, model=model.id, size=SQUARE, quality=Quality.LOW, count=4
    )

    assert estimate(model, request) == 160_000
    assert settle(model, request, None, pictures=3) == 120_000
    assert settle(model, request, Usage(image_out=10**6), pictures=4) == 160_000


@pytest.mark.parametrize("model", [FLARE, replace(FLARE, prices=Prices.flat(40_000))])
def test_what_a_provider_names_itself_is_what_is_charged(model: Model) -> None:
    """Given a charge, when it is settled, then no table and no count of tokens says otherwise."""
    request = ImageRequest(
        prompt="a fox", model=model.id, size=SQUARE, quality=Quality.LOW, count=2
    )

    assert settle(model, request, Usage(charge=12_345), pictures=1) == 12_345
    assert settle(model, request, Usage(charge=0), pictures=2) == 0
    assert counted(model, Usage(charge=0))


def test_a_larger_picture_costs_what_the_next_size_named_does() -> None:
    """Given steps, when a size lies between two, then it costs what the larger one does."""
    prices = Prices(pictures={Quality.LOW: ((1_000, 10), (2_000, 30))})

    assert prices.picture(Quality.LOW, Size(10, 100)) == 10
    assert prices.picture(Quality.LOW, Size(11, 100)) == 30
    assert prices.picture(Quality.LOW, Size(21, 100)) is None
    assert prices.picture(Quality.HIGH, Size(1, 1)) is None


def test_each_call_pays_for_what_it_is_sent() -> None:
    """Given a provider of one picture a call, when four are asked, then inputs are paid in each."""
    single = replace(PAINTER, per_call=1)
    request = ImageRequest(
        prompt="a ox",
        model=PAINTER.id,
        size=SQUARE,
        quality=Quality.LOW,
        count=4,
        sources=(SOURCE,),
    )
    flat = replace(single, prices=replace(Prices.flat(100), source=7))

    assert estimate(single, request) == 4 * estimate(single, replace(request, count=1))
    assert estimate(flat, request) == 4 * 107


@pytest.mark.parametrize(
    ("model", "missing"),
    [
        (PAINTER, None),
        (SKETCHER, None),
        (replace(PAINTER, prices=Prices.flat(0)), None),
        (replace(PAINTER, tokens=Tokens()), "low at 1024x1024"),
        (replace(SKETCHER, sizes=PAINTER.sizes), "low at 1536x1024"),
        (
            replace(PAINTER, prices=Prices(pictures={Quality.LOW: ((SQUARE.pixels, 1),)})),
            "low at 1024x1536",
        ),
        (
            replace(PAINTER, prices=Prices(pictures={Quality.LOW: ((TALL.pixels, 1),)})),
            "the largest at low",
        ),
    ],
)
def test_a_picture_without_a_price_is_found(model: Model, missing: str | None) -> None:
    """Given a model, when a picture of it has no price, then it is named."""
    assert unpriced(model) == missing
