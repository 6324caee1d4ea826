"""Discord's refusals: the HTTP status, the numeric code and the sentence that go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.wire.discord_standin.model import Json

_REASONS = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30034: (429, "Max number of daily application command creates has been reached"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
    50109: (400, "The request body contains invalid JSON."),
    50278: (403, "Cannot send messages to this user due to having no mutual guilds"),
    160002: (403, "Cannot reply without permission to read message history"),
}


class Refusal(Exception):
    """Discord says no; becomes an HTTP answer with this status and body."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Json | None = None,
    ) -> None:
        """Keep what the answer is made of; extra goes into the body beside code and message."""
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.body: Json = {"message": message, "code": code, **(extra or {})}


def refusal(code: int) -> Refusal:
    """The refusal that Discord documents under this code."""
    status, message = _REASONS[code]
    extra = {"retry_after": 86_400.0, "global": False} if status == 429 else None
    return Refusal(status, code, message, extra=extra)


def unauthorized() -> Refusal:
    """The answer to a missing or wrong bot token."""
    return Refusal(401, 0, "401: Unauthorized")


class InvalidForm(Refusal):
    """The request breaks documented rules; each problem is a path and a sentence."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        """Answer 400 with code 50035 and Discord's nested errors."""
        super().__init__(400, 50035, "Invalid Form Body", extra={"errors": _nested(problems)})
        self.problems = list(problems)


def _nested(problems: Sequence[tuple[str, str]]) -> Json:
    errors: Json = {}
    for path, sentence in problems:
        place = errors
        for step in path.split("."):
            place = place.setdefault(step or "_", {})
        place.setdefault("_errors", []).append({"code": "RULE_BROKEN", "message": sentence})
    return errors
