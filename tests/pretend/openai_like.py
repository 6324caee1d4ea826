"""What services share that speak OpenAI's language: its checks, its counting, its answers."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Literal

from aiohttp import web

from bot.demo import painter, pretend_answers, pretend_press
from bot.demo.pretend_answers import Picture
from bot.demo.pretend_checks import Order, check
from bot.demo.pretend_faults import Moderation, Quota, RateLimited, Refusal, refusal_of
from bot.demo.pretend_parts import Part
from bot.ops.clock import SystemClock
from tests.pretend.server import KEY, Came, PretendService, Route, Trouble, Wrong, says

Kind = Literal["generations", "edits"]

NEW = frozenset({"model", "prompt", "n", "size", "quality", "output_format", "background"})
"""Fields that nearly all of them know."""

CREATED = 1_763_600_000


class OpenAiLike(PretendService):
    """OpenAI's Images API, as somebody else offers it.

    Attributes:
        at: Where it is; `/models`, `/images/generations` and `/images/edits` are below.
        knows: Fields that it takes, also beside pictures; any other is refused.
        counts: Whether it says how many tokens it took.
        links: Whether it links to pictures instead of sending them.
        prices: Micro-dollars per token of text sent, of pictures sent, and of pictures drawn.
    """

    at: ClassVar[str] = "/v1"
    knows: ClassVar[frozenset[str]] = NEW
    counts: ClassVar[bool] = True
    links: ClassVar[bool] = False
    prices: ClassVar[tuple[float, float, float]] = (5.0, 8.0, 30.0)
    model = "gpt-image-2"

    def routes(self) -> Sequence[Route]:
        return (
            ("GET", f"{self.at}/models", self._models),
            ("POST", f"{self.at}/images/generations", self._generations),
            ("POST", f"{self.at}/images/edits", self._edits),
        )

    def refusal(self, trouble: Trouble) -> web.Response:
        return pretend_answers.refusal(self.reason(trouble), 0.0)

    def reason(self, trouble: Trouble) -> Refusal:
        """OpenAI's own words."""
        match trouble:
            case Trouble.MODERATION:
                said = refusal_of(Moderation(), self.model)
            case Trouble.TOO_FAST:
                said = refusal_of(RateLimited(after_s=0.1), self.model)
            case Trouble.MONEY:
                said = refusal_of(Quota(), self.model)
            case _:
                words = f"The model '{self.model}' does not exist."
                said = Refusal(404, words, code="model_not_found")
        assert said is not None
        return said

    def authorize(self, came: Came) -> None:
        """Refuse whoever has not the key.

        Raises:
            Wrong: 401.
        """
        if came.headers.get("authorization") != f"Bearer {KEY}":
            raise Wrong(
                says({"error": {"message": "Invalid token", "code": "invalid_api_key"}}, 401)
            )

    def order(self, kind: Kind, came: Came) -> Order:
        """What is asked for, if all of it is understood.

        Raises:
            Wrong: In OpenAI's words.
        """
        return self.checked(kind, came.fields, came.files)

    def checked(self, kind: Kind, fields: Mapping[str, Any], files: Collection[Part]) -> Order:
        """The same, from fields and files.

        Raises:
            Wrong: In OpenAI's words.
        """
        try:
            self.only_known(fields)
            return check(kind, fields, files, SystemClock().now().date())
        except Refusal as refused:
            raise Wrong(pretend_answers.refusal(refused, 0.0)) from refused

    def only_known(self, fields: Mapping[str, Any]) -> None:
        """Refuse what it does not know.

        Raises:
            Refusal: 400.
        """
        for name in fields:
            if name not in self.knows:
                raise Refusal(
                    400, f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter"
                )

    def takes_for(self, order: Order) -> float:
        """Micro-dollars."""
        usage, (text, image_in, image_out) = order.usage(), self.prices
        return usage.text * text + usage.image_in * image_in + usage.image_out * image_out

    def answer(self, order: Order, pictures: list[bytes]) -> web.Response:
        """The pictures in the service's shape."""
        shown = [
            Picture(each, self.link(each, order.output_format) if self.links else None)
            for each in pictures
        ]
        if self.counts:
            body = pretend_answers.whole(order, shown, CREATED)
            return web.Response(body=body, content_type="application/json")
        return says({"created": CREATED, "data": [each.as_json() for each in shown]})

    async def fulfil(self, order: Order) -> web.Response:
        """Draw it, write it on the bill, and hand it over."""
        await self.ready()
        drawn = [pretend_press.drawn(order, nth, painter.plain) for nth in range(order.n)]
        pictures = [pretend_press.encoded(image, order) for image in drawn]
        self.bill += round(self.takes_for(order))
        if not order.stream:
            return self.answer(order, pictures)
        events = [
            pretend_answers.partial_event(
                order,
                pretend_press.unfinished(drawn[0], order, step, painter.coarse),
                step,
                CREATED,
            )
            for step in range(order.partials)
        ]
        events.append(
            pretend_answers.completed_event(order, Picture(pictures[0]), order.usage(), CREATED)
        )
        return web.Response(body=b"".join(events), content_type="text/event-stream")

    async def _generations(self, came: Came) -> web.StreamResponse:
        self.authorize(came)
        return await self.fulfil(self.order("generations", came))

    async def _edits(self, came: Came) -> web.StreamResponse:
        self.authorize(came)
        return await self.fulfil(self.order("edits", came))

    async def _models(self, came: Came) -> web.StreamResponse:
        self.authorize(came)
        return says({"object": "list", "data": [{"id": self.model, "object": "model"}]})


def encoded(picture: bytes) -> str:
    """As it stands in JSON."""
    return b64encode(picture).decode()
