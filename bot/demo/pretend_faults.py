"""The ways in which the pretend API can fail, or answer oddly, when it is told to."""

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Moderation:
    """400 moderation_blocked; ``output`` means that the drawn picture, not the prompt, offended."""

    stage: Literal["input", "output"] = "input"
    categories: tuple[str, ...] = ("violence",)


@dataclass(frozen=True)
class RateLimited:
    """429 rate_limit_exceeded that asks to come back after some seconds."""

    after_s: float = 2.0


@dataclass(frozen=True)
class ServerError:
    """A 5xx with a JSON error, or without any body."""

    body: bool = True
    status: int = 500


@dataclass(frozen=True)
class Cut:
    """The connection breaks once the picture is drawn and billed.

    ``before`` any byte of the answer, or ``midway`` through it.
    """

    when: Literal["before", "midway"] = "before"


@dataclass(frozen=True)
class Hang:
    """Nothing happens for some seconds, then all goes well."""

    seconds: float


@dataclass(frozen=True)
class Quota:
    """429 insufficient_quota: the account has no money left."""


@dataclass(frozen=True)
class Huge:
    """A valid PNG of more than 12 MiB, whatever format was asked for."""


@dataclass(frozen=True)
class UrlAnswer:
    """data[].url instead of b64_json, as gateways answer."""


@dataclass(frozen=True)
class HalfJson:
    """A 200 whose JSON stops in the middle while the connection closes in good order."""


@dataclass(frozen=True)
class Html:
    """A gateway's HTML page in place of an answer."""

    status: int = 524


@dataclass(frozen=True)
class NotVerified:
    """403: the organization must be verified to use the model."""


@dataclass(frozen=True)
class IgnoreMask:
    """All of a picture is edited, also what its mask protects."""


Fault = (
    Moderation
    | RateLimited
    | ServerError
    | Cut
    | Hang
    | Quota
    | Huge
    | UrlAnswer
    | HalfJson
    | Html
    | NotVerified
    | IgnoreMask
)


def named_in(prompt: str, slow_s: float) -> Fault | None:
    """The fault that a prompt asks for with a word like ``!429``, for people who play.

    Args:
        prompt: In plain words.
        slow_s: How long ``!slow`` takes, in seconds.
    """
    known: dict[str, Fault] = {
        "moderation": Moderation(),
        "429": RateLimited(),
        "500": ServerError(),
        "cut": Cut(),
        "slow": Hang(slow_s),
        "quota": Quota(),
        "huge": Huge(),
        "url": UrlAnswer(),
        "half": HalfJson(),
        "html": Html(),
        "unverified": NotVerified(),
        "ignoremask": IgnoreMask(),
    }
    for word in re.findall(r"!(\w+)", prompt.lower()):
        if word in known:
            return known[word]
    return None


@dataclass(frozen=True)
class Refusal(Exception):
    """An error answer in OpenAI's envelope."""

    status: int
    message: str
    kind: str = "invalid_request_error"
    param: str | None = None
    code: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    details: tuple[tuple[str, object], ...] = ()

    def as_json(self) -> dict[str, object]:
        """The body."""
        error: dict[str, object] = {
            "message": self.message,
            "type": self.kind,
            "param": self.param,
            "code": self.code,
        }
        return {"error": error | dict(self.details)}


def invalid(param: str, message: str) -> Refusal:
    """A 400 about the value of one parameter."""
    return Refusal(400, message, param=param, code="invalid_value")


def missing(param: str) -> Refusal:
    """A 400 about a parameter that must be there."""
    return Refusal(
        400,
        f"Missing required parameter: '{param}'.",
        param=param,
        code="missing_required_parameter",
    )


def duplicate(param: str) -> Refusal:
    """A 400 about a parameter that is there twice."""
    return Refusal(
        400,
        f"Duplicate parameter: '{param}'. You provided multiple values for this parameter, whereas "
        "only one is allowed. If you are trying to provide a list of values, use the array syntax "
        f"instead e.g. '{param}[]=<value>'.",
        param=param,
        code="duplicate_parameter",
    )


def wrong_type(param: str, expected: str, got: str) -> Refusal:
    """A 400 about a parameter that is another kind of thing; both with their article."""
    return Refusal(
        400,
        f"Invalid type for '{param}': expected {expected}, but got {got} instead.",
        param=param,
        code="invalid_type",
    )


def kind_of(value: object) -> str:
    """What a value of JSON is called, with its article."""
    return {
        str: "a string",
        bool: "a boolean",
        int: "an integer",
        float: "a decimal number",
        list: "an array",
        dict: "an object",
    }.get(type(value), "null")


def refusal_of(fault: Fault, model: str) -> Refusal | None:
    """The error answer of a fault, or None for one that is not an answer with a JSON error."""
    if isinstance(fault, Moderation):
        return Refusal(
            400,
            "Your request was rejected by the safety system. "
            f"safety_violations=[{', '.join(fault.categories)}].",
            "image_generation_user_error",
            code="moderation_blocked",
            details=(
                (
                    "moderation_details",
                    {"moderation_stage": fault.stage, "categories": list(fault.categories)},
                ),
            ),
        )
    if isinstance(fault, RateLimited):
        return Refusal(
            429,
            f"Rate limit reached for {model} on input-images per min: Limit 5, Used 5, "
            f"Requested 1. Please try again in {fault.after_s:g}s.",
            "input-images",
            code="rate_limit_exceeded",
            headers=(
                ("retry-after", str(-int(-fault.after_s // 1))),
                ("retry-after-ms", str(round(fault.after_s * 1000))),
                ("x-ratelimit-limit-images", "5"),
                ("x-ratelimit-remaining-images", "0"),
                ("x-ratelimit-reset-images", f"{fault.after_s:g}s"),
            ),
        )
    if isinstance(fault, Quota):
        return Refusal(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            "insufficient_quota",
            code="insufficient_quota",
        )
    if isinstance(fault, NotVerified):
        return Refusal(
            403,
            f"Your organization must be verified to use the model `{model}`. If you just "
            "verified, it can take up to 15 minutes for access to propagate.",
        )
    if isinstance(fault, ServerError) and fault.body:
        return Refusal(
            fault.status,
            "The server had an error while processing your request. Sorry about that!",
            "server_error",
        )
    return None
