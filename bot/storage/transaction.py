"""What a transaction function is given: named statements on one open transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

Value = int | str | bytes | None


class Row(Protocol):
    """One row, by column name."""

    def __getitem__(self, column: str, /) -> Any: ...


class Transaction(Protocol):
    """An open transaction, which ends with the function it was given to.

    It is committed when that returns and rolled back when it raises.
    """

    def find(self, statement: str, **values: Value) -> Row | None:
        """The first row, if there is one."""
        ...

    def one(self, statement: str, **values: Value) -> Row:
        """The row that must be there.

        Raises:
            LookupError: It is not: the database is not as the schema promises.
        """
        ...

    def every(self, statement: str, **values: Value) -> list[Row]:
        """All rows."""
        ...

    def change(self, statement: str, **values: Value) -> int:
        """Write; answers how many rows were touched."""
        ...

    def change_each(self, statement: str, values: Sequence[dict[str, Value]]) -> None:
        """Write once for each set of values."""
        ...
