"""The vocabulary of the rules: what a field may hold, and a list of what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.wire.discord_standin.refusals import InvalidForm

if TYPE_CHECKING:
    from tests.wire.discord_standin.model import Json

# A check answers with a sentence where the value is wrong, else None.
Check = Callable[[object], str | None]
_MAX_SNOWFLAKE = (1 << 64) - 1


class Problems:
    """Collects what is wrong with one payload."""

    def __init__(self) -> None:
        """Start with nothing wrong."""
        self.found: list[tuple[str, str]] = []

    def add(self, path: str, sentence: str) -> None:
        """Write down one problem at a dotted path."""
        self.found.append((path, sentence))

    def demand(self, holds: object, path: str, sentence: str) -> None:
        """Write it down unless it holds."""
        if not holds:
            self.add(path, sentence)

    def close(self) -> None:
        """Refuse the payload if anything was wrong."""
        if self.found:
            raise InvalidForm(self.found)


class Fields:
    """The fields an object may have, with their checks, and those it must have."""

    def __init__(self, required: str = "", /, **checks: Check) -> None:
        """Name the required fields in one string."""
        self.checks: Mapping[str, Check] = checks
        self.required = frozenset(required.split())

    def plus(self, **checks: Check) -> Fields:
        """The same with more optional fields."""
        more = Fields(**{**self.checks, **checks})
        more.required = self.required
        return more

    def check(self, value: object, path: str, problems: Problems) -> Json:
        """Check an object; answers with it, or with an empty one where it is none."""
        if not isinstance(value, dict):
            problems.add(path, "Only dictionaries may be used in a DictType")
            return {}
        for name in sorted(self.required - value.keys()):
            problems.add(join(path, name), "This field is required")
        for name, held in value.items():
            check = self.checks.get(name)
            sentence = f"{name!r} is not a field of this object" if check is None else check(held)
            if sentence:
                problems.add(join(path, name), sentence)
        return value


def join(path: str, step: object) -> str:
    """The path one step further."""
    return f"{path}.{step}" if path else str(step)


def listed(value: object) -> list[Any]:
    """A list to walk through; empty where the value is none (which a check has said by then)."""
    return value if isinstance(value, list) else []


def text(least: int, most: int) -> Check:
    """A string of so many characters."""

    def check(value: object) -> str | None:
        if not isinstance(value, str):
            return "Must be a string."
        if not least <= len(value) <= most:
            return f"Must be between {least} and {most} in length; it is {len(value)}."
        return None

    return check


def whole(least: int, most: int) -> Check:
    """An integer in a range."""

    def check(value: object) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            return f"Must be a whole number from {least} to {most}; it is {value!r}."
        return None

    return check


def one_of(*allowed: object) -> Check:
    """One of a few values."""

    def check(value: object) -> str | None:
        return None if value in allowed else f"Value must be one of {allowed}; it is {value!r}."

    return check


def items(least: int, most: int) -> Check:
    """A list of so many items; what they are is checked elsewhere."""

    def check(value: object) -> str | None:
        if not isinstance(value, list):
            return "Only iterables may be used in a ListType"
        if not least <= len(value) <= most:
            return f"Must be between {least} and {most} in length; it is {len(value)}."
        return None

    return check


def maybe(inner: Check) -> Check:
    """The same, or null."""
    return lambda value: None if value is None else inner(value)


def snowflake(value: object) -> str | None:
    """An id: digits, as an integer or as a string."""
    try:
        number = int(value) if isinstance(value, int | str) else -1
    except ValueError:
        number = -1
    return None if 0 <= number <= _MAX_SNOWFLAKE else f"Value {value!r} is not snowflake."


def yes_or_no(value: object) -> str | None:
    """A boolean."""
    return None if isinstance(value, bool) else "Must be either true or false."


def mapping(value: object) -> str | None:
    """An object whose inside is checked elsewhere."""
    return None if isinstance(value, dict) else "Only dictionaries may be used in a DictType"


def number(value: object) -> str | None:
    """A number."""
    good = isinstance(value, int | float) and not isinstance(value, bool)
    return None if good else "Must be a number."


def anything(_value: object) -> None:
    """Whatever it is."""


def url(value: object) -> str | None:
    """An address that Discord fetches, or a file of the same message."""
    good = isinstance(value, str) and value.startswith(("http://", "https://", "attachment://"))
    return None if good else f"Scheme must be one of http, https, attachment; it is {value!r}."
