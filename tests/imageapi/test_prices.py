"""What Easel thinks a picture costs is what OpenAI publishes."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest

from bot.core.images import ImageRequest, Quality, Size
from bot.core.models import Model
from bot.core.pricing import Usage, cost, estimate, output_tokens
from bot.imageapi.catalogue import load_catalogue

CATALOGUE = load_catalogue()

SIZES = ("1024x1024", "1024x1536", "1536x1024", "2048x2048", "3840x2160")

# Dollars for the output of one picture, as published: sizes from left to right, qualities rising.
GPT_IMAGE_1 = ".011/.042/.167 .016/.063/.25 .016/.063/.25"
GPT_IMAGE_1_5 = ".009/.034/.133 .013/.050/.20 .013/.050/.20"
GPT_IMAGE_1_MINI = ".005/.011/.036 .006/.015/.052 .006/.015/.052"
GPT_IMAGE_2 = ".006/.053/.211 .005/.041/.165 .005/.041/.165 .012/.107/.428 .011/.100/.400"
GPT_IMAGE_2_5 = (
    ".006/.013/.053/.094/.211 .005/.010/.041/.074/.165 .005/.010/.041/.074/.165 "
    ".012/.027/.107/.190/.428 .011/.026/.100/.178/.400"
)
PUBLISHED = {
    "gpt-image-1": GPT_IMAGE_1,
    "gpt-image-1.5": GPT_IMAGE_1_5,
    "chatgpt-image-latest": GPT_IMAGE_1_5,
    "gpt-image-1-mini": GPT_IMAGE_1_MINI,
    "gpt-image-2": GPT_IMAGE_2,
    "gpt-image-2.5-flare": GPT_IMAGE_2_5,
    "gpt-image-2.5-sunburst": GPT_IMAGE_2_5,
    "gpt-image-2.6-flare": GPT_IMAGE_2_5,
    "gpt-image-2.6-sunburst": GPT_IMAGE_2_5,
}
NOT_ROUNDED = {
    # $0.1664 and $0.050688: published rounded up, and down.
    ("gpt-image-1", "1024x1024", "high"): Decimal("0.1664"),
    ("gpt-image-1.5", "1024x1536", "medium"): Decimal("0.050688"),
    ("chatgpt-image-latest", "1024x1536", "medium"): Decimal("0.050688"),
    # The published prices of mini hold about a quarter of a cent that no token explains. What it
    # costs is counted in tokens all the same.
    ("gpt-image-1-mini", "1024x1024", "low"): Decimal("0.002176"),
    ("gpt-image-1-mini", "1024x1024", "medium"): Decimal("0.008448"),
    ("gpt-image-1-mini", "1024x1024", "high"): Decimal("0.03328"),
    ("gpt-image-1-mini", "1024x1536", "low"): Decimal("0.003264"),
    ("gpt-image-1-mini", "1024x1536", "medium"): Decimal("0.012672"),
    ("gpt-image-1-mini", "1024x1536", "high"): Decimal("0.04992"),
    ("gpt-image-1-mini", "1536x1024", "low"): Decimal("0.0032"),
    ("gpt-image-1-mini", "1536x1024", "medium"): Decimal("0.012544"),
    ("gpt-image-1-mini", "1536x1024", "high"): Decimal("0.049664"),
}

ROWS = [
    (model, size, quality, price)
    for model, table in PUBLISHED.items()
    for size, prices in zip(SIZES, table.split(), strict=False)
    for quality, price in zip(Quality, prices.split("/"), strict=False)
]


def known(name: str) -> Model:
    """The model of that name."""
    model = CATALOGUE.find(name)
    assert model is not None
    return model


@pytest.mark.parametrize(("name", "size", "quality", "price"), ROWS)
def test_each_published_price_is_the_price_of_its_tokens(
    name: str, size: str, quality: Quality, price: str
) -> None:
    """Given a published price, when its tokens are priced, then it is that, once rounded alike."""
    model = known(name)
    tokens = output_tokens(model, Size.parse(size), quality)
    exact = Decimal(tokens * model.prices.image_out).scaleb(-12)
    published = Decimal(price)
    rounded = exact.quantize(published, ROUND_HALF_UP)

    if (name, size, quality) in NOT_ROUNDED:
        assert exact == NOT_ROUNDED[name, size, quality] != published
        assert abs(exact - published) < Decimal("0.003")
    else:
        assert rounded == published


def test_every_model_that_is_paid_by_the_token_has_its_prices_checked() -> None:
    """Given the catalogue, when a model is added, then its published prices are added here."""
    assert {model.id for model in CATALOGUE if not model.prices.pictures} == set(PUBLISHED)


@pytest.mark.parametrize(
    ("name", "size", "micro"),
    [
        ("gemini-3-pro-image", "1024x1024", 134_400),
        ("gemini-3-pro-image", "2528x1696", 134_400),
        ("gemini-3-pro-image", "5504x3072", 240_000),
        ("gemini-3.1-flash-image", "1584x672", 67_200),
        ("gemini-3.1-flash-lite-image", "1024x1024", 33_600),
        ("gemini-nano-banana-2.1", "2752x1536", 50_400),
        ("flux-pro-1.1", "1440x1440", 40_000),
        ("flux-2-pro", "1024x1024", 30_000),
        ("flux-2-pro", "1040x1024", 45_000),
        ("flux-2-pro", "2048x2048", 75_000),
        ("dall-e-3", "1024x1792", 80_000),
        ("stable-diffusion", "2048x2048", 0),
    ],
)
def test_a_picture_costs_what_its_size_costs(name: str, size: str, micro: int) -> None:
    """Given a price per picture, when a size is not named, then the next larger one's price is."""
    assert known(name).prices.picture(Quality.MEDIUM, Size.parse(size)) == micro


@pytest.mark.parametrize(
    ("name", "quality", "tokens"),
    [
        ("gpt-image-2.5-flare", Quality.LOW, 196),
        ("gpt-image-2.5-flare", Quality.MEDIUM, 439),
        ("gpt-image-2.5-flare", Quality.HIGH, 1756),
        ("gpt-image-2.5-flare", Quality.XHIGH, 3122),
        ("gpt-image-2.5-flare", Quality.MAX, 7024),
        ("gpt-image-2", Quality.LOW, 196),
        ("gpt-image-2", Quality.MEDIUM, 1756),
        ("gpt-image-2", Quality.HIGH, 7024),
        ("gpt-image-1.5", Quality.MEDIUM, 1056),
    ],
)
def test_token_counts_are_those_of_the_vendors_calculator(
    name: str, quality: Quality, tokens: int
) -> None:
    """Given a square picture, when its tokens are worked out, then the count is the known one."""
    assert output_tokens(known(name), Size(1024, 1024), quality) == tokens


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_whatever_can_be_asked_for_has_a_price(name: str) -> None:
    """Given any model, size and quality, when it is estimated, then usage never costs more."""
    model = known(name)
    for size in model.sizes.offered:
        for quality in model.qualities:
            request = ImageRequest(
                prompt="a fox", model=model.id, size=size, quality=quality, count=model.max_count
            )
            most = estimate(model, request, partials=2)
            drawn = request.count * (output_tokens(model, size, quality) + 2 * model.tokens.partial)
            used = cost(model, Usage(text_in=3, image_out=drawn))

            assert 0 < used <= most
