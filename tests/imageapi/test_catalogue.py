"""The models that come with Easel, and what is said about a file that is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.core.errors import Misconfigured, ModelGone
from bot.core.images import Background, Quality, Size
from bot.imageapi.catalogue import load_catalogue

CATALOGUE = load_catalogue()
NOVEMBER = date(2026, 11, 20)
DECEMBER = date(2026, 12, 1)

LIVING = {
    "gpt-image-2.5-flare",
    "gpt-image-2.5-sunburst",
    "gpt-image-2.6-flare",
    "gpt-image-2.6-sunburst",
    "gpt-image-2",
    "gpt-image-2-all",
    "gpt-image-2-vip",
    "gpt-image-2.6-all",
    "gemini-3-pro-image",
    "gemini-3.1-flash-image",
    "gemini-3.1-flash-lite-image",
    "gemini-nano-banana-2.1",
    "flux-2-pro",
    "flux-2-flex",
    "flux-pro-1.1",
    "flux-pro-1.1-ultra",
    "flux-kontext-pro",
    "flux-kontext-max",
    "flux.1-dev",
    "flux.1-schnell",
    "ideogram-v3",
    "midjourney",
    "seedream-4.5",
    "grok-imagine-image-2.0",
    "stable-diffusion",
    "sdxl",
    "sd3.5-large",
    "qwen-image",
}
DYING = {"gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest"}
DEAD = {
    "gpt-image-1": "2026-10-23; use gpt-image-2.5-flare",
    "dall-e-2": "2026-05-12; use gpt-image-2.5-flare",
    "dall-e-3": "2026-05-12; use gpt-image-2.5-flare",
    "sora_image": "2026-04-22; use gpt-image-2.6-all",
    "gpt-4o-image": "2026-04-22; use gpt-image-2.6-all",
    "gemini-2.5-flash-image": "2026-10-02; use gemini-3.1-flash-image",
    "gemini-3-pro-image-preview": "2026-06-25; use gemini-3-pro-image",
    "gemini-3.1-flash-image-preview": "2026-06-25; use gemini-3.1-flash-image",
    "imagen-4.0-generate-001": "2026-08-17; use gemini-3.1-flash-image",
    "imagen-4.0-ultra-generate-001": "2026-08-17; use gemini-3-pro-image",
    "imagen-4.0-fast-generate-001": "2026-08-17; use gemini-3.1-flash-lite-image",
}

RIGHT = """
[[models]]
id = "one"
name = "One"
sizes.offered = ["1024x1024"]
qualities = ["low", "high"]
default_quality = "low"
prices = { text_in = 1, image_in = 1, image_out = 1 }
tokens.detail = { low = 16, high = 96 }
"""


def test_the_default_lives_and_starts_with_a_square() -> None:
    """Given the catalogue, when somebody names no model, then a living one is there."""
    default = CATALOGUE.models[0]

    assert default.id == "gpt-image-2.5-flare"
    assert default.shutdown is None
    assert [str(size) for size in default.sizes.offered[:3]] == [
        "1024x1024",
        "1024x1536",
        "1536x1024",
    ]
    assert default.default_quality is Quality.MEDIUM
    assert Background.TRANSPARENT in default.backgrounds


def test_it_knows_who_lives_and_who_does_not() -> None:
    """Given the catalogue, when the days go by, then models end on theirs."""
    assert {model.id for model in CATALOGUE.living(NOVEMBER)} == LIVING | DYING
    assert {model.id for model in CATALOGUE.living(DECEMBER)} == LIVING
    assert {model.id for model in CATALOGUE} == LIVING | DYING | set(DEAD)


@pytest.mark.parametrize("name", sorted(DYING))
def test_every_model_that_ends_has_a_living_successor(name: str) -> None:
    """Given a model that ends, when it is asked for afterwards, then another one is proposed."""
    with pytest.raises(ModelGone, match=r"use gpt-image-2\.5-flare instead"):
        CATALOGUE.choose(name, DECEMBER)


@pytest.mark.parametrize(("name", "said"), DEAD.items())
def test_a_model_that_is_gone_tells_its_day_and_what_follows_it(name: str, said: str) -> None:
    """Given a model that was shut down, when it is asked for, then that is all in the refusal."""
    with pytest.raises(ModelGone) as gone:
        CATALOGUE.choose(name, NOVEMBER)

    assert gone.value.say() == f"{name} was shut down on {said} instead."


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("gpt-image-2-2026-04-21", "gpt-image-2"),
        ("gpt-image-2.5-flare-2026-09-08", "gpt-image-2.5-flare"),
        ("GPT-Image-2.5-Sunburst-2026-09-08", "gpt-image-2.5-sunburst"),
    ],
)
def test_dated_names_are_known(alias: str, name: str) -> None:
    """Given the dated name of a model, when it is asked for, then it is that model."""
    found = CATALOGUE.find(alias)

    assert found is not None
    assert found.id == name


def test_only_newer_models_know_the_highest_qualities() -> None:
    """Given gpt-image-2, when its qualities are listed, then xhigh and max are not among them."""
    for model in CATALOGUE:
        has_most = Quality.MAX in model.qualities
        newer = model.id.startswith(("gpt-image-2.5", "gpt-image-2.6"))
        assert has_most == (newer and not model.id.endswith("-all"))


def test_a_small_file_is_a_catalogue(tmp_path: Path) -> None:
    """Given just what is needed, when it is read, then the rest has sensible values."""
    file = tmp_path / "models.toml"
    file.write_text(RIGHT)

    (model,) = load_catalogue(file)

    assert model.sizes.offered == (Size(1024, 1024),)
    assert model.backgrounds == (Background.AUTO,)
    assert model.shutdown is None


def test_a_model_takes_after_another(tmp_path: Path) -> None:
    """Given `like`, when it is read, then what is not said anew is the same, but for its name."""
    file = tmp_path / "models.toml"
    extra = '[[models]]\nid = "two"\nname = "Two"\nlike = "one"\nqualities = ["low"]\n'
    file.write_text(RIGHT.replace('name = "One"', 'name = "One"\naliases = ["uno"]') + extra)

    one, two = load_catalogue(file)

    assert two.qualities == (Quality.LOW,)
    assert (two.prices, two.tokens, two.sizes) == (one.prices, one.tokens, one.sizes)
    assert two.aliases == ()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("id =", "ident =", "models.toml: model number 1 has no id."),
        ('name = "One"', "", "models.toml, one: name is missing."),
        ('name = "One"', "name = 1", "models.toml, one: name must be a text in quotes."),
        (
            'name = "One"',
            'name = "One"\nnmae = "x"',
            "models.toml, one: nmae is not a key that Easel knows.",
        ),
        (
            '"low", "high"]',
            '"low", "hd"]',
            "models.toml, one: qualities has “hd”; it may have low, medium, high, xhigh, max.",
        ),
        (
            'default_quality = "low"',
            'default_quality = "max"',
            "models.toml, one: default_quality must be one of its qualities.",
        ),
        (
            '"1024x1024"',
            '"square"',
            "models.toml, one: sizes.offered has “square”, which is not a size like 1024x1024.",
        ),
        (
            'sizes.offered = ["1024x1024"]',
            'sizes.offered = ["1000x1000"]\nsizes.free = true',
            (
                "models.toml, one: sizes.offered has 1000x1000, but width and height must be "
                "multiples of 16."
            ),
        ),
        ('["1024x1024"]', "[]", "models.toml, one: sizes.offered must have at least one entry."),
        (
            "image_out = 1 ",
            'image_out = "30" ',
            "models.toml, one: prices.image_out must be a whole number, 1 or more.",
        ),
        ("image_in = 1, ", "", "models.toml, one: prices.image_in is missing."),
        (", high = 96", "", "models.toml, one: prices has nothing for high at 1024x1024."),
        (
            "high = 96",
            "high = 96, best = 1",
            (
                "models.toml, one: tokens.detail.best is no quality; there is low, medium, high, "
                "xhigh, max."
            ),
        ),
        (
            "tokens.detail = { low = 16, high = 96 }",
            "tokens.table.low = { 1024x1024 = 7 }\ntokens.table.high = { 1536x1024 = 7 }",
            "models.toml, one: prices has nothing for high at 1024x1024.",
        ),
        (
            "tokens.detail = { low = 16, high = 96 }",
            "",
            "models.toml, one: tokens must have either detail or table.",
        ),
        (
            'name = "One"',
            'name = "One"\nshutdown = "2026-12-01"',
            "models.toml, one: shutdown must be a date like 2026-12-01, without quotes.",
        ),
        (
            'name = "One"',
            'name = "One"\nsuccessor = "zwei"',
            "models.toml, one: successor is “zwei”, which is not in the file.",
        ),
        (
            'name = "One"',
            'name = "One"\naliases = ["one"]',
            "models.toml, one: “one” is a name of one already.",
        ),
        (
            'name = "One"',
            'name = "One"\nlike = "two"',
            "models.toml, one: like must be the id of a model above it.",
        ),
        ('name = "One"', "mask = 1", "models.toml, one: mask must be true or false."),
        ("[[models]]", "[models]", "models.toml has no [[models]]."),
        (RIGHT, "", "models.toml has no [[models]]."),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """Given a file with a mistake, when it is read, then file, model and key are named."""
    assert old in RIGHT
    file = tmp_path / "models.toml"
    file.write_text(RIGHT.replace(old, new))

    with pytest.raises(Misconfigured) as wrong:
        load_catalogue(file)

    assert sentence in wrong.value.problems


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    """Given three mistakes, when the file is read, then there are three sentences."""
    file = tmp_path / "models.toml"
    file.write_text(RIGHT.replace('name = "One"', "max_count = 0").replace("16,", "0,"))

    with pytest.raises(Misconfigured) as wrong:
        load_catalogue(file)

    assert len(wrong.value.problems) == 3


@pytest.mark.parametrize("content", [b"= broken", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    """Given something else, when it is read, then the sentence says which file."""
    file = tmp_path / "models.toml"
    file.write_bytes(content)

    with pytest.raises(Misconfigured, match=r"models\.toml is not valid TOML: "):
        load_catalogue(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Given no file, when it is read, then the sentence says which."""
    with pytest.raises(Misconfigured, match=r"models\.toml cannot be read: No such file"):
        load_catalogue(tmp_path / "models.toml")
