"""Reads TOML into values and collects every mistake, each as one sentence that names its place."""

from __future__ import annotations

import tomllib
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable

from bot.core.images import Quality

Option = TypeVar("Option", bound=StrEnum)
Value = TypeVar("Value")

NOTHING: Mapping[str, Any] = {}


def read_toml(file: Traversable, problems: list[str]) -> dict[str, Any]:
    """The file's content; nothing, and a problem more, where it cannot be read."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"{file.name} cannot be read: {error.strerror}.")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{file.name} is not valid TOML: {error}.")
    return {}


class Table:
    """One TOML table.

    A wrong value adds a sentence to `problems` and answers a stand-in of the right type, so that
    one look finds every mistake; whoever reads must not use the result when there are problems.

    Args:
        values: The table.
        place: Where it is, in words: the file, and the entry in it.
        problems: What was found so far; shared by all tables that are read together.
        prefix: What goes before a key's name in a sentence, such as `pacing.`.
    """

    def __init__(
        self, values: Mapping[str, Any], place: str, problems: list[str], *, prefix: str = ""
    ) -> None:
        self._values = values
        self._place = place
        self._problems = problems
        self._prefix = prefix
        self._asked: set[str] = set()

    def complain(self, key: str, sentence: str) -> None:
        """Add the problem “{key} {sentence}”."""
        self._problems.append(f"{self._place}: {self._prefix}{key} {sentence}.")

    def entries(self) -> tuple[str, ...]:
        """Every key, of a table whose keys are names and not known beforehand."""
        self._asked.update(self._values)
        return tuple(self._values)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._values

    def holds_table(self, key: str) -> bool:
        """Whether what is there is a table of its own."""
        return isinstance(self._values.get(key), dict)

    def text(self, key: str, default: str | None = None) -> str:
        """A string that is not empty."""
        value = self._get(key, default)
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        return self._wrong(key, value, "must be a text in quotes", default or "")

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of strings."""
        value = self._get(key, default)
        if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
            return tuple(value)
        return self._wrong(key, value, "must be a list of texts", default or ())

    def whole(
        self, key: str, default: int | None = None, *, least: int = 0, most: int | None = None
    ) -> int:
        """A whole number."""
        value = self._get(key, default)
        if type(value) is int and value >= least and (most is None or value <= most):
            return value
        bounds = f"{least} or more" if most is None else f"from {least} to {most}"
        return self._wrong(key, value, f"must be a whole number, {bounds}", least)

    def number(self, key: str, default: float) -> float:
        """A number above 0, such as seconds."""
        value = self._get(key, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return float(value)
        return self._wrong(key, value, "must be a number above 0", default)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._get(key, default)
        if isinstance(value, bool):
            return value
        return self._wrong(key, value, "must be true or false", default)

    def constant(self, key: str) -> str | int | float | bool:
        """A text, a number, or true or false."""
        value = self._get(key, None)
        if isinstance(value, str | int | float):
            return value
        return self._wrong(key, value, "must be a text, a number, or true or false", "")

    def day(self, key: str) -> date | None:
        """A date without quotes, or None where there is none."""
        value = self._get(key, False)
        if value is False:
            return None
        if type(value) is date:
            return value
        return self._wrong(key, value, "must be a date like 2026-12-01, without quotes", date.min)

    def options(
        self, key: str, kind: type[Option], default: tuple[Option, ...] | None = None
    ) -> tuple[Option, ...]:
        """A list of words that the enumeration knows."""
        chosen = []
        for word in self.texts(key, default):
            if word in set(kind):
                chosen.append(kind(word))
            else:
                self.complain(key, f"has “{word}”; it may have {', '.join(kind)}")
        return tuple(chosen)

    def option(self, key: str, kind: type[Option]) -> Option:
        """One word that the enumeration knows."""
        word = self._get(key, None)
        if word in set(kind):
            return kind(word)
        return self._wrong(key, word, f"must be one of {', '.join(kind)}", next(iter(kind)))

    def quality(self, key: str) -> Quality:
        """The quality that the key itself names."""
        if key in set(Quality):
            return Quality(key)
        return self._wrong(key, key, f"is no quality; there is {', '.join(Quality)}", Quality.LOW)

    def table(self, key: str) -> Table:
        """A table inside this one, empty where there is none."""
        value = self._get(key, NOTHING)
        if not isinstance(value, dict) and value is not NOTHING:
            value = self._wrong(key, value, "must be a table", {})
        return Table(value, self._place, self._problems, prefix=f"{self._prefix}{key}.")

    def no_more(self, also: Iterable[str] = ()) -> None:
        """Complain about keys that nobody asked for: most are slips of the pen."""
        for key in sorted(set(self._values) - self._asked - set(also)):
            self.complain(key, "is not a key that Easel knows")

    def _get(self, key: str, default: object) -> Any:
        self._asked.add(key)
        return self._values.get(key, default)

    def _wrong(self, key: str, value: object, sentence: str, instead: Value) -> Value:
        self.complain(key, "is missing" if value is None else sentence)
        return instead
