"""Reads `models.toml`: what every known model can do and what it costs."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, Any

from bot.core.errors import Misconfigured
from bot.core.images import COUNT_LIMIT, Background, Format, Quality, Size
from bot.core.models import Catalogue, Model, Sizes, Tokens
from bot.core.pricing import unpriced
from bot.imageapi.prices import read_prices, read_size
from bot.imageapi.reading import Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

FILE = "models.toml"

OWN = frozenset({"id", "name", "aliases", "shutdown", "successor", "like"})
"""Keys that a model never takes from the one it is like."""


def load_catalogue(file: Traversable | None = None, *, folder: Path | None = None) -> Catalogue:
    """Every model in the file; the first is the default.

    Args:
        file: A file like `models.toml`; the one that comes with Easel if left out.
        folder: EASEL_PROVIDERS_DIR, whose `models.toml`, if there is one, adds models or replaces
            those of the same id.

    Raises:
        Misconfigured: Each problem is one sentence that names file, model and key.
    """
    source = file or resources.files("bot.imageapi") / FILE
    problems: list[str] = []
    entries = list(_entries(source, problems))
    if folder is not None and (folder / FILE).is_file():
        entries = _with_own(entries, list(_entries(folder / FILE, problems)))
    models = tuple(
        _model(Table(entry, f"{source.name}, {entry['id']}", problems))
        for entry in _completed(entries, source.name, problems)
    )
    if not problems:
        problems.extend(_disagreements(models, source.name))
    if problems:
        raise Misconfigured(tuple(problems))
    return Catalogue(models)


def _entries(source: Traversable, problems: list[str]) -> Iterator[dict[str, Any]]:
    """The models of the file that can be told apart."""
    found = read_toml(source, problems).get("models", [])
    if not isinstance(found, list) or not found:
        if not problems:
            problems.append(f"{source.name} has no [[models]].")
        return
    for number, entry in enumerate(found, start=1):
        if isinstance(entry, dict) and isinstance(entry.get("id"), str) and entry["id"]:
            yield entry
        else:
            problems.append(f"{source.name}: model number {number} has no id.")


def _with_own(entries: list[dict[str, Any]], own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries, with the operator's in the place of those they replace, or at the end."""
    replacing = {entry["id"]: entry for entry in own}
    replaced = [replacing.pop(entry["id"], entry) for entry in entries]
    return replaced + [entry for entry in own if entry["id"] in replacing]


def _completed(
    entries: list[dict[str, Any]], name: str, problems: list[str]
) -> Iterator[dict[str, Any]]:
    """Each entry, with what it takes from the model it is like."""
    done: dict[str, dict[str, Any]] = {}
    for entry in entries:
        like = entry.get("like")
        if like is not None and like not in done:
            problems.append(f"{name}, {entry['id']}: like must be the id of a model above it.")
        above = done.get(str(like), {})
        whole = {**{key: value for key, value in above.items() if key not in OWN}, **entry}
        done[entry["id"]] = whole
        yield whole


def _model(table: Table) -> Model:
    model = Model(
        id=table.text("id"),
        name=table.text("name"),
        aliases=tuple(alias.lower() for alias in table.texts("aliases", ())),
        shutdown=table.day("shutdown"),
        successor=table.text("successor", "") or None,
        sizes=_sizes(table.table("sizes")),
        qualities=table.options("qualities", Quality),
        default_quality=table.option("default_quality", Quality),
        formats=table.options("formats", Format, tuple(Format)),
        backgrounds=table.options("backgrounds", Background, (Background.AUTO,)),
        max_count=table.whole("max_count", COUNT_LIMIT, least=1),
        max_prompt=table.whole("max_prompt", 32_000, least=1),
        max_references=table.whole("max_references", 16),
        mask=table.flag("mask", default=True),
        streaming=table.flag("streaming", default=True),
        prices=read_prices(table.table("prices")),
        tokens=_tokens(table.table("tokens")),
        seconds=_by_quality(table.table("seconds")),
        note=table.text("note", ""),
    )
    table.no_more(also=("like",))
    _check_options(model, table)
    _check_tokens(model, table)
    return model


def _sizes(table: Table) -> Sizes:
    sizes = Sizes(
        offered=tuple(read_size(text, "offered", table) for text in table.texts("offered")),
        free=table.flag("free", default=False),
        step=table.whole("step", 16, least=1),
        max_edge=table.whole("max_edge", 3840, least=1),
        max_ratio=table.whole("max_ratio", 3, least=1),
        min_pixels=table.whole("min_pixels", 655_360, least=1),
        max_pixels=table.whole("max_pixels", 8_294_400, least=1),
    )
    table.no_more()
    return sizes


def _tokens(table: Table) -> Tokens:
    counts = table.table("table")
    known: dict[tuple[Quality, Size], int] = {}
    for word in counts.entries():
        quality = counts.quality(word)
        by_size = counts.table(word)
        for text in by_size.entries():
            known[quality, read_size(text, text, by_size)] = by_size.whole(text, least=1)
    tokens = Tokens(
        detail=_by_quality(table.table("detail")),
        table=known,
        partial=table.whole("partial", 100),
        input_image=table.whole("input_image", 1521),
    )
    table.no_more()
    return tokens


def _by_quality(table: Table) -> dict[Quality, int]:
    return {table.quality(word): table.whole(word, least=1) for word in table.entries()}


def _check_options(model: Model, table: Table) -> None:
    for key, options in (
        ("sizes.offered", model.sizes.offered),
        ("qualities", model.qualities),
        ("formats", model.formats),
        ("backgrounds", model.backgrounds),
    ):
        if not options:
            table.complain(key, "must have at least one entry")
    if model.default_quality not in model.qualities:
        table.complain("default_quality", "must be one of its qualities")
    # An offered size always passes, so the bounds are tried without the list.
    if model.sizes.free:
        bounds = replace(model.sizes, offered=())
        for size in model.sizes.offered:
            if problem := bounds.problem(size):
                table.complain("sizes.offered", f"has {size}, but {problem}")


def _check_tokens(model: Model, table: Table) -> None:
    """Every picture that can be asked for must have a price."""
    tokens = model.tokens
    if model.prices.pictures:
        if tokens.detail or tokens.table:
            table.complain("tokens", "must be left out where pictures are what is paid")
    elif bool(tokens.detail) == bool(tokens.table):
        table.complain("tokens", "must have either detail or table")
        return
    if tokens.table and model.sizes.free:
        table.complain("tokens.table", "cannot hold for a model that takes any size; use detail")
    elif missing := unpriced(model):
        table.complain("prices", f"has nothing for {missing}")


def _disagreements(models: tuple[Model, ...], name: str) -> Iterator[str]:
    """What is wrong between models."""
    taken: dict[str, str] = {}
    for model in models:
        for known_as in (model.id, *model.aliases):
            if known_as in taken:
                yield f"{name}, {model.id}: “{known_as}” is a name of {taken[known_as]} already."
            taken.setdefault(known_as, model.id)
    for model in models:
        if model.successor is not None and model.successor not in taken:
            yield f"{name}, {model.id}: successor is “{model.successor}”, which is not in the file."
