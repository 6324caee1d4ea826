"""Who serves pictures: one TOML file each, and the key that goes with it.

Adding a service that speaks a known dialect is adding a file, not code.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.core.errors import Misconfigured
from bot.core.ports import MaskShape
from bot.imageapi.dialects import DIALECTS
from bot.imageapi.reading import Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """How fast to begin; None is no limit.

    Attributes:
        pictures_per_minute: Pictures, not calls: services count those.
        calls_in_flight: Calls that are unanswered at the same time.
    """

    pictures_per_minute: int | None = None
    calls_in_flight: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds.

    Attributes:
        connect: Until there is a connection.
        total: Until the answer is complete.
        large: The same, for more than 4 megapixels, or more than one picture drawn or sent along.
    """

    connect: float = 10
    total: float = 360
    large: float = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """How a service takes pictures to draw from.

    Attributes:
        fields: What may be sent beside them; nothing else ever is.
        mask: What it takes a mask to be; None where it takes none.
    """

    fields: frozenset[str]
    mask: MaskShape | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A service and how to speak to it.

    Attributes:
        base_url: Without a slash at its end.
        auth: The header that carries the key, as `Name: value` with `{key}` in the value.
        models: The ids of `models.toml` that it serves.
        names: What it calls a model, where that is not the id.
        fields: What may be sent to it for a picture from words; nothing else ever is.
        edits: How it takes pictures; None where it takes none.
        partial_images: Partial pictures to ask for while one is drawn; 0 is no streaming.
        picture_hosts: Hosts that its answers may link to although they are not https or public.
    """

    name: str
    dialect: str
    base_url: str
    key: str = field(default="", repr=False)
    auth: str = ""
    models: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    fields: frozenset[str]
    edits: Edits | None = None
    partial_images: int = 0
    picture_hosts: tuple[str, ...] = ()
    pacing: Pacing = field(default_factory=Pacing)
    timeouts: Timeouts = field(default_factory=Timeouts)

    @property
    def authorization(self) -> dict[str, str]:
        """The header that carries the key; none where the service wants none."""
        if not self.auth:
            return {}
        name, _, value = self.auth.partition(": ")
        return {name: value.replace("{key}", self.key)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A provider file that was read, without what the environment adds to it."""

    provider: Provider
    base_url_variable: str
    key_variable: str


def load_providers(
    *, order: tuple[str, ...] | None, folder: Path | None, environment: Mapping[str, str]
) -> tuple[Provider, ...]:
    """The providers that can be used, in the order to try them.

    Args:
        order: Their names, as in EASEL_PROVIDERS; None takes all whose key is set, those that
            come with Easel first.
        folder: EASEL_PROVIDERS_DIR, whose files add providers or replace those of the same name.
        environment: Where keys and addresses stand, by the names that the files give.

    Raises:
        Misconfigured: Each problem is one sentence that names the file or the variable.
    """
    problems: list[str] = []
    known = {file.provider.name: file for file in _read_all(folder, problems)}
    if problems:
        raise Misconfigured(tuple(problems))
    names = tuple(known) if order is None else tuple(dict.fromkeys(order))
    chosen = []
    for name in names:
        if name not in known:
            there_is = ", ".join(known)
            problems.append(f"EASEL_PROVIDERS names “{name}”, which is none of: {there_is}.")
        elif _key_is_set(known[name], environment):
            chosen.append(_with_environment(known[name], environment, problems))
        elif order is not None:
            variable = known[name].key_variable
            problems.append(f"EASEL_PROVIDERS names {name}, but {variable} is not set.")
    if not chosen and not problems:
        problems.append(_nobody(tuple(known.values())))
    if problems:
        raise Misconfigured(tuple(problems))
    return tuple(chosen)


def _read_all(folder: Path | None, problems: list[str]) -> Iterator[_File]:
    sources: list[Traversable] = [resources.files("bot.imageapi") / "providers"]
    if folder is not None:
        if folder.is_dir():
            sources.append(folder)
        else:
            problems.append(f"EASEL_PROVIDERS_DIR is {folder}, which is not a folder.")
    for source in sources:
        for file in sorted(source.iterdir(), key=lambda each: each.name):
            if file.name.endswith(".toml"):
                values = read_toml(file, problems)
                if values:
                    yield _file(Table(values, file.name, problems))


def _file(table: Table) -> _File:
    dialect = table.text("dialect")
    if dialect not in DIALECTS:
        table.complain("dialect", f"is “{dialect}”; Easel speaks {', '.join(DIALECTS)}")
    auth = table.text("auth", "")
    key_variable = table.text("key_variable", "")
    if bool(auth) != bool(key_variable):
        table.complain("auth", "and key_variable go together: give both or none")
    elif auth and not (": " in auth and "{key}" in auth):
        table.complain("auth", "must look like “Authorization: Bearer {key}”")
    base_url = table.text("base_url")
    if problem := _url_problem(base_url):
        table.complain("base_url", problem)
    provider = Provider(
        name=table.text("name"),
        dialect=dialect,
        base_url=base_url.rstrip("/"),
        auth=auth,
        models=table.texts("models"),
        names=_names(table.table("names")),
        fields=_fields(dialect, table),
        edits=_edits(dialect, table.table("edits")) if table.has("edits") else None,
        partial_images=table.whole("partial_images", 0, most=3),
        picture_hosts=tuple(host.lower() for host in table.texts("picture_hosts", ())),
        pacing=_pacing(table.table("pacing")),
        timeouts=_timeouts(table.table("timeouts")),
    )
    file = _File(
        provider=provider,
        base_url_variable=table.text("base_url_variable", ""),
        key_variable=key_variable,
    )
    table.no_more()
    return file


def _names(table: Table) -> dict[str, str]:
    return {model: table.text(model) for model in table.entries()}


def _edits(dialect: str, table: Table) -> Edits:
    edits = Edits(
        fields=_fields(dialect, table, edits=True),
        mask=table.option("mask", MaskShape) if table.has("mask") else None,
    )
    table.no_more()
    return edits


def _fields(dialect: str, table: Table, *, edits: bool = False) -> frozenset[str]:
    fields = frozenset(table.texts("fields"))
    if dialect in DIALECTS:
        known = DIALECTS[dialect].EDIT_FIELDS if edits else DIALECTS[dialect].FIELDS
        for field_name in sorted(fields - known):
            there_is = ", ".join(sorted(known))
            table.complain("fields", f"has “{field_name}”; {dialect} can send {there_is}")
    return fields


def _pacing(table: Table) -> Pacing:
    pacing = Pacing(
        pictures_per_minute=table.whole("pictures_per_minute", 0) or None,
        calls_in_flight=table.whole("calls_in_flight", 0) or None,
    )
    table.no_more()
    return pacing


def _timeouts(table: Table) -> Timeouts:
    usual = Timeouts()
    timeouts = Timeouts(
        connect=table.number("connect", usual.connect),
        total=table.number("total", usual.total),
        large=table.number("large", usual.large),
    )
    table.no_more()
    return timeouts


def _key_is_set(file: _File, environment: Mapping[str, str]) -> bool:
    return not file.key_variable or bool(environment.get(file.key_variable, "").strip())


def _with_environment(file: _File, environment: Mapping[str, str], problems: list[str]) -> Provider:
    provider = file.provider
    if file.key_variable:
        key = environment[file.key_variable].strip()
        # Anything else would end a header early, or not fit into one.
        if not key.isascii() or not key.isprintable() or " " in key:
            problems.append(
                f"{file.key_variable} has a character that no key has, such as a space or a line "
                "break; copy it again."
            )
        provider = replace(provider, key=key)
    address = environment.get(file.base_url_variable, "").strip() if file.base_url_variable else ""
    if address:
        if problem := _url_problem(address):
            problems.append(f"{file.base_url_variable} {problem}.")
        elif address.rstrip("/") != provider.base_url:
            # The pace belongs to the service at the file's own address.
            provider = replace(provider, base_url=address.rstrip("/"), pacing=Pacing())
    return provider


def _url_problem(text: str) -> str | None:
    """What the variable or key does wrong, or None when it can be a base URL."""
    bad = f"is “{text}”, which is not an address like https://api.openai.com/v1"
    try:
        parts = urlsplit(text)
        _ = parts.port  # complains about one that is no number
    except ValueError:
        return bad
    if parts.username or parts.password:
        return "holds a name or a password; put the key into its own variable"
    if parts.scheme not in {"http", "https"} or not parts.hostname or not text.isprintable():
        return bad
    if parts.query or parts.fragment or " " in text:
        return bad
    return None


def _nobody(files: tuple[_File, ...]) -> str:
    variables = [file.key_variable for file in files]
    missing = f"{variables[0]} is not set"
    if len(variables) > 1:
        missing = f"None of {', '.join(variables)} is set"
    return f"{missing}. Put your key into .env, or run `easel demo`, which needs no account."
