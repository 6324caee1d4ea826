"""How relays and servers refuse in OpenAI's language, each in its own shape."""

from __future__ import annotations

import pytest

from bot.core.errors import (
    AccountProblem,
    BadAnswer,
    BadParameter,
    Blocked,
    DrawingFailed,
    ModelUnavailable,
    OutcomeUnknown,
    TooFast,
)
from bot.imageapi.dialects import openai_images
from tests.clock import NOON
from tests.dialects.orders import ORDER

AZURE_BLOCKED = (
    b'{"error":{"code":"content_policy_violation","message":"This request has been blocked by our '
    b'content filters.","param":"prompt","type":"invalid_request_error","inner_error":{"code":'
    b'"ResponsibleAIPolicyViolation","content_filter_results":{"violence":{"filtered":true}}}}}'
)
AZURE_FAST = (
    b'{"error":{"code":"429","message":"Requests to the ImageGenerations_Create Operation have '
    b"exceeded call rate limit of your current AIServices S0 pricing tier. Please retry after 9 "
    b'seconds."}}'
)
AZURE_KEY = (
    b'{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API '
    b'endpoint."}}'
)
AZURE_RESOURCE = (
    b'{"error":{"code":"Forbidden","message":"Your resource has been temporarily blocked because '
    b'we detected behavior that may violate our content policy."}}'
)
LITELLM_PARAM = (
    b'{"error":{"message":"litellm.UnsupportedParamsError: Setting `response_format` is not '
    b'supported by openai, gpt-image-2.","type":"None","param":"None","code":"400"}}'
)
LITELLM_BLOCKED = (
    b'{"error":{"message":"litellm.BadRequestError: OpenAIException - Your request was rejected by '
    b'the safety system. safety_violations=[violence].","type":null,"param":null,"code":"400"}}'
)
NEW_API = (
    b'{"error":{"message":"Your request was rejected by the safety system. safety_violations='
    b'[violence]. (request id: 20261120)","type":"upstream_error","code":"moderation_blocked"}}'
)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, AZURE_BLOCKED, Blocked),
        (400, b'{"error":{"code":"contentFilter","message":"Your task failed."}}', Blocked),
        (429, AZURE_FAST, TooFast),
        (401, AZURE_KEY, AccountProblem),
        (403, AZURE_RESOURCE, AccountProblem),
        (404, b'{"error":{"code":"DeploymentNotFound","message":"..."}}', ModelUnavailable),
        (400, LITELLM_PARAM, BadParameter),
        (400, LITELLM_BLOCKED, Blocked),
        (400, b'{"error":"at least one image[] required"}', BadParameter),
        (500, b'{"error":"server_error","message":"out of memory"}', OutcomeUnknown),
        (500, b'{"error":"generate_image returned no results"}', OutcomeUnknown),
        (400, b'{"detail":"Invalid size format"}', BadParameter),
        (422, b'{"detail":[{"loc":["body","prompt"],"msg":"Field required"}]}', BadParameter),
        (500, b'{"error":{"code":500,"message":"could not load model","type":""}}', OutcomeUnknown),
        (400, NEW_API, Blocked),
        (
            503,
            (
                b'{"error":{"message":"No available channel for model gpt-image-2 under group '
                b'default (request id: 7)","type":"new_api_error","code":"model_not_found"}}'
            ),
            ModelUnavailable,
        ),
        (
            403,
            b'{"error":{"message":"user quota is not enough","code":"insufficient_user_quota"}}',
            AccountProblem,
        ),
        (
            402,
            b'{"error":{"message":"Insufficient funds","type":"insufficient_funds"}}',
            AccountProblem,
        ),
        (524, b"<html><title>crazyrouter.com | 524</title></html>", OutcomeUnknown),
        (200, b'{"success":false,"message":"insufficient balance"}', AccountProblem),
        (200, b'{"images":[]}', BadAnswer),
        (200, b'{"images":[null,7,"nothing"]}', BadAnswer),
        (200, b'{"data":{}}', BadAnswer),
        (200, b'{"images":["https://cdn.exa', OutcomeUnknown),
    ],
)
def test_what_went_wrong_is_told_apart(status: int, body: bytes, kind: type[DrawingFailed]) -> None:
    """Given a refusal in a relay's words, when it is read, then it is known whose turn it is."""
    with pytest.raises(DrawingFailed) as failed:
        openai_images.answer(ORDER, status, {}, body, now=NOON)

    assert type(failed.value) is kind
