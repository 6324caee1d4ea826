"""What a provider's list of models tells its operator; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from bot.core.errors import OutcomeUnknown, Unreachable
from bot.core.models import listed
from bot.imageapi.failures import refusal
from bot.imageapi.scrubbing import scrubbed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.core.models import Catalogue
    from bot.imageapi.providers import Provider

SOON = timedelta(days=60)
"""How long before a model ends its operator is told."""

NO_LIST = frozenset({404, 405, 501})
"""Statuses of services that draw but list no models."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer to `GET /models`."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def reached(provider: Provider, catalogue: Catalogue, listing: Listing, *, now: datetime) -> str:
    """One to three sentences about a provider that answered.

    Raises:
        DrawingFailed: It answered that it would not draw for this key, or has no time.
    """
    if listing.status in NO_LIST:
        return f"{provider.name} answers, but lists no models, so the key was not tried."
    if listing.status != 200:
        failure = refusal(listing.status, listing.headers, listing.body, now=now)
        detail = scrubbed(failure.detail, key=provider.key, prompt="")
        # Nothing was drawn, so nothing is unknown.
        kind = Unreachable if isinstance(failure, OutcomeUnknown) else type(failure)
        raise kind(detail, until=failure.until)
    found = _models(listing.body)
    if not found:
        return f"{provider.name} answers, but not with a list of models, so nothing more is known."
    today = now.date()
    served = [model for name in provider.models if (model := catalogue.find(name))]
    living = [model for model in served if not model.ended(today)]
    names = {model.id: provider.names.get(model.id, model.id) for model in living}
    sentences = [f"{provider.name} answers and takes the key."]
    if missing := [model.id for model in living if names[model.id] not in found]:
        sentences.append(f"It does not list {listed(missing)}.")
    ends = {
        model.id: found.get(names[model.id]) or model.shutdown
        for model in living
        if names[model.id] in found
    }
    sentences += [
        f"{name} ends on {day}." for name, day in ends.items() if day and day - today <= SOON
    ]
    return " ".join(sentences)


def _models(body: bytes) -> dict[str, date | None]:
    """The models that are listed, and the day each ends where that is told."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    entries: Any = content
    if isinstance(content, dict):
        # Gemini's list is called otherwise, and so are its entries.
        entries = content.get("data") or content.get("models")
    if not isinstance(entries, list):
        return {}
    return {
        name.removeprefix("models/"): _day(entry.get("shutdown_date"))
        for entry in entries
        if isinstance(entry, dict) and isinstance(name := entry.get("id") or entry.get("name"), str)
    }


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
