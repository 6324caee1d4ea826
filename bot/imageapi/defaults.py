"""What goes with every order beside what was asked for, such as the steps of a sampler.

    [defaults]
    sampler_name = "Euler a"
    steps = { low = 12, medium = 25, high = 40 }

Each is one of the fields that the provider's file lists. A quality that is not named sends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.images import Quality

if TYPE_CHECKING:
    from bot.imageapi.reading import Table

Constant = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Defaults:
    """Constants by the name of their field, for each quality."""

    values: Mapping[str, Mapping[Quality, Constant]] = field(default_factory=dict)

    def of(self, quality: Quality) -> dict[str, Constant]:
        """What is sent for a picture of that quality."""
        return {name: each[quality] for name, each in self.values.items() if quality in each}


def read_defaults(table: Table, fields: frozenset[str]) -> Defaults:
    """The constants in a table.

    Args:
        table: `[defaults]` of a provider's file.
        fields: All that the file lists.
    """
    values: dict[str, Mapping[Quality, Constant]] = {}
    for name in table.entries():
        if name not in fields:
            table.complain(name, "is none of its fields, so it would never be sent")
        if table.holds_table(name):
            by_quality = table.table(name)
            values[name] = {
                by_quality.quality(word): by_quality.constant(word) for word in by_quality.entries()
            }
        else:
            values[name] = dict.fromkeys(Quality, table.constant(name))
    return Defaults(values)
