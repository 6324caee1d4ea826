"""What the codes, phrases and statuses of image services mean. Seen in the wild, not promised."""

from __future__ import annotations

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

Kind = type[DrawingFailed]

CODES: dict[Kind, frozenset[str]] = {
    Blocked: frozenset(
        {
            "moderation_blocked",
            "content_policy_violation",
            "contentfilter",
            "content_filter",
            "image_safety",
            "responsibleaipolicyviolation",
            "image_generation_user_error",
            "safety",
            "prohibited_content",
            "recitation",
            "content_moderation",
            "sensitive_words_detected",
        }
    ),
    TooFast: frozenset(
        {
            "rate_limit_exceeded",
            "rate_limit_error",
            "input-images",
            "images",
            "requests",
            "tokens",
            "slow_down",
            "throttling_error",
            "all_deployments_in_cooldown",
            "too_many_requests",
            "resource_exhausted",
            "server_overloaded",
            "engine_overloaded",
            "overloaded_error",
        }
    ),
    AccountProblem: frozenset(
        {
            "insufficient_quota",
            "insufficient_user_quota",
            "billing_hard_limit_reached",
            "billing_not_active",
            "organization_spend_limit_exceeded",
            "project_spend_limit_exceeded",
            "invalid_api_key",
            "account_deactivated",
            "authentication_error",
            "invalid_authentication",
            "permission_error",
            "permission_denied",
            "access_denied",
            "access_terminated",
            "invalid_organization",
            "unsupported_country_region_territory",
            "pre_consume_token_quota_failed",
        }
    ),
    BadParameter: frozenset(
        {
            "unknown_parameter",
            "invalid_value",
            "unsupported_value",
            "unsupported_parameter",
            "invalid_type",
            "missing_required_parameter",
            "unsupportedparamserror",
            "invalid_image_file",
            "image_too_large",
            "invalid_mask_image_format",
            "unsupported_image_media_type",
            "unsupported_file_mimetype",
            "duplicate_parameter",
            "string_above_max_length",
            "integer_above_max_value",
            "integer_below_min_value",
            "invalid_size",
        }
    ),
    ModelUnavailable: frozenset(
        {
            "model_not_found",
            "model_not_available",
            "model_not_supported",
            "unsupported_model",
            "deploymentnotfound",
            "model_deprecated",
            "model_decommissioned",
        }
    ),
}
"""By `error.code` and `error.type`, in lower case. Missing on purpose, since they say nothing:
invalid_request_error, server_error, and whatever else is put on errors of every kind."""

PHRASES: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (
        # The account as a whole, in words that sound like the safety of one request.
        AccountProblem,
        ("resource has been temporarily blocked", "must be verified", "verify organization"),
    ),
    (
        Blocked,
        (
            "moderation_blocked",
            "content_?policy_?violation",
            "safety system",
            "safety_violations",
            "content policy",
            "content management policy",
            "content_?filter",
            "image_safety",
            "prohibited_content",
            "(flagged as|input was flagged)",
            "rejected by (our|the) moderation",
            "failed (the )?safety check",
        ),
    ),
    (
        ModelUnavailable,
        (
            "no available channel",
            "无可用渠道",
            "invalid model name",
            "model_not_found",
            "unknown model",
            "model .{0,80}does not exist",
            "model .{0,80}not (found|supported|available)",
            "model .{0,80}(was shut down|has been (deprecated|retired|shut down))",
        ),
    ),
    (
        AccountProblem,
        (
            "insufficient[ _](user[ _])?(quota|balance|credit|fund)",
            "exceeded your current quota",
            "billing[ _](hard|not|limit)",
            "spend limit",
            "额度不足",
            "余额不足",
            "无效的令牌",
            "deactivated",
        ),
    ),
    (
        TooFast,
        (
            "rate[ _]?limit",
            "too many requests",
            r"try again in \d",
            "in cooldown",
            "cooldown_list",
            "throttl",
            "overloaded",
            "at capacity",
            "上游负载已饱和",
        ),
    ),
    (AccountProblem, ("quota", "billing", "api[ _]key", "payment required", "unauthorized")),
    (
        BadParameter,
        (
            "unsupportedparamserror",
            "unknown parameter",
            "invalid image file",
            "mask size does not match",
            "unsupported (parameter|value)",
            "invalid value",
        ),
    ),
    # A gateway that gave up waiting, whatever status it chose to say so.
    (OutcomeUnknown, ("timed? ?out", "deadline exceeded")),
)
"""Regular expressions to search the message for, in this order: the first that fits decides."""

STATUSES: dict[int, Kind] = {
    400: BadParameter,
    401: AccountProblem,
    402: AccountProblem,
    403: AccountProblem,
    404: ModelUnavailable,
    # Proxies and relays also say 408 and 499 about the service behind them, which may be drawing.
    408: OutcomeUnknown,
    410: ModelUnavailable,
    413: BadParameter,
    415: BadParameter,
    422: BadParameter,
    425: TooFast,
    429: TooFast,
    499: OutcomeUnknown,
    # Cloudflare, before it had a connection to the service (522 and 524 may come after).
    521: Unreachable,
    523: Unreachable,
    525: Unreachable,
    526: Unreachable,
}
"""What a status means when the body says nothing that is known."""
