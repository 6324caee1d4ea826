"""Provider files, the keys that belong to them, and what is said when something is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.core.errors import Misconfigured
from bot.core.ports import MaskShape
from bot.imageapi.catalogue import load_catalogue
from bot.imageapi.dialects import DIALECTS
from bot.imageapi.edits import Edits
from bot.imageapi.providers import Pacing, Provider, Timeouts, load_providers

KEYED = {"OPENAI_API_KEY": "sk-made-up-for-tests"}

RIGHT = """
name = "cellar"
dialect = "openai_images"
base_url = "http://192.168.1.10:8080/v1/"
models = ["gpt-image-2"]
fields = ["model", "prompt", "size"]
picture_hosts = ["Cellar.local"]
names = { gpt-image-2 = "sdxl" }

[pacing]
calls_in_flight = 1

[timeouts]
total = 900
"""


def loaded(
    folder: Path | None = None,
    order: tuple[str, ...] | None = None,
    environment: dict[str, str] | None = None,
) -> tuple[Provider, ...]:
    """The providers, with a key for OpenAI unless the environment is given."""
    return load_providers(
        order=order, folder=folder, environment=KEYED if environment is None else environment
    )


def wrong(
    folder: Path | None = None,
    order: tuple[str, ...] | None = None,
    environment: dict[str, str] | None = None,
) -> tuple[str, ...]:
    """What is said instead."""
    with pytest.raises(Misconfigured) as refused:
        loaded(folder, order, environment)
    return refused.value.problems


def test_a_key_is_all_that_openai_needs() -> None:
    """Given a key, when providers are loaded, then OpenAI is ready, at a careful pace."""
    (openai,) = loaded()

    assert openai.name == "openai"
    assert openai.base_url == "https://api.openai.com/v1"
    assert openai.authorization == {"Authorization": "Bearer sk-made-up-for-tests"}
    assert openai.timeouts == Timeouts(connect=10, total=360, large=600)
    assert openai.pacing.pictures_per_minute == 250
    assert openai.partial_images == 2
    assert "response_format" not in openai.fields
    assert openai.edits is not None
    assert openai.edits.mask is MaskShape.ALPHA
    assert not {"moderation", "input_fidelity", "response_format"} & openai.edits.fields


def test_openai_serves_every_model_that_is_not_dead_yet() -> None:
    """Given the catalogue, when OpenAI is loaded, then it serves what it did not shut down."""
    (openai,) = loaded()
    resold = {"gpt-image-2-all", "gpt-image-2-vip", "gpt-image-2.6-all"}
    vendors = {"gpt-image", "chatgpt-image"}
    own = {
        model.id
        for model in load_catalogue()
        if model.id.startswith(tuple(vendors)) and not model.ended(date(2026, 11, 20))
    }

    assert set(openai.models) == own - resold


def test_the_key_is_never_shown() -> None:
    """Given a key, when a provider is shown, then the key is not."""
    assert "made-up" not in repr(loaded())


def test_another_address_has_another_pace() -> None:
    """Given OPENAI_BASE_URL, when it is loaded, then nothing is known about that place's limits."""
    (openai,) = loaded(environment={**KEYED, "OPENAI_BASE_URL": " http://127.0.0.1:8080/v1/ "})
    (same,) = loaded(environment={**KEYED, "OPENAI_BASE_URL": "https://api.openai.com/v1/"})

    assert openai.base_url == "http://127.0.0.1:8080/v1"
    assert openai.pacing == Pacing()
    assert same == loaded()[0]


def test_an_empty_address_is_none() -> None:
    """Given OPENAI_BASE_URL without a value, when it is loaded, then OpenAI's own holds."""
    assert loaded(environment={**KEYED, "OPENAI_BASE_URL": ""}) == loaded()


def test_no_key_at_all_is_one_clear_sentence() -> None:
    """Given nothing, when providers are loaded, then the variable and the way out are named."""
    (sentence,) = wrong(environment={})

    assert sentence.startswith("OPENAI_API_KEY is not set. Put your key into .env, or set ")
    assert "BFL_API_KEY" in sentence
    assert sentence.endswith(", or run `easel demo`, which needs no account.")
    assert wrong(environment={"OPENAI_API_KEY": "  "}) == (sentence,)


def test_a_file_in_the_folder_is_a_provider(tmp_path: Path) -> None:
    """Given an operator's file, when providers are loaded, then it comes after Easel's own."""
    (tmp_path / "cellar.toml").write_text(RIGHT)
    (tmp_path / "notes.txt").write_text("not for Easel")

    openai, cellar = loaded(tmp_path)

    assert openai.name == "openai"
    assert cellar == Provider(
        name="cellar",
        dialect="openai_images",
        base_url="http://192.168.1.10:8080/v1",
        models=("gpt-image-2",),
        names={"gpt-image-2": "sdxl"},
        fields=frozenset({"model", "prompt", "size"}),
        picture_hosts=("cellar.local",),
        pacing=Pacing(calls_in_flight=1),
        timeouts=Timeouts(total=900),
    )
    assert cellar.authorization == {}


def test_a_file_says_how_pictures_are_edited(tmp_path: Path) -> None:
    """Given a table of edits, when it is read, then it says what may be sent, and which masks."""
    (tmp_path / "cellar.toml").write_text(RIGHT + '[edits]\nfields = ["prompt"]\nmask = "white"')
    (tmp_path / "attic.toml").write_text(
        RIGHT.replace('"cellar"', '"attic"') + '[edits]\nfields = ["prompt", "n"]'
    )

    _, attic, cellar = loaded(tmp_path)

    assert attic.edits == Edits(fields=frozenset({"prompt", "n"}), mask=None)
    assert cellar.edits == Edits(fields=frozenset({"prompt"}), mask=MaskShape.WHITE)


def test_a_provider_without_a_key_needs_none(tmp_path: Path) -> None:
    """Given no key and a server that wants none, when they are loaded, then that one is used."""
    (tmp_path / "cellar.toml").write_text(RIGHT)

    assert [each.name for each in loaded(tmp_path, environment={})] == ["cellar"]


def test_a_file_of_the_same_name_replaces_ours(tmp_path: Path) -> None:
    """Given an operator's openai, when providers are loaded, then ours is not used."""
    (tmp_path / "mine.toml").write_text(RIGHT.replace('"cellar"', '"openai"'))

    (openai,) = loaded(tmp_path)

    assert openai.base_url == "http://192.168.1.10:8080/v1"


def test_the_operator_chooses_the_order(tmp_path: Path) -> None:
    """Given EASEL_PROVIDERS, when providers are loaded, then they come as it says, each once."""
    (tmp_path / "cellar.toml").write_text(RIGHT)

    chosen = loaded(tmp_path, order=("cellar", "openai", "cellar"))

    assert [each.name for each in chosen] == ["cellar", "openai"]
    assert [each.name for each in loaded(tmp_path, order=("cellar",))] == ["cellar"]


def test_everything_wrong_with_the_order_is_said_at_once(tmp_path: Path) -> None:
    """Given a slip and a missing key, when providers are loaded, then both are named."""
    slip, missing = wrong(order=("opnai", "openai"), environment={})

    assert slip.startswith("EASEL_PROVIDERS names “opnai”, which is none of: ")
    assert "openai" in slip.partition(": ")[2]
    assert missing == "EASEL_PROVIDERS names openai, but OPENAI_API_KEY is not set."


@pytest.mark.parametrize("key", ["sk-one sk-two", "sk-ж", "sk-a\nb"])
def test_a_key_that_cannot_be_one_is_not_repeated(key: str) -> None:
    """Given a key that was copied badly, when it is loaded, then its variable is named only."""
    (sentence,) = wrong(environment={"OPENAI_API_KEY": key})

    assert sentence.startswith("OPENAI_API_KEY has a character that no key has")
    assert key not in sentence


@pytest.mark.parametrize(
    "address",
    [
        "api.openai.com/v1",
        "ftp://api.openai.com",
        "https://",
        "https://api.openai.com:port",
        "https://api.openai.com/v1?key=1",
        "https://[::1",
        "https://a b/",
    ],
)
def test_an_address_that_is_none_is_named(address: str) -> None:
    """Given something else, when it is loaded, then variable, value and an example are named."""
    assert wrong(environment={**KEYED, "OPENAI_BASE_URL": address}) == (
        f"OPENAI_BASE_URL is “{address}”, which is not an address like https://api.openai.com/v1.",
    )


def test_a_password_in_an_address_is_not_repeated() -> None:
    """Given an address with a password, when it is loaded, then it is refused without it."""
    (sentence,) = wrong(environment={**KEYED, "OPENAI_BASE_URL": "https://me:secret@host/v1"})

    assert "OPENAI_BASE_URL holds a name or a password" in sentence
    assert "secret" not in sentence


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    """Given no such folder, when providers are loaded, then variable and path are named."""
    missing = tmp_path / "providers"

    assert wrong(missing) == (f"EASEL_PROVIDERS_DIR is {missing}, which is not a folder.",)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('name = "cellar"', "", "cellar.toml: name is missing."),
        (
            '"openai_images"',
            '"openai"',
            f"cellar.toml: dialect is “openai”; Easel speaks {', '.join(DIALECTS)}.",
        ),
        (
            "http://192",
            "192",
            (
                "cellar.toml: base_url is “192.168.1.10:8080/v1/”, which is not an address like "
                "https://api.openai.com/v1."
            ),
        ),
        ('["gpt-image-2"]', '"gpt-image-2"', "cellar.toml: models must be a list of texts."),
        (
            '"size"]',
            '"style"]',
            (
                "cellar.toml: fields has “style”; openai_images can send aspect_ratio, "
                "background, guidance_scale, model, n, num_inference_steps, output_format, "
                "partial_images, prompt, quality, resolution, response_format, "
                "safety_identifier, size, step, stream."
            ),
        ),
        (
            "calls_in_flight = 1",
            "calls = 1",
            "cellar.toml: pacing.calls is not a key that Easel knows.",
        ),
        (
            "total = 900",
            'total = "15m"',
            "cellar.toml: timeouts.total must be a number above 0.",
        ),
        (
            "[pacing]",
            "partial_images = 4\n[pacing]",
            "cellar.toml: partial_images must be a whole number, from 0 to 3.",
        ),
        (
            "[pacing]",
            'auth = "x-key: {key}"\n[pacing]',
            "cellar.toml: auth and key_variable go together: give both or none.",
        ),
        (
            "[pacing]",
            'auth = "Bearer {key}"\nkey_variable = "CELLAR_KEY"\n[pacing]',
            "cellar.toml: auth must look like “Authorization: Bearer {key}”.",
        ),
        ("[pacing]", "[edits]\n[pacing]", "cellar.toml: edits.fields is missing."),
        (
            "[pacing]",
            '[edits]\nfields = ["prompt"]\nmask = "green"\n[pacing]',
            "cellar.toml: edits.mask must be one of alpha, white, black.",
        ),
        (
            "[pacing]",
            '[edits]\nfields = ["moderation"]\n[pacing]',
            (
                "cellar.toml: edits.fields has “moderation”; openai_images can send "
                "aspect_ratio, background, guidance_scale, model, n, num_inference_steps, "
                "output_format, partial_images, prompt, quality, resolution, response_format, "
                "safety_identifier, size, step, stream."
            ),
        ),
        (
            "[pacing]",
            '[edits]\nfields = ["prompt"]\nmasks = "alpha"\n[pacing]',
            "cellar.toml: edits.masks is not a key that Easel knows.",
        ),
        ("[pacing]", "edits = true\n[pacing]", "cellar.toml: edits must be a table."),
        ("[pacing]\ncalls_in_flight = 1", "pacing = 5", "cellar.toml: pacing must be a table."),
    ],
)
def test_each_mistake_in_a_file_is_named(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """Given a file with a mistake, when it is read, then file and key are named."""
    assert old in RIGHT
    (tmp_path / "cellar.toml").write_text(RIGHT.replace(old, new))

    assert sentence in wrong(tmp_path)
