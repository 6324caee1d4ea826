"""GPT Proto: its addresses like OpenAI's, which answer with links; its own, which draw later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.demo import painter, pretend_press
from bot.demo.pretend_checks import Order
from bot.demo.pretend_faults import Refusal
from tests.pretend.openai_like import Kind, OpenAiLike
from tests.pretend.server import KEY, Came, Route, Trouble, Wrong, says


class GptProto(OpenAiLike):
    """The addresses like OpenAI's."""

    provider = "gptproto"
    knows = frozenset({"model", "prompt", "n", "size", "quality"})
    prices = (6.4, 6.4, 24.0)

    @property
    def environment(self) -> Mapping[str, str]:
        return {"GPTPROTO_BASE_URL": self.origin, "GPTPROTO_API_KEY": KEY}

    def order(self, kind: Kind, came: Came) -> Order:
        if any(each.name == "mask" for each in came.files):
            raise Wrong(says({"error": {"message": "mask is not supported"}}, 400))
        return super().order(kind, came)

    def answer(self, order: Order, pictures: list[bytes]) -> web.Response:
        return says({"images": [self.link(each) for each in pictures]})


@dataclass
class Task:
    """One order; it is drawn when it was asked after twice."""

    order: Order
    refused: bool
    asked: int = 0


class GptProtoNative(GptProto):
    """Its own addresses: an order, and questions at an address that it gives."""

    provider = "gptproto-native"
    knows = frozenset({"prompt", "n", "size", "quality", "response_format"})

    def __init__(self) -> None:
        super().__init__()
        self._tasks: dict[str, Task] = {}

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/api/v3/openai/gpt-image-2/text-to-image", self._take),
            ("GET", "/api/v3/predictions/{task}/result", self._tell),
        )

    def refusal(self, trouble: Trouble) -> web.Response:
        match trouble:
            case Trouble.TOO_FAST:
                return says({"code": 429, "message": "too many requests"}, 429, retry_after="0.1")
            case Trouble.MONEY:
                return says({"code": 402, "message": "insufficient balance"}, 402)
            case _:
                return says({"code": 404, "message": "model not found"}, 404)

    async def _take(self, came: Came) -> web.StreamResponse:
        self.authorize(came)
        fields = dict(came.fields)
        try:
            self.only_known(fields)
        except Refusal as refused:
            raise Wrong(says({"code": 400, "message": refused.message}, 400)) from refused
        if fields.pop("response_format", "url") != "url":
            raise Wrong(says({"code": 400, "message": "invalid value for response_format"}, 400))
        name = f"t-{len(self._tasks)}"
        taken = self.takes()
        order = super().checked("generations", fields, ())
        self._tasks[name] = Task(order=order, refused=not taken)
        return self._state(name, "created")

    async def _tell(self, came: Came) -> web.StreamResponse:
        self.authorize(came)
        name = came.here["task"]
        task = self._tasks[name]
        task.asked += 1
        if self.is_held or task.asked == 1:
            return self._state(name, "running")
        if task.refused:
            return self._state(
                name, "failed", error="Your request was rejected by the safety system."
            )
        image = pretend_press.drawn(task.order, 0, painter.plain)
        self.bill += round(self.takes_for(task.order))
        return self._state(
            name, "completed", outputs=[self.link(pretend_press.encoded(image, task.order))]
        )

    def _state(
        self, name: str, status: str, *, outputs: Sequence[str] = (), error: str | None = None
    ) -> web.Response:
        return says(
            {
                "code": 200,
                "message": "success",
                "data": {
                    "id": name,
                    "model": self.model,
                    "status": status,
                    "outputs": list(outputs),
                    "urls": {"get": f"{self.origin}/api/v3/predictions/{name}/result"},
                    "error": error,
                },
            }
        )
