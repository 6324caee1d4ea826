"""What every known kind of failure means."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from bot.core.errors import (
    AccountProblem,
    BadParameter,
    Blocked,
    DrawingFailed,
    ModelUnavailable,
    OutcomeUnknown,
    TooFast,
    Unreachable,
)
from bot.imageapi.failures import of_connection, refusal
from tests.clock import NOON

Row = tuple[str, int, bytes, type[DrawingFailed]]

CLOUDFLARE = (
    b"<!DOCTYPE html><html><head><title>easel.example | 524: A timeout occurred</title></head>"
    b"<body>billing api key rate limit</body></html>"
)


def error(code: str = "", kind: str = "", message: str = "?") -> bytes:
    """OpenAI's envelope."""
    quoted = [f'"{each}"' if each else "null" for each in (code, kind, message)]
    return (
        f'{{"error":{{"code":{quoted[0]},"type":{quoted[1]},"message":{quoted[2]},"param":null}}}}'
    ).encode()


BY_CODE: list[Row] = [
    ("moderation", 400, error("moderation_blocked", "image_generation_user_error"), Blocked),
    ("moderation by a relay", 500, error("moderation_blocked", "upstream_error"), Blocked),
    ("DALL-E's policy", 400, error("content_policy_violation", "invalid_request_error"), Blocked),
    ("Azure's filter", 400, error("contentFilter"), Blocked),
    (
        "Azure's inner code",
        400,
        b'{"error":{"code":"x","innererror":{"code":"ResponsibleAIPolicyViolation"},"message":""}}',
        Blocked,
    ),
    ("too fast", 429, error("rate_limit_exceeded", "input-images"), TooFast),
    ("slow down", 503, error("slow_down"), TooFast),
    ("no quota is no pace", 429, error("insufficient_quota", "insufficient_quota"), AccountProblem),
    ("billing limit", 400, error("billing_hard_limit_reached", "tokens"), AccountProblem),
    ("spend limit", 429, error("project_spend_limit_exceeded"), AccountProblem),
    ("not paid for", 429, error("billing_not_active"), AccountProblem),
    ("wrong key", 401, error("invalid_api_key", "invalid_request_error"), AccountProblem),
    ("account closed", 403, error("account_deactivated"), AccountProblem),
    ("unknown parameter", 400, error("unknown_parameter", "invalid_request_error"), BadParameter),
    ("invalid value", 400, error("invalid_value"), BadParameter),
    ("bad picture", 400, error("invalid_image_file"), BadParameter),
    ("bad mask", 400, error("invalid_mask_image_format"), BadParameter),
    ("large picture", 400, error("image_too_large"), BadParameter),
    ("no such model", 404, error("model_not_found", "invalid_request_error"), ModelUnavailable),
    ("no such model, as 503", 503, error("model_not_found", "new_api_error"), ModelUnavailable),
    ("Azure's deployment", 404, error("DeploymentNotFound"), ModelUnavailable),
]

BY_TYPE: list[Row] = [
    ("the type alone", 400, error("", "image_generation_user_error"), Blocked),
    ("LiteLLM's pace", 429, error("429", "throttling_error"), TooFast),
    ("LiteLLM's cooldown", 429, error("429", "all_deployments_in_cooldown"), TooFast),
    ("input pictures", 429, error("", "input-images"), TooFast),
    ("LiteLLM's parameters", 400, error("400", "UnsupportedParamsError"), BadParameter),
    (
        "Gemini's status",
        429,
        b'[{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED"}}]',
        TooFast,
    ),
]

BY_PHRASE: list[Row] = [
    (
        "a safety system in LiteLLM's wrap",
        400,
        error("400", "None", "litellm.BadRequestError: rejected as a result of our safety system"),
        Blocked,
    ),
    (
        "LiteLLM's class",
        400,
        error("400", "", "litellm.ContentPolicyViolationError: OpenAIException - x"),
        Blocked,
    ),
    (
        "violations by a relay",
        500,
        error("", "", "safety_violations=[violence] (request id: 2)"),
        Blocked,
    ),
    ("a refusal as 403", 403, error("", "", "This violates our content policy"), Blocked),
    (
        "the account, not the prompt",
        403,
        error(
            "Forbidden",
            "",
            "Your resource has been temporarily blocked because we detected behavior that may "
            "violate our content policy",
        ),
        AccountProblem,
    ),
    (
        "not verified",
        403,
        error("", "invalid_request_error", "Your organization must be verified to use the model"),
        AccountProblem,
    ),
    (
        "no channel",
        503,
        error("", "new_api_error", "no available channels for model gpt-image-2 (request id: 1)"),
        ModelUnavailable,
    ),
    (
        "no channel, in Chinese",
        503,
        error("", "", "对于模型 x 无可用渠道"),
        ModelUnavailable,
    ),
    (
        "LiteLLM's models",
        400,
        error("400", "", "Invalid model name passed in model=x"),
        ModelUnavailable,
    ),
    ("does not exist", 400, error("", "", "The model `x` does not exist"), ModelUnavailable),
    ("no balance", 403, error("", "", "Insufficient balance"), AccountProblem),
    (
        "Azure's pace, which speaks of quota",
        429,
        error("429", "", "exceeded call rate limit; see https://aka.ms/oai/quotaincrease"),
        TooFast,
    ),
    ("overloaded", 503, error("", "server_error", "That model is currently overloaded"), TooFast),
    ("Gemini's key", 400, error("INVALID_ARGUMENT", "", "API key not valid."), AccountProblem),
    ("a gateway's time-out", 400, error("", "", "upstream request timed out"), OutcomeUnknown),
    (
        "LiteLLM's time-out",
        408,
        error("408", "", "litellm.Timeout: APITimeoutError"),
        OutcomeUnknown,
    ),
]

BY_SHAPE: list[Row] = [
    ("a text", 400, b'{"error":"unknown model"}', ModelUnavailable),
    ("sd.cpp", 500, b'{"error":"server_error","message":"out of memory"}', OutcomeUnknown),
    ("sd.cpp, prompt", 400, b'{"error":"invalid_request","message":"no prompt"}', BadParameter),
    ("FastAPI", 422, b'{"detail":[{"loc":["body"],"msg":"missing","type":"x"}]}', BadParameter),
    ("FastAPI, text", 404, b'{"detail":"Not Found"}', ModelUnavailable),
    (
        "FastAPI, wrapped",
        429,
        b'{"detail":{"error":{"code":"insufficient_quota"}}}',
        AccountProblem,
    ),
    ("new-api", 401, '{"success":false,"message":"无效的令牌"}'.encode(), AccountProblem),
    ("plain text", 429, b"Too Many Requests", TooFast),
    ("HTML says nothing but its status", 524, CLOUDFLARE, OutcomeUnknown),
    ("HTML, refused", 403, b"<html><title>Attention Required!</title></html>", AccountProblem),
    ("HTML, a wrong address", 404, b"<html><title>404 Not Found</title></html>", AccountProblem),
    ("a number", 400, b"7", BadParameter),
    ("an empty list", 400, b"[]", BadParameter),
    ("not even UTF-8", 400, b"\xff\xfe\x00", BadParameter),
]

BY_STATUS: list[Row] = [
    ("400", 400, b"", BadParameter),
    ("401", 401, b"", AccountProblem),
    ("402", 402, b"", AccountProblem),
    ("403", 403, b"", AccountProblem),
    ("404", 404, b"{}", ModelUnavailable),
    ("408", 408, b"", OutcomeUnknown),
    ("409", 409, b"", DrawingFailed),
    ("413", 413, b"", BadParameter),
    ("429", 429, b"", TooFast),
    ("499", 499, b"", OutcomeUnknown),
    ("500", 500, b"", OutcomeUnknown),
    ("500 with an error that proves nothing", 500, error("", "server_error"), OutcomeUnknown),
    ("502", 502, b"Bad Gateway", OutcomeUnknown),
    ("503", 503, b"", OutcomeUnknown),
    ("504", 504, b"upstream", OutcomeUnknown),
    ("520", 520, b"", OutcomeUnknown),
    ("521, Cloudflare without a connection", 521, b"", Unreachable),
    ("522, perhaps with one", 522, b"", OutcomeUnknown),
    ("523", 523, b"", Unreachable),
    ("525", 525, b"", Unreachable),
    ("a redirect", 307, b"", AccountProblem),
]

ROWS = [*BY_CODE, *BY_TYPE, *BY_PHRASE, *BY_SHAPE, *BY_STATUS]


@pytest.mark.parametrize(
    ("status", "body", "kind"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_every_known_failure_is_told_apart(
    status: int, body: bytes, kind: type[DrawingFailed]
) -> None:
    """Given an answer without a picture, when it is judged, then it is what the table says."""
    assert type(refusal(status, {}, body, now=NOON)) is kind


def test_an_operator_learns_status_code_and_request() -> None:
    """Given a refusal, when an operator looks, then what support will ask for is there."""
    body = error("unknown_parameter", "invalid_request_error", "Unknown parameter: 'style'.")
    failure = refusal(400, {"x-request-id": "req_1"}, body, now=NOON)

    assert failure.detail == (
        "HTTP 400, unknown_parameter, invalid_request_error: Unknown parameter: 'style'. "
        "(request req_1)"
    )


def test_an_operator_learns_what_safety_found() -> None:
    """Given a blocked picture, when an operator looks, then stage and categories are there."""
    body = (
        b'{"error":{"code":"moderation_blocked","message":"no","moderation_details":'
        b'{"moderation_stage":"output","categories":["violence","hate"]}}}'
    )

    assert "output stage: violence, hate" in refusal(400, {}, body, now=NOON).detail


def test_an_operator_learns_where_a_redirect_leads() -> None:
    """Given an address that moved, when an operator looks, then the new one is there."""
    failure = refusal(301, {"location": "https://new.example/v1"}, b"", now=NOON)

    assert "https://new.example/v1" in failure.detail


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after-ms": "1500"}, "", 1.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, "", 1.5),
        ({"retry-after": "12"}, "try again in 3s", 12),
        ({"retry-after": "0.5"}, "", 0.5),
        ({"retry-after": "Fri, 20 Nov 2026 12:00:30 GMT"}, "", 30),
        ({}, "Limit 5, Used 5, Requested 1. Please try again in 2.4s. Visit …", 2.4),
        ({}, "Please try again in 20ms.", 0.02),
        ({}, "Please try again in 1m12.5s.", 72.5),
        ({}, "Please retry after 30 seconds.", 30),
        ({}, "No deployments available, Try again in 5 seconds. Passed model=x", 5),
        ({"x-ratelimit-reset-images": "6m0s"}, "", 360),
        ({"retry-after": "31536000"}, "", 86_400),
        ({"retry-after": "999999999"}, "", 86_400),
    ],
)
def test_the_time_to_wait_is_found(headers: dict[str, str], message: str, seconds: float) -> None:
    """Given a 429 that names a time, when it is judged, then that is when to try again."""
    failure = refusal(429, headers, error("rate_limit_exceeded", "", message), now=NOON)

    assert failure.until == NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize("retry_after", ["", "soon", "-5", "0", "1e9", "9" * 40, "Fri, 99 Nov"])
def test_a_time_that_makes_no_sense_is_no_time(retry_after: str) -> None:
    """Given nonsense, when it is judged, then our own pauses hold."""
    assert refusal(429, {"retry-after": retry_after}, b"", now=NOON).until is None


def test_a_date_that_is_past_means_now() -> None:
    """Given a date in the past, when it is judged, then nobody waits."""
    headers = {"retry-after": "Fri, 20 Nov 2020 12:00:00 GMT"}

    assert refusal(429, headers, b"", now=NOON).until in {None, NOON}


KEY = ConnectionKey(
    "api.example", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "refused")), Unreachable),
        (aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "Name unknown")), Unreachable),
        (aiohttp.ConnectionTimeoutError("Connection timeout"), Unreachable),
        (aiohttp.InvalidURL("http://"), Unreachable),
        (aiohttp.ServerDisconnectedError(), OutcomeUnknown),
        (aiohttp.ClientOSError(104, "Connection reset by peer"), OutcomeUnknown),
        (aiohttp.ClientPayloadError("cut"), OutcomeUnknown),
        (aiohttp.SocketTimeoutError("read"), OutcomeUnknown),
        (TimeoutError(), OutcomeUnknown),
        (BrokenPipeError(32, "Broken pipe"), OutcomeUnknown),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_what_was_surely_not_sent_counts_as_not_sent(
    broken: Exception, kind: type[DrawingFailed]
) -> None:
    """Given a broken connection, when it is judged, then doubt means that it may be paid."""
    assert type(of_connection(broken, all_sent=True)) is kind


def test_nobody_draws_from_half_a_request() -> None:
    """Given a cut before all was sent, when it is judged, then surely nothing is owed."""
    failure = of_connection(aiohttp.ClientOSError(32, "Broken pipe"), all_sent=False)

    assert type(failure) is Unreachable
    assert failure.detail == (
        "the connection broke before all was sent: ClientOSError: [Errno 32] Broken pipe"
    )
