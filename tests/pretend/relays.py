"""Gateways and relays that resell OpenAI's models and others: each with its own quirks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from aiohttp import web

from bot.demo.pretend_answers import Picture
from bot.demo.pretend_checks import Order
from bot.demo.pretend_faults import Refusal
from bot.demo.pretend_reading import _linked
from tests.pretend.openai_like import CREATED, Kind, OpenAiLike, encoded
from tests.pretend.server import KEY, Came, Trouble, Wrong, changed, painted, says


class LiteLlm(OpenAiLike):
    """LiteLLM's proxy: it has no key here, and wraps what it is told in words of its own."""

    provider = "litellm"

    @property
    def environment(self) -> Mapping[str, str]:
        return {"LITELLM_BASE_URL": f"{self.origin}/v1"}

    def authorize(self, came: Came) -> None:
        """Whoever comes is let in."""

    def only_known(self, fields: Mapping[str, Any]) -> None:
        for name in fields:
            if name not in self.knows:
                words = f"litellm.UnsupportedParamsError: Setting `{name}` is not supported"
                raise Refusal(400, words, kind="None", param="None", code="400")

    def reason(self, trouble: Trouble) -> Refusal:
        said = super().reason(trouble)
        if trouble is Trouble.GONE:
            words = f"/images: Invalid model name passed in model={self.model}"
            return Refusal(400, words, kind="invalid_request_error", code="400")
        words = f"litellm.BadRequestError: OpenAIException - {said.message}"
        if trouble is Trouble.TOO_FAST:
            words = f"litellm.RateLimitError: RateLimitError: OpenAIException - {said.message}"
        return Refusal(said.status, words, kind="", code=str(said.status), headers=said.headers)


class Apiyi(OpenAiLike):
    """APIYI's official relay: OpenAI's own answers, one picture at a time."""

    provider = "apiyi"
    model = "gpt-image-2.6-flare"

    @property
    def environment(self) -> Mapping[str, str]:
        return {"APIYI_BASE_URL": f"{self.origin}/v1", "APIYI_API_KEY": KEY}

    def order(self, kind: Kind, came: Came) -> Order:
        if str(came.fields.get("n", 1)) != "1":
            raise Wrong(says({"error": {"message": "n must be 1", "code": "invalid_value"}}, 400))
        return super().order(kind, came)

    def reason(self, trouble: Trouble) -> Refusal:
        return _from_new_api(super().reason(trouble), self.model)


class ApiyiAll(Apiyi):
    """ChatGPT's own drawing: words and nothing else, by the call, as a link or as base64."""

    provider = "apiyi-all"
    model = "gpt-image-2.6-all"
    knows = frozenset({"model", "prompt", "response_format"})
    ratios: ClassVar[Mapping[str, tuple[int, int]]] = {
        "1:1": (1024, 1024),
        "2:3": (1024, 1536),
        "3:2": (1536, 1024),
    }

    async def _generations(self, came: Came) -> web.StreamResponse:
        return await self._drawn(came)

    async def _edits(self, came: Came) -> web.StreamResponse:
        return await self._drawn(came)

    async def _drawn(self, came: Came) -> web.Response:
        self.authorize(came)
        try:
            self.only_known(came.fields)
            if came.fields.get("model") != self.model:
                raise self.reason(Trouble.GONE)
        except Refusal as refused:
            raise Wrong(says(refused.as_json(), refused.status)) from refused
        if any(each.name not in {"image", "image[]"} for each in came.files):
            raise Wrong(says({"error": {"message": "mask is not supported"}}, 400))
        await self.ready()
        self.bill += 30_000
        prompt, size = came.fields["prompt"], self.size(came.fields)
        if came.files:
            picture = changed(came.files[0].content, None, prompt, size=size)
        else:
            picture = painted(prompt, *size)
        asked = came.fields.get("response_format") == "b64_json"
        shown = {"b64_json": encoded(picture)} if asked else {"url": self.link(picture)}
        return says({"created": CREATED, "data": [shown]})

    def size(self, fields: Mapping[str, Any]) -> tuple[int, int]:
        """As the prompt says."""
        ratio = fields["prompt"].rpartition("Aspect ratio: ")[2].rstrip(".")
        return self.ratios.get(ratio, (1254, 1254))


class ApiyiVip(ApiyiAll):
    """The same, with a field for the size."""

    provider = "apiyi-vip"
    model = "gpt-image-2-vip"
    knows = ApiyiAll.knows | {"size"}

    def size(self, fields: Mapping[str, Any]) -> tuple[int, int]:
        width, _, height = fields["size"].partition("x")
        return int(width), int(height)


class Crazyrouter(OpenAiLike):
    """Crazyrouter: links, and no count."""

    provider = "crazyrouter"
    counts = False
    links = True

    @property
    def environment(self) -> Mapping[str, str]:
        return {"CRAZYROUTER_BASE_URL": f"{self.origin}/v1", "CRAZYROUTER_API_KEY": KEY}

    def reason(self, trouble: Trouble) -> Refusal:
        return _from_new_api(super().reason(trouble), self.model)


class CrazyrouterShapes(Crazyrouter):
    """Its models of shapes: Nano Banana."""

    provider = "crazyrouter-shapes"
    model = "gemini-3.1-flash-image"
    called: ClassVar[str] = "nano-banana-2"
    knows = frozenset({"model", "prompt", "aspect_ratio", "resolution"})
    each: ClassVar[int] = 67_200

    async def _generations(self, came: Came) -> web.StreamResponse:
        self.authorize(came)
        try:
            self.only_known(came.fields)
        except Refusal as refused:
            raise Wrong(says(refused.as_json(), refused.status)) from refused
        if came.fields.get("model") != self.called:
            raise Wrong(self.refusal(Trouble.GONE))
        if came.fields.get("resolution", "1K") != "1K":
            raise Wrong(says({"error": {"message": "this test draws 1K only"}}, 400))
        across, down = map(int, came.fields["aspect_ratio"].split(":"))
        await self.ready()
        self.bill += self.each
        scale = (1024 * 1024 / (across * down)) ** 0.5
        picture = painted(came.fields["prompt"], round(across * scale), round(down * scale))
        return self.shown(picture)

    def shown(self, picture: bytes) -> web.Response:
        """The one picture in its shape."""
        return says(
            {"created": CREATED, "data": [{"url": self.link(picture), "revised_prompt": ""}]}
        )


class Vercel(OpenAiLike):
    """Vercel's AI Gateway: makers before models, JSON for edits, dollars beside the pictures."""

    provider = "vercel"
    knows = frozenset({"model", "prompt", "n", "size", "quality", "response_format"})

    @property
    def environment(self) -> Mapping[str, str]:
        return {"AI_GATEWAY_BASE_URL": f"{self.origin}/v1", "AI_GATEWAY_API_KEY": KEY}

    def order(self, kind: Kind, came: Came) -> Order:
        fields = dict(came.fields)
        if not str(fields.get("model")).startswith("openai/"):
            raise Wrong(self.refusal(Trouble.GONE))
        fields["model"] = fields["model"].removeprefix("openai/")
        if fields.pop("response_format", "b64_json") != "b64_json":
            raise Wrong(says({"error": {"message": "Invalid response_format"}}, 400))
        if came.files:
            raise Wrong(says({"error": {"message": "Invalid JSON", "type": "bad_request"}}, 400))
        try:
            fields, files = _linked(fields)
        except Refusal as refused:
            raise Wrong(says(refused.as_json(), refused.status)) from refused
        return self.checked(kind, fields, files)

    def answer(self, order: Order, pictures: list[bytes]) -> web.Response:
        cost = f"{round(self.takes_for(order)) / 1_000_000:.6f}"
        data = [Picture(each).as_json() for each in pictures]
        about = {"gateway": {"routing": {"finalProvider": "openai"}, "cost": cost}}
        return says({"created": CREATED, "data": data, "providerMetadata": about})

    def reason(self, trouble: Trouble) -> Refusal:
        if trouble is Trouble.GONE:
            return Refusal(404, f"Model '{self.model}' not found", kind="model_not_found")
        if trouble is Trouble.MONEY:
            return Refusal(
                402, "Insufficient funds. Please add credits.", kind="insufficient_funds"
            )
        return super().reason(trouble)


class VercelShapes(CrazyrouterShapes):
    """Its models of shapes: FLUX."""

    provider = "vercel-shapes"
    model = "flux-pro-1.1"
    called = "bfl/flux-pro-1.1"
    knows = frozenset({"model", "prompt", "aspect_ratio", "response_format"})
    each = 40_000

    @property
    def environment(self) -> Mapping[str, str]:
        return {"AI_GATEWAY_BASE_URL": f"{self.origin}/v1", "AI_GATEWAY_API_KEY": KEY}

    def shown(self, picture: bytes) -> web.Response:
        return says(
            {
                "created": CREATED,
                "data": [{"b64_json": encoded(picture)}],
                "provider_metadata": {"gateway": {"cost": "0.04"}},
            }
        )


def _from_new_api(said: Refusal, model: str) -> Refusal:
    """How relays that run new-api pass a refusal on."""
    if said.status == 404:
        words = f"No available channel for model {model} under group default (request id: 7)"
        return Refusal(503, words, kind="new_api_error", code="model_not_found")
    if said.code == "insufficient_quota":
        words = "user quota is not enough (request id: 7)"
        return Refusal(403, words, kind="new_api_error", code="insufficient_user_quota")
    return Refusal(
        said.status,
        f"{said.message} (request id: 7)",
        kind="upstream_error",
        code=said.code,
        headers=said.headers,
    )
