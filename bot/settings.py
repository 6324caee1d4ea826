"""What an operator sets: environment and `.env`, read once into one frozen value.

Each setting is said here once: its name, its default, its bounds, and what it is for. Everything
that is wrong is reported at once, in sentences that name the variable and the repair. No sentence
holds the value of a secret.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, quote, unquote, urlsplit

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.core.errors import InvalidRequest
from bot.core.pricing import read_dollars

ENV_FILE = Path(".env")

PREFIX = "EASEL_"
"""Variables of this prefix are ours, so one that is not known is a slip of the pen."""


SECRETS = frozenset({"DISCORD_TOKEN", "OPENAI_API_KEY", "EASEL_SECRET"})
"""Variables that hold nothing but a secret."""

LOOKS_SECRET = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)$")
"""Variables of others, such as the keys of providers, whose values are kept out of logs."""

SHORTEST_SECRET = 8
"""Characters; to strike out anything shorter would only spoil the log."""

NEVER_SHOWN = SECRETS | {"DATABASE_URL"}
"""Variables whose values no sentence repeats: the address of a database may hold a password."""


def _token(value: SecretStr | None) -> SecretStr | None:
    text = value.get_secret_value() if value else ""
    if text.lower().startswith("bot ") or any(ch.isspace() for ch in text):
        raise ValueError("holds a space; paste the token alone, without “Bot ” before it")
    return value if text else None


def _key(value: SecretStr | None) -> SecretStr | None:
    text = value.get_secret_value() if value else ""
    if any(ch.isspace() for ch in text) or not text.isascii():
        raise ValueError("holds a space or an odd character; paste the key alone")
    return value if text else None


def _own_secret(value: SecretStr | None) -> SecretStr | None:
    text = value.get_secret_value() if value else ""
    if text and len(text) < 32:
        raise ValueError("is too short to be a secret; write 32 characters or more")
    return value if text else None


def _is_address(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        # A port that is none is only found out by asking for it.
        whole = bool(parts.hostname) and not parts.netloc.endswith(":") and parts.port != 0
    except ValueError:
        return False
    return whole and parts.scheme in schemes and not any(ch.isspace() for ch in value)


def _address(*schemes: str) -> AfterValidator:
    def check(value: str | None) -> str | None:
        if value is None:
            return None
        if not _is_address(value, schemes):
            raise ValueError(f"is not an address; write it like {schemes[-1]}://host/path")
        return value

    return AfterValidator(check)


def _is_port(text: str) -> bool:
    return text.isdecimal() and int(text) <= 65_535


def _listen(value: str | None) -> str | None:
    if not value:
        return None
    host, _, port = value.rpartition(":")
    if not re.fullmatch(r"[\w.-]+|\[[0-9a-fA-F:]+\]", host) or not _is_port(port):
        raise ValueError("is not an address to listen on; write host:port, like 127.0.0.1:8080")
    return value


def _database(value: str | None) -> str | None:
    if value and not re.fullmatch(r"sqlite:///.*[^/]|postgres(ql)?://\S+", value):
        raise ValueError(
            "is not a database that this version knows; leave it out, or write "
            "sqlite:///folder/easel.db, or postgresql://user:password@host/easel"
        )
    return value or None


def _passwords(url: str | None) -> tuple[str, ...]:
    """What is secret in an address: as it is meant, and as an address spells it."""
    parts = urlsplit(url or "")
    meant = [unquote(parts.password or ""), *parse_qs(parts.query).get("password", ())]
    return tuple(each for one in meant if one for each in dict.fromkeys((one, quote(one, safe=""))))


def _money(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return read_dollars(value)
    except InvalidRequest as wrong:
        raise ValueError("must be dollars, like 20 or 2.50") from wrong


def _names(value: object) -> object:
    if isinstance(value, str):
        return tuple(name for name in (part.strip() for part in value.split(",")) if name) or None
    return value


def _empty(value: object) -> object:
    return None if value == "" else value


Url = Annotated[str, _address("http", "https"), AfterValidator(lambda url: url.rstrip("/"))]
Socket = Annotated[str, _address("ws", "wss")]
Secret = Annotated[SecretStr | None, AfterValidator(_key)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Budget = Annotated[int | None, BeforeValidator(_money)]
"""Micro-dollars, written as dollars."""


class Settings(BaseSettings):
    """Every setting, by the name of its variable; `.env.example` explains each to the operator."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        case_sensitive=True,
        env_ignore_empty=True,
        env_file_encoding="utf-8",
    )

    discord_token: Annotated[SecretStr | None, AfterValidator(_token)] = Field(
        None, validation_alias="DISCORD_TOKEN"
    )
    discord_api_url: Url = Field("https://discord.com/api/v10", validation_alias="DISCORD_API_URL")
    discord_gateway_url: Socket = Field(
        "wss://gateway.discord.gg/", validation_alias="DISCORD_GATEWAY_URL"
    )
    data_dir: Path = Field(Path("data"), validation_alias="DATA_DIR")
    database_url: Annotated[str | None, AfterValidator(_database)] = Field(
        None, validation_alias="DATABASE_URL"
    )
    openai_api_key: Secret = Field(None, validation_alias="OPENAI_API_KEY")
    openai_base_url: Annotated[Url | None, BeforeValidator(_empty)] = Field(
        None, validation_alias="OPENAI_BASE_URL"
    )
    model: str = Field("gpt-image-2.5-flare", validation_alias="EASEL_MODEL", min_length=1)
    dead_models: Literal["refuse", "replace"] = Field(
        "refuse", validation_alias="EASEL_DEAD_MODELS"
    )
    providers: Annotated[tuple[str, ...] | None, NoDecode, BeforeValidator(_names)] = Field(
        None, validation_alias="EASEL_PROVIDERS"
    )
    providers_dir: Annotated[Path | None, BeforeValidator(_empty)] = Field(
        None, validation_alias="EASEL_PROVIDERS_DIR"
    )
    slots: Count = Field(4, validation_alias="EASEL_SLOTS")
    server_slots: Count = Field(4, validation_alias="EASEL_SERVER_SLOTS")
    member_slots: Count = Field(2, validation_alias="EASEL_MEMBER_SLOTS")
    server_queue: Count = Field(200, validation_alias="EASEL_SERVER_QUEUE")
    member_queue: Count = Field(10, validation_alias="EASEL_MEMBER_QUEUE")
    budget_day: Budget = Field(None, validation_alias="EASEL_BUDGET_DAY")
    budget_month: Budget = Field(None, validation_alias="EASEL_BUDGET_MONTH")
    server_budget_day: Budget = Field(None, validation_alias="EASEL_SERVER_BUDGET_DAY")
    server_budget_month: Budget = Field(None, validation_alias="EASEL_SERVER_BUDGET_MONTH")
    after_crash: Literal["ask", "repeat"] = Field("ask", validation_alias="EASEL_AFTER_CRASH")
    drain_s: Annotated[int, Field(ge=0, le=3600)] = Field(120, validation_alias="EASEL_DRAIN_S")
    retention_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        90, validation_alias="EASEL_RETENTION_DAYS"
    )
    direct_messages: bool = Field(False, validation_alias="EASEL_DIRECT_MESSAGES")
    message_content: bool = Field(False, validation_alias="EASEL_MESSAGE_CONTENT")
    http: Annotated[str | None, AfterValidator(_listen)] = Field(
        None, validation_alias="EASEL_HTTP"
    )
    secret: Annotated[SecretStr | None, AfterValidator(_own_secret)] = Field(
        None, validation_alias="EASEL_SECRET"
    )
    log: Literal["console", "json"] = Field("console", validation_alias="EASEL_LOG")
    _others: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @property
    def postgres_url(self) -> str | None:
        """The address of the PostgreSQL database; None where it is SQLite's file."""
        url = self.database_url
        return url if url is not None and url.startswith("postgres") else None

    @property
    def database_path(self) -> Path:
        """The SQLite file."""
        if self.database_url is None:
            return self.data_dir / "easel.db"
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def database_setting(self) -> str:
        """The variable that says where the database is."""
        return "DATA_DIR" if self.database_url is None else "DATABASE_URL"

    @property
    def own_secret(self) -> bytes | None:
        """EASEL_SECRET, if it is set."""
        return self.secret.get_secret_value().encode() if self.secret else None

    @property
    def others(self) -> Mapping[str, str]:
        """What else is set, by its name: files of providers say which of them they need."""
        return self._others

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that no log may show."""
        own = (self.discord_token, self.openai_api_key, self.secret)
        keys = (value for name, value in self._others.items() if LOOKS_SECRET.search(name))
        return (
            *(secret.get_secret_value() for secret in own if secret),
            *(key for key in keys if len(key) >= SHORTEST_SECRET),
            *_passwords(self.postgres_url),
        )


def names() -> tuple[str, ...]:
    """Every variable, in the order in which they are documented."""
    return tuple(str(field.validation_alias) for field in Settings.model_fields.values())


def load(env_file: Path | None = ENV_FILE) -> tuple[Settings, tuple[str, ...]]:
    """Read the settings, and say everything that is wrong with them.

    What is wrong is replaced by its default, so that whoever checks the rest can go on.

    Args:
        env_file: Read first; the environment overrides it. None reads no file.
    """
    problems: list[str] = []
    try:
        problems += _slips(env_file)
    except UnicodeDecodeError:
        problems.append(f"{env_file} is not a text file in UTF-8. Save it as one.")
        env_file = None
    except OSError as unreadable:
        problems.append(f"{env_file} cannot be read ({unreadable.strerror}). Allow Easel to.")
        env_file = None
    replaced: dict[str, Any] = {}
    while True:
        try:
            settings = Settings(_env_file=env_file, **replaced)
        except ValidationError as errors:
            for error in errors.errors():
                name = str(error["loc"][0])
                problems.append(_sentence(name, dict(error)))
                replaced[name] = _default(name)
        else:
            settings._others = _others(env_file)  # noqa: SLF001 -- a part of it that is not checked
            return settings, tuple(problems)


def _slips(env_file: Path | None) -> Iterator[str]:
    """A sentence for each variable that looks like ours and is not."""
    known = names()
    given = set(os.environ)
    if env_file and env_file.is_file():
        given |= set(dotenv_values(env_file, interpolate=False))
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            meant = f" Did you mean {close[0]}?" if close else " Remove it."
            yield f"{name} is not a setting of Easel.{meant}"


def _others(env_file: Path | None) -> dict[str, str]:
    """Every variable that is not a setting and has a value; the environment wins."""
    found = dotenv_values(env_file) if env_file and env_file.is_file() else {}
    known = names()
    return {
        name: value
        for name, value in {**found, **os.environ}.items()
        if value and name not in known
    }


def _default(name: str) -> Any:
    return next(
        field.default for field in Settings.model_fields.values() if field.validation_alias == name
    )


def _sentence(name: str, error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    given = str(error["input"])
    # What stands before an @ may be a password.
    secret = name in NEVER_SHOWN or "@" in given
    shown = "" if secret else f", not “{given[:60]}”"
    match error["type"]:
        case "int_parsing" | "int_from_float":
            return f"{name} must be a whole number{shown}."
        case "greater_than_equal":
            return f"{name} must be {context['ge']} or more{shown}."
        case "less_than_equal":
            return f"{name} must be {context['le']:,} or less{shown}."
        case "bool_parsing":
            return f"{name} must be true or false{shown}."
        case "literal_error":
            return f"{name} must be {context['expected'].replace(chr(39), '')}{shown}."
        case "value_error":
            return f"{name} {context['error']}{shown}."
        case _:
            return f"{name} is wrong: {error['msg']}{shown}."
