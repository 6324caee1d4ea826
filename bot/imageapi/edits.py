"""How a service takes pictures to draw from: `[edits]` of a provider's file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.core.ports import MaskShape

if TYPE_CHECKING:
    from bot.imageapi.reading import Table


class EditBody(StrEnum):
    """How pictures stand in what is sent, where a dialect leaves a choice."""

    FORM = "form"  #: As files of a form.
    JSON = "json"  #: As `data:` addresses in JSON.


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """How a service takes pictures to draw from.

    Attributes:
        fields: What may be sent beside them; nothing else ever is.
        mask: What it takes a mask to be; None where it takes none.
    """

    fields: frozenset[str]
    mask: MaskShape | None = None
    body: EditBody = EditBody.FORM


def read_edits(table: Table, fields: frozenset[str]) -> Edits:
    """What the table says.

    Args:
        table: `[edits]`.
        fields: Those of the table, once they were checked.
    """
    edits = Edits(
        fields=fields,
        mask=table.option("mask", MaskShape) if table.has("mask") else None,
        body=table.option("body", EditBody) if table.has("body") else EditBody.FORM,
    )
    table.no_more()
    return edits
