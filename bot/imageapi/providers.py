"""Who serves pictures: one TOML file each, and the key that goes with it.

Adding a service that speaks a known dialect is adding a file, not code.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.core.errors import Misconfigured
from bot.core.images import COUNT_LIMIT, Background, Format
from bot.core.models import listed
from bot.imageapi.addresses import url_problem
from bot.imageapi.catalogue import FILE as MODELS
from bot.imageapi.defaults import Defaults, read_defaults
from bot.imageapi.dialects import DIALECTS
from bot.imageapi.edits import read_edits
from bot.imageapi.prices import read_prices
from bot.imageapi.reading import Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from bot.core.models import Model, Prices
    from bot.imageapi.edits import Edits


USUAL = "OPENAI_API_KEY"
"""What is named first where no variable is set."""


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
        total: Until the answer is complete; all the asking how it stands included.
        large: The same, for more than 4 megapixels, or more than one picture drawn or sent along.
    """

    connect: float = 10
    total: float = 360
    large: float = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A service and how to speak to it.

    Attributes:
        base_url: Without a slash at its end.
        auth: The header that carries the key, as `Name: value` with `{key}` in the value, or with
            `{basic}`, where the key is a name and a password with a colon between.
        headers: Others that go with every call.
        query: What goes with every path.
        paths: Paths by what is done there, where they are not those of the dialect.
        models: The ids of `models.toml` that it serves.
        names: What it calls a model, where that is not the id.
        prices: What it takes for a model, where that is not what `models.toml` says.
        shutdowns: When it ends a model, where that is not on the day of `models.toml`.
        fields: What may be sent to it for a picture from words; nothing else ever is.
        defaults: What goes with every order beside what was asked for; also one of those fields.
        formats: What it can be told to write; empty is whatever the model writes.
        backgrounds: What it can be told about backgrounds; empty is whatever the model knows.
        edits: How it takes pictures; None where it takes none.
        max_count: Pictures that one call draws; a request for more is several calls.
        interruptible: Whether a drawing costs nothing there until it is finished, so that one that
            nobody wants any more is stopped.
        partial_images: Partial pictures to ask for while one is drawn; 0 is no streaming.
        picture_hosts: Hosts that its answers may link to although they are not https or public.
        poll_hosts: Other hosts that it may say to ask how a drawing stands, as in `addresses`.
    """

    name: str
    dialect: str
    base_url: str
    key: str = field(default="", repr=False)
    auth: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    models: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, Prices] = field(default_factory=dict)
    shutdowns: Mapping[str, date] = field(default_factory=dict)
    fields: frozenset[str]
    defaults: Defaults = field(default_factory=Defaults)
    formats: tuple[Format, ...] = ()
    backgrounds: tuple[Background, ...] = ()
    edits: Edits | None = None
    max_count: int = COUNT_LIMIT
    interruptible: bool = False
    partial_images: int = 0
    picture_hosts: tuple[str, ...] = ()
    poll_hosts: tuple[str, ...] = ()
    pacing: Pacing = field(default_factory=Pacing)
    timeouts: Timeouts = field(default_factory=Timeouts)

    @property
    def authorization(self) -> dict[str, str]:
        """The header that carries the key; none where there is no key."""
        if not self.auth or not self.key:
            return {}
        name, _, value = self.auth.partition(": ")
        basic = b64encode(self.key.encode()).decode()
        return {name: value.replace("{basic}", basic).replace("{key}", self.key)}

    def called(self, model: Model) -> str:
        """What it calls the model."""
        return self.names.get(model.id, model.id)

    def path(self, what: str, model: Model) -> str:
        """Where that is done with the model."""
        path = self.paths.get(what) or DIALECTS[self.dialect].PATHS[what]
        return path.replace("{model}", quote(self.called(model)))

    def sold(self, model: Model) -> Model:
        """The model as it sells it: with its prices, and without what cannot be had from it."""
        formats = tuple(each for each in model.formats if each in (self.formats or model.formats))
        known = self.backgrounds or model.backgrounds
        return replace(
            model,
            prices=self.prices.get(model.id, model.prices),
            formats=formats or model.formats,
            backgrounds=tuple(each for each in model.backgrounds if each in known),
            per_call=min(self.max_count, model.per_call),
            max_references=model.max_references if self.edits else 0,
            mask=model.mask and self.edits is not None and self.edits.mask is not None,
            streaming=model.streaming and self.partial_images > 0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A provider file that was read, without what the environment adds to it."""

    provider: Provider
    base_url_variable: str
    key_variable: str
    key_optional: bool

    def lacks(self, environment: Mapping[str, str]) -> str | None:
        """The variable without which it cannot be used, or None when all is there."""
        needed = []
        if self.key_variable and not self.key_optional:
            needed.append(self.key_variable)
        if not self.provider.base_url:
            needed.append(self.base_url_variable)
        return next((name for name in needed if not environment.get(name, "").strip()), None)


def load_providers(
    *, order: tuple[str, ...] | None, folder: Path | None, environment: Mapping[str, str]
) -> tuple[Provider, ...]:
    """The providers that can be used, in the order to try them.

    Args:
        order: Their names, as in EASEL_PROVIDERS; None takes all whose variables are set, those
            that come with Easel first, each time by the names of their files.
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
        elif variable := known[name].lacks(environment):
            if order is not None:
                problems.append(f"EASEL_PROVIDERS names {name}, but {variable} is not set.")
        else:
            chosen.append(_with_environment(known[name], environment, problems))
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
            if file.name.endswith(".toml") and file.name != MODELS:
                values = read_toml(file, problems)
                if values:
                    yield _file(Table(values, file.name, problems))


def _file(table: Table) -> _File:
    dialect = table.text("dialect")
    if dialect not in DIALECTS:
        table.complain("dialect", f"is “{dialect}”; Easel speaks {', '.join(DIALECTS)}")
    base_url_variable = table.text("base_url_variable", "")
    base_url = table.text("base_url", "" if base_url_variable else None)
    if base_url and (problem := url_problem(base_url)):
        table.complain("base_url", problem)
    models = table.texts("models")
    fields = _fields(dialect, table)
    edits = _edits(dialect, table.table("edits")) if table.has("edits") else None
    provider = Provider(
        name=table.text("name"),
        dialect=dialect,
        base_url=base_url.rstrip("/"),
        auth=table.text("auth", ""),
        headers=_texts(table.table("headers")),
        query=_texts(table.table("query")),
        paths=_paths(dialect, table.table("paths")),
        models=models,
        names=_texts(_of_models(table.table("names"), models)),
        prices=_prices(_of_models(table.table("prices"), models)),
        shutdowns=_days(_of_models(table.table("shutdowns"), models)),
        fields=fields,
        defaults=read_defaults(
            table.table("defaults"), fields | (edits.fields if edits else frozenset())
        ),
        formats=table.options("formats", Format, ()),
        backgrounds=table.options("backgrounds", Background, ()),
        edits=edits,
        max_count=table.whole("max_count", COUNT_LIMIT, least=1),
        interruptible=table.flag("interruptible", default=False),
        partial_images=table.whole("partial_images", 0, most=3),
        picture_hosts=tuple(host.lower() for host in table.texts("picture_hosts", ())),
        poll_hosts=tuple(host.lower() for host in table.texts("poll_hosts", ())),
        pacing=_pacing(table.table("pacing")),
        timeouts=_timeouts(table.table("timeouts")),
    )
    file = _File(
        provider=provider,
        base_url_variable=base_url_variable,
        key_variable=table.text("key_variable", ""),
        key_optional=table.flag("key_optional", default=False),
    )
    _check_auth(file, table)
    table.no_more()
    return file


def _check_auth(file: _File, table: Table) -> None:
    auth = file.provider.auth
    if bool(auth) != bool(file.key_variable):
        table.complain("auth", "and key_variable go together: give both or none")
    elif auth and not (": " in auth and ("{key}" in auth or "{basic}" in auth)):
        table.complain("auth", "must look like “Authorization: Bearer {key}”")


def _texts(table: Table) -> dict[str, str]:
    return {name: table.text(name) for name in table.entries()}


def _of_models(table: Table, models: tuple[str, ...]) -> Table:
    """The table, whose keys must be models that are served."""
    for name in table.entries():
        if name not in models:
            table.complain(name, "is none of its models")
    return table


def _prices(table: Table) -> dict[str, Prices]:
    return {name: read_prices(table.table(name)) for name in table.entries()}


def _days(table: Table) -> dict[str, date]:
    return {name: day for name in table.entries() if (day := table.day(name))}


def _paths(dialect: str, table: Table) -> dict[str, str]:
    known = DIALECTS[dialect].PATHS if dialect in DIALECTS else {}
    paths = _texts(table)
    for what, path in paths.items():
        if what not in known:
            table.complain(what, f"is no path of {dialect}; it has {', '.join(known)}")
        elif not path.startswith("/"):
            table.complain(what, "must begin with a slash")
    return paths


def _edits(dialect: str, table: Table) -> Edits:
    return read_edits(table, _fields(dialect, table, edits=True))


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


def _with_environment(file: _File, environment: Mapping[str, str], problems: list[str]) -> Provider:
    provider = file.provider
    key = environment.get(file.key_variable, "").strip() if file.key_variable else ""
    # Anything else would end a header early, or not fit into one.
    if not key.isascii() or (key and not key.isprintable()) or " " in key:
        problems.append(
            f"{file.key_variable} has a character that no key has, such as a space or a line "
            "break; copy it again."
        )
    provider = replace(provider, key=key)
    address = environment.get(file.base_url_variable, "").strip() if file.base_url_variable else ""
    if address:
        if problem := url_problem(address):
            problems.append(f"{file.base_url_variable} {problem}.")
        elif address.rstrip("/") != provider.base_url:
            # The pace belongs to the service at the file's own address, if it has one.
            pacing = Pacing() if provider.base_url else provider.pacing
            provider = replace(provider, base_url=address.rstrip("/"), pacing=pacing)
    return provider


def _nobody(files: tuple[_File, ...]) -> str:
    """The variable that most people set, and those that would do as well."""
    variables = dict.fromkeys(each for file in files if (each := file.lacks({})))
    usual, *others = sorted(variables, key=lambda name: (name != USUAL, name))
    instead = f" or set {listed(others)}" if others else ""
    return (
        f"{usual} is not set. Put your key into .env,{instead}{',' * bool(others)} or run "
        "`easel demo`, which needs no account."
    )
