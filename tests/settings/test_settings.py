"""A wrong setting is named in a sentence that says how to repair it, and a secret never is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import settings
from bot.settings import Settings, load

TOKEN = "MTIzNDU2Nzg5.made-up.token-of-no-bot"
KEY = "sk-made-up-key-of-no-account"

DATABASE = (
    "is not a database that this version knows; leave it out, or write sqlite:///folder/easel.db, "
    "or postgresql://user:password@host/easel"
)
LISTEN = "is not an address to listen on; write host:port, like 127.0.0.1:8080,"

Mistake = tuple[str, str, str]
"""A variable, its value, and the sentence about it."""

WRONG: list[Mistake] = [
    (
        "DISCORD_API_URL",
        "discord.com",
        "DISCORD_API_URL is not an address; write it like https://host/path, not “discord.com”.",
    ),
    (
        "DISCORD_API_URL",
        "https://",
        "DISCORD_API_URL is not an address; write it like https://host/path, not “https://”.",
    ),
    (
        "DISCORD_GATEWAY_URL",
        "https://host",
        "DISCORD_GATEWAY_URL is not an address; write it like wss://host/path, not “https://host”.",
    ),
    (
        "DATABASE_URL",
        "mysql://host/easel",
        f"DATABASE_URL {DATABASE}.",
    ),
    (
        "OPENAI_BASE_URL",
        "localhost:4000",
        "OPENAI_BASE_URL is not an address; write it like https://host/path, not “localhost:4000”.",
    ),
    ("EASEL_SLOTS", "many", "EASEL_SLOTS must be a whole number, not “many”."),
    ("EASEL_SLOTS", "0", "EASEL_SLOTS must be 1 or more, not “0”."),
    ("EASEL_SERVER_SLOTS", "-1", "EASEL_SERVER_SLOTS must be 1 or more, not “-1”."),
    ("EASEL_MEMBER_SLOTS", "1.5", "EASEL_MEMBER_SLOTS must be a whole number, not “1.5”."),
    ("EASEL_SERVER_QUEUE", "10001", "EASEL_SERVER_QUEUE must be 10,000 or less, not “10001”."),
    ("EASEL_MEMBER_QUEUE", "ten", "EASEL_MEMBER_QUEUE must be a whole number, not “ten”."),
    ("EASEL_AFTER_CRASH", "maybe", "EASEL_AFTER_CRASH must be ask or repeat, not “maybe”."),
    ("EASEL_DEAD_MODELS", "ask", "EASEL_DEAD_MODELS must be refuse or replace, not “ask”."),
    ("EASEL_DRAIN_S", "3601", "EASEL_DRAIN_S must be 3,600 or less, not “3601”."),
    ("EASEL_DRAIN_S", "-1", "EASEL_DRAIN_S must be 0 or more, not “-1”."),
    (
        "EASEL_DIRECT_MESSAGES",
        "maybe",
        "EASEL_DIRECT_MESSAGES must be true or false, not “maybe”.",
    ),
    ("EASEL_MESSAGE_CONTENT", "2", "EASEL_MESSAGE_CONTENT must be true or false, not “2”."),
    ("EASEL_HTTP", "8080", f"EASEL_HTTP {LISTEN} not “8080”."),
    ("EASEL_HTTP", "host:99999", f"EASEL_HTTP {LISTEN} not “host:99999”."),
    ("EASEL_LOG", "xml", "EASEL_LOG must be console or json, not “xml”."),
    ("EASEL_SLOT", "2", "EASEL_SLOT is not a setting of Easel. Did you mean EASEL_SLOTS?"),
    ("EASEL_MODELS", "a", "EASEL_MODELS is not a setting of Easel. Did you mean EASEL_MODEL?"),
]

WRONG_SECRETS: list[Mistake] = [
    (
        "DISCORD_TOKEN",
        f"Bot {TOKEN}",
        "DISCORD_TOKEN holds a space; paste the token alone, without “Bot ” before it.",
    ),
    (
        "OPENAI_API_KEY",
        f"{KEY} two",
        "OPENAI_API_KEY holds a space or an odd character; paste the key alone.",
    ),
    (
        "OPENAI_API_KEY",
        f"{KEY}…",
        "OPENAI_API_KEY holds a space or an odd character; paste the key alone.",
    ),
    (
        "EASEL_SECRET",
        "mouse-1234",
        "EASEL_SECRET is too short to be a secret; write 32 characters or more.",
    ),
]


def numbered(*mistakes: Mistake) -> pytest.MarkDecorator:
    """Those as cases of one test, named for their variables."""
    return pytest.mark.parametrize(
        ("name", "value", "sentence"),
        [pytest.param(*case, id=f"{case[0]}-{nth}") for nth, case in enumerate(mistakes)],
    )


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """A `.env` to write into."""
    return tmp_path / ".env"


# ----------------------------------------------------------------------------------- what is wrong


@numbered(*WRONG, *WRONG_SECRETS)
def test_a_wrong_value_is_named_with_its_repair(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    """Given a wrong value, when the settings are read, then one sentence says what to do."""
    monkeypatch.setenv(name, value)

    _, problems = load(None)

    assert problems == (sentence,)


@numbered(*WRONG)
def test_a_wrong_value_in_the_file_is_named_the_same(
    env_file: Path, name: str, value: str, sentence: str
) -> None:
    """Given a wrong value in `.env`, when it is read, then the sentence is the environment's."""
    env_file.write_text(f"{name}={value}\n", encoding="utf-8")

    assert load(env_file)[1] == (sentence,)


def test_a_slip_in_the_file_is_named(env_file: Path) -> None:
    """Given a name of ours that is misspelt in `.env`, when it is read, then the right one is."""
    env_file.write_text("EASEL_PROVIDER=openai\n", encoding="utf-8")

    _, problems = load(env_file)

    assert problems == ("EASEL_PROVIDER is not a setting of Easel. Did you mean EASEL_PROVIDERS?",)


def test_everything_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given mistakes of every kind, when the settings are read, then each has a sentence."""
    given = {name: (value, sentence) for name, value, sentence in [*WRONG, *WRONG_SECRETS]}
    for name, (value, _) in given.items():
        monkeypatch.setenv(name, value)

    _, problems = load(None)

    assert sorted(problems) == sorted(sentence for _, sentence in given.values())


def test_what_is_wrong_is_replaced_by_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given one wrong value, when the settings are read, then the others hold as they were set."""
    monkeypatch.setenv("EASEL_SLOTS", "many")
    monkeypatch.setenv("EASEL_MEMBER_SLOTS", "3")

    loaded, _ = load(None)

    assert (loaded.slots, loaded.member_slots) == (4, 3)


def test_variables_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given variables that are not ours, when the settings are read, then nobody complains."""
    monkeypatch.setenv("OPENAI_ORGANIZATION", "someone")
    monkeypatch.setenv("EASELS", "many")

    assert load(None)[1] == ()


# ----------------------------------------------------------------------------------------- secrets


@numbered(*WRONG_SECRETS)
def test_a_wrong_secret_is_not_in_its_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    """Given a wrong secret, when it is complained about, then no part of it is shown."""
    monkeypatch.setenv(name, value)

    loaded, problems = load(None)

    assert not [part for part in value.split() if part != "Bot" and part in "".join(problems)]
    assert value not in repr(loaded)


def test_a_password_inside_an_address_is_not_in_its_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given another database with its password, when it is refused, then that is not shown."""
    monkeypatch.setenv("DATABASE_URL", "mysql://easel:hunter2@db.example/easel")

    _, problems = load(None)

    assert len(problems) == 1
    assert problems[0].startswith("DATABASE_URL is not a database that this version knows")
    assert "hunter2" not in problems[0]


@pytest.mark.parametrize("show", [repr, str, lambda each: str(each.model_dump())])
def test_secrets_are_not_shown_by_the_settings(
    monkeypatch: pytest.MonkeyPatch, show: Callable[[Settings], str]
) -> None:
    """Given token and key, when the settings are printed in any way, then neither is seen."""
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("EASEL_SLOTS", "many")

    loaded, problems = load(None)

    shown = show(loaded) + "".join(problems)
    assert TOKEN not in shown
    assert KEY not in shown


def test_secrets_are_handed_to_whoever_strikes_them_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given token and key, when logging asks what to strike out, then it is given both."""
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    assert set(load(None)[0].secrets) == {TOKEN, KEY}


# ------------------------------------------------------------------------------- where they stand


def test_nothing_set_is_nothing_wrong() -> None:
    """Given no variable at all, when the settings are read, then every default is as it should."""
    loaded, problems = load(None)

    assert problems == ()
    assert loaded.secrets == ()
    assert loaded.database_path == Path("data") / "easel.db"


def test_the_file_in_this_folder_is_read(env_file: Path) -> None:
    """Given a `.env` in the folder, when nobody says which file, then it is that one."""
    env_file.write_text(f"# a comment\nDISCORD_TOKEN={TOKEN}\nEASEL_SLOTS=7\n", encoding="utf-8")

    loaded, problems = load()

    assert problems == ()
    assert loaded.slots == 7
    assert loaded.discord_token is not None
    assert loaded.discord_token.get_secret_value() == TOKEN


def test_a_file_that_is_not_there_is_no_problem(env_file: Path) -> None:
    """Given no `.env`, when the settings are read, then the defaults hold."""
    assert load(env_file) == load(None)


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch, env_file: Path) -> None:
    """Given a value in both, when the settings are read, then the environment's holds."""
    env_file.write_text("EASEL_SLOTS=7\nEASEL_LOG=json\n", encoding="utf-8")
    monkeypatch.setenv("EASEL_SLOTS", "9")

    loaded, _ = load(env_file)

    assert (loaded.slots, loaded.log) == (9, "json")


@pytest.mark.parametrize("name", settings.names())
def test_empty_means_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Given an empty value, when the settings are read, then the default holds."""
    untouched = load(None)
    monkeypatch.setenv(name, "")

    assert load(None) == untouched


def test_an_empty_value_in_the_environment_does_not_hide_the_file(
    monkeypatch: pytest.MonkeyPatch, env_file: Path
) -> None:
    """Given an empty variable, when `.env` has a value, then that one holds."""
    env_file.write_text("EASEL_SLOTS=7\n", encoding="utf-8")
    monkeypatch.setenv("EASEL_SLOTS", "")

    assert load(env_file)[0].slots == 7


# -------------------------------------------------------------------------------- what they become


def test_what_providers_need_is_read_from_the_file_and_the_environment(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given keys that are no settings, when read, then they are there, and no log may show them."""
    env_file.write_text("SHELF_KEY=made-up-of-the-file\nCELLAR_KEY=made-up\nSHELF_URL=http://a/\n")
    monkeypatch.setenv("CELLAR_KEY", "made-up-of-the-environment")

    loaded, problems = load(env_file)

    assert problems == ()
    assert loaded.others["SHELF_KEY"] == "made-up-of-the-file"
    assert loaded.others["CELLAR_KEY"] == "made-up-of-the-environment"
    assert loaded.others["SHELF_URL"] == "http://a/"
    assert {"made-up-of-the-file", "made-up-of-the-environment"} <= set(loaded.secrets)
    assert "http://a/" not in loaded.secrets
    assert "made-up-of-the-file" not in repr(loaded)


def test_providers_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given names with commas and spaces between, when read, then they are in that order."""
    monkeypatch.setenv("EASEL_PROVIDERS", " second, first ,,")

    assert load(None)[0].providers == ("second", "first")


@pytest.mark.parametrize(
    ("value", "means"),
    [("true", True), ("True", True), ("1", True), ("false", False), ("FALSE", False), ("0", False)],
)
def test_switches_are_true_or_false(
    monkeypatch: pytest.MonkeyPatch, value: str, *, means: bool
) -> None:
    """Given a switch in any usual spelling, when it is read, then it is on or off."""
    monkeypatch.setenv("EASEL_DIRECT_MESSAGES", value)
    monkeypatch.setenv("EASEL_MESSAGE_CONTENT", value)

    loaded, problems = load(None)

    assert problems == ()
    assert (loaded.direct_messages, loaded.message_content) == (means, means)


def test_what_costs_or_shows_more_is_off_at_first() -> None:
    """Given no variable, when the settings are read, then nobody spends or reads unasked."""
    loaded, _ = load(None)

    assert not loaded.direct_messages
    assert not loaded.message_content


def test_addresses_lose_the_slash_at_their_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an address that ends in a slash, when it is read, then paths can be put behind it."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:4000/v1/")

    assert load(None)[0].openai_base_url == "http://127.0.0.1:4000/v1"


def test_settings_do_not_change() -> None:
    """Given settings, when somebody assigns to them, then it is refused."""
    loaded, _ = load(None)

    with pytest.raises(ValidationError):
        setattr(loaded, "slots", 9)  # noqa: B010 -- mypy knows better than to allow it


def test_every_setting_has_a_name_of_its_own() -> None:
    """Given all settings, when their variables are counted, then there is one for each field."""
    assert len(set(settings.names())) == len(Settings.model_fields)
