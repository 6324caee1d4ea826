"""What a provider's file can say beyond an address and a key."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from bot.core.errors import Misconfigured
from bot.core.images import Format, Quality, Size
from bot.core.models import Prices
from bot.imageapi.catalogue import load_catalogue
from bot.imageapi.client import HttpImageApi
from bot.imageapi.providers import Pacing, Provider, load_providers
from tests.clock import ManualClock
from tests.imageapi.services import CATALOGUE, FLARE, provider_at

SHELF = """
name = "shelf"
dialect = "openai_images"
base_url = "https://shelf.example/openai"
auth = "api-key: {key}"
key_variable = "SHELF_KEY"
headers = { X-Title = "Easel" }
query = { api-version = "preview" }
paths = { generate = "/deployments/{model}/images/generations" }
models = ["gpt-image-2", "gpt-image-2.5-flare", "gpt-image-1-mini"]
names = { gpt-image-2 = "my deployment" }
formats = ["png", "jpeg"]
max_count = 1
poll_hosts = [".Shelf.example"]
fields = ["prompt", "n", "size", "quality"]

[prices.gpt-image-2]
text_in = 6_400_000
image_in = 8_000_000
image_out = 24_000_000

[prices."gpt-image-2.5-flare"]
picture = 30_000
source = 5_000

[shutdowns]
gpt-image-1-mini = 2027-04-07
"""
KEYED = {"SHELF_KEY": "made-up"}


def loaded(folder: Path, text: str, environment: dict[str, str]) -> tuple[Provider, ...]:
    """The one provider of that file, if it can be used."""
    (folder / "shelf.toml").write_text(text)
    return load_providers(order=("shelf",), folder=folder, environment=environment)


def wrong(folder: Path, text: str, environment: dict[str, str] | None = None) -> tuple[str, ...]:
    """What is said instead."""
    with pytest.raises(Misconfigured) as refused:
        loaded(folder, text, KEYED if environment is None else environment)
    return refused.value.problems


def test_a_file_says_how_a_service_differs(tmp_path: Path) -> None:
    """Given a file with everything in it, when it is read, then all of it is there."""
    (shelf,) = loaded(tmp_path, SHELF, KEYED)
    two, flare = CATALOGUE.find("gpt-image-2"), FLARE
    assert two is not None

    assert shelf.authorization == {"api-key": "made-up"}
    assert shelf.headers == {"X-Title": "Easel"}
    assert shelf.query == {"api-version": "preview"}
    assert shelf.path("generate", two) == "/deployments/my%20deployment/images/generations"
    assert shelf.path("edit", two) == "/images/edits"
    assert shelf.poll_hosts == (".shelf.example",)
    assert shelf.sold(two).prices == Prices(
        text_in=6_400_000, image_in=8_000_000, image_out=24_000_000
    )
    assert shelf.sold(flare).prices == replace(Prices.flat(30_000), source=5_000)


def test_a_model_is_sold_without_what_cannot_be_had(tmp_path: Path) -> None:
    """Given no edits, no stream and two formats, when a model is sold, then it has only those."""
    (shelf,) = loaded(tmp_path, SHELF, KEYED)

    sold = shelf.sold(FLARE)

    assert sold.formats == (Format.PNG, Format.JPEG)
    assert (sold.max_references, sold.mask, sold.streaming, sold.per_call) == (0, False, False, 1)
    assert sold.max_count == FLARE.max_count


def test_what_goes_with_every_order_is_said_for_all_qualities_or_for_each(tmp_path: Path) -> None:
    """Given constants, when an order is written, then it takes those of its quality."""
    defaults = """
[defaults]
n = 3
size = { low = "small", high = "large" }
"""
    (shelf,) = loaded(tmp_path, SHELF + defaults, KEYED)

    assert shelf.defaults.of(Quality.LOW) == {"n": 3, "size": "small"}
    assert shelf.defaults.of(Quality.MEDIUM) == {"n": 3}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("steps = 20", "defaults.steps is none of its fields, so it would never be sent"),
        ("n = [3]", "defaults.n must be a text, a number, or true or false"),
        ("size = { good = 3 }", "defaults.size.good is no quality"),
    ],
)
def test_a_constant_that_could_not_be_sent_is_told(tmp_path: Path, line: str, problem: str) -> None:
    """Given a slip in [defaults], when the file is read, then it is named."""
    [said] = wrong(tmp_path, f"{SHELF}\n[defaults]\n{line}\n")

    assert problem in said


async def test_a_service_is_stopped_only_where_its_file_says_so(tmp_path: Path) -> None:
    """Given two files, when it is asked whether a drawing can be stopped, then one says yes."""
    (stops,) = loaded(tmp_path, SHELF.replace("max_count = 1", "interruptible = true"), KEYED)
    (goes_on,) = loaded(tmp_path, SHELF, KEYED)

    for shelf, expected in ((stops, True), (goes_on, False)):
        api = HttpImageApi([shelf], CATALOGUE, ManualClock())
        assert (api.interruptible("shelf"), api.interruptible("gone")) == (expected, False)


def test_an_address_may_have_to_be_given(tmp_path: Path) -> None:
    """Given a file without an address, when its variable is unset, then it is not used."""
    local = SHELF.replace(
        'base_url = "https://shelf.example/openai"', 'base_url_variable = "SHELF_URL"'
    ).replace("max_count = 1", "max_count = 1\npacing = { calls_in_flight = 3 }")

    assert wrong(tmp_path, local) == ("EASEL_PROVIDERS names shelf, but SHELF_URL is not set.",)
    (shelf,) = loaded(tmp_path, local, {**KEYED, "SHELF_URL": "http://10.0.0.7/v1/"})
    assert shelf.base_url == "http://10.0.0.7/v1"
    assert shelf.pacing == Pacing(calls_in_flight=3)


def test_a_key_may_be_left_out_where_it_is_optional(tmp_path: Path) -> None:
    """Given an optional key, when there is none, then no header is sent; else it is."""
    optional = SHELF.replace("models =", "key_optional = true\nmodels =")

    (without,) = loaded(tmp_path, optional, {})
    (with_key,) = loaded(tmp_path, optional, KEYED)

    assert without.authorization == {}
    assert with_key.authorization == {"api-key": "made-up"}


def test_a_name_and_a_password_are_sent_as_browsers_do(tmp_path: Path) -> None:
    """Given basic authorization, when a call is made, then the pair is encoded."""
    basic = SHELF.replace("api-key: {key}", "Authorization: Basic {basic}")

    (shelf,) = loaded(tmp_path, basic, {"SHELF_KEY": "me:secret"})

    assert shelf.authorization == {"Authorization": "Basic bWU6c2VjcmV0"}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("gpt-image-2 =", "gpt-image-3 =", "shelf.toml: names.gpt-image-3 is none of its models."),
        (
            "[prices.gpt-image-2]",
            "[prices.gpt-image-3]",
            "shelf.toml: prices.gpt-image-3 is none of its models.",
        ),
        (
            "image_out = 24_000_000",
            "",
            "shelf.toml: prices.gpt-image-2.image_out is missing.",
        ),
        (
            "picture = 30_000",
            "picture = 30_000\nimage_out = 1",
            "shelf.toml: prices.gpt-image-2.5-flare.image_out is not a key that Easel knows.",
        ),
        (
            "picture = 30_000",
            "pictures = {}",
            "shelf.toml: prices.gpt-image-2.5-flare.pictures must have at least one quality.",
        ),
        (
            "picture = 30_000",
            "pictures.low = { square = 7 }",
            (
                "shelf.toml: prices.gpt-image-2.5-flare.pictures.low.square has “square”, which "
                "is not a size like 1024x1024."
            ),
        ),
        ("generate =", "draw =", "shelf.toml: paths.draw is no path of openai_images"),
        ('"/dep', '"dep', "shelf.toml: paths.generate must begin with a slash."),
        (
            '"jpeg"]',
            '"jpeg"]\nbackgrounds = ["clear"]',
            "backgrounds has “clear”; it may have auto,",
        ),
        (
            "[shutdowns]",
            '[edits]\nfields = []\nbody = "xml"\n[shutdowns]',
            "shelf.toml: edits.body must be one of form, json.",
        ),
        ("max_count = 1", "max_count = 0", "shelf.toml: max_count must be a whole number, 1 or"),
        ('"jpeg"]', '"gif"]', "shelf.toml: formats has “gif”; it may have png, jpeg, webp."),
        ("2027-04-07", '"2027-04-07"', "shelf.toml: shutdowns.gpt-image-1-mini must be a date"),
        ("{key}", "key", "shelf.toml: auth must look like “Authorization: Bearer {key}”."),
        ("https://shelf", "shelf", "shelf.toml: base_url is “shelf.example/openai”, which is not"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """Given a mistake, when the file is read, then file and key are named."""
    assert old in SHELF

    assert [each for each in wrong(tmp_path, SHELF.replace(old, new)) if sentence in each]


def test_a_picture_that_a_provider_gives_no_price_for_is_named() -> None:
    """Given a table that lacks what can be asked for, when the client is built, then it says so."""
    shelf = replace(
        provider_at("http://127.0.0.1:9"),
        models=(FLARE.id,),
        prices={FLARE.id: Prices(pictures={Quality.LOW: ((Size(1024, 1024).pixels, 1),)})},
    )

    with pytest.raises(Misconfigured) as refused:
        HttpImageApi([shelf], CATALOGUE, ManualClock())

    assert refused.value.problems == (
        "The provider openai gives no price for gpt-image-2.5-flare, low at 1024x1536.",
    )


def test_a_model_lives_for_as_long_as_anybody_serves_it(tmp_path: Path) -> None:
    """Given two providers that end a model on other days, then the later one counts."""
    (shelf,) = loaded(tmp_path, SHELF, KEYED)
    openai = provider_at("http://127.0.0.1:9")

    def ends(*providers: Provider) -> date | None:
        model = HttpImageApi(providers, CATALOGUE, ManualClock()).catalogue.find("gpt-image-1-mini")
        assert model is not None
        return model.shutdown

    assert ends(openai) == date(2026, 12, 1)
    assert ends(shelf) == date(2027, 4, 7)
    assert ends(openai, shelf) == date(2027, 4, 7)
    assert ends(replace(openai, models=(FLARE.id,))) == date(2026, 12, 1)


def test_an_operator_adds_models_and_replaces_ours(tmp_path: Path) -> None:
    """Given a `models.toml` in the folder, when models are read, then its own are in place."""
    (tmp_path / "models.toml").write_text(
        '[[models]]\nid = "sdxl"\nname = "My SDXL"\nlike = "stable-diffusion"\n'
        '[[models]]\nid = "turbo"\nname = "Turbo"\nlike = "sdxl"\n'
    )
    (tmp_path / "shelf.toml").write_text(SHELF)

    models = load_catalogue(folder=tmp_path)

    assert models.models[0] == CATALOGUE.models[0]
    assert [model.name for model in models if model.id in {"sdxl", "turbo"}] == ["My SDXL", "Turbo"]
    assert len(models.models) == len(CATALOGUE.models) + 1
    assert load_providers(order=("shelf",), folder=tmp_path, environment=KEYED)


def test_every_file_that_comes_with_easel_agrees_with_its_models(tmp_path: Path) -> None:
    """Given every shipped file and a value for each variable, when it is read, then it is right."""
    folder = resources.files("bot.imageapi") / "providers"
    names = [file.name.removesuffix(".toml") for file in folder.iterdir()]
    texts = [file.read_text(encoding="utf-8") for file in folder.iterdir()]
    variables = {
        line.split('"')[1]: "https://some.example" if line.startswith("base_url") else "made-up"
        for text in texts
        for line in text.splitlines()
        if line.startswith(("key_variable", "base_url_variable"))
    }
    providers = load_providers(order=None, folder=None, environment=variables)

    assert sorted(each.name for each in providers) == sorted(names)
    HttpImageApi(providers, CATALOGUE, ManualClock())


def test_without_a_variable_nobody_is_used_by_accident() -> None:
    """Given one key, when providers are loaded, then its provider is the only one."""
    only = load_providers(order=None, folder=None, environment={"BFL_API_KEY": "made-up"})

    assert [each.name for each in only] == ["bfl"]
