"""Azure OpenAI: a resource with deployments, at its v1 address and at the older one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.demo.pretend_checks import Order
from tests.pretend.openai_like import NEW, Kind, OpenAiLike
from tests.pretend.server import KEY, Came, Route, Trouble, Wrong, says


class Azure(OpenAiLike):
    """The v1 address; the deployment is called like its model."""

    provider = "azure"
    at = "/openai/v1"
    knows = NEW | {"stream", "partial_images"}

    @property
    def environment(self) -> Mapping[str, str]:
        return {"AZURE_OPENAI_ENDPOINT": self.origin, "AZURE_OPENAI_API_KEY": KEY}

    def authorize(self, came: Came) -> None:
        if came.headers.get("api-key") != KEY or "authorization" in came.headers:
            raise Wrong(
                _error(
                    401,
                    "401",
                    "Access denied due to invalid subscription key or wrong API endpoint.",
                )
            )

    def order(self, kind: Kind, came: Came) -> Order:
        if "api-version" in came.query:
            raise Wrong(_error(400, "BadRequest", "api-version is not allowed when using /v1 path"))
        if came.fields.get("output_format") == "webp":
            raise Wrong(_error(400, "invalid_value", "Invalid value: 'webp'."))
        if came.fields.get("background") == "transparent":
            raise Wrong(_error(400, "invalid_value", "Transparent background is not supported."))
        return super().order(kind, came)

    def refusal(self, trouble: Trouble) -> web.Response:
        match trouble:
            case Trouble.MODERATION:
                return says(
                    {
                        "error": {
                            "code": "content_policy_violation",
                            "message": "This request has been blocked by our content filters.",
                            "param": "prompt",
                            "type": "invalid_request_error",
                            "inner_error": {
                                "code": "ResponsibleAIPolicyViolation",
                                "content_filter_results": {"violence": {"filtered": True}},
                            },
                        }
                    },
                    400,
                )
            case Trouble.TOO_FAST:
                return _error(
                    429,
                    "429",
                    "Requests to the ImageGenerations_Create Operation have exceeded rate limit. "
                    "Please retry after 0.1 seconds.",
                )
            case Trouble.MONEY:
                return _error(403, "Forbidden", "This subscription is disabled.")
            case Trouble.GONE:
                return _error(
                    404,
                    "DeploymentNotFound",
                    "The API deployment for this resource does not exist.",
                )


class AzureClassic(Azure):
    """The older address, with the deployment in it and the version behind it."""

    provider = "azure-classic"
    at = "/openai/deployments/{deployment}"
    knows = NEW - {"model"}

    @property
    def environment(self) -> Mapping[str, str]:
        return {"AZURE_OPENAI_CLASSIC_ENDPOINT": self.origin, "AZURE_OPENAI_API_KEY": KEY}

    def routes(self) -> Sequence[Route]:
        return (*super().routes()[1:], ("GET", "/openai/models", self._models))

    def order(self, kind: Kind, came: Came) -> Order:
        if came.query.get("api-version") != "2025-04-01-preview":
            raise Wrong(_error(404, "404", "Resource not found"))
        if came.here["deployment"] != self.model:
            raise Wrong(self.refusal(Trouble.GONE))
        return self.checked(kind, came.fields, came.files)


def _error(status: int, code: str, message: str) -> web.Response:
    return says({"error": {"code": code, "message": message}}, status)
